//! Tree to declarations.

use persona_diagnostics::{FileId, Span};

use super::lower_expression::first;
use super::lower_journey::{campaign, policy, test, trigger};
use super::lower_offer::{coupon, locales, parameters, strings, tracked, utm};
use super::lower_science::{experiment, prediction, recommendation};
use super::*;
use crate::lexer::is_foreign_text;
use crate::{Kind, SyntaxNode, SyntaxToken};

/// A node and the file it is of.
#[derive(Clone)]
pub(super) struct Cursor {
    file: FileId,
    node: SyntaxNode,
}

impl Cursor {
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
    fn docs(&self) -> Vec<String> {
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

pub(super) fn declarations(file: FileId, root: &SyntaxNode) -> Vec<Declaration> {
    let root = Cursor { file, node: root.clone() };
    root.children()
        .filter_map(|node| {
            let kind = declaration(&node)?;
            Some(Declaration { span: node.span(), docs: node.docs(), kind })
        })
        .collect()
}

fn declaration(node: &Cursor) -> Option<DeclarationKind> {
    Some(match node.kind() {
        Kind::Customer => DeclarationKind::Customer { keyword: node.keyword().span, fields: fields(node) },
        Kind::Record => DeclarationKind::Record { name: named(node), fields: fields(node) },
        Kind::Entity => DeclarationKind::Entity { name: named(node), fields: fields(node) },
        Kind::Event => match node.child(Kind::EventUnion) {
            Some(union) => DeclarationKind::EventUnion {
                name: named(node),
                of: union.all(Kind::NameRef).filter_map(|n| name(&n)).collect(),
            },
            None => DeclarationKind::Event { name: named(node), fields: fields(node) },
        },
        Kind::Retain => DeclarationKind::Retain {
            keyword: node.keyword().span,
            event: name_ref(node),
            length: a_length(node),
        },
        Kind::Source => DeclarationKind::Source(Box::new(lower_source::source(node))),
        Kind::Destination => DeclarationKind::Destination(Box::new(lower_source::destination(node))),
        Kind::Identity => DeclarationKind::Identity(lower_source::identity(node)),
        Kind::Trait => DeclarationKind::Trait {
            name: named(node),
            label: label(node),
            value: first(node).unwrap_or(Expr::Missing(node.span())),
        },
        Kind::Segment => DeclarationKind::Segment {
            name: named(node),
            label: label(node),
            when: node.child(Kind::When).map(|w| condition(&w)),
            refresh: node.child(Kind::Refresh).and_then(|r| a_length(&r)),
        },
        Kind::Lifecycle => DeclarationKind::Lifecycle {
            keyword: node.keyword().span,
            name: named(node),
            exclusive: node.word() == "exclusive",
            stages: node.all(Kind::Stage).map(|s| stage(&s)).collect(),
        },
        Kind::Consent => DeclarationKind::Consent(consent(node)),
        Kind::Brand => DeclarationKind::Brand { keyword: node.keyword().span, properties: properties(node) },
        Kind::Layout => {
            DeclarationKind::Layout { name: named(node), body: node.child(Kind::Body).map(|b| body(&b)) }
        }
        Kind::Content => DeclarationKind::Content {
            name: named(node),
            parameters: parameters(node),
            consent: node.child(Kind::ConsentRef).and_then(|c| name_ref(&c)),
            cases: node.all(Kind::Case).map(|c| case(&c)).collect(),
        },
        Kind::Email => DeclarationKind::Email(Box::new(email(node))),
        Kind::Coupon => DeclarationKind::Coupon(coupon(node)),
        Kind::Model => DeclarationKind::Model(Box::new(prediction(node))),
        Kind::Recommend => DeclarationKind::Recommend(Box::new(recommendation(node))),
        Kind::Experiment => DeclarationKind::Experiment(Box::new(experiment(node))),
        Kind::Trigger => DeclarationKind::Trigger(trigger(node)),
        Kind::Campaign => DeclarationKind::Campaign(campaign(node)),
        Kind::Policy => DeclarationKind::Policy(policy(node)),
        Kind::Test => DeclarationKind::Test(test(node)),
        _ => return None,
    })
}

pub(super) fn case(node: &Cursor) -> Case {
    Case {
        span: node.span(),
        when: node.child(Kind::When).map(|w| condition(&w)),
        otherwise: node.child(Kind::Otherwise).map(|o| o.span()),
        text: text(node),
    }
}

/// The expression of a `when`, `where`, `to` or `if`.
pub(super) fn condition(node: &Cursor) -> Expr {
    first(node).unwrap_or(Expr::Missing(node.span()))
}

fn fields(node: &Cursor) -> Vec<Field> {
    let field = |node: Cursor| {
        Some(Field {
            name: named(&node)?,
            ty: node.child(Kind::TypeRef).map(|t| type_ref(&t)),
            modifiers: node.all(Kind::Modifier).filter_map(|m| modifier(&m)).collect(),
            docs: node.docs(),
        })
    };
    node.all(Kind::Field).filter_map(field).collect()
}

pub(super) fn type_ref(node: &Cursor) -> TypeRef {
    let optional = node.tokens().any(|t| t.kind() == Kind::Question);
    let kind = match node.child(Kind::EnumType) {
        Some(e) => TypeKind::Enum {
            values: e.all(Kind::Named).filter_map(|n| name(&n)).collect(),
            ordered: e.tokens().any(|t| t.kind() == Kind::Less),
        },
        None => TypeKind::Named {
            name: name(node).unwrap_or(Name { text: String::new(), span: node.span() }),
            of: node.child(Kind::TypeRef).map(|t| Box::new(type_ref(&t))),
        },
    };
    TypeRef { span: node.span(), kind, optional }
}

fn modifier(node: &Cursor) -> Option<Modifier> {
    let word = node.keyword();
    Some(match word.text.as_str() {
        "key" => Modifier::Key(word.span),
        "unique" => Modifier::Unique(word.span),
        "pii" => Modifier::Pii(word.span),
        "matches" => Modifier::Matches(text(node)?),
        "check" => Modifier::Check(condition(node)),
        "purpose" => Modifier::Purpose(name_ref(node)?),
        _ => return None,
    })
}

fn stage(node: &Cursor) -> Stage {
    Stage {
        name: named(node),
        label: label(node),
        when: node.child(Kind::When).map(|w| condition(&w)),
        otherwise: node.child(Kind::Otherwise).map(|o| o.span()),
    }
}

fn consent(node: &Cursor) -> Consent {
    let expires = node.child(Kind::Expires);
    Consent {
        name: named(node),
        label: label(node),
        double: node.child(Kind::OptIn).is_some_and(|o| o.words().any(|w| w == "double")),
        covers: node
            .child(Kind::Covers)
            .map_or(Vec::new(), |c| c.all(Kind::NameRef).filter_map(|n| name(&n)).collect()),
        expires: expires.as_ref().and_then(a_length),
        without_engagement: expires.is_some_and(|e| e.words().any(|w| w == "engagement")),
    }
}

pub(super) fn properties(node: &Cursor) -> Vec<Property> {
    node.all(Kind::Property).filter_map(|p| Some(Property { name: named(&p)?, value: text(&p) })).collect()
}

pub(super) fn body(node: &Cursor) -> Body {
    let words: Vec<Name> = node
        .tokens()
        .filter(|t| t.kind() == Kind::Name)
        .map(|t| Name { text: t.text().to_string(), span: node.token_span(&t) })
        .collect();
    Body {
        span: node.span(),
        format: words.get(1).cloned(),
        is_file: words.get(2).is_some_and(|w| w.text == "file"),
        text: text(node),
    }
}

fn email(node: &Cursor) -> Email {
    Email {
        name: named(node),
        consent: node.child(Kind::ConsentRef).and_then(|c| name_ref(&c)),
        transactional: node.child(Kind::Transactional).map(|t| t.span()),
        layout: node.child(Kind::LayoutRef).and_then(|l| name_ref(&l)),
        properties: properties(node),
        bodies: node.all(Kind::Body).map(|b| body(&b)).collect(),
        offer: node.child(Kind::OfferRef).and_then(|o| name_ref(&o)),
        locales: locales(node),
        strings: strings(node),
        tracked: tracked(node),
        utm: utm(node),
    }
}
