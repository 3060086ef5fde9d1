//! One value.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Decimal, Type};

/// A value at run time. Its [`crate::Type`] says how to read it: money and percent are decimals, addresses and
/// enums are text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Value {
    /// None.
    Missing,
    /// True or false.
    Bool(bool),
    /// A whole number; also a duration, in seconds.
    Int(i64),
    /// A decimal; also money and percent.
    Decimal(Decimal),
    /// Text, addresses, enum values, keys.
    Text(Arc<str>),
    /// A day.
    Date(jiff::civil::Date),
    /// A time of day.
    Time(jiff::civil::Time),
    /// An instant.
    Instant(jiff::Timestamp),
    /// Items of a list.
    List(Vec<Value>),
    /// Fields by name, in the order declared.
    Record(Arc<[(Arc<str>, Value)]>),
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<Arc<str>>) -> Value {
        Value::Text(text.into())
    }

    /// Whether there is none.
    pub fn is_missing(&self) -> bool {
        matches!(self, Value::Missing)
    }

    /// A record's field; missing for any other value or name.
    pub fn field(&self, name: &str) -> &Value {
        match self {
            Value::Record(fields) => {
                fields.iter().find(|(n, _)| &**n == name).map_or(&Value::Missing, |(_, v)| v)
            }
            _ => &Value::Missing,
        }
    }

    /// As a type holds it: engines give whole numbers as decimals and decimals as whole numbers.
    pub fn shaped(&self, ty: &Type) -> Value {
        match (self, ty) {
            (Value::Int(n), Type::Decimal | Type::Money(_) | Type::Percent) => Value::Decimal((*n).into()),
            (Value::Decimal(d), Type::Int | Type::Duration) => {
                i64::try_from(d.trunc()).map_or(Value::Missing, Value::Int)
            }
            (value, _) => value.clone(),
        }
    }

    /// A count; 0 if it is none.
    pub fn whole(&self) -> i64 {
        match self.shaped(&Type::Int) {
            Value::Int(n) => n,
            _ => 0,
        }
    }

    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(t) => Some(t),
            _ => None,
        }
    }

    /// The truth: a missing value is false, and so is what is no truth value.
    pub fn is_true(&self) -> bool {
        matches!(self, Value::Bool(true))
    }
}
