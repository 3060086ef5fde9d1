//! Tree to coupons, and to what an e-mail says beside its words.

use super::cursor::{Cursor, a_length, label, name, named, text};
use super::expression::condition;
use super::part::type_ref;
use crate::Kind;
use crate::ast::{Codes, Coupon, Locales, Name, Parameter, Share, Text, UtmTag};

/// The percentages directly below a node.
pub(super) fn shares(node: &Cursor) -> impl Iterator<Item = Share> + use<> {
    node.all(Kind::Quantity).filter_map(|q| {
        let mut tokens = q.tokens().filter(|t| !t.kind().is_trivia());
        let number = tokens.next()?.text().to_string();
        (tokens.next()?.kind() == Kind::Percent).then(|| Share { number, span: q.span() })
    })
}

pub(super) fn parameters(node: &Cursor) -> Vec<Parameter> {
    let parameter =
        |p: Cursor| Some(Parameter { name: named(&p)?, ty: p.child(Kind::TypeRef).map(|t| type_ref(&t)) });
    let parameters = node.child(Kind::Parameters);
    parameters.map_or(Vec::new(), |p| p.all(Kind::Parameter).filter_map(parameter).collect())
}

pub(super) fn coupon(node: &Cursor) -> Coupon {
    let codes = |c: Cursor| Codes {
        span: c.span(),
        is_file: c.words().nth(1).is_some_and(|w| w == "file"),
        text: text(&c),
    };
    Coupon {
        name: named(node),
        label: label(node),
        codes: node.all(Kind::Codes).map(codes).collect(),
        valid: node.child(Kind::Valid).and_then(|v| a_length(&v)),
        one_each: node.child(Kind::OneEach).map(|o| o.span()),
        when: node.child(Kind::When).map(|w| condition(&w)),
    }
}

pub(super) fn locales(node: &Cursor) -> Option<Locales> {
    let node = node.child(Kind::Locales)?;
    let locale = |l: Cursor| {
        let parts = l.tokens().filter(|t| !t.kind().is_trivia());
        Name { text: parts.map(|t| t.text().to_string()).collect(), span: l.span() }
    };
    let mut of: Vec<Name> = node.all(Kind::Locale).map(locale).collect();
    let otherwise = if node.words().any(|w| w == "otherwise") { of.pop() } else { None };
    Some(Locales { span: node.span(), of, otherwise })
}

/// The path of `strings file "…"`.
pub(super) fn strings(node: &Cursor) -> Option<Text> {
    node.child(Kind::Strings).and_then(|s| text(&s))
}

/// The words of `track opens, clicks` behind the first.
pub(super) fn tracked(node: &Cursor) -> Vec<Name> {
    let word = |t: &Cursor| {
        let names = t.tokens().filter(|t| t.kind() == Kind::Name).skip(1);
        names.map(|n| Name { text: n.text().to_string(), span: t.token_span(&n) }).collect::<Vec<_>>()
    };
    node.child(Kind::Tracked).map_or(Vec::new(), |t| word(&t))
}

pub(super) fn utm(node: &Cursor) -> Vec<UtmTag> {
    let tag = |t: Cursor| Some(UtmTag { name: name(&t)?, value: text(&t) });
    node.child(Kind::Utm).map_or(Vec::new(), |u| u.all(Kind::UtmTag).filter_map(tag).collect())
}
