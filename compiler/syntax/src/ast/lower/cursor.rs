//! A place in the tree, and the small parts that every declaration is made of: names, texts, lengths.

use persona_diagnostics::{FileId, Span};

use crate::ast::{Length, Name, Text, Unit};
use crate::lexer::is_foreign_text;
use crate::{Kind, SyntaxNode, SyntaxToken};

/// A node and the file it is of.
#[derive(Clone)]
pub(super) struct Cursor {
    file: FileId,
    node: SyntaxNode,
}

impl Cursor {
    pub fn new(file: FileId, node: SyntaxNode) -> Cursor {
        Cursor { file, node }
    }

    pub fn kind(&self) -> Kind {
        self.node.kind()
    }

    /// From its first to its last token that is no trivia.
    pub fn span(&self) -> Span {
        let trivia = |t: &SyntaxToken| t.kind().is_trivia();
        let first = std::iter::successors(self.node.first_token(), |t| t.next_token()).find(|t| !trivia(t));
        let last = std::iter::successors(self.node.last_token(), |t| t.prev_token()).find(|t| !trivia(t));
        match (first, last) {
            (Some(first), Some(last)) if first.text_range().start() <= last.text_range().start() => {
                self.token_span(&first).to(self.token_span(&last))
            }
            // Nothing but spaces, or nothing at all: what was to stand here is missing.
            _ => {
                let at = usize::from(self.node.text_range().start());
                Span::new(self.file, at, at)
            }
        }
    }

    pub fn token_span(&self, token: &SyntaxToken) -> Span {
        let range = token.text_range();
        Span::new(self.file, range.start().into(), range.end().into())
    }

    pub fn children(&self) -> impl Iterator<Item = Cursor> + use<> {
        let file = self.file;
        self.node.children().map(move |node| Cursor { file, node })
    }

    pub fn all(&self, kind: Kind) -> impl Iterator<Item = Cursor> + use<> {
        self.children().filter(move |c| c.kind() == kind)
    }

    pub fn child(&self, kind: Kind) -> Option<Cursor> {
        self.all(kind).next()
    }

    /// The tokens directly below, trivia too.
    pub fn tokens(&self) -> impl Iterator<Item = SyntaxToken> + use<> {
        self.node.children_with_tokens().filter_map(|e| e.into_token())
    }

    /// The words directly below.
    pub fn words(&self) -> impl Iterator<Item = String> + use<> {
        self.tokens().filter(|t| t.kind() == Kind::Name).map(|t| t.text().to_string())
    }

    /// The first of them, or nothing.
    pub fn word(&self) -> String {
        self.words().next().unwrap_or_default()
    }

    /// Its first word, however deep.
    pub fn first_word(&self) -> Option<Name> {
        let first = std::iter::successors(self.node.first_token(), |t| t.next_token());
        let token = first.take_while(|t| t.text_range().end() <= self.node.text_range().end());
        let token = token.into_iter().find(|t| !t.kind().is_trivia())?;
        Some(Name { text: token.text().to_string(), span: self.token_span(&token) })
    }

    /// The first token directly below, as a name.
    pub fn keyword(&self) -> Name {
        let token = self.tokens().find(|t| !t.kind().is_trivia());
        Name {
            text: token.as_ref().map_or(String::new(), |t| t.text().to_string()),
            span: token.map_or(self.span(), |t| self.token_span(&t)),
        }
    }

    /// The lines of the `///` comment just before the node, which is trivia of the node around it.
    pub fn docs(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut before = self.node.first_token().and_then(|t| t.prev_token());
        while let Some(token) = before {
            match token.kind() {
                Kind::DocComment => lines.push(token.text()[3..].trim().to_string()),
                // An empty line parts a comment from what follows.
                Kind::Whitespace if token.text().matches('\n').count() < 2 => {}
                _ => break,
            }
            before = token.prev_token();
        }
        lines.reverse();
        lines
    }
}

pub(super) fn name(node: &Cursor) -> Option<Name> {
    let token = node.tokens().find(|t| t.kind() == Kind::Name)?;
    Some(Name { text: token.text().to_string(), span: node.token_span(&token) })
}

pub(super) fn named(node: &Cursor) -> Option<Name> {
    node.child(Kind::Named).and_then(|n| name(&n))
}

pub(super) fn name_ref(node: &Cursor) -> Option<Name> {
    node.child(Kind::NameRef).and_then(|n| name(&n))
}

/// The string or text directly below; also one in other quotes than ours, of which the parser told.
pub(super) fn text(node: &Cursor) -> Option<Text> {
    let token =
        node.tokens().find(|t| t.kind().is_string() || t.kind() == Kind::Bad && is_foreign_text(t.text()))?;
    let quote = |c: Option<char>| c.map_or(0, char::len_utf8);
    let (open, close) = match token.kind() {
        Kind::Bad => (quote(token.text().chars().next()), quote(token.text().chars().next_back())),
        Kind::String => (1, 1),
        Kind::UnclosedString => (1, 0),
        Kind::Text => (3, 3),
        _ => (3, 0),
    };
    let written = token.text();
    let raw = written.get(open..written.len() - close).unwrap_or("").to_string();
    let start = usize::from(token.text_range().start()) + open;
    let span = Span::new(node.file, start, start + raw.len());
    let quoted = Span::new(node.file, start - open, start + raw.len() + close);
    Some(Text { raw, span, quoted, escapes: !matches!(token.kind(), Kind::Text | Kind::UnclosedText) })
}

pub(super) fn label(node: &Cursor) -> Option<Text> {
    node.child(Kind::Label).and_then(|l| text(&l))
}

pub(super) fn length(node: &Cursor) -> Option<Length> {
    let mut tokens = node.tokens().filter(|t| !t.kind().is_trivia());
    let (count, unit) = (tokens.next()?, tokens.next()?);
    let unit = match unit.text().strip_suffix('s').unwrap_or(unit.text()) {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        _ => return None,
    };
    // A fraction or a number past the calendar is told by the model, which sees 0.
    Some(Length { count: count.text().parse().unwrap_or(0), unit, span: node.span() })
}

pub(super) fn a_length(node: &Cursor) -> Option<Length> {
    node.child(Kind::Quantity).and_then(|q| length(&q))
}
