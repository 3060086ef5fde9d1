//! The tags of HTML, where they stand in its text.

use std::ops::Range;

use crate::preheader::tag_length;

/// A tag that opens an element.
pub(super) struct Tag {
    pub name: Range<usize>,
    /// After its `>`.
    pub end: usize,
    /// Whether it stands in a comment for one mail program, `<!--[if mso]> … <![endif]-->`, and is no element for others.
    pub hidden: bool,
}

impl Tag {
    pub fn is(&self, html: &str, name: &str) -> bool {
        html[self.name.clone()].eq_ignore_ascii_case(name)
    }

    /// Where the value of an attribute stands, with its quotes. Of two of one name the first counts.
    pub fn attribute(&self, html: &str, name: &str) -> Option<Range<usize>> {
        let bytes = html.as_bytes();
        let inside = self.end - 1;
        let skip = |mut at: usize, until: fn(u8) -> bool| {
            while at < inside && !until(bytes[at]) {
                at += 1;
            }
            at
        };
        let mut at = self.name.end;
        loop {
            let start = skip(at, |b| !b.is_ascii_whitespace() && b != b'/');
            if start == inside {
                return None;
            }
            // A name may begin with `=`.
            let end = skip(start + 1, |b| b.is_ascii_whitespace() || matches!(b, b'=' | b'/'));
            let equals = skip(end, |b| !b.is_ascii_whitespace());
            if bytes[equals] != b'=' {
                at = end;
                continue;
            }
            let value = skip(equals + 1, |b| !b.is_ascii_whitespace());
            at = match bytes[value] {
                b'"' => skip(value + 1, |b| b == b'"') + 1,
                b'\'' => skip(value + 1, |b| b == b'\'') + 1,
                _ => skip(value, |b| b.is_ascii_whitespace()),
            }
            .min(inside);
            if html.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                return Some(value..at);
            }
        }
    }

    /// The words of an attribute, without blanks around them; none if there are none.
    pub fn says<'h>(&self, html: &'h str, name: &str) -> Option<&'h str> {
        let value = self.attribute(html, name)?;
        Some(unquoted(&html[value]).trim()).filter(|words| !words.is_empty())
    }
}

/// What stands between quotes.
pub(super) fn unquoted(value: &str) -> &str {
    let within = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

/// The tags that open elements, but for what stands in comments of the author's and in sheets.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let (mut at, mut hidden) = (0, 0);
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        let inside = &html[open + 1..];
        at = open + 1;
        if inside.starts_with("!--") {
            // `-->` may begin in the opening's own dashes, as in `<!-->`.
            let Some(end) = html[open + 2..].find("-->").map(|end| open + 2 + end + "-->".len()) else {
                break;
            };
            let conditional = html[open..end].starts_with("<!--[if");
            (at, hidden) = if conditional { (open + "<!--[if".len(), end) } else { (end, hidden) };
        } else if inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let Some(length) = tag_length(inside) else { break };
            let name = inside.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
            let name = at..at + name.unwrap_or(length - 1);
            let tag = Tag { name, end: at + length, hidden: open < hidden };
            at = tag.end;
            for raw in ["style", "mj-style", "script"] {
                if tag.is(html, raw) {
                    at = raw_end(html, tag.end, raw);
                }
            }
            tags.push(tag);
        }
    }
    tags
}

/// Where the text of an element ends that holds no elements.
pub(super) fn raw_end(html: &str, from: usize, name: &str) -> usize {
    let closes = |at: &usize| {
        html.as_bytes()[at + 2..].get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
    };
    let found = html[from..].match_indices("</").map(|(at, _)| from + at).find(closes);
    found.unwrap_or(html.len())
}
