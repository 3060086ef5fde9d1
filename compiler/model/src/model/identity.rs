//! Which customers of several systems are one.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::Decimal;

/// How records of several systems become one customer.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Attributes that are a customer's key in some system: two records with one of them in common are one customer.
    pub ids: Vec<Arc<str>>,
    /// Attributes that records are matched on, the surest first.
    pub match_on: Vec<Arc<str>>,
    /// When a pair is shown to people, to decide.
    pub propose: Option<Proposal>,
    /// Whose word counts where two records differ.
    pub keep: Keep,
    /// The word itself.
    pub span: Span,
}

/// A pair that may be one customer is shown to people; it is never merged by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The attributes that must be alike.
    pub attributes: Vec<Arc<str>>,
    /// How much, from 0 to 1.
    pub least: Decimal,
}

/// Whose word counts where two records differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// What was said last, rather than first.
    pub newest: bool,
    /// What these sources say comes before that, the first of them first.
    pub preferring: Vec<Arc<str>>,
}
