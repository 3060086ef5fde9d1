//! The parts of an expression that mean the same over any row.

use std::sync::Arc;

use persona_model::{
    Comparison as ModelComparison, Expr, ExprKind, Function as F, Length, Operation, Window,
};
use persona_value::{Decimal, Type, Value};

use crate::{Arithmetic, Comparison, Function, Scalar};

/// What differs from row to row: names, queries, look-ups.
pub(super) trait Leaves {
    /// A leaf of the expression: an attribute, a field, a query.
    fn leaf(&mut self, expr: &Expr) -> Scalar;

    /// The project's zone.
    fn zone(&self) -> Arc<str>;

    /// A comparison that has a way of its own here (averages are not divided); else none.
    fn comparison(&mut self, _op: Comparison, _left: &Expr, _right: &Expr) -> Option<Scalar> {
        None
    }
}

/// An expression over the rows that `leaves` knows.
#[recursive::recursive]
pub(super) fn scalar(expr: &Expr, leaves: &mut dyn Leaves) -> Scalar {
    match &expr.kind {
        ExprKind::Literal(value) => literal(value, &expr.ty),
        ExprKind::Now => Scalar::Now,
        ExprKind::Today => today(&leaves.zone()),
        ExprKind::Ago(Length::Seconds(seconds)) => before_now(*seconds),
        ExprKind::Ago(Length::Months(months)) => {
            let zone = leaves.zone();
            let date = Box::new(Scalar::AddMonths { date: Box::new(today(&zone)), months: -months });
            Scalar::StartOfDay { date, zone }
        }
        ExprKind::Not(inner) => Scalar::Not(Box::new(scalar(inner, leaves))),
        ExprKind::And(..) => Scalar::And(flat(expr, leaves, true)),
        ExprKind::Or(..) => Scalar::Or(flat(expr, leaves, false)),
        ExprKind::Compare(op, left, right) => compare(*op, left, right, leaves),
        ExprKind::OneOf(value, options) => {
            Scalar::OneOf { value: Box::new(scalar(value, leaves)), options: options.clone() }
        }
        ExprKind::IsPresent(value) => present(scalar(value, leaves)),
        ExprKind::Within(value, window) => {
            let (date, optional) = (value.ty == Type::Date, value.optional);
            let value = scalar(value, leaves);
            let inside = within(value.clone(), date, window, leaves);
            // What never happened lies in no window, not even in the whole history.
            let whole = matches!(&**window, Window::Since(from) | Window::Between(from, _) if from.optional);
            if whole && optional { Scalar::And(vec![present(value), inside]) } else { inside }
        }
        ExprKind::Arithmetic(op, left, right) => {
            let (left, right) = (scalar(left, leaves), scalar(right, leaves));
            arithmetic(*op, left, right, expr.ty.clone())
        }
        ExprKind::Moved { from, by, back } => {
            let date = from.ty == Type::Date;
            let from = Box::new(scalar(from, leaves));
            let sign = if *back { -1 } else { 1 };
            match by {
                Length::Months(months) => Scalar::AddMonths { date: from, months: sign * months },
                Length::Seconds(seconds) if date => {
                    Scalar::AddDays { date: from, days: sign * seconds / 86_400 }
                }
                Length::Seconds(seconds) => Scalar::Shift { instant: from, seconds: sign * seconds },
            }
        }
        ExprKind::Coalesce(left, right) => {
            Scalar::Coalesce(vec![as_type(left, &expr.ty, leaves), as_type(right, &expr.ty, leaves)])
        }
        ExprKind::If(condition, then, otherwise) => Scalar::If {
            condition: Box::new(scalar(condition, leaves)),
            then: Box::new(as_type(then, &expr.ty, leaves)),
            otherwise: Box::new(as_type(otherwise, &expr.ty, leaves)),
        },
        ExprKind::Call(function, args) => call(*function, args, leaves),
        ExprKind::Midnight(date) => {
            Scalar::StartOfDay { date: Box::new(scalar(date, leaves)), zone: leaves.zone() }
        }
        ExprKind::Read { raw, zone } => read(scalar(raw, leaves), &expr.ty, zone.clone()),
        _ => leaves.leaf(expr),
    }
}

/// A constant of its type: a whole number where a decimal is meant becomes one.
fn literal(value: &Value, ty: &Type) -> Scalar {
    let value = match (value, ty) {
        (Value::Int(whole), Type::Decimal | Type::Money(_) | Type::Percent) => {
            Value::Decimal(Decimal::from(*whole))
        }
        (value, _) => value.clone(),
    };
    Scalar::literal(value, ty.clone())
}

/// `a and b and c` as one list.
fn flat(expr: &Expr, leaves: &mut dyn Leaves, and: bool) -> Vec<Scalar> {
    match (&expr.kind, and) {
        (ExprKind::And(left, right), true) | (ExprKind::Or(left, right), false) => {
            let mut all = flat(left, leaves, and);
            all.extend(flat(right, leaves, and));
            all
        }
        _ => match (scalar(expr, leaves), and) {
            (Scalar::And(all), true) | (Scalar::Or(all), false) => all,
            (other, _) => vec![other],
        },
    }
}

fn compare(op: ModelComparison, left: &Expr, right: &Expr, leaves: &mut dyn Leaves) -> Scalar {
    let op = match op {
        ModelComparison::Equal => Comparison::Equal,
        ModelComparison::Less => Comparison::Less,
        ModelComparison::AtMost => Comparison::AtMost,
        ModelComparison::Greater => Comparison::Greater,
        ModelComparison::AtLeast => Comparison::AtLeast,
    };
    if let Some(own) = leaves.comparison(op, left, right) {
        return own;
    }
    let (mut a, mut b) = (scalar(left, leaves), scalar(right, leaves));
    if let (Type::Enum(values), true) = (&left.ty, op != Comparison::Equal) {
        let rank = |value| Scalar::Rank { value: Box::new(value), order: values.values.clone() };
        (a, b) = (rank(a), rank(b));
    }
    Scalar::compare(op, a, b)
}

/// An expression as a wider number type, where both ways of a choice must be of one.
pub(super) fn as_type(expr: &Expr, ty: &Type, leaves: &mut dyn Leaves) -> Scalar {
    if let ExprKind::Literal(value) = &expr.kind {
        return literal(value, ty);
    }
    let value = scalar(expr, leaves);
    if expr.ty == Type::Int && *ty == Type::Decimal {
        return decimal(value);
    }
    value
}

/// A whole number as a decimal.
pub(super) fn decimal(value: Scalar) -> Scalar {
    let zero = Scalar::literal(Value::Decimal(Decimal::ZERO), Type::Decimal);
    arithmetic(Operation::Add, value, zero, Type::Decimal)
}

pub(super) fn arithmetic(op: Operation, left: Scalar, right: Scalar, ty: Type) -> Scalar {
    let op = match op {
        Operation::Add => Arithmetic::Add,
        Operation::Subtract => Arithmetic::Subtract,
        Operation::Multiply => Arithmetic::Multiply,
        Operation::Divide => Arithmetic::Divide,
    };
    Scalar::Arithmetic { op, left: Box::new(left), right: Box::new(right), ty }
}

pub(super) fn present(value: Scalar) -> Scalar {
    Scalar::Not(Box::new(Scalar::IsMissing(Box::new(value))))
}

pub(super) fn today(zone: &Arc<str>) -> Scalar {
    Scalar::LocalDate { instant: Box::new(Scalar::Now), zone: zone.clone() }
}

pub(super) fn before_now(seconds: i64) -> Scalar {
    Scalar::Shift { instant: Box::new(Scalar::Now), seconds: -seconds }
}

/// Whether an instant (or, if `date`, a day) lies in a window. Windows end at now: what lies in the future is held
/// until then.
pub(super) fn within(value: Scalar, date: bool, window: &Window, leaves: &mut dyn Leaves) -> Scalar {
    let zone = leaves.zone();
    let days = |seconds: &i64| (date && seconds % 86_400 == 0).then_some(seconds / 86_400);
    let instant = |value: Scalar| match date {
        true => Scalar::StartOfDay { date: Box::new(value), zone: zone.clone() },
        false => value,
    };
    let by_day = |after: Scalar, value: Scalar| {
        let until = Scalar::compare(Comparison::AtMost, value.clone(), today(&zone));
        Scalar::And(vec![Scalar::compare(Comparison::Greater, value, after), until])
    };
    match window {
        Window::Last(Length::Seconds(seconds)) if days(seconds).is_some() => {
            let back = Scalar::AddDays { date: Box::new(today(&zone)), days: -seconds / 86_400 };
            by_day(back, value)
        }
        Window::Last(Length::Months(months)) if date => {
            let back = Scalar::AddMonths { date: Box::new(today(&zone)), months: -months };
            by_day(back, value)
        }
        Window::Last(length) => {
            let value = instant(value);
            let until = Scalar::compare(Comparison::AtMost, value.clone(), Scalar::Now);
            Scalar::And(vec![last(value, length, &zone), until])
        }
        Window::Since(from) => since(instant(value), scalar(from, leaves), from.optional),
        Window::Before(to) => Scalar::compare(Comparison::Less, instant(value), scalar(to, leaves)),
        Window::Between(from, to) => {
            let value = instant(value);
            let before = Scalar::compare(Comparison::Less, value.clone(), scalar(to, leaves));
            Scalar::And(vec![since(value, scalar(from, leaves), from.optional), before])
        }
    }
}

/// The lower bound of `in last D`. Months are whole local days, written as an instant so that an engine can skip
/// what is older.
pub(super) fn last(at: Scalar, length: &Length, zone: &Arc<str>) -> Scalar {
    match length {
        Length::Seconds(seconds) => Scalar::compare(Comparison::Greater, at, before_now(*seconds)),
        Length::Months(months) => {
            let back = Scalar::AddMonths { date: Box::new(today(zone)), months: -months };
            let first = Scalar::AddDays { date: Box::new(back), days: 1 };
            let start = Scalar::StartOfDay { date: Box::new(first), zone: zone.clone() };
            Scalar::compare(Comparison::AtLeast, at, start)
        }
    }
}

/// From an instant on; a missing one is the whole history.
fn since(at: Scalar, from: Scalar, optional: bool) -> Scalar {
    let later = Scalar::compare(Comparison::AtLeast, at, from.clone());
    if optional { Scalar::Or(vec![Scalar::IsMissing(Box::new(from)), later]) } else { later }
}

/// A column as a type. An enum that has `other` takes what it does not list as that.
pub(super) fn read(raw: Scalar, ty: &Type, zone: Option<Arc<str>>) -> Scalar {
    let value = Scalar::Read { raw: Box::new(raw.clone()), ty: ty.clone(), zone };
    let other = match ty {
        Type::Enum(values) => values.values.iter().find(|v| &***v == "other"),
        _ => None,
    };
    let Some(other) = other else { return value };
    let text = Scalar::Read { raw: Box::new(raw), ty: Type::Text, zone: None };
    let missing = Scalar::literal(Value::Missing, ty.clone());
    let other = Scalar::literal(Value::Text(other.clone()), ty.clone());
    Scalar::If {
        condition: Box::new(Scalar::IsMissing(Box::new(text))),
        then: Box::new(missing),
        otherwise: Box::new(Scalar::Coalesce(vec![value, other])),
    }
}

fn call(function: F, args: &[Expr], leaves: &mut dyn Leaves) -> Scalar {
    let zone = leaves.zone();
    let mut values: Vec<Scalar> = args.iter().map(|a| scalar(a, leaves)).collect();
    // Parts of a date are of the day where the project is.
    if matches!(function, F::Year | F::Month | F::Day | F::Weekday | F::DaysBetween) {
        for (value, arg) in values.iter_mut().zip(args) {
            if arg.ty == Type::Timestamp {
                *value = Scalar::LocalDate { instant: Box::new(value.clone()), zone: zone.clone() };
            }
        }
    }
    let function = match function {
        F::Lower => Function::Lower,
        F::Upper => Function::Upper,
        F::Trim => Function::Trim,
        F::Length => Function::Length,
        F::Concat => Function::Concat,
        F::Contains => Function::Contains,
        F::StartsWith => Function::StartsWith,
        F::EndsWith => Function::EndsWith,
        F::Round(places) => Function::Round { places },
        F::Floor => Function::Floor,
        F::Ceil => Function::Ceil,
        F::Abs => Function::Abs,
        F::Year => Function::Year,
        F::Month => Function::Month,
        F::Day => Function::Day,
        F::Weekday => Function::Weekday,
        F::DaysBetween => Function::DaysBetween,
        F::Hashed => Function::Md5,
        F::Masked => Function::Masked,
        F::Hour => {
            let instant = values.pop().unwrap_or(Scalar::Now);
            return Scalar::LocalHour { instant: Box::new(instant), zone };
        }
    };
    Scalar::call(function, values)
}
