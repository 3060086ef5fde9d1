//! MJML to HTML.

use crate::Error;

/// The HTML of an MJML document.
pub fn mjml(document: &str) -> Result<String, Error> {
    let wrong = |detail: String| Error::Html { detail: format!("the MJML cannot be read: {detail}") };
    // Its reader cuts some texts in the middle of a letter: a bare `>` near letters beyond ASCII is enough.
    let made = std::panic::catch_unwind(|| {
        let parsed = mrml::parse(document).map_err(|e| e.to_string())?;
        let options = mrml::prelude::render::RenderOptions::default();
        parsed.element.render(&options).map_err(|e| e.to_string())
    });
    made.unwrap_or_else(|_| Err("write `&gt;` for each `>` of the text".to_string())).map_err(wrong)
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
    fn what_is_no_mjml_is_said() {
        let error = mjml("<mjml><mj-body>").unwrap_err();
        assert!(error.to_string().contains("MJML"), "{error}");
        let column = "<mjml><mj-body><mj-section><mj-column><mj-text>مرحبا > ح नमस्ते</mj-text></mj-column></mj-section></mj-body></mjml>";
        assert!(mjml(column).is_ok() || mjml(column).unwrap_err().to_string().contains("&gt;"));
    }
}
