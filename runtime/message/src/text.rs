//! The text for readers without HTML.

use html2text::config;
use html2text::render::TextDecorator;

use crate::error::Error;

/// So wide that no paragraph is broken: where lines break would depend on the values in them, and readers break them anyway.
pub(crate) const WIDTH: usize = 20_000;

/// The words of the HTML, with its links' addresses. Tables are read cell by cell.
pub(crate) fn from_html(html: &str) -> Result<String, Error> {
    let refuse = |error: html2text::Error| Error::Html { detail: error.to_string() };
    let text = config::with_decorator(Plain::default())
        .raw_mode(true)
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH)
        .map_err(refuse)?;
    Ok(tidy(&text))
}

/// Without blanks at line ends and more than one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && (tidy.is_empty() || tidy.ends_with("\n\n")) {
            continue;
        }
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}

/// Words and nothing around them but what a reader needs: a link's address after its words, a list's marks.
#[derive(Clone, Default)]
struct Plain {
    /// The links that are open, inner last.
    links: Vec<String>,
}

impl TextDecorator for Plain {
    type Annotation = ();

    fn decorate_link_start(&mut self, url: &str) -> (String, ()) {
        self.links.push(url.to_string());
        (String::new(), ())
    }
    fn decorate_link_end(&mut self) -> String {
        match self.links.pop() {
            Some(url)
                if ["http://", "https://", "mailto:", "tel:"]
                    .iter()
                    .any(|scheme| url.starts_with(scheme)) =>
            {
                format!(" <{url}>")
            }
            // `#top` leads nowhere in a text.
            _ => String::new(),
        }
    }
    fn decorate_em_start(&self) -> (String, ()) {
        Default::default()
    }
    fn decorate_em_end(&self) -> String {
        String::new()
    }
    fn decorate_strong_start(&self) -> (String, ()) {
        Default::default()
    }
    fn decorate_strong_end(&self) -> String {
        String::new()
    }
    fn decorate_strikeout_start(&self) -> (String, ()) {
        Default::default()
    }
    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }
    fn decorate_code_start(&self) -> (String, ()) {
        Default::default()
    }
    fn decorate_code_end(&self) -> String {
        String::new()
    }
    fn decorate_superscript_start(&self) -> (String, ()) {
        Default::default()
    }
    fn decorate_superscript_end(&self) -> String {
        String::new()
    }
    fn decorate_preformat_first(&self) {}
    fn decorate_preformat_cont(&self) {}
    fn decorate_image(&mut self, _: &str, alt: &str) -> (String, ()) {
        (alt.to_string(), ())
    }
    fn header_prefix(&self, _: usize) -> String {
        String::new()
    }
    fn quote_prefix(&self) -> String {
        "> ".to_string()
    }
    fn unordered_item_prefix(&self) -> String {
        "* ".to_string()
    }
    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }
    fn make_subblock_decorator(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::from_html;

    #[test]
    fn words_and_where_links_lead() {
        let html = "<html><head><style>p { color: red }</style><title>no</title></head><body>\
            <h1>Hello Zoë</h1><p>Your <b>new</b> shoes &amp; <i>laces</i>.<br>Next line.</p>\
            <table><tr><td><a href=\"https://shop.example/a?b=1&amp;c=2\">Red shoe</a></td><td>£12.50</td></tr></table>\
            <ul><li>one</li><li>two</li></ul><a href=\"#top\">up</a>\
            <img src=\"https://t.example/pixel.gif\"><img src=\"x.png\" alt=\"A shoe\"></body></html>";
        let expected = "Hello Zoë\n\nYour new shoes & laces.\nNext line.\n\n\
            Red shoe <https://shop.example/a?b=1&c=2>\n£12.50\n* one\n* two\nupA shoe\n";
        assert_eq!(from_html(html).unwrap(), expected);
    }

    #[test]
    fn a_long_paragraph_and_a_long_link_stay_whole() {
        let url = format!("https://shop.example/{}", "x".repeat(900));
        let html = format!("<p>{}</p><p><a href=\"{url}\">shop</a></p>", "word ".repeat(500));
        let text = from_html(&html).unwrap();
        assert!(
            text.starts_with(&"word ".repeat(499)) && text.contains(&format!("shop <{url}>\n")),
            "{text}"
        );
    }

    #[test]
    fn nothing_and_nonsense_are_some_text() {
        assert_eq!(from_html("").unwrap(), "\n");
        assert_eq!(from_html("a < b <unclosed").unwrap(), "a < b\n");
        assert!(from_html(&"<div>".repeat(2_000)).is_ok());
    }
}
