//! MJML to HTML.

use crate::{Error, Markup, css};

/// The HTML of an MJML document, with the rules of `<mj-style inline="inline">` in its elements.
pub fn mjml(document: &str) -> Result<String, Error> {
    let wrong = |detail: String| Error::Html { detail: format!("the MJML cannot be read: {detail}") };
    let marked = css::marked(document);
    // Its reader cuts some texts in the middle of a letter: a bare `>` near letters beyond ASCII is enough.
    let made = std::panic::catch_unwind(|| {
        let parsed = mrml::parse(&marked).map_err(|e| e.to_string())?;
        let options = mrml::prelude::render::RenderOptions::default();
        parsed.element.render(&options).map_err(|e| e.to_string())
    });
    let made = made.unwrap_or_else(|_| Err("write `&gt;` for each `>` of the text".to_string()));
    made.map(|html| css::inline(html, Markup::Mjml)).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::mjml;

    #[test]
    fn sections_become_tables() {
        let html = mjml(
            "<mjml><mj-body><mj-section><mj-column><mj-text>Hi &amp; bye</mj-text></mj-column></mj-section></mj-body></mjml>",
        );
        let html = html.unwrap();
        assert!(html.contains("<table") && html.contains("Hi &amp; bye"), "{html}");
    }

    #[test]
    fn rules_that_ask_to_be_moved_are_gone_from_the_head() {
        let page = |head: &str| {
            let body = "<mj-section><mj-column><mj-text css-class=\"a\"><p>Hi</p></mj-text></mj-column></mj-section>";
            mjml(&format!("<mjml><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>")).unwrap()
        };
        let rule = ".a p { color: #0a5; margin: 0 }";
        let inline = |css: &str| page(&format!("<mj-style inline=\"inline\">{css}</mj-style>"));
        let moved = inline(rule);
        assert!(moved.contains("<p style=\"color: #0a5; margin: 0\">Hi</p>"), "{moved}");
        // Nothing is left of the sheet: all else is what it would be without it.
        assert_eq!(moved.replace(" style=\"color: #0a5; margin: 0\"", ""), page(""));
        // A sheet that does not ask for it stays as it is.
        let stays = page(&format!("<mj-style>{rule}</mj-style>"));
        assert!(stays.contains(&format!("{rule}</style>")) && stays.contains("<p>Hi</p>"), "{stays}");
        // What only a sheet can say stays there, with what it has to win over.
        let hover = ".a p:hover { color: red }";
        let both = inline(&format!("{rule} .a {{ top: 0 }} {hover}"));
        assert!(both.contains("<p style=\"margin: 0\">Hi</p>"), "{both}");
        assert!(both.contains(&format!("<style type=\"text/css\">{rule}  {hover}</style>")), "{both}");
        assert_eq!(inline(""), page(""));
        assert_eq!(page("<mj-style inline=\"inline\"/>").matches("persona").count(), 0);
    }

    #[test]
    fn what_is_no_mjml_is_said() {
        let error = mjml("<mjml><mj-body>").unwrap_err();
        assert!(error.to_string().contains("MJML"), "{error}");
        let column = "<mjml><mj-body><mj-section><mj-column><mj-text>مرحبا > ح नमस्ते</mj-text></mj-column></mj-section></mj-body></mjml>";
        assert!(mjml(column).is_ok() || mjml(column).unwrap_err().to_string().contains("&gt;"));
    }
}
