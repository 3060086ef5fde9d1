//! What is left out, or left, at one point only: the value that two comparisons part at, the instant that a stretch of
//! time begins at.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::stage_gap::Edge;
use persona_model::{Comparison, Expr, ExprKind, Model, Subject, Summary};
use persona_value::{Type, Value};

use crate::ask::{Asked, Logic};
use crate::cells::Frame;
use crate::describe;
use crate::point::{Point, Test};
use crate::term::not;

/// In which nothing happens at the very instant that a stretch of time begins or ends.
const APART: Frame = Frame { now: None, past: false, apart: true };

/// In which nobody signs up tomorrow: somebody who does would be left out as well, and is not what is meant.
const SETTLED: Frame = Frame { now: None, past: true, apart: false };

/// Whether nobody meets all of these but who did something just so long ago.
pub(crate) fn only_for_an_instant(logic: &mut Logic, asked: &Asked) -> bool {
    let formulas = logic.formulas(asked);
    logic.impossible_in(&formulas, APART)
}

/// Those of some conditions that hold together for an instant at most.
pub(crate) fn core(logic: &mut Logic, conditions: &[&Expr]) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..conditions.len()).collect();
    for at in 0..conditions.len() {
        let fewer: Vec<usize> = kept.iter().copied().filter(|k| *k != at).collect();
        let asked: Vec<_> = fewer.iter().map(|k| (conditions[*k], true)).collect();
        if only_for_an_instant(logic, &asked) {
            kept = fewer;
        }
    }
    kept
}

/// The one point that all of these cases leave out, if there is one: it is proved that they take everybody else.
pub(crate) fn left_out<'e>(logic: &mut Logic<'e>, cases: &[&'e Expr]) -> Option<Edge> {
    let outside: Vec<(&Expr, bool)> = cases.iter().map(|case| (*case, false)).collect();
    let outside = logic.formulas(&outside);
    let mut found: Option<Edge> = None;
    for (value, point, by) in comparisons(logic.model, cases) {
        let equal = logic.lowering.test(value, Test::equal(point.clone()), &logic.scope.clone());
        let mut others = outside.clone();
        others.push(not(&equal));
        if !logic.impossible_in(&others, SETTLED) {
            continue;
        }
        let edge = found.get_or_insert_with(|| Edge {
            of: named(value),
            value: shown(&point, &value.ty),
            at: vec![],
            take: None,
        });
        edge.at.push(by.span);
        // What leaves the point out by `<` or `>` takes it in by `<=` or `>=`.
        if let (ExprKind::Compare(op, a, b), None) = (&by.kind, &edge.take) {
            let taking = match op {
                Comparison::Less => "<=",
                Comparison::Greater => ">=",
                _ => continue,
            };
            let (from, to) = (a.span.end.min(b.span.end), a.span.start.max(b.span.start));
            // `59 < points` is turned round where it is read.
            if a.span.end <= b.span.start && std::ptr::eq(&**a, value) {
                let operator = Span { start: from, end: to, ..a.span };
                edge.take = Some((operator, taking.to_string()));
            }
        }
    }
    found
}

/// Values that are compared with constants, with the comparison; also those of the segments that are named.
fn comparisons<'e>(model: &'e Model, cases: &[&'e Expr]) -> Vec<(&'e Expr, Point, &'e Expr)> {
    let mut found = Vec::new();
    let mut conditions = cases.to_vec();
    let mut at = 0;
    while at < conditions.len() {
        let condition = conditions[at];
        at += 1;
        condition.walk(&mut |expr| match &expr.kind {
            ExprKind::InSegment(name) => {
                let when = model.segment(name).map(|segment| &segment.when);
                let new = |when: &&Expr| !conditions.iter().any(|known| std::ptr::eq(*known, *when));
                conditions.extend(when.filter(new));
            }
            ExprKind::Compare(_, a, b) if !matches!(a.ty, Type::Bool | Type::Enum(_)) => {
                match (Point::of_expr(a), Point::of_expr(b)) {
                    (None, Some(point)) => found.push((&**a, point, expr)),
                    (Some(point), None) => found.push((&**b, point, expr)),
                    _ => {}
                }
            }
            ExprKind::Within(value, window) => {
                let bounds = crate::lower::within(value, window);
                let bounds = bounds.iter().flat_map(Test::points).cloned().collect::<Vec<_>>();
                // Up to now is no edge of anybody's.
                let edges = bounds.into_iter().filter(|p| *p != Point::Ago(0));
                found.extend(edges.map(|point| (&**value, point, expr)));
            }
            _ => {}
        });
    }
    found
}

/// What people call a value.
fn named(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Attribute(name) | ExprKind::Trait(name) => Some(format!("`{name}`")),
        ExprKind::Query(query) => {
            let whole = query.filter.is_none() && query.window.is_none() && query.sequence.is_none();
            let more = if whole { "" } else { " …" };
            match (query.summary, &query.subject, &query.field) {
                (Summary::Count, ..) if whole => Some(format!("number of `{}`", query.event)),
                (Summary::Count, ..) => Some(format!("`count({}{more})`", query.event)),
                (Summary::Last, Subject::Event, Some(at)) if whole && **at == *"at" => {
                    Some(format!("last `{}`", query.event))
                }
                (Summary::Sum, Subject::Value(Expr { kind: ExprKind::EventField(field), .. }), _) => {
                    Some(format!("`sum({}.{field}{more})`", query.event))
                }
                (Summary::Avg, Subject::Value(Expr { kind: ExprKind::EventField(field), .. }), _) => {
                    Some(format!("`avg({}.{field}{more})`", query.event))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn shown(point: &Point, ty: &Type) -> String {
    match point {
        Point::Ago(0) => "now".to_string(),
        Point::Ago(seconds) if *seconds > 0 => format!("{} ago", describe::length(*seconds)),
        Point::Start { months, .. } | Point::Day { months, days: 0 } if *months > 0 => {
            format!("{months} months ago")
        }
        Point::Day { months: 0, days: 0 } => "today".to_string(),
        Point::Day { months: 0, days } if *days < 0 => format!("{} days ago", -days),
        Point::Midnight(date) => date.to_string(),
        _ => point.value(ty).map_or("this".to_string(), |value: Value| describe::value(&value, ty)),
    }
}
