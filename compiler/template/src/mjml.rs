//! The elements of an MJML body: that there are such, that they are closed, and that each stands where it is shown.
//!
//! Only MJML's own elements are looked at: what HTML stands in them is as forgiving as HTML is.

use persona_diagnostics::catalogue::{bad_markup::BadMarkup, unknown_name::UnknownName};
use persona_diagnostics::{Problems, Span, suggest};

use crate::Source;
use crate::tree::{Node, NodeKind, Template};

/// Every element, and those that can hold it; none where any can.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("mj-accordion", LEAVES),
    ("mj-accordion-element", &["mj-accordion"]),
    ("mj-accordion-text", &["mj-accordion-element"]),
    ("mj-accordion-title", &["mj-accordion-element"]),
    ("mj-all", &["mj-attributes"]),
    ("mj-attributes", &["mj-head"]),
    ("mj-body", &["mjml"]),
    ("mj-breakpoint", &["mj-head"]),
    ("mj-button", LEAVES),
    ("mj-carousel", LEAVES),
    ("mj-carousel-image", &["mj-carousel"]),
    ("mj-class", &["mj-attributes"]),
    ("mj-column", &["mj-section", "mj-group"]),
    ("mj-divider", LEAVES),
    ("mj-font", &["mj-head"]),
    ("mj-group", &["mj-section"]),
    ("mj-head", &["mjml"]),
    ("mj-hero", &["mj-body", "mj-wrapper"]),
    ("mj-html-attribute", &[]),
    ("mj-html-attributes", &["mj-head"]),
    ("mj-image", LEAVES),
    ("mj-include", &[]),
    ("mj-navbar", LEAVES),
    ("mj-navbar-link", &["mj-navbar"]),
    ("mj-preview", &["mj-head"]),
    ("mj-raw", &[]),
    ("mj-section", &["mj-body", "mj-wrapper"]),
    ("mj-selector", &["mj-html-attributes"]),
    ("mj-social", LEAVES),
    ("mj-social-element", &["mj-social"]),
    ("mj-spacer", LEAVES),
    ("mj-style", &["mj-head"]),
    ("mj-table", LEAVES),
    ("mj-text", LEAVES),
    ("mj-title", &["mj-head"]),
    ("mj-wrapper", &["mj-body"]),
    ("mjml", &[]),
];

/// What holds the things that are shown.
const LEAVES: &[&str] = &["mj-column", "mj-hero"];

/// Tells what is wrong with the elements of an MJML body. `source` is what the template was parsed from.
pub fn check_mjml(template: &Template, source: Source, problems: &mut Problems) {
    let (open, within) = (Vec::new(), Vec::new());
    let mut reader = Reader { source, problems, open, within, tag: None, comment: false, lost: false };
    reader.nodes(&template.nodes);
    if !reader.lost {
        for (element, opened) in std::mem::take(&mut reader.open) {
            reader.problems.report(BadMarkup::Unclosed { element, opened, closed_around: None });
        }
    }
}

struct Reader<'a> {
    source: Source<'a>,
    problems: &'a mut Problems,
    /// Elements around this point, the innermost last, with their opening tags.
    open: Vec<(String, Span)>,
    /// What stands wrongly in an element, with that one's place: told when it is closed. If it never is, that is why.
    within: Vec<(Span, BadMarkup)>,
    /// The tag around this point, whose values may be printed: its name, where it stands, and the quote that is open.
    tag: Option<(String, Span, Option<char>)>,
    comment: bool,
    /// Parts of a block close different elements: what is open around what follows depends on the customer.
    lost: bool,
}

impl Reader<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match &node.kind {
                NodeKind::Text(_) => self.text(node.span),
                NodeKind::If { arms, otherwise, .. } => {
                    let parts = arms.iter().map(|arm| &arm.body).chain([otherwise]);
                    self.parts(parts.map(Vec::as_slice));
                }
                NodeKind::Case { whens, .. } => self.parts(whens.iter().map(|when| when.body.as_slice())),
                NodeKind::For(repeat) | NodeKind::TableRow(repeat) => {
                    self.parts([repeat.body.as_slice(), &repeat.otherwise].into_iter());
                }
                NodeKind::IfChanged(body) | NodeKind::Capture { body, .. } => {
                    self.parts([body.as_slice()].into_iter());
                }
                _ => {}
            }
        }
    }

    /// Each part begins at the same place; they should end there, too.
    fn parts<'n>(&mut self, parts: impl Iterator<Item = &'n [Node]>) {
        let (open, tag, comment) = (self.open.clone(), self.tag.clone(), self.comment);
        for part in parts {
            self.nodes(part);
            self.lost |= self.open.len() != open.len();
            (self.open, self.tag, self.comment) = (open.clone(), tag.clone(), comment);
        }
    }

    /// Literal text, read as it stands in the file.
    fn text(&mut self, span: Span) {
        let offset = self.source.offset;
        let range = (span.start - offset) as usize..(span.end - offset) as usize;
        let Some(text) = self.source.text.get(range) else { return };
        let place = |at: usize, length: usize| {
            let start = span.start as usize + at;
            Span::new(span.file, start, start + length)
        };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            if self.comment {
                let Some(end) = text[at..].find("-->") else { return };
                at += end + 3;
                self.comment = false;
                continue;
            }
            if let Some((_, _, quote)) = &mut self.tag {
                match (c, *quote) {
                    ('>', None) => {
                        let alone = text[..at].ends_with('/');
                        if let Some((name, opened, _)) = self.tag.take() {
                            self.tag_read(name, opened, alone);
                        }
                    }
                    ('"' | '\'', None) => *quote = Some(c),
                    (c, Some(open)) if c == open => *quote = None,
                    _ => {}
                }
                at += c.len_utf8();
                continue;
            }
            let Some(begin) = text[at..].find('<') else { return };
            at += begin;
            let tag = &text[at..];
            if tag.starts_with("<!--") {
                self.comment = true;
                at += 4;
                continue;
            }
            let slash = usize::from(tag[1..].starts_with('/'));
            let name = &tag[1 + slash..];
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
            let name = &name[..end];
            if name == "mjml" || name.starts_with("mj-") {
                let span = place(at + 1 + slash, end);
                let closes = if slash == 1 { "/" } else { "" };
                self.tag = Some((format!("{closes}{name}"), span, None));
            }
            at += 1 + slash + end;
        }
    }

    /// A tag whose end was read.
    fn tag_read(&mut self, name: String, span: Span, alone: bool) {
        if let Some(closed) = name.strip_prefix('/') {
            return self.close(closed, span);
        }
        match ELEMENTS.iter().find(|(known, _)| *known == name) {
            None => {
                let nearest = suggest(&name, ELEMENTS.iter().map(|(known, _)| *known));
                self.problems.report(UnknownName {
                    what: "element of MJML".into(),
                    nearest: nearest.map(|n| (n.to_string(), None)),
                    name: name.clone(),
                    at: span,
                    available: Vec::new(),
                });
            }
            Some((_, belongs)) => self.stands(&name, span, belongs),
        }
        if !alone {
            self.open.push((name, span));
        }
    }

    /// Whether what is around an element can hold it. In `mj-attributes` elements stand for their kind.
    fn stands(&mut self, name: &str, span: Span, belongs: &'static [&'static str]) {
        let Some((around, opened)) = self.open.last().filter(|_| !self.lost && !belongs.is_empty()) else {
            return;
        };
        let free = matches!(around.as_str(), "mj-attributes" | "mj-raw" | "mj-include");
        let known = ELEMENTS.iter().any(|(element, _)| element == around);
        if !free && known && !belongs.contains(&around.as_str()) {
            let (element, around) = (name.to_string(), (around.clone(), *opened));
            self.within.push((around.1, BadMarkup::Within { element, span, around, belongs }));
        }
    }

    fn close(&mut self, name: &str, span: Span) {
        if self.lost {
            return;
        }
        let Some(at) = self.open.iter().rposition(|(open, _)| open == name) else {
            // The end of a misspelt element, or a misspelt end: told at the element.
            if self.open.last().is_some_and(|(open, _)| suggest(name, [open.as_str()]).is_some()) {
                self.open.pop();
                return;
            }
            return self.problems.report(BadMarkup::Unopened { element: name.to_string(), span });
        };
        let mut closed = self.open.split_off(at).into_iter();
        if let Some((_, around)) = closed.next() {
            for (_, problem) in self.within.extract_if(.., |(opened, _)| *opened == around) {
                self.problems.report(problem);
            }
        }
        for (element, opened) in closed {
            self.problems.report(BadMarkup::Unclosed { element, opened, closed_around: Some(span) });
        }
    }
}
