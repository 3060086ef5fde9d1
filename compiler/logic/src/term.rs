//! What is known of a customer or of an event, and formulas over it.

use std::sync::Arc;

use persona_model::{Expr, Query, Sequence, Window};
use persona_value::Type;

use crate::point::Test;

/// A [`Term`] by its place.
pub(crate) type TermId = usize;
/// An [`EventSet`] by its place.
pub(crate) type SetId = usize;

/// One value, of which nothing is known but what formulas say.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub of: Of,
    pub ty: Type,
    /// Whether it may be missing.
    pub optional: bool,
    /// How far apart two of its values are at least: units of 10^-9, or none where there is no such distance.
    pub grain: Option<i128>,
    /// What every value meets: a `check`, or what the language promises.
    pub limits: Option<Arc<Formula>>,
}

/// Whose value it is.
#[derive(Clone, Debug)]
pub(crate) enum Of {
    /// An attribute of the customer.
    Attribute(Arc<str>),
    /// A field of an event.
    Field(Arc<str>),
    /// How many events there are.
    Count(SetId),
    /// What a query makes of events.
    Summary {
        set: SetId,
        query: Box<Query>,
        /// Of no events it is 0, else missing.
        zero: bool,
        /// Of some events it is something else.
        exact: bool,
    },
    /// Some other value; not looked into.
    Other,
}

/// A true sentence about terms, or a false one. Not has been pushed down to the tests.
#[derive(Clone, Debug)]
pub(crate) enum Formula {
    True,
    False,
    /// A term passes a test, or does not.
    Is(TermId, Test, bool),
    All(Vec<Arc<Formula>>),
    Any(Vec<Arc<Formula>>),
}

/// Events of a customer.
#[derive(Clone, Debug)]
pub(crate) struct EventSet {
    /// What they are called, a union by its own name.
    pub event: Arc<str>,
    /// The events, none of them a union.
    pub leaves: Vec<Arc<str>>,
    pub filter: Option<Expr>,
    pub window: Option<Window>,
    /// More that is asked of when they happened.
    pub at: Vec<Test>,
    pub sequence: Option<Sequence>,
    /// A value that they have.
    pub present: Option<Expr>,
}

pub(crate) fn all(parts: impl IntoIterator<Item = Arc<Formula>>) -> Arc<Formula> {
    join(parts, true)
}

pub(crate) fn any(parts: impl IntoIterator<Item = Arc<Formula>>) -> Arc<Formula> {
    join(parts, false)
}

fn join(parts: impl IntoIterator<Item = Arc<Formula>>, and: bool) -> Arc<Formula> {
    let mut kept = Vec::new();
    for part in parts {
        match (&*part, and) {
            (Formula::True, true) | (Formula::False, false) => {}
            (Formula::False, true) | (Formula::True, false) => return part,
            (Formula::All(inner), true) | (Formula::Any(inner), false) => kept.extend(inner.iter().cloned()),
            _ => kept.push(part),
        }
    }
    match (kept.len(), and) {
        (0, true) => Arc::new(Formula::True),
        (0, false) => Arc::new(Formula::False),
        (1, _) => kept.swap_remove(0),
        (_, true) => Arc::new(Formula::All(kept)),
        (_, false) => Arc::new(Formula::Any(kept)),
    }
}

pub(crate) fn not(formula: &Arc<Formula>) -> Arc<Formula> {
    match &**formula {
        Formula::True => Arc::new(Formula::False),
        Formula::False => Arc::new(Formula::True),
        Formula::Is(term, test, holds) => Arc::new(Formula::Is(*term, test.clone(), !holds)),
        Formula::All(parts) => any(parts.iter().map(not)),
        Formula::Any(parts) => all(parts.iter().map(not)),
    }
}

pub(crate) fn truth(holds: bool) -> Arc<Formula> {
    Arc::new(if holds { Formula::True } else { Formula::False })
}
