//! Tree to `source`, `destination` and `identity`.

use super::cursor::{Cursor, a_length, name, name_ref, named, text};
use super::expression::{condition, first};
use crate::Kind;
use crate::ast::*;

/// Every name directly below a node.
fn names(node: &Cursor) -> Vec<Name> {
    node.all(Kind::NameRef).filter_map(|n| name(&n)).collect()
}

/// The n-th word directly below a node, from 0.
fn word(node: &Cursor, nth: usize) -> Option<Name> {
    let token = node.tokens().filter(|t| t.kind() == Kind::Name).nth(nth)?;
    Some(Name { text: token.text().to_string(), span: node.token_span(&token) })
}

pub(super) fn source(node: &Cursor) -> Source {
    Source {
        name: named(node),
        locations: node
            .all(Kind::Location)
            .map(|l| Location {
                span: l.span(),
                keyword: l.keyword(),
                path: text(&l),
                filter: l.child(Kind::Where).map(|w| condition(&w)),
            })
            .collect(),
        group_by: node.child(Kind::GroupBy).map_or(Vec::new(), |g| names(&g)),
        signed: node.child(Kind::Signed).map(|s| Signed {
            span: s.span(),
            algorithm: name_ref(&s),
            secret: credential(&s),
            header: text(&s),
        }),
        every: node.child(Kind::Poll).map(|p| Poll { span: p.span(), length: a_length(&p) }),
        auth: node.child(Kind::Auth).map(|a| auth(&a)),
        each: node.child(Kind::Each).and_then(|e| path(&e)),
        pages: node.child(Kind::Pages).and_then(|p| path(&p)),
        feeds: node.all(Kind::Feeds).flat_map(|f| feeds(&f)).collect(),
        consent: node.child(Kind::ConsentRef).map(|c| ConsentRef { span: c.span(), name: name_ref(&c) }),
        fresh: node.child(Kind::Fresh).and_then(|f| a_length(&f)),
    }
}

fn auth(node: &Cursor) -> Auth {
    Auth { span: node.span(), scheme: word(node, 1), header: text(node), secret: credential(node) }
}

fn credential(node: &Cursor) -> Option<Credential> {
    let credential = node.child(Kind::Credential)?;
    match name_ref(&credential) {
        Some(name) => Some(Credential::Env(name)),
        None => text(&credential).map(Credential::Written),
    }
}

/// The path below a node.
fn path(node: &Cursor) -> Option<Path> {
    let literal = node.child(Kind::Literal)?;
    let token = literal.tokens().find(|t| t.kind() == Kind::Path)?;
    Some(Path { text: token.text().to_string(), span: literal.span() })
}

fn feeds(node: &Cursor) -> Vec<Feeds> {
    let braced = node.tokens().any(|t| t.kind() == Kind::LBrace) || node.child(Kind::Mapping).is_some();
    let mappings = braced.then(|| mappings(node));
    let targets: Vec<Cursor> = node.all(Kind::FeedTarget).collect();
    let span = |target: &Cursor| if targets.len() > 1 { target.span() } else { node.span() };
    targets.iter().map(|t| feed(t, span(t), mappings.clone())).collect()
}

fn feed(node: &Cursor, span: Span, mappings: Option<Vec<Mapping>>) -> Feeds {
    let has_by = node.words().any(|w| w == "by");
    let mut names = names(node).into_iter();
    let target = names.next();
    let consent = if target.as_ref().is_some_and(|t| t.text == "consent") { names.next() } else { None };
    let by = names.next().filter(|_| has_by);
    Feeds { span, target, consent, by, mappings }
}

fn mappings(node: &Cursor) -> Vec<Mapping> {
    let mapping = |node: Cursor| {
        let value = match node.child(Kind::ListMapping) {
            Some(list) => MappingValue::List(list.span(), path(&list), mappings(&list)),
            None => MappingValue::Expr(first(&node).unwrap_or(Expr::Missing(node.span()))),
        };
        let must_exist = node.child(Kind::MustExist).map(|m| m.span());
        Some(Mapping { field: named(&node)?, value, must_exist })
    };
    node.all(Kind::Mapping).filter_map(mapping).collect()
}

pub(super) fn destination(node: &Cursor) -> Destination {
    Destination {
        name: named(node),
        endpoint: node.child(Kind::Endpoint).map(|e| Endpoint {
            span: e.span(),
            method: word(&e, 1),
            url: text(&e),
        }),
        auth: node.child(Kind::Auth).map(|a| auth(&a)),
        on: node
            .child(Kind::Occasions)
            .map(|o| (o.span(), o.all(Kind::Occasion).filter_map(|o| occasion(&o)).collect())),
        sends: node.child(Kind::Sends).map(|s| names(&s)),
    }
}

fn occasion(node: &Cursor) -> Option<Occasion> {
    Some(match node.word().as_str() {
        "customer" => Occasion::Changes(node.span()),
        "enter" => Occasion::Enter(name_ref(node)),
        "leave" => Occasion::Leave(name_ref(node)),
        "consent" => Occasion::Consent(node.span(), name_ref(node)),
        _ => Occasion::Event(name_ref(node)?),
    })
}

pub(super) fn identity(node: &Cursor) -> Identity {
    let number = |node: &Cursor| {
        let token = node.tokens().find(|t| t.kind() == Kind::Number)?;
        Some(Name { text: token.text().to_string(), span: node.token_span(&token) })
    };
    Identity {
        keyword: node.keyword().span,
        ids: node.child(Kind::Ids).map_or(Vec::new(), |i| names(&i)),
        match_on: node.child(Kind::MatchOn).map_or(Vec::new(), |m| names(&m)),
        propose: node.child(Kind::Propose).map(|p| Propose {
            attributes: p.child(Kind::Similar).map_or(Vec::new(), |s| names(&s)),
            least: number(&p),
        }),
        keep: node.child(Kind::Keep).map(|k| Keep { order: word(&k, 1), preferring: names(&k) }),
    }
}
