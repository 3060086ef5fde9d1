//! The tags of HTML and MJML in literal text, as they stand in the file: what elements are counted by.

use persona_diagnostics::Span;

use crate::Source;

/// Elements that hold text alone: what looks like a tag in them is none.
const VERBATIM: &[&str] = &["style", "script", "title", "textarea", "mj-style", "mj-title", "mj-preview"];

/// A tag that was read to its `>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its element's name, as written.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// `</b>`
    pub closes: bool,
    /// `<br/>`
    pub alone: bool,
    /// Names of attributes, with where they stand.
    pub attributes: Vec<(String, Span)>,
}

/// How far the text has been read. Comments are left out, those that are meant for Outlook among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Markup {
    /// Between tags.
    #[default]
    Text,
    /// In a comment.
    Comment,
    /// In an element that holds text alone.
    Verbatim(&'static str),
    /// In a tag: what was read of it, the quote that is open, and the sign before.
    Tag(Tag, Option<char>, char),
}

impl Markup {
    /// Whether both stand at such a place that what follows is read alike.
    pub fn agrees(&self, other: &Markup) -> bool {
        match (self, other) {
            (Markup::Tag(l, quote, _), Markup::Tag(r, other, _)) => l.name == r.name && quote == other,
            (l, r) => l == r,
        }
    }

    /// Reads on over a stretch of literal text; the tags that end in it are given to `found`.
    pub fn read(&mut self, source: Source, span: Span, mut found: impl FnMut(Tag)) {
        let range = (span.start - source.offset) as usize..(span.end - source.offset) as usize;
        let Some(text) = source.text.get(range) else { return };
        let place = |at: usize, length: usize| {
            let start = span.start as usize + at;
            Span::new(span.file, start, start + length)
        };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            match self {
                Markup::Comment => {
                    let Some(end) = text[at..].find("-->") else { return };
                    at += end + 3;
                    *self = Markup::Text;
                }
                Markup::Verbatim(name) => {
                    let end = format!("</{name}");
                    let Some(begin) = text[at..].to_ascii_lowercase().find(&end) else { return };
                    at += begin;
                    *self = Markup::Text;
                }
                Markup::Text => {
                    let Some(begin) = text[at..].find('<') else { return };
                    at += begin;
                    if text[at..].starts_with("<!--") {
                        // `<!-->` is closed at once: Outlook's "for all others" ends like that.
                        *self = Markup::Comment;
                        at += 2;
                        continue;
                    }
                    let slash = usize::from(text[at + 1..].starts_with('/'));
                    let begin = at + 1 + slash;
                    let length = name_length(&text[begin..]);
                    at = begin + length;
                    if length > 0 {
                        let name = text[begin..at].to_string();
                        let (span, attributes) = (place(begin, length), Vec::new());
                        let tag = Tag { name, span, closes: slash == 1, alone: false, attributes };
                        *self = Markup::Tag(tag, None, ' ');
                    }
                }
                Markup::Tag(tag, quote, before) => {
                    let mut length = c.len_utf8();
                    match (c, *quote) {
                        ('>', None) => {
                            tag.alone = *before == '/';
                            let name = tag.name.to_ascii_lowercase();
                            let verbatim = VERBATIM.iter().find(|known| **known == name);
                            let next = match verbatim {
                                Some(name) if !tag.closes && !tag.alone => Markup::Verbatim(name),
                                _ => Markup::Text,
                            };
                            if let Markup::Tag(tag, ..) = std::mem::replace(self, next) {
                                found(tag);
                            }
                            at += 1;
                            continue;
                        }
                        ('"' | '\'', None) if *before == '=' => *quote = Some(c),
                        (c, Some(open)) if c == open => *quote = None,
                        (c, None) if c.is_ascii_alphabetic() && before.is_whitespace() => {
                            length = name_length(&text[at..]);
                            let name = text[at..at + length].to_string();
                            tag.attributes.push((name, place(at, length)));
                        }
                        _ => {}
                    }
                    let last = text[at..at + length].chars().next_back().unwrap_or(c);
                    // `width = "1"`: the quote follows the sign, whatever white space is between.
                    let waits = *before == '=' && c.is_whitespace() && quote.is_none();
                    *before = if waits { '=' } else { last };
                    at += length;
                }
            }
        }
    }
}

/// How long the name is that a text begins with.
fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':' | '_')).unwrap_or(text.len())
}
