//! How values are held, and how two of one kind stand to each other.

use std::cmp::Ordering;
use std::fmt;

use persona_value::{Decimal, Type, Value};

/// How the values of a type are held: what may be compared, joined and united with what. Money and percent
/// are decimals, durations are ints, addresses and enums are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int,
    Decimal,
    Text,
    Date,
    Time,
    Instant,
    List,
    Record,
    Raw,
}

impl Kind {
    /// That of a type; none of one that is unknown.
    pub(super) fn of(ty: &Type) -> Option<Kind> {
        Some(match ty {
            Type::Bool => Kind::Bool,
            Type::Int | Type::Duration => Kind::Int,
            Type::Decimal | Type::Money(_) | Type::Percent => Kind::Decimal,
            Type::Text
            | Type::Email
            | Type::Url
            | Type::Locale
            | Type::Timezone
            | Type::Enum(_)
            | Type::Entity(_) => Kind::Text,
            Type::Date => Kind::Date,
            Type::Time => Kind::Time,
            Type::Timestamp => Kind::Instant,
            Type::List(_) => Kind::List,
            Type::Record(_) => Kind::Record,
            Type::Raw => Kind::Raw,
            Type::Unknown => return None,
        })
    }

    /// Whether a value is held this way; a missing one is in any.
    pub(super) fn holds(self, value: &Value) -> bool {
        match value {
            Value::Missing => true,
            Value::Bool(_) => matches!(self, Kind::Bool | Kind::Raw),
            Value::Int(_) => matches!(self, Kind::Int | Kind::Raw),
            Value::Decimal(_) => matches!(self, Kind::Decimal | Kind::Raw),
            Value::Text(_) => matches!(self, Kind::Text | Kind::Raw),
            Value::Date(_) => matches!(self, Kind::Date | Kind::Raw),
            Value::Time(_) => matches!(self, Kind::Time | Kind::Raw),
            Value::Instant(_) => matches!(self, Kind::Instant | Kind::Raw),
            Value::List(_) => self == Kind::List,
            Value::Record(_) => self == Kind::Record,
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Kind::Int | Kind::Decimal)
    }

    /// Whether its values have an order, and so can be compared.
    pub(super) fn is_ordered(self) -> bool {
        !matches!(self, Kind::List | Kind::Record | Kind::Raw)
    }

    /// Whether its values compare with those of another: one kind, or both numbers.
    pub(super) fn compares_with(self, other: Kind) -> bool {
        self.is_ordered() && (self == other || (self.is_number() && other.is_number()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Decimal => "decimal",
            Kind::Text => "text",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Instant => "timestamp",
            Kind::List => "list",
            Kind::Record => "record",
            Kind::Raw => "raw",
        })
    }
}

/// How two values stand to each other: numbers by size, text by code point (the order of its UTF-8 bytes),
/// false before true. None if one is missing or they are not of one kind.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Int(_) | Value::Decimal(_), Value::Int(_) | Value::Decimal(_)) => {
            Some(decimal(left)?.cmp(&decimal(right)?))
        }
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::Instant(a), Value::Instant(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// A number as a decimal: every int of 64 bits has its decimal.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(whole) => Some(Decimal::from(*whole)),
        Value::Decimal(decimal) => Some(*decimal),
        _ => None,
    }
}
