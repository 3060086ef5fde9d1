//! Stretches of time.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{misplaced::Misplaced, type_mismatch::TypeMismatch};
use persona_syntax::ast;
use persona_value::{Type, Value};

use super::{Checker, describe, operator::midnight};
use crate::{Expr, ExprKind, Length, Window};

impl Checker<'_> {
    /// `signed_up in last 7 days`.
    pub(super) fn within(&mut self, value: &ast::Expr, window: &ast::Window, span: Span) -> Expr {
        let value = self.infer(value);
        let bought = matches!(value.kind, ExprKind::Bought(None));
        if !bought && !matches!(value.ty, Type::Timestamp | Type::Date | Type::Raw | Type::Unknown) {
            return self.in_no_time(&value, window, span);
        }
        let days = value.ty == Type::Date;
        let window = self.window(window);
        if let (true, Some(Window::Last(Length::Seconds(seconds)))) = (days, &window)
            && seconds % 86_400 != 0
        {
            let headline = "a date has no time of day: it lies in a stretch of whole days".to_string();
            let why = "hours and minutes say nothing of a date".to_string();
            let help = Some(format!("write `{} in last 1 day`", self.written(value.span)));
            self.problems.report(Misplaced { headline, at: span, why, help });
            return Expr::unknown(span);
        }
        if let (ExprKind::Bought(None), Some(window)) = (&value.kind, &window) {
            let kind = ExprKind::Bought(Some(Box::new(window.clone())));
            return Expr { kind, ty: Type::Bool, optional: false, span };
        }
        let value = if value.ty == Type::Raw { self.read(value, Type::Timestamp) } else { value };
        match (&value.ty, window) {
            (Type::Unknown, _) | (_, None) => Expr::unknown(span),
            (Type::Timestamp | Type::Date, Some(window)) => {
                let kind = ExprKind::Within(Box::new(value), Box::new(window));
                Expr { kind, ty: Type::Bool, optional: false, span }
            }
            _ => Expr::unknown(span),
        }
    }

    /// What is no point in time lies in no stretch of it.
    fn in_no_time(&mut self, value: &Expr, window: &ast::Window, span: Span) -> Expr {
        let headline = format!("only a point in time lies in a stretch of time, not {}", describe(&value.ty));
        let labels = vec![(value.span, format!("this is {}", describe(&value.ty)))];
        let help = match window {
            ast::Window::Between(from, to, _) => {
                let written = self.written(value.span);
                let (from, to) = (self.written(from.span()), self.written(to.span()));
                Some((
                    "to compare it with both, write".into(),
                    format!("{written} >= {from} and {written} <= {to}"),
                ))
            }
            _ => None,
        };
        self.problems.report(TypeMismatch { headline, labels, help });
        Expr::unknown(span)
    }

    pub(super) fn window(&mut self, window: &ast::Window) -> Option<Window> {
        match window {
            ast::Window::Last(length, _) => length.and_then(|l| self.length(&l)).map(Window::Last),
            ast::Window::Next(_, span) => {
                let headline = "`in next` looks into the future".to_string();
                let why = "only a model's `predict` and an experiment's `goal` may".to_string();
                let help = Some("for the past, write `in last`".to_string());
                self.problems.report(Misplaced { headline, at: *span, why, help });
                None
            }
            ast::Window::Since(from, _) => self.moment(from).map(Window::Since),
            ast::Window::Before(to, _) => self.moment(to).map(Window::Before),
            ast::Window::Between(from, to, span) => {
                let written =
                    format!("between {} and {}", self.written(to.span()), self.written(from.span()));
                let (from, to) = (self.moment(from)?, self.moment(to)?);
                if !is_before(&from, &to) {
                    self.problems.report(Misplaced {
                        headline: "nothing lies in this stretch of time: it ends before it begins".into(),
                        at: *span,
                        why: "the later instant stands first".into(),
                        help: Some(format!("write `{written}`")),
                    });
                    return None;
                }
                Some(Window::Between(from, to))
            }
        }
    }

    /// An instant; a date is its midnight.
    fn moment(&mut self, ast: &ast::Expr) -> Option<Expr> {
        let value = self.infer(ast);
        match &value.ty {
            Type::Unknown => None,
            Type::Timestamp => Some(value),
            Type::Date => Some(midnight(value)),
            Type::Raw => Some(self.read(value, Type::Timestamp)),
            ty => {
                let headline = format!("a point in time is needed here, not {}", describe(ty));
                let labels = vec![(value.span, format!("this is {}", describe(ty)))];
                let help = (*ty == Type::Duration).then(|| {
                    let written = self.written(value.span);
                    ("say before when".to_string(), format!("{written} ago"))
                });
                self.problems.report(TypeMismatch { headline, labels, help });
                None
            }
        }
    }
}

/// Whether a stretch of time from one instant to the other may hold anything: not where both are known, and the first is
/// not the earlier one.
fn is_before(from: &Expr, to: &Expr) -> bool {
    match (constant(from), constant(to)) {
        (Some(from), Some(to)) => from < to,
        _ => match (seconds_ago(from), seconds_ago(to)) {
            (Some((_, longest)), Some((shortest, _))) => longest > shortest,
            _ => true,
        },
    }
}

/// A day or an instant that is written out; of one kind they compare as they stand.
fn constant(moment: &Expr) -> Option<String> {
    match &moment.kind {
        ExprKind::Literal(Value::Instant(at)) => Some(at.to_string()),
        ExprKind::Midnight(day) => match &day.kind {
            ExprKind::Literal(Value::Date(date)) => Some(date.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// How many seconds before now it is, at least and at most.
fn seconds_ago(moment: &Expr) -> Option<(i64, i64)> {
    const DAY: i64 = 86_400;
    match &moment.kind {
        ExprKind::Now => Some((0, 0)),
        ExprKind::Ago(Length::Seconds(seconds)) => Some((*seconds, *seconds)),
        ExprKind::Ago(Length::Months(months)) => {
            Some((months.checked_mul(28 * DAY)?, months.checked_mul(31 * DAY)?.checked_add(2 * DAY)?))
        }
        ExprKind::Midnight(day) if matches!(day.kind, ExprKind::Today) => Some((0, 25 * 3_600)),
        _ => None,
    }
}
