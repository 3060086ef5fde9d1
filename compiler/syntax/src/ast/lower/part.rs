//! Parts that declarations of several kinds have: types, cases, properties, bodies.

use super::cursor::{Cursor, name, named, text};
use super::expression::condition;
use crate::Kind;
use crate::ast::{Body, Case, Name, Property, TypeKind, TypeRef};

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

pub(super) fn case(node: &Cursor) -> Case {
    Case {
        span: node.span(),
        when: node.child(Kind::When).map(|w| condition(&w)),
        otherwise: node.child(Kind::Otherwise).map(|o| o.span()),
        text: text(node),
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
