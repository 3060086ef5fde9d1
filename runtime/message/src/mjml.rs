//! MJML to HTML.

use crate::Error;

/// The HTML of an MJML document.
pub fn mjml(document: &str) -> Result<String, Error> {
    let wrong = |detail: String| Error::Html { detail: format!("the MJML cannot be read: {detail}") };
    let parsed = mrml::parse(document).map_err(|e| wrong(e.to_string()))?;
    parsed.element.render(&mrml::prelude::render::RenderOptions::default()).map_err(|e| wrong(e.to_string()))
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
    }
}
