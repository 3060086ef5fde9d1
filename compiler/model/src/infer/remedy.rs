//! What was probably meant where two values do not go together.

use persona_value::{Type, Value};

use super::{Checker, clock};
use crate::{Expr, ExprKind, Function};

impl Checker<'_> {
    /// What to do, and the code for it. `done` says what was to be done with them: "compared".
    pub(super) fn remedy(&self, left: &Expr, right: &Expr, done: &str) -> Option<(String, String)> {
        let written = |e: &Expr| self.written(e.span);
        let moment = |e: &Expr| matches!(e.ty, Type::Timestamp | Type::Date);
        if moment(left) && right.ty == Type::Duration {
            let code = format!("{0} before {1} ago\n{0} in last {1}", written(left), written(right));
            return Some(("to ask how long ago that was, write one of".into(), code));
        }
        if moment(left) && moment(right) && done == "subtracted" {
            let code = format!("days_between({}, {})", written(left), written(right));
            return Some(("to count the days between them, write".into(), code));
        }
        // `days_between(today, birthday) > 18 years`
        if let (ExprKind::Call(Function::DaysBetween, days), Type::Duration) = (&left.kind, &right.ty)
            && let [_, earlier] = &days[..]
        {
            let code = format!("{} before {} ago", written(earlier), written(right));
            return Some(("to ask how long ago that was, write".into(), code));
        }
        for (value, of) in [(right, &left.ty), (left, &right.ty)] {
            if let Some((does, code)) = as_meant(value, of) {
                return Some((does.into(), code));
            }
        }
        None
    }
}

/// A constant as it is written for a type that it does not have.
fn as_meant(value: &Expr, of: &Type) -> Option<(&'static str, String)> {
    let ExprKind::Literal(constant) = &value.kind else { return None };
    match (constant, of) {
        (Value::Text(text), _) => {
            let code = match of {
                Type::Date | Type::Timestamp => {
                    let date = text.parse::<jiff::civil::Date>().is_ok();
                    (date || text.parse::<jiff::Timestamp>().is_ok()).then(|| text.to_string())
                }
                Type::Time => clock(text).map(|_| text.to_string()),
                Type::Int | Type::Decimal => text.parse::<f64>().ok().map(|_| text.to_string()),
                Type::Money(currency) => text.parse::<f64>().ok().map(|_| format!("{text} {currency}")),
                Type::Bool => match text.to_ascii_lowercase().as_str() {
                    "yes" | "true" | "1" => Some("true".into()),
                    "no" | "false" | "0" => Some("false".into()),
                    _ => None,
                },
                _ => None,
            };
            code.map(|code| ("write it without quotes", code))
        }
        (Value::Int(number), Type::Percent) => Some(("write a percentage", format!("{number}%"))),
        (Value::Int(number), Type::Duration) => {
            Some(("say of what it is so many", format!("{number} minutes")))
        }
        _ => None,
    }
}
