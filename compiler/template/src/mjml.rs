//! The elements of an MJML body: that there are such, that they are closed, and that each stands where it is shown.
//!
//! Only MJML's own elements are looked at: what HTML stands in them is as forgiving as HTML is.

mod attributes;

use persona_diagnostics::catalogue::{bad_markup::BadMarkup, unknown_name::UnknownName};
use persona_diagnostics::{Problems, Span, suggest};

use crate::Source;
use crate::markup::{Markup, Tag};
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

/// Every element's name.
pub(crate) fn elements() -> impl Iterator<Item = &'static str> {
    ELEMENTS.iter().map(|(name, _)| *name)
}

/// What holds the things that are shown.
const LEAVES: &[&str] = &["mj-column", "mj-hero"];

/// Tells what is wrong with the elements of an MJML body. `source` is what the template was parsed from.
pub fn check_mjml(template: &Template, source: Source, problems: &mut Problems) {
    let (open, within) = (Vec::new(), Vec::new());
    let mut reader = Reader { source, problems, open, within, markup: Markup::Text, lost: false };
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
    /// How far the text was read.
    markup: Markup,
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
        let (open, markup) = (self.open.clone(), self.markup.clone());
        for part in parts {
            self.nodes(part);
            self.lost |= self.open.len() != open.len();
            (self.open, self.markup) = (open.clone(), markup.clone());
        }
    }

    /// Literal text, read as it stands in the file.
    fn text(&mut self, span: Span) {
        let (mut tags, mut markup) = (Vec::new(), std::mem::take(&mut self.markup));
        markup.read(self.source, span, |tag| tags.push(tag));
        self.markup = markup;
        tags.into_iter()
            .filter(|tag| tag.name == "mjml" || tag.name.starts_with("mj-"))
            .for_each(|tag| self.tag(tag));
    }

    /// A tag whose end was read.
    fn tag(&mut self, Tag { name, span, closes, alone, attributes }: Tag) {
        if closes {
            return self.close(&name, span);
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
            Some((_, belongs)) => {
                self.stands(&name, span, belongs);
                self.attributes(&name, attributes);
            }
        }
        if !alone {
            self.open.push((name, span));
        }
    }

    /// Whether an element has these attributes.
    fn attributes(&mut self, element: &str, written: Vec<(String, Span)>) {
        let Some(known) = attributes::attributes(element) else { return };
        for (name, at) in written {
            if known.clone().any(|known| known == name) {
                continue;
            }
            let nearest = suggest(&name, known.clone());
            self.problems.report(UnknownName {
                what: format!("attribute of `<{element}>`"),
                nearest: nearest.map(|n| (n.to_string(), None)),
                name,
                at,
                available: Vec::new(),
            });
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
