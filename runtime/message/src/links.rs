//! What links say of where they were followed: `utm_campaign` and its like.

use std::sync::Arc;

use linkify::{LinkFinder, LinkKind};

/// What is added to each link to the web: `utm_campaign=cart`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Links(Arc<[(String, String)]>);

impl Links {
    /// Of an e-mail's `utm campaign "cart" …`: names and plain texts.
    pub fn new<'t>(utm: impl IntoIterator<Item = (&'t str, &'t str)>) -> Links {
        let encode = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        };
        let tag = |(name, value): (&str, &str)| (format!("utm_{name}"), value.bytes().map(encode).collect());
        Links(utm.into_iter().map(tag).collect())
    }

    /// A plain text with these in each address of the web, but for those that say it already.
    pub fn text(&self, text: String) -> String {
        if self.0.is_empty() {
            return text;
        }
        let mut finder = LinkFinder::new();
        finder.kinds(&[LinkKind::Url]);
        let address = |span: linkify::Span| match span.kind() {
            // A bare `#` and a bare `&` are what they are.
            Some(_) => self.tagged(span.as_str(), span.as_str().find('#'), "&"),
            None => span.as_str().to_string(),
        };
        finder.spans(&text).map(address).collect()
    }

    /// The HTML with these in each link to the web, but for those that say it already.
    pub(crate) fn put(&self, html: String) -> String {
        if self.0.is_empty() {
            return html;
        }
        let mut out = String::with_capacity(html.len() + 1_024);
        let mut from = 0;
        for (at, _) in html.match_indices("href=") {
            if !in_link(&html[..at]) {
                continue;
            }
            let start = at + "href=".len();
            let Some(quote) = html[start..].chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let start = start + 1;
            let Some(length) = html[start..].find(quote) else { continue };
            out.push_str(&html[from..start]);
            let address = &html[start..start + length];
            // The `#` of `&#39;` begins no fragment.
            let fragment = address.match_indices('#').find(|(at, _)| !address[..*at].ends_with('&'));
            out.push_str(&self.tagged(address, fragment.map(|(at, _)| at), "&amp;"));
            from = start + length;
        }
        out.push_str(&html[from..]);
        out
    }

    /// An address, its query and its fragment; `and` is how an `&` is written where it stands.
    fn tagged(&self, address: &str, fragment: Option<usize>, and: &str) -> String {
        let web = |scheme: &str| address.get(..scheme.len()).is_some_and(|a| a.eq_ignore_ascii_case(scheme));
        if !web("https://") && !web("http://") {
            return address.to_string();
        }
        let (address, fragment) = address.split_at(fragment.unwrap_or(address.len()));
        let mut tagged = address.to_string();
        for (name, value) in self.0.iter().filter(|(name, _)| !address.contains(&format!("{name}="))) {
            let joint = match () {
                () if !tagged.contains('?') => "?",
                () if tagged.ends_with(['?', ';', '&']) => "",
                () => and,
            };
            tagged.push_str(&format!("{joint}{name}={value}"));
        }
        tagged + fragment
    }
}

/// Whether an attribute that follows this is one of a link's.
fn in_link(before: &str) -> bool {
    let Some(open) = before.rfind('<') else { return false };
    let tag = &before[open + 1..];
    let name = tag.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
    (name.eq_ignore_ascii_case("a") || name.eq_ignore_ascii_case("area"))
        && tag.ends_with(|c: char| c.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(html: &str) -> String {
        Links::new([("campaign", "spring & summer"), ("source", "mail")]).put(html.to_string())
    }

    #[test]
    fn links_to_the_web_say_where_they_were_followed() {
        let tags = "utm_campaign=spring%20%26%20summer&amp;utm_source=mail";
        for (link, expected) in [
            ("https://s.example", format!("https://s.example?{tags}")),
            ("HTTP://s.example/a?b=1#top", format!("HTTP://s.example/a?b=1&amp;{tags}#top")),
            ("https://s.example/o&#39;neill", format!("https://s.example/o&#39;neill?{tags}")),
            (
                "https://s.example/?utm_source=own",
                "https://s.example/?utm_source=own&amp;utm_campaign=spring%20%26%20summer".into(),
            ),
        ] {
            assert_eq!(
                put(&format!("<p><a class='x' href=\"{link}\">")),
                format!("<p><a class='x' href=\"{expected}\">")
            );
        }
    }

    #[test]
    fn those_of_a_text_do_too() {
        let links = Links::new([("campaign", "a b"), ("source", "mail")]);
        let tags = "utm_campaign=a%20b&utm_source=mail";
        for (text, expected) in [
            ("Look: https://s.example.", format!("Look: https://s.example?{tags}.")),
            ("(http://s.example/a_(b)?c=1&d=é#top)", format!("(http://s.example/a_(b)?c=1&d=é&{tags}#top)")),
            (
                "<https://s.example/?b&#x>\nhttps://s.example",
                format!("<https://s.example/?b&{tags}#x>\nhttps://s.example?{tags}"),
            ),
        ] {
            assert_eq!(links.text(text.into()), expected);
            assert_eq!(Links::default().text(text.into()), text);
        }
        let said = "https://s.example/?utm_source=own&utm_campaign=x, mailto:a@s.example, s.example, ftp://s.example &amp;";
        assert_eq!(links.text(said.into()), said);
    }

    #[test]
    fn nothing_else_is_touched() {
        for html in [
            "<a href=\"mailto:a@s.example\">",
            "<a href='#top'>",
            "<link href=\"https://s.example/a.css\">",
            "<p>href=\"https://s.example\"</p>",
            "<a data-href=\"https://s.example\">",
            "<a href=https://s.example>",
            "<a href=\"https://s.example",
        ] {
            assert_eq!(put(html), html);
        }
        assert_eq!(
            Links::default().put("<a href=\"https://s.example\">".into()),
            "<a href=\"https://s.example\">"
        );
    }
}
