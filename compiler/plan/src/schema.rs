//! The columns of a relation.

use std::sync::Arc;

use persona_value::Type;
use serde::{Deserialize, Serialize};

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, unique in its relation.
    pub name: Arc<str>,
    /// What it holds.
    pub ty: Type,
    /// Whether it may be missing.
    pub optional: bool,
}

/// The columns of a relation, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// In order.
    pub columns: Vec<Column>,
}

impl Column {
    /// A column of this name, type and optionality.
    pub fn new(name: impl Into<Arc<str>>, ty: Type, optional: bool) -> Column {
        Column { name: name.into(), ty, optional }
    }
}

impl Schema {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| &*c.name == name)
    }

    /// Where the column of this name stands.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| &*c.name == name)
    }
}

impl FromIterator<Column> for Schema {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Schema {
        Schema { columns: columns.into_iter().collect() }
    }
}
