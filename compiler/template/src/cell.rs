//! What an expression yields while a template is rendered.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use persona_value::{Decimal, Value};

/// A value, or something only templates have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// What data holds, and literals.
    Value(Value),
    /// HTML that is safe as it stands: captured parts of the template, text already escaped.
    Markup(Arc<str>),
    /// `(a..b)`, both ends included; empty where b < a.
    Range(i64, i64),
    /// `blank`
    Blank,
    /// `empty`
    Empty,
    /// A loop's `forloop`, as a whole.
    Loop,
}

pub(crate) const MISSING: Cell = Cell::Value(Value::Missing);

impl Cell {
    pub fn text(text: impl Into<Arc<str>>) -> Cell {
        Cell::Value(Value::Text(text.into()))
    }
    pub fn int(whole: i64) -> Cell {
        Cell::Value(Value::Int(whole))
    }
    pub fn bool(truth: bool) -> Cell {
        Cell::Value(Value::Bool(truth))
    }
    pub fn list(items: Vec<Value>) -> Cell {
        Cell::Value(Value::List(items))
    }

    pub fn is_missing(&self) -> bool {
        matches!(self, Cell::Value(Value::Missing))
    }

    /// Liquid's truth: all but `false` and nothing.
    pub fn is_truthy(&self) -> bool {
        !matches!(self, Cell::Value(Value::Missing | Value::Bool(false)))
    }

    /// As a value: markup as its text, a range as a list, `blank` and `empty` as the empty text.
    pub fn into_value(self) -> Value {
        match self {
            Cell::Value(value) => value,
            Cell::Markup(html) => Value::Text(html),
            Cell::Range(..) => Value::List(self.items()),
            Cell::Blank | Cell::Empty | Cell::Loop => Value::text(""),
        }
    }

    /// The items of a list or range; of one other value, itself; of nothing, none.
    pub fn items(&self) -> Vec<Value> {
        match self {
            Cell::Value(Value::List(items)) => items.clone(),
            Cell::Range(first, last) => (*first..=*last).map(Value::Int).collect(),
            Cell::Value(Value::Missing) => Vec::new(),
            other => vec![other.clone().into_value()],
        }
    }

    /// `blank`: nothing, false, white space, or an empty list.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Value(Value::Missing | Value::Bool(false)) | Cell::Blank | Cell::Empty => true,
            Cell::Value(Value::Text(text)) | Cell::Markup(text) => text.trim().is_empty(),
            other => other.is_empty(),
        }
    }

    /// `empty`: a text without a character, a list without an item.
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Value(Value::Text(text)) | Cell::Markup(text) => text.is_empty(),
            Cell::Value(Value::List(items)) => items.is_empty(),
            Cell::Value(Value::Record(fields)) => fields.is_empty(),
            Cell::Range(first, last) => last < first,
            Cell::Empty | Cell::Blank => true,
            _ => false,
        }
    }

    /// How many characters or items; none of anything else.
    pub fn size(&self) -> usize {
        match self {
            Cell::Value(Value::Text(text)) | Cell::Markup(text) => text.chars().count(),
            Cell::Value(Value::List(items)) => items.len(),
            Cell::Value(Value::Record(fields)) => fields.len(),
            Cell::Range(first, last) if last >= first => last.abs_diff(*first).saturating_add(1) as usize,
            _ => 0,
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Cell::Value(value) => number(value),
            _ => None,
        }
    }

    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&Arc<str>> {
        match self {
            Cell::Value(Value::Text(text)) | Cell::Markup(text) => Some(text),
            _ => None,
        }
    }

    /// As Liquid writes it into text: lists without a separator, decimals with a point.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Cell::Value(value) => plain(value),
            Cell::Markup(html) => Cow::Borrowed(html),
            Cell::Range(first, last) => Cow::Owned(format!("{first}..{last}")),
            Cell::Blank | Cell::Empty => Cow::Borrowed(""),
            Cell::Loop => Cow::Borrowed("forloop"),
        }
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Cell {
        Cell::Value(value)
    }
}

/// The number a value is.
pub(crate) fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(whole) => Some(Decimal::from(*whole)),
        Value::Decimal(decimal) => Some(*decimal),
        _ => None,
    }
}

/// A value as plain text. Money and percent need their type: see [`crate::show`].
pub(crate) fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Missing => Cow::Borrowed(""),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        Value::Int(whole) => Cow::Owned(whole.to_string()),
        Value::Decimal(decimal) => Cow::Owned(decimal.to_string()),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Date(date) => Cow::Owned(date.to_string()),
        Value::Time(time) => Cow::Owned(time.to_string()),
        Value::Instant(instant) => Cow::Owned(instant.to_string()),
        Value::List(items) => items.iter().map(|item| plain(item).into_owned()).collect::<String>().into(),
        // As Liquid, which is written in Ruby, shows a hash.
        Value::Record(fields) => {
            let inspect = |value: &Value| match value {
                Value::Text(text) => format!("{text:?}"),
                Value::Missing => "nil".to_string(),
                other => plain(other).into_owned(),
            };
            let fields: Vec<String> = fields.iter().map(|(n, v)| format!("{n:?}=>{}", inspect(v))).collect();
            format!("{{{}}}", fields.join(", ")).into()
        }
    }
}

/// Whether two present values are the same: numbers by amount, everything else by kind and content.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (number(left), number(right)) {
        (Some(l), Some(r)) => l == r,
        (None, None) => match (left, right) {
            (Value::List(l), Value::List(r)) => {
                l.len() == r.len() && l.iter().zip(r).all(|(l, r)| same(l, r))
            }
            _ => left == right,
        },
        _ => false,
    }
}

/// Which of two values is first, where they can be ordered: numbers, texts, days, times, instants.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(l), Value::Text(r)) => Some(l.cmp(r)),
        (Value::Date(l), Value::Date(r)) => Some(l.cmp(r)),
        (Value::Time(l), Value::Time(r)) => Some(l.cmp(r)),
        (Value::Instant(l), Value::Instant(r)) => Some(l.cmp(r)),
        (Value::Bool(l), Value::Bool(r)) => Some(l.cmp(r)),
        _ => Some(number(left)?.cmp(&number(right)?)),
    }
}
