//! Tree to declarations.

mod cursor;
mod expression;
mod journey;
mod offer;
mod part;
mod science;
mod source;

use persona_diagnostics::FileId;

use self::cursor::{Cursor, a_length, label, name, name_ref, named, text};
use self::expression::{condition, first};
use self::journey::{campaign, policy, test, trigger};
use self::offer::{coupon, locales, parameters, strings, tracked, utm};
use self::part::{body, case, properties, type_ref};
use self::science::{experiment, prediction, recommendation};
use super::*;
use crate::{Kind, SyntaxNode};

pub(super) fn declarations(file: FileId, root: &SyntaxNode) -> Vec<Declaration> {
    let root = Cursor::new(file, root.clone());
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
        Kind::Source => DeclarationKind::Source(Box::new(source::source(node))),
        Kind::Destination => DeclarationKind::Destination(Box::new(source::destination(node))),
        Kind::Identity => DeclarationKind::Identity(source::identity(node)),
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
