//! Coupons, and what an e-mail says beside its words.

use std::collections::BTreeMap;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::{Field, RecordType, Type};

use crate::{Expr, Length};

/// A coupon: a code for each customer who gets it.
#[derive(Clone, Debug)]
pub struct Coupon {
    /// Its name.
    pub name: Arc<str>,
    /// What people read: its declared label, else its name.
    pub label: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Where its codes come from.
    pub codes: Codes,
    /// How long a code holds after it was given.
    pub valid: Option<Length>,
    /// Whether a customer has one code for good, rather than one each time.
    pub one_each: bool,
    /// Who may have it; everybody if none.
    pub when: Option<Expr>,
    /// Where its name stands.
    pub span: Span,
}

impl Coupon {
    /// What `offer` is in a template that offers it.
    pub fn record(&self) -> RecordType {
        let field = |name: &str, ty, optional| Field { name: name.into(), ty, optional };
        let fields = vec![
            field("code", Type::Text, false),
            field("label", Type::Text, false),
            field("expires", Type::Timestamp, self.valid.is_none()),
        ];
        RecordType { name: "offer".into(), fields }
    }
}

/// Where a coupon's codes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codes {
    /// A file of codes, one a line.
    File(Arc<str>),
    /// A pattern: each `#` becomes a digit, each `@` a letter.
    Pattern(Arc<str>),
}

/// The languages of an e-mail.
#[derive(Clone, Debug)]
pub struct Locales {
    /// Those there are, as in `pt-BR`.
    pub of: Vec<Arc<str>>,
    /// That of everybody else.
    pub otherwise: Arc<str>,
    /// The customer's attribute that says which.
    pub attribute: Arc<str>,
    /// The words of each, by key: dots part the tables of the file.
    pub strings: BTreeMap<Arc<str>, Strings>,
    /// Where they are named.
    pub span: Span,
}

/// What is noted of an e-mail after it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracking {
    /// That it was opened.
    pub opens: bool,
    /// That a link of it was followed.
    pub clicks: bool,
    /// Where it says so.
    pub span: Span,
}

/// The words of one language by key.
pub type Strings = BTreeMap<Arc<str>, Wording>;

/// What a key says in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wording {
    /// One text.
    Plain(Arc<str>),
    /// A text for each form of the plural, by its name in CLDR: `one`, `other`, ….
    Plural(BTreeMap<Arc<str>, Arc<str>>),
}
