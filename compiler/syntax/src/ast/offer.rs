//! Coupons, and what an e-mail says beside its words.

use persona_diagnostics::Span;

use super::{Expr, Length, Name, Text, TypeRef};

/// `20%`.
#[derive(Clone, Debug)]
pub struct Share {
    /// The number before the sign.
    pub number: String,
    /// Where it stands, with its sign.
    pub span: Span,
}

/// A parameter of a content block: `title: string`.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type, unless a mistake stands there.
    pub ty: Option<TypeRef>,
}

/// `coupon`.
#[derive(Clone, Debug)]
pub struct Coupon {
    /// Its name.
    pub name: Option<Name>,
    /// What people read.
    pub label: Option<Text>,
    /// Where its codes come from; all that are written.
    pub codes: Vec<Codes>,
    /// `valid 3 days`.
    pub valid: Option<Length>,
    /// `one per customer`.
    pub one_each: Option<Span>,
    /// Who may have it.
    pub when: Option<Expr>,
}

/// `codes file "cart10.csv"`, `codes generate "CART-########"`.
#[derive(Clone, Debug)]
pub struct Codes {
    /// The whole of it.
    pub span: Span,
    /// Whether the text is a file's path.
    pub is_file: bool,
    /// The path or the pattern.
    pub text: Option<Text>,
}

/// `locales en, pt-BR otherwise en`.
#[derive(Clone, Debug)]
pub struct Locales {
    /// The whole of it.
    pub span: Span,
    /// Those there are.
    pub of: Vec<Name>,
    /// That of everybody else.
    pub otherwise: Option<Name>,
}

/// `campaign "cart"`.
#[derive(Clone, Debug)]
pub struct UtmTag {
    /// `campaign`, `source`, `medium`, `term` or `content`.
    pub name: Name,
    /// What it says.
    pub value: Option<Text>,
}
