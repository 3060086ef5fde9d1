//! What starts a flow.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{misplaced::Misplaced, type_mismatch::TypeMismatch};
use persona_syntax::ast::{self, Name};
use persona_value::{Type, Value};

use super::campaign::schedule;
use super::journey::{exact, filter, time};
use super::shared;
use crate::infer::{Checker, Row, describe};
use crate::{Audience, Expr, ExprKind, Model, On, OnDate, Placed, Reaches, Symbol};

pub(super) fn on(checker: &mut Checker, on: &ast::On, model: &Model) -> Option<On> {
    match on {
        ast::On::Event(ast, late) => event(checker, ast, late.as_ref()),
        ast::On::Enter(name) => audience(checker, name.as_ref()?).map(On::Enter),
        ast::On::Leave(name) => audience(checker, name.as_ref()?).map(On::Leave),
        ast::On::Consent(name) => consent(checker, name.as_ref()?, model).map(On::Consent),
        ast::On::Every(ast) => schedule(checker, ast).map(On::Schedule),
        ast::On::Date(ast) => date(checker, ast).map(On::Date),
        ast::On::Change(ast) => change(checker, ast),
    }
}

fn event(checker: &mut Checker, ast: &ast::EventFilter, late: Option<&ast::Length>) -> Option<On> {
    let late = late.and_then(|l| Some(Placed::new(exact(checker, l, LATE)?, l.span)));
    let found = filter(checker, ast, &[Row::Customer])?;
    let key = match &ast.by {
        Some(by) => {
            let event = checker.events.get(&found.event)?.clone();
            let field = event.field(&by.text);
            if let Some((Type::List(_) | Type::Record(_), _)) = field {
                checker.problems.report(Misplaced {
                    headline: format!("`{}` is a list, and one value tells flows apart", by.text),
                    at: by.span,
                    why: "this holds several values".into(),
                    help: None,
                });
                return None;
            }
            if field.is_none() {
                let candidates = event.fields.iter().map(|f| (f.name.to_string(), f.span)).collect();
                checker.unknown_name(&format!("field of `{}`", event.name), by, candidates);
                return None;
            }
            checker.refer_field(&event.name, by);
            Some(shared(&by.text))
        }
        None => None,
    };
    Some(On::Event { filter: found, key, late })
}

const LATE: &str = "how late an event may be is an exact time";

/// A consent by its name.
pub(super) fn consent(checker: &mut Checker, name: &Name, model: &Model) -> Option<Arc<str>> {
    match model.consent(&name.text) {
        Some(consent) => {
            checker.refer(name, Symbol::Consent);
            Some(consent.name.clone())
        }
        None => {
            let candidates = model.consents.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
            checker.unknown_name("consent", name, candidates);
            None
        }
    }
}

/// A segment or a stage by its name.
pub(super) fn audience(checker: &mut Checker, name: &Name) -> Option<Audience> {
    let segments = checker.segments.get(&name.text).into_iter();
    let mut found: Vec<Audience> = segments.map(|s| Audience::Segment(s.name.clone())).collect();
    for (lifecycle, stage, _) in stages(checker) {
        if **stage == *name.text {
            found.push(Audience::Stage { lifecycle: lifecycle.clone(), stage: stage.clone() });
        }
    }
    match found.len() {
        0 => {
            let segments = checker.segments.iter().map(|s| (s.name.to_string(), Some(s.span)));
            let stages = stages(checker).map(|(_, stage, span)| (stage.to_string(), Some(span)));
            let candidates = segments.chain(stages).collect();
            checker.unknown_name("segment or stage", name, candidates);
            None
        }
        1 => {
            let found = found.pop()?;
            match &found {
                Audience::Segment(_) => checker.refer(name, Symbol::Segment),
                Audience::Stage { lifecycle, .. } => {
                    checker.refer(name, |name| Symbol::Stage { of: lifecycle.clone(), name });
                }
            }
            Some(found)
        }
        _ => {
            let headline = format!("`{}` is both a segment and a stage, or a stage twice", name.text);
            let why = "which one is meant?".to_string();
            let help = Some("give one of them another name".to_string());
            checker.problems.report(Misplaced { headline, at: name.span, why, help });
            None
        }
    }
}

/// Every stage, with its lifecycle and where that is declared.
fn stages<'c>(checker: &'c Checker) -> impl Iterator<Item = (&'c Arc<str>, &'c Arc<str>, Span)> {
    checker.lifecycles.iter().flat_map(|(lifecycle, ty)| {
        let values = if let Type::Enum(stages) = ty { &stages.values[..] } else { &[] };
        values.iter().map(|stage| (&lifecycle.name, stage, lifecycle.span))
    })
}

/// A value of the customer that a trigger watches.
fn watched(checker: &mut Checker, name: &Name) -> Option<Expr> {
    let value = checker.expression(&ast::Expr::Name(name.clone()), &[Row::Customer]);
    (!value.is_unknown()).then_some(value)
}

fn date(checker: &mut Checker, ast: &ast::OnDate) -> Option<OnDate> {
    let at = ast.at.as_ref().map(|at| time(checker, at));
    let distance = ast.distance.as_ref().map(|(length, before)| Some((checker.length(length)?, *before)));
    let of = watched(checker, ast.of.as_ref()?)?;
    let name = ast.of.as_ref().map_or("", |n| &n.text);
    match (&of.ty, ast.at.is_some()) {
        (Type::Date, true) | (Type::Timestamp, _) => {}
        (Type::Date, false) => {
            checker.problems.report(Misplaced {
                headline: format!("at which time of the day of `{name}` a flow starts is not said"),
                at: of.span,
                why: "a date is a whole day".into(),
                help: Some(format!("write `{name} at 09:00 local`")),
            });
            return None;
        }
        (ty, _) => {
            checker.problems.report(TypeMismatch {
                headline: format!("a flow starts on a date, and `{name}` is {}", describe(ty)),
                labels: vec![(of.span, format!("this is {}", describe(ty)))],
                help: None,
            });
            return None;
        }
    }
    // Inner: whether what is written is a mistake.
    Some(OnDate {
        of,
        yearly: ast.yearly,
        distance: match distance {
            Some(distance) => Some(distance?),
            None => None,
        },
        at: match at {
            Some(at) => Some(at?),
            None => None,
        },
    })
}

fn change(checker: &mut Checker, ast: &ast::Change) -> Option<On> {
    let name = ast.of.as_ref()?;
    let of = watched(checker, name)?;
    let verb = if ast.reaches.is_some() { "reaches" } else { "rises" };
    match &of.ty {
        Type::Enum(_) => {
            if !checker.ordered(&of, of.span) {
                return None;
            }
        }
        ty if ty.is_number() => {}
        ty => {
            checker.problems.report(TypeMismatch {
                headline: format!(
                    "a number or an ordered enum {verb}, and `{}` is {}",
                    name.text,
                    describe(ty)
                ),
                labels: vec![(of.span, format!("this is {}", describe(ty)))],
                help: None,
            });
            return None;
        }
    }
    let Some(written) = &ast.reaches else { return Some(On::Rises(of)) };
    let mut thresholds = Vec::new();
    for value in written {
        thresholds.push(threshold(checker, value, &of, &name.text)?);
    }
    let rank = |value: &Value| match (&of.ty, value) {
        (Type::Enum(values), Value::Text(text)) => values.rank(text),
        _ => None,
    };
    thresholds.sort_by(|(a, _), (b, _)| {
        let numbers = || number(a).partial_cmp(&number(b));
        rank(a).cmp(&rank(b)).then(numbers().unwrap_or(std::cmp::Ordering::Equal))
    });
    for pair in thresholds.windows(2) {
        if let [(a, first), (b, again)] = pair
            && rank(a) == rank(b)
            && number(a) == number(b)
        {
            checker.repeated("threshold", &[*first, *again]);
        }
    }
    let thresholds = thresholds.into_iter().map(|(value, _)| value).collect();
    Some(On::Reaches(Reaches { of, thresholds, again: ast.again }))
}

/// A constant of the type of what reaches it.
fn threshold(checker: &mut Checker, ast: &ast::Expr, of: &Expr, name: &str) -> Option<(Value, Span)> {
    let value = checker.value_of(ast, &of.ty, name, Some(of.span), &[]);
    match value.kind {
        ExprKind::Literal(value) => Some((value, ast.span())),
        ExprKind::Unknown => None,
        _ => {
            checker.problems.report(Misplaced {
                headline: "a threshold is one and the same for every customer".into(),
                at: ast.span(),
                why: "this is no constant".into(),
                help: Some("write a number, an amount or a value of the enum".into()),
            });
            None
        }
    }
}

/// A number for comparing constants of one type.
fn number(value: &Value) -> Option<persona_value::Decimal> {
    match value {
        Value::Int(n) => Some((*n).into()),
        Value::Decimal(n) => Some(*n),
        _ => None,
    }
}
