//! What stands for tags and outputs while the text around them is read as Markdown.

use std::ops::Range;
use std::sync::Arc;

use persona_diagnostics::Span;

use super::Written;
use super::back::parts;
use crate::Source;
use crate::tree::{Arm, Expr, ExprKind, Name, Node, NodeKind, Path, Root, Step, Template};

/// A template as one text, with marks in it.
pub(super) struct Marks {
    /// All of the template.
    pub span: Span,
    /// What each mark begins with; the template holds it nowhere.
    pub prefix: String,
    /// The template's text with every mark as a word.
    pub text: String,
    /// By their numbers.
    pub all: Vec<Mark>,
    /// What is opened and closed.
    pub blocks: Vec<Block>,
    /// Literal text: where it stands in `text`, and in the file.
    pub literal: Vec<(Range<usize>, Arc<str>, Span)>,
}

/// A mark.
pub(super) struct Mark {
    pub of: Of,
    /// It stands between blanks of its own, in a tag of HTML: `<td MARK width="1">`.
    pub spaced: bool,
    /// It stands on a line of its own.
    pub alone: bool,
}

/// What a mark stands for.
pub(super) enum Of {
    /// An output, or a tag without an inside.
    Leaf(Node),
    /// The tag that opens the block of this number.
    Open(usize),
    /// A tag between two of its parts.
    Middle(usize),
    /// The tag that closes it.
    Close(usize),
}

/// A tag with an inside.
pub(super) struct Block {
    pub node: Node,
    /// How many parts its inside has.
    pub parts: usize,
}

/// A mark in a text, with what was put around it.
pub(super) struct Found {
    pub index: usize,
    /// With what was put around it.
    pub at: Range<usize>,
}

impl Of {
    /// Whether a message shows nothing in its place.
    pub fn is_unseen(&self) -> bool {
        match self {
            Of::Leaf(node) => !matches!(
                node.kind,
                NodeKind::Print(_) | NodeKind::Cycle { .. } | NodeKind::Count { .. } | NodeKind::Render(_)
            ),
            _ => true,
        }
    }

    /// Whether it has a line of its own where nothing else is on it.
    pub fn may_stand_alone(&self) -> bool {
        self.is_unseen() || matches!(self, Of::Leaf(Node { kind: NodeKind::Render(_), .. }))
    }
}

impl Marks {
    /// The marks of a template.
    pub fn of(template: &Template, source: Source) -> Marks {
        let mut prefix = "Zq".to_string();
        while source.text.contains(&prefix) {
            prefix.push('q');
        }
        let text = String::with_capacity(source.text.len());
        let span = template.span;
        let mut marks =
            Marks { span, prefix, text, all: Vec::new(), blocks: Vec::new(), literal: Vec::new() };
        marks.nodes(&template.nodes);
        marks
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            if let NodeKind::Text(text) = &node.kind {
                let start = self.text.len();
                self.text.push_str(text);
                self.literal.push((start..self.text.len(), text.clone(), node.span));
                continue;
            }
            let parts = parts(&node.kind);
            if parts.is_empty() {
                let word = self.mark(Of::Leaf(node.clone()));
                self.text.push_str(&word);
                continue;
            }
            let block = self.blocks.len();
            self.blocks.push(Block { node: node.clone(), parts: parts.len() });
            for (i, part) in parts.into_iter().enumerate() {
                let word = self.mark(if i == 0 { Of::Open(block) } else { Of::Middle(block) });
                self.text.push_str(&word);
                self.nodes(part);
            }
            let word = self.mark(Of::Close(block));
            self.text.push_str(&word);
        }
    }

    fn mark(&mut self, of: Of) -> String {
        let word = self.word(self.all.len());
        self.all.push(Mark { of, spaced: false, alone: false });
        word
    }

    /// A mark for literal HTML that one round of the loop around it has: the `first`, or the `last`.
    pub fn in_round(&mut self, round: &str, html: &str) -> String {
        let span = self.span;
        let name = |text: &str| Name { text: text.into(), span };
        let path = Path { root: Root::Name(name("forloop")), steps: vec![Step::Field(name(round))] };
        let arm = Arm {
            condition: Expr { kind: ExprKind::Path(path), span },
            negated: false,
            body: vec![Node { kind: NodeKind::Text(html.into()), span }],
        };
        let kind = NodeKind::If { arms: vec![arm], otherwise: Vec::new(), otherwise_at: None };
        self.mark(Of::Leaf(Node { kind, span }))
    }

    /// A mark as a word.
    pub fn word(&self, index: usize) -> String {
        format!("{}{index}x", self.prefix)
    }

    /// The next mark as a word.
    pub fn next_word(&self, text: &str, from: usize) -> Option<(usize, Range<usize>)> {
        let start = from + text.get(from..)?.find(&self.prefix)?;
        let number = &text[start + self.prefix.len()..];
        let length = number.find('x')?;
        let index = number[..length].parse().ok().filter(|index| *index < self.all.len())?;
        Some((index, start..start + self.prefix.len() + length + 1))
    }

    /// The marks of a text, of Markdown or of the HTML that came of it.
    pub fn found(&self, text: &str) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let mut from = 0;
        while let Some((index, at)) = self.next_word(text, from) {
            from = at.end;
            let around = [("<!", ">"), ("<", ">"), ("&lt;!", "&gt;"), ("&lt;", "&gt;"), (" ", " ")];
            let before = &text[found.last().map_or(0, |found| found.at.end)..at.start];
            let wrapped = around.iter().find(|(open, close)| {
                (*open != " " || self.all[index].spaced)
                    && before.ends_with(open)
                    && text[at.end..].starts_with(close)
            });
            let (open, close) = wrapped.map_or((0, 0), |(open, close)| (open.len(), close.len()));
            found.push(Found { index, at: at.start - open..at.end + close });
        }
        found
    }

    /// What stands between them, and whether it is blank.
    pub fn are_all_of(&self, text: &str) -> bool {
        let mut from = 0;
        for found in self.found(text) {
            if !text[from..found.at.start].trim().is_empty() {
                return false;
            }
            from = found.at.end;
        }
        text[from..].trim().is_empty()
    }

    /// The literal texts with their places.
    pub fn texts(&self) -> Written {
        self.literal.iter().map(|(_, text, span)| (text.clone(), *span)).collect()
    }

    /// Where a piece of `text` stands in the file: of what is not literal, or had blanks cut, all of it.
    pub fn place(&self, at: Range<usize>) -> Option<Span> {
        let (within, text, span) = self.literal.iter().find(|(l, ..)| l.contains(&at.start))?;
        let exact = text.len() == (span.end - span.start) as usize && at.end <= within.end;
        let start = span.start as usize + at.start - within.start;
        Some(if exact { Span::new(span.file, start, start + at.len()) } else { *span })
    }
}
