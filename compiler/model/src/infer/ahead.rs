//! What looks ahead: a model's `predict` and an experiment's `goal`. Nothing else may.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast;
use persona_value::Type;

use super::{Checker, Row};
use crate::{Expr, ExprKind, Forecast, Summary};

/// A model whose type others ask for before it is looked at whole.
pub(crate) enum Foretold {
    /// Not looked at yet.
    Waiting(ast::Predict),
    /// Being worked out: whoever needs it now closes a circle.
    Busy,
    /// What it gives, and what it predicts if that is a summary.
    Done(Type, Option<Box<Forecast>>),
}

impl Checker<'_> {
    /// A summary of what comes: `any(purchase in next 14 days)`. `of` says whose, for its problems.
    pub(crate) fn forecast(&mut self, ast: &ast::Expr, of: &str) -> Option<Forecast> {
        let stray = |checker: &mut Self, at: Span, why: &str| {
            let headline = format!("{of} is a summary of what comes");
            let help = Some("write `any(purchase in next 14 days)`, or another summary".to_string());
            checker.problems.report(Misplaced { headline, at, why: why.to_string(), help });
            None
        };
        let (function, query, span) = match ast {
            ast::Expr::Missing(_) => return None,
            ast::Expr::Call { function, args, span } => match &args[..] {
                [ast::Expr::Query(query)] => (function, query, *span),
                _ if self.is_broken(*span) => return None,
                _ => return stray(self, *span, "`in next` says how far ahead it looks"),
            },
            other => return stray(self, other.span(), "not a summary such as `any`, `count` or `sum`"),
        };
        let length = match &query.window {
            Some(ast::Window::Next(length, _)) => (*length)?,
            Some(ast::Window::Last(_, at) | ast::Window::Since(_, at) | ast::Window::Before(_, at)) => {
                return stray(self, *at, "this is the past");
            }
            Some(ast::Window::Between(_, _, at)) => {
                return stray(self, *at, "a stretch that is the same for every example");
            }
            None => return stray(self, span, "`in next` says how far ahead it looks"),
        };
        // How far ahead is the forecast's: of the query itself it would be no window.
        let bare = ast::Query { window: None, ..(**query).clone() };
        let args = vec![ast::Expr::Query(Box::new(bare))];
        let call = ast::Expr::Call { function: function.clone(), args, span };
        let within = self.length(&length);
        let found = self.expression(&call, &[Row::Customer]);
        let Expr { kind, ty, .. } = found;
        match kind {
            ExprKind::Query(query) => Some(Forecast { query: *query, within: within?, ty, span }),
            ExprKind::Unknown => None,
            _ => stray(self, span, "this reads a list, not events"),
        }
    }

    /// What a model gives, working it out if need be.
    pub(crate) fn model_type(&mut self, name: &Arc<str>) -> Type {
        let Some((span, foretold)) = self.models.get_mut(name) else { return Type::Unknown };
        let span = *span;
        match std::mem::replace(foretold, Foretold::Busy) {
            Foretold::Done(ty, forecast) => {
                *foretold = Foretold::Done(ty.clone(), forecast);
                ty
            }
            Foretold::Busy => {
                let circle = persona_diagnostics::catalogue::cycle::Cycle {
                    names: vec![name.to_string()],
                    at: vec![span],
                };
                self.problems.report(circle);
                Type::Unknown
            }
            Foretold::Waiting(predict) => {
                let (ty, forecast) = self.foretell(&predict);
                self.models.insert(name.clone(), (span, Foretold::Done(ty.clone(), forecast)));
                ty
            }
        }
    }

    /// The type of a model's value, by what it predicts.
    fn foretell(&mut self, predict: &ast::Predict) -> (Type, Option<Box<Forecast>>) {
        let value = match predict {
            ast::Predict::Value(value) => value,
            ast::Predict::HourOf(Some(event)) => {
                let known = self.event_name(event).is_some();
                return (if known { Type::Int } else { Type::Unknown }, None);
            }
            ast::Predict::HourOf(None) => return (Type::Unknown, None),
        };
        let Some(forecast) = self.forecast(value, "what a model predicts") else {
            return (Type::Unknown, None);
        };
        let ty = match forecast.query.summary {
            Summary::Any | Summary::None => Type::Percent,
            // How many are expected is no whole number.
            Summary::Count | Summary::Distinct => Type::Decimal,
            Summary::Sum | Summary::Avg | Summary::Min | Summary::Max => match &forecast.ty {
                Type::Int => Type::Decimal,
                ty @ (Type::Decimal | Type::Money(_) | Type::Percent) => ty.clone(),
                _ => self.unpredictable(forecast.span),
            },
            Summary::MostFrequent => forecast.ty.clone(),
            Summary::First | Summary::Last | Summary::List | Summary::Rfm => {
                self.unpredictable(forecast.span)
            }
        };
        (ty, Some(Box::new(forecast)))
    }

    fn unpredictable(&mut self, at: Span) -> Type {
        self.problems.report(Misplaced {
            headline: "a model predicts how likely, how much, which, or at what hour".into(),
            at,
            why: "this is none of these".into(),
            help: Some(
                "`any(…)`, `count(…)`, `sum(…)`, `avg(…)`, `most_frequent(…)`, `hour of EVENT`".into(),
            ),
        });
        Type::Unknown
    }
}
