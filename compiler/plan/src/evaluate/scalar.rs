//! One value of one row.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use persona_value::{Decimal, Value};
use regex::Regex;

use super::kind::{decimal, order};
use super::{functions, read, zones};
use crate::{Arithmetic, Comparison, Function, Scalar, Schema};

/// What every row of an evaluation shares.
pub(super) struct Scope {
    now: Timestamp,
    /// Patterns compiled so far.
    patterns: RefCell<HashMap<Arc<str>, Regex>>,
}

/// Where the columns of a relation stand.
pub(super) struct Columns<'a>(HashMap<&'a str, usize>);

impl<'a> Columns<'a> {
    pub(super) fn of(schema: &'a Schema) -> Columns<'a> {
        Columns(schema.columns.iter().enumerate().map(|(at, column)| (&*column.name, at)).collect())
    }

    pub(super) fn place(&self, name: &str) -> Result<usize, String> {
        self.0.get(name).copied().ok_or_else(|| format!("there is no column `{name}`"))
    }

    pub(super) fn places(&self, names: &[Arc<str>]) -> Result<Vec<usize>, String> {
        names.iter().map(|name| self.place(name)).collect()
    }
}

impl Scope {
    pub(super) fn at(now: Timestamp) -> Scope {
        Scope { now, patterns: RefCell::default() }
    }

    /// Whether it is true of a row; missing is not.
    pub(super) fn holds(&self, condition: &Scalar, columns: &Columns, row: &[Value]) -> Result<bool, String> {
        Ok(self.value(condition, columns, row)?.is_true())
    }

    /// Its value for a row.
    pub(super) fn value(&self, scalar: &Scalar, columns: &Columns, row: &[Value]) -> Result<Value, String> {
        let of = |part: &Scalar| self.value(part, columns, row);
        let holds = |part: &Scalar| self.holds(part, columns, row);
        let misfit = || format!("`{scalar}` is given values of the wrong kind");
        Ok(match scalar {
            Scalar::Column(name) => {
                let place = columns.place(name)?;
                row.get(place).cloned().ok_or_else(|| format!("a row ends before its column `{name}`"))?
            }
            Scalar::Literal { value, .. } => value.clone(),
            Scalar::Now => Value::Instant(self.now),
            Scalar::And(parts) => {
                for part in parts {
                    if !holds(part)? {
                        return Ok(Value::Bool(false));
                    }
                }
                Value::Bool(true)
            }
            Scalar::Or(parts) => {
                for part in parts {
                    if holds(part)? {
                        return Ok(Value::Bool(true));
                    }
                }
                Value::Bool(false)
            }
            Scalar::Not(part) => Value::Bool(!holds(part)?),
            Scalar::Compare { op, left, right } => {
                let (left, right) = (of(left)?, of(right)?);
                let missing = left.is_missing() || right.is_missing();
                Value::Bool(!missing && op.accepts(order(&left, &right).ok_or_else(misfit)?))
            }
            Scalar::IsMissing(part) => Value::Bool(of(part)?.is_missing()),
            Scalar::OneOf { value, options } => {
                let value = of(value)?;
                Value::Bool(options.iter().any(|option| order(&value, option) == Some(Ordering::Equal)))
            }
            Scalar::Coalesce(options) => {
                for option in options {
                    let value = of(option)?;
                    if !value.is_missing() {
                        return Ok(value);
                    }
                }
                Value::Missing
            }
            Scalar::If { condition, then, otherwise } => {
                of(if holds(condition)? { then } else { otherwise })?
            }
            Scalar::Arithmetic { op, left, right, .. } => match (of(left)?, of(right)?) {
                (Value::Missing, _) | (_, Value::Missing) => Value::Missing,
                (left, right) => arithmetic(*op, &left, &right).ok_or_else(misfit)?,
            },
            Scalar::Shift { instant, seconds } => match of(instant)? {
                Value::Instant(instant) => Value::Instant(zones::shift(instant, *seconds)),
                other => missing_or(other, misfit)?,
            },
            Scalar::AddDays { date, days } => match of(date)? {
                Value::Date(date) => Value::Date(zones::add_days(date, *days)),
                other => missing_or(other, misfit)?,
            },
            Scalar::AddMonths { date, months } => match of(date)? {
                Value::Date(date) => Value::Date(zones::add_months(date, *months)),
                other => missing_or(other, misfit)?,
            },
            Scalar::LocalDate { instant, zone } => match of(instant)? {
                Value::Instant(instant) => Value::Date(zones::zone(zone)?.to_datetime(instant).date()),
                other => missing_or(other, misfit)?,
            },
            Scalar::LocalHour { instant, zone } => match of(instant)? {
                Value::Instant(instant) => Value::Int(zones::zone(zone)?.to_datetime(instant).hour().into()),
                other => missing_or(other, misfit)?,
            },
            Scalar::StartOfDay { date, zone } => match of(date)? {
                Value::Date(date) => Value::Instant(zones::start_of_day(date, &zones::zone(zone)?)),
                other => missing_or(other, misfit)?,
            },
            Scalar::Read { raw, ty, zone } => {
                let zone = zone.as_deref().map_or(Ok(TimeZone::UTC), zones::zone)?;
                read::read(&of(raw)?, ty, &zone)
            }
            Scalar::Rank { value, order } => {
                let value = of(value)?;
                let rank = order.iter().position(|one| Some(&**one) == value.as_text());
                rank.and_then(|rank| i64::try_from(rank).ok()).map_or(Value::Missing, Value::Int)
            }
            Scalar::Call { function, args } => {
                let args = args.iter().map(of).collect::<Result<Vec<_>, _>>()?;
                if args.iter().any(Value::is_missing) {
                    return Ok(if function.is_test() { Value::Bool(false) } else { Value::Missing });
                }
                if let Function::Matches { pattern } = function {
                    self.compile(pattern)?;
                }
                let found = |pattern: &str, text: &str| {
                    self.patterns.borrow().get(pattern).is_some_and(|pattern| pattern.is_match(text))
                };
                functions::call(function, &args, found).ok_or_else(misfit)?
            }
        })
    }

    fn compile(&self, pattern: &Arc<str>) -> Result<(), String> {
        if !self.patterns.borrow().contains_key(pattern) {
            let compiled =
                Regex::new(pattern).map_err(|error| format!("`{pattern}` is no pattern: {error}"))?;
            self.patterns.borrow_mut().insert(pattern.clone(), compiled);
        }
        Ok(())
    }
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::Less => order.is_lt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::AtLeast => order.is_ge(),
        }
    }
}

impl Function {
    /// Whether it is a question about a text, which a missing text answers with no.
    fn is_test(&self) -> bool {
        matches!(
            self,
            Function::Contains | Function::StartsWith | Function::EndsWith | Function::Matches { .. }
        )
    }
}

/// Missing on missing; what else is left over at the end of a `match` is of the wrong kind.
fn missing_or(value: Value, misfit: impl Fn() -> String) -> Result<Value, String> {
    if value.is_missing() { Ok(value) } else { Err(misfit()) }
}

/// Of two numbers; a result out of range is missing. None if they are no numbers.
fn arithmetic(op: Arithmetic, left: &Value, right: &Value) -> Option<Value> {
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        let whole = match op {
            Arithmetic::Add => Some(left.checked_add(*right)),
            Arithmetic::Subtract => Some(left.checked_sub(*right)),
            Arithmetic::Multiply => Some(left.checked_mul(*right)),
            Arithmetic::Divide => None,
        };
        if let Some(whole) = whole {
            return Some(whole.map_or(Value::Missing, Value::Int));
        }
    }
    let (left, right) = (decimal(left)?, decimal(right)?);
    let exact = match op {
        Arithmetic::Add => Decimal::add,
        Arithmetic::Subtract => Decimal::sub,
        Arithmetic::Multiply => Decimal::mul,
        Arithmetic::Divide => Decimal::div,
    };
    Some(exact(left, right).map_or(Value::Missing, Value::Decimal))
}
