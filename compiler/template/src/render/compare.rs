//! Comparisons at rendering.

use std::cmp::Ordering;

use jiff::civil::Date;
use persona_value::Value;

use super::Renderer;
use crate::cell::{Cell, order, same};
use crate::tree::Operator;

impl Renderer<'_> {
    /// Whether a comparison holds. `Err` says why the two cannot be compared; the checker has seen to it that they
    /// can.
    pub(super) fn compare(&self, operator: Operator, left: &Cell, right: &Cell) -> Result<bool, String> {
        match operator {
            Operator::Equal => Ok(self.equal(left, right)),
            Operator::NotEqual => Ok(!self.equal(left, right)),
            Operator::Contains => Ok(self.contains(left, right)),
            Operator::In => Ok(self.contains(right, left)),
            Operator::Less => self.ordered(left, right, |o| o == Ordering::Less),
            Operator::LessOrEqual => self.ordered(left, right, |o| o != Ordering::Greater),
            Operator::Greater => self.ordered(left, right, |o| o == Ordering::Greater),
            Operator::GreaterOrEqual => self.ordered(left, right, |o| o != Ordering::Less),
        }
    }

    /// A comparison with nothing is false; in Liquid itself nothing equals nothing.
    pub(super) fn equal(&self, left: &Cell, right: &Cell) -> bool {
        match (left, right) {
            (Cell::Blank, Cell::Empty) | (Cell::Empty, Cell::Blank) => false,
            (Cell::Blank, Cell::Blank) | (Cell::Empty, Cell::Empty) => true,
            (Cell::Blank, other) | (other, Cell::Blank) => other.is_blank(),
            (Cell::Empty, other) | (other, Cell::Empty) => other.is_empty(),
            (Cell::Value(Value::Missing), Cell::Value(Value::Missing)) => !self.setting.typed,
            (Cell::Value(Value::Missing), _) | (_, Cell::Value(Value::Missing)) => false,
            (Cell::Range(..), Cell::Range(..)) => left == right,
            (Cell::Value(l), Cell::Value(r)) => match (l, r) {
                (Value::Date(day), Value::Instant(_)) => self.same_instant(*day, r),
                (Value::Instant(_), Value::Date(day)) => self.same_instant(*day, l),
                _ => same(l, r),
            },
            // A captured text compares as what it prints.
            (l, r) => match (l.as_text(), r.as_text()) {
                (Some(_), Some(_)) => readable(l) == readable(r),
                _ => false,
            },
        }
    }

    fn same_instant(&self, day: Date, instant: &Value) -> bool {
        self.midnight(day).as_ref() == Some(instant)
    }

    /// A day as an instant: its local midnight.
    fn midnight(&self, day: Date) -> Option<Value> {
        Some(Value::Instant(day.to_zoned_datetime(self.setting.zone.clone()).ok()?.timestamp()))
    }

    fn ordered(&self, left: &Cell, right: &Cell, holds: fn(Ordering) -> bool) -> Result<bool, String> {
        let nothing = |cell: &Cell| matches!(cell, Cell::Value(Value::Missing) | Cell::Blank | Cell::Empty);
        if nothing(left) || nothing(right) {
            return Ok(false);
        }
        let (left, right) = (left.clone().into_value(), right.clone().into_value());
        let (left, right) = match (&left, &right) {
            (Value::Date(day), Value::Instant(_)) => (self.midnight(*day).unwrap_or(Value::Missing), right),
            (Value::Instant(_), Value::Date(day)) => (left, self.midnight(*day).unwrap_or(Value::Missing)),
            _ => (left, right),
        };
        match order(&left, &right) {
            Some(ordering) => Ok(holds(ordering)),
            None => Err("values of different types have no order".to_string()),
        }
    }

    fn contains(&self, whole: &Cell, part: &Cell) -> bool {
        // Liquid asks for something that is true; `false` in a list of truths is only found where types are checked.
        if whole.is_missing() || part.is_missing() || !(self.setting.typed || part.is_truthy()) {
            return false;
        }
        match whole {
            Cell::Value(Value::List(items)) => {
                items.iter().any(|item| self.equal(&Cell::Value(item.clone()), part))
            }
            Cell::Value(Value::Record(fields)) => fields.iter().any(|(name, _)| **name == *part.to_text()),
            Cell::Range(first, last) => match part {
                Cell::Value(Value::Int(whole)) => (first..=last).contains(&whole),
                _ => false,
            },
            whole => readable(whole).contains(&*readable(part)),
        }
    }
}

/// A text as it reads: HTML with its escapes undone.
fn readable(cell: &Cell) -> std::borrow::Cow<'_, str> {
    match cell {
        Cell::Markup(html) => crate::html::unescape(html),
        cell => cell.to_text(),
    }
}
