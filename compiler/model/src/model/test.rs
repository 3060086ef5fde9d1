//! A program's own tests.

use std::sync::Arc;

use jiff::Timestamp;
use persona_diagnostics::Span;
use persona_value::Value;

use crate::Expr;

/// What is done to some customers, and what is expected then.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub label: Arc<str>,
    /// Its customers, in the order written.
    pub customers: Vec<TestCustomer>,
    /// Rows of entities.
    pub rows: Vec<TestRow>,
    /// What happens, in order of time.
    pub happenings: Vec<Happening>,
    /// What is expected, in the order written.
    pub expectations: Vec<Expectation>,
    /// Where its keyword stands.
    pub span: Span,
}

/// Values of fields by name, in the order written. Those left out are not in it.
pub type Values = Vec<(Arc<str>, Value)>;

/// A customer of a test.
#[derive(Clone, Debug)]
pub struct TestCustomer {
    /// What the test calls them.
    pub name: Arc<str>,
    /// Attributes.
    pub values: Values,
    /// Consents they gave and confirmed before the test begins.
    pub consents: Vec<Arc<str>>,
    /// Variants of experiments they are in; of those not named, the first.
    pub variants: Vec<Arc<str>>,
    /// Where the name is given.
    pub span: Span,
}

/// A row of an entity.
#[derive(Clone, Debug)]
pub struct TestRow {
    /// The entity.
    pub entity: Arc<str>,
    /// Its fields.
    pub values: Values,
}

/// Something that happens to a customer of a test.
#[derive(Clone, Debug)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// To whom: a customer's place in [`Test::customers`].
    pub who: usize,
    /// What.
    pub what: Happens,
    /// Where it is written.
    pub span: Span,
}

/// What happens to a customer.
#[derive(Clone, Debug)]
pub enum Happens {
    /// An event, with its fields.
    Event(Arc<str>, Values),
    /// These attributes are now known to have these values.
    Change(Values),
    /// They give a consent, and confirm it.
    Gives(Arc<str>),
    /// They take it back.
    Withdraws(Arc<str>),
}

/// What is expected of a customer of a test.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Of whom: a customer's place in [`Test::customers`].
    pub who: usize,
    /// What.
    pub what: Expected,
    /// Where it is written.
    pub span: Span,
}

/// What is expected.
#[derive(Clone, Debug)]
pub enum Expected {
    /// An e-mail is sent or a destination called; at this instant, if one is named.
    Gets(Arc<str>, Option<Timestamp>),
    /// It is not, up to the end of the test.
    Never(Arc<str>),
    /// A condition over the customer holds at this instant.
    Holds(Expr, Timestamp),
}
