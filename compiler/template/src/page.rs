//! The HTML or MJML of a template as a mail program meets it: tags with their attributes, each at its place in the file.
//!
//! Liquid is blanked out, so that every offset is one of the source; the parts of an `{% if %}` are read one after the
//! other, each as if it were shown.

use std::ops::Range;

use persona_diagnostics::Span;

use crate::Source;
use crate::tree::{Node, NodeKind, Template};

/// A template's text without its Liquid.
pub(crate) struct Page<'a> {
    /// As long as the source, byte for byte in its place: blanks for tags, `x` for what is printed.
    pub text: String,
    source: Source<'a>,
    /// Where literal text stands, in order.
    literal: Vec<Range<usize>>,
    /// Where text of elsewhere is put, or text is taken away to be put elsewhere.
    moved: Vec<Range<usize>>,
}

/// An attribute of a tag.
pub(crate) struct Attribute<'a> {
    /// Its name, lower case.
    pub name: String,
    /// Where the name stands.
    pub name_at: Range<usize>,
    /// What is between its quotes.
    pub value: &'a str,
    /// Where that stands.
    pub value_at: Range<usize>,
}

/// A tag that opens an element.
pub(crate) struct Tag<'a> {
    /// The element's name, lower case.
    pub name: String,
    /// `<` and the name.
    pub named: Range<usize>,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute<'a>>,
    /// What a style sheet or a script holds.
    pub content: Option<Range<usize>>,
    /// Outlook on Windows reads it, as all others do.
    pub in_outlook: bool,
}

impl<'a> Tag<'a> {
    /// An attribute by name.
    pub fn get(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// Whether it is one of MJML's own.
    pub fn is_mjml(&self) -> bool {
        self.name == "mjml" || self.name.starts_with("mj-")
    }
}

impl<'a> Page<'a> {
    /// The page of a template that was parsed from this source.
    pub fn of(template: &Template, source: Source<'a>) -> Page<'a> {
        let mut page = Page { text: String::new(), source, literal: Vec::new(), moved: Vec::new() };
        let mut bytes = vec![b' '; source.text.len()];
        page.lay(&template.nodes, &mut bytes);
        // What is copied begins and ends between characters.
        page.text = String::from_utf8(bytes).unwrap_or_default();
        if source.escapes {
            page.text = page.text.replace("\\\"", " \"").replace("\\n", "  ");
        }
        page
    }

    /// The place of a range in its file.
    pub fn span(&self, range: Range<usize>) -> Span {
        let offset = self.source.offset as usize;
        Span::new(self.source.file, offset + range.start, offset + range.end)
    }

    /// What surely stands at the beginning of a range: its literal text up to what is printed or decided there, and
    /// whether that is all of it. None where it begins with a printed value, or text of elsewhere.
    pub fn beginning(&self, range: Range<usize>) -> Option<(&str, bool)> {
        let at = self.literal.partition_point(|literal| literal.end <= range.start);
        let Some(first) = self.literal.get(at).filter(|literal| literal.start < range.end) else {
            // No literal text is in it: it is empty, or all of it is decided elsewhere.
            return range.is_empty().then_some(("", true));
        };
        let begin = first.start.max(range.start);
        let blank = |text: &str| text.bytes().all(|byte| byte == b' ');
        let moved = self.moved.iter().any(|moved| (range.start..=begin).contains(&moved.start));
        if moved || !self.text.get(range.start..begin).is_some_and(blank) {
            return None;
        }
        let end = first.end.min(range.end);
        let whole = begin == range.start && end == range.end;
        Some((self.text.get(begin..end)?, whole))
    }

    /// Copies literal text to its place.
    fn lay(&mut self, nodes: &[Node], bytes: &mut [u8]) {
        let offset = self.source.offset;
        for node in nodes {
            let range = (node.span.start - offset) as usize..(node.span.end - offset) as usize;
            match &node.kind {
                NodeKind::Text(_) => {
                    let from = self.source.text.get(range.clone());
                    if let (Some(to), Some(from)) = (bytes.get_mut(range.clone()), from) {
                        to.copy_from_slice(from.as_bytes());
                        self.literal.push(range);
                    }
                }
                NodeKind::Print(_) | NodeKind::Cycle { .. } => {
                    if let Some(to) = bytes.get_mut(range) {
                        to.fill(b'x');
                    }
                }
                NodeKind::If { arms, otherwise, .. } => {
                    arms.iter().for_each(|arm| self.lay(&arm.body, bytes));
                    self.lay(otherwise, bytes);
                }
                NodeKind::Case { whens, .. } => whens.iter().for_each(|when| self.lay(&when.body, bytes)),
                NodeKind::For(repeat) | NodeKind::TableRow(repeat) => {
                    self.lay(&repeat.body, bytes);
                    self.lay(&repeat.otherwise, bytes);
                }
                NodeKind::IfChanged(body) => self.lay(body, bytes),
                NodeKind::Capture { body, .. } => {
                    self.moved.push(range);
                    self.lay(body, bytes);
                }
                NodeKind::Render(_)
                | NodeKind::Include(_)
                | NodeKind::Placeholder(_)
                | NodeKind::Count { .. } => {
                    self.moved.push(range);
                }
                NodeKind::Assign { .. } | NodeKind::Break | NodeKind::Continue | NodeKind::Skip(_) => {}
            }
        }
    }

    /// Every tag that opens an element, but those that are written for Outlook alone, by somebody who knows it.
    pub fn tags(&self, mut found: impl FnMut(Tag)) {
        let text = self.text.as_str();
        // Between `<!--[if !mso]>` and its end, Outlook on Windows reads nothing.
        let mut in_outlook = true;
        let mut at = 0;
        while let Some(next) = text[at..].find('<') {
            at += next;
            let rest = &text[at..];
            let end_of = |end: &str| rest.find(end).map_or(text.len(), |found| at + found + end.len());
            if rest.starts_with("<!--[if") {
                let condition = &rest["<!--[if".len()..rest.find(']').unwrap_or(rest.len())];
                if condition.contains('!') {
                    in_outlook = false;
                    at = end_of("]>");
                } else {
                    at = end_of("<![endif]");
                }
            } else if rest.starts_with("<!--<![endif]") || rest.starts_with("<![endif]") {
                in_outlook = true;
                at = end_of(">");
            } else if rest.starts_with("<!-->") || rest.starts_with("<!--->") {
                at = end_of(">");
            } else if rest.starts_with("<!--") {
                at = end_of("-->");
            } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (tag, end) = tag(text, at, in_outlook);
                at = end;
                found(tag);
            } else {
                at += 1;
            }
        }
    }
}

/// The tag that begins here, and where to read on.
fn tag(text: &str, start: usize, in_outlook: bool) -> (Tag<'_>, usize) {
    let name_ends = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':');
    let name = &text[start + 1..];
    let name = name[..name.find(name_ends).unwrap_or(name.len())].to_ascii_lowercase();
    let named = start..start + 1 + name.len();
    let (attributes, mut end) = attributes(text, named.end);
    let mut content = None;
    if matches!(&*name, "style" | "mj-style" | "script") {
        let close = format!("</{name}");
        let length = text[end..].to_ascii_lowercase().find(&close).unwrap_or(text.len() - end);
        content = Some(end..end + length);
        end += length;
    }
    (Tag { name, named, attributes, content, in_outlook }, end)
}

/// The attributes from here to the tag's end, and where that is.
fn attributes(text: &str, from: usize) -> (Vec<Attribute<'_>>, usize) {
    let mut found = Vec::new();
    let mut at = from;
    let skip = |at: usize, set: &dyn Fn(char) -> bool| {
        let rest = &text[at..];
        at + rest.find(|c| !set(c)).unwrap_or(rest.len())
    };
    loop {
        at = skip(at, &|c| c.is_whitespace() || c == '/');
        if at >= text.len() || text[at..].starts_with('>') {
            return (found, (at + 1).min(text.len()));
        }
        // A stray `=` is a name's first sign, as HTML has it.
        let first = text[at..].chars().next().map_or(1, char::len_utf8);
        let end = skip(at + first, &|c| !c.is_whitespace() && !matches!(c, '=' | '>' | '/'));
        let (name, name_at) = (text[at..end].to_ascii_lowercase(), at..end);
        at = skip(end, &char::is_whitespace);
        let mut value_at = end..end;
        if text[at..].starts_with('=') {
            at = skip(at + 1, &char::is_whitespace);
            let quote = text[at..].chars().next().filter(|c| matches!(c, '"' | '\''));
            match quote {
                Some(quote) => {
                    value_at = at + 1..skip(at + 1, &|c| c != quote);
                    at = (value_at.end + 1).min(text.len());
                }
                None => {
                    value_at = at..skip(at, &|c| !c.is_whitespace() && c != '>');
                    at = value_at.end;
                }
            }
        }
        found.push(Attribute { name, name_at, value: &text[value_at.clone()], value_at });
    }
}
