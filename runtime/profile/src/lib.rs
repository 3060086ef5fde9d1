//! What plans work out of customers and events, as the engine reads it: the same whether a warehouse or the reference
//! evaluator worked it out.

mod customers;
mod events;

use std::fmt;

use persona_value::Value;

pub use customers::{customers, items, list_traits, outputs};
pub use events::{Items, items_by_event, list_fields, occurrences};

/// Rows with the names of their columns; engines may write names in another case.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'r> {
    /// Their columns.
    pub columns: &'r [String],
    /// Each with one value a column.
    pub rows: &'r [Vec<Value>],
}

/// A column that a plan has is not among the rows: a mistake of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoColumn(pub String);

impl fmt::Display for NoColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no column `{}`", self.0)
    }
}

impl std::error::Error for NoColumn {}

impl Rows<'_> {
    fn column(&self, name: &str) -> Result<usize, NoColumn> {
        let found = self.columns.iter().position(|column| column.eq_ignore_ascii_case(name));
        found.ok_or_else(|| NoColumn(name.to_string()))
    }
}
