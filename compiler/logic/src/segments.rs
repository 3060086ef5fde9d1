//! Segments that nobody is in, and conditions that say nothing.

use persona_diagnostics::catalogue::{empty_segment::EmptySegment, implied_condition::ImpliedCondition};
use persona_diagnostics::{Problems, Span};
use persona_model::{Comparison, Expr, ExprKind, Query, Summary};
use persona_value::Value;

use crate::ask::{Logic, alternatives, conjuncts};
use crate::edges;

/// Every segment, each after those it reads.
pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    for segment in &logic.model.segments {
        if logic.never(&[(&segment.when, true)]) {
            problems.report(EmptySegment {
                name: segment.name.to_string(),
                at: segment.span,
                parts: contradiction(logic, &segment.when),
                instant: false,
            });
            logic.lowering.tell(format!("segment {}", segment.name));
            continue;
        }
        if edges::only_for_an_instant(logic, &[(&segment.when, true)]) {
            let parts = conjuncts(&segment.when);
            let core = edges::core(logic, &parts);
            problems.report(EmptySegment {
                name: segment.name.to_string(),
                at: segment.span,
                parts: core.into_iter().map(|at| parts[at].span).collect(),
                instant: true,
            });
            logic.lowering.tell(format!("segment {}", segment.name));
            continue;
        }
        implied(logic, &segment.when, problems);
    }
}

/// The parts of a condition that cannot hold together.
pub(crate) fn contradiction(logic: &mut Logic, condition: &Expr) -> Vec<Span> {
    let parts = conjuncts(condition);
    let core = logic.core(&parts);
    core.into_iter().map(|at| parts[at].span).collect()
}

/// Parts of a condition that the parts beside them imply. The condition can be met.
///
/// Segments and stages are taken by their names: who asks for both of them need not know what they have in common.
pub(crate) fn implied(logic: &mut Logic, condition: &Expr, problems: &mut Problems) {
    logic.lowering.by_name = true;
    implied_parts(logic, condition, problems);
    logic.lowering.by_name = false;
}

fn implied_parts(logic: &mut Logic, condition: &Expr, problems: &mut Problems) {
    let mut told: Vec<Span> = Vec::new();
    for (joined, and) in joins(condition) {
        // What follows from a mistake around it is not told again.
        if joined.iter().all(|part| told.iter().any(|told| told.holds(part.span))) {
            continue;
        }
        if let Some(either) = either_way(logic, &joined, and) {
            told.push(either.at);
            logic.either.push(either.at);
            problems.report(either);
            continue;
        }
        let mut kept = joined.clone();
        // The later of two that say the same is the one too many.
        for part in joined.iter().rev() {
            if kept.len() == 1 && !and {
                break;
            }
            // To say what is meant where a value is missing is good manners, and what templates go by; but there must be
            // customers without one.
            if is_of_presence(part) && !logic.never(&[(part, !and)]) {
                continue;
            }
            let others: Vec<&Expr> = kept.iter().copied().filter(|k| !std::ptr::eq(*k, *part)).collect();
            let mut asked: Vec<(&Expr, bool)> = others.iter().map(|o| (*o, and)).collect();
            asked.push((part, !and));
            if !logic.never(&asked) {
                continue;
            }
            let by = implied_by(logic, &others, part, and);
            // `any(purchase) and sum(purchase.total) > 500 GBP`: to say first that there is something is as good.
            if and && is_of_existence(part) && !by.iter().any(|by| is_of_existence(by)) {
                continue;
            }
            let by = by.iter().map(|by| by.span).collect();
            told.push(part.span);
            problems.report(ImpliedCondition { at: part.span, by, and, joined: vec![] });
            kept = others;
        }
    }
}

/// Conditions of which one is true of everybody, though none of them alone: `or` where `and` was meant.
fn either_way(logic: &mut Logic, joined: &[&Expr], and: bool) -> Option<ImpliedCondition> {
    let asked: Vec<(&Expr, bool)> = joined.iter().map(|part| (*part, false)).collect();
    if and || !logic.never(&asked) || asked.iter().any(|alone| logic.never(&[*alone])) {
        return None;
    }
    let mut kept = joined.to_vec();
    for part in joined {
        let fewer: Vec<&Expr> = kept.iter().copied().filter(|k| !std::ptr::eq(*k, *part)).collect();
        let asked: Vec<(&Expr, bool)> = fewer.iter().map(|part| (*part, false)).collect();
        if logic.never(&asked) {
            kept = fewer;
        }
    }
    let at = joined.iter().map(|part| part.span).reduce(|a, b| a.to(b))?;
    Some(ImpliedCondition { at, by: vec![], and: true, joined: kept.iter().map(|part| part.span).collect() })
}

fn is_of_presence(part: &Expr) -> bool {
    match &part.kind {
        ExprKind::IsPresent(_) => true,
        ExprKind::Not(inner) => is_of_presence(inner),
        _ => false,
    }
}

/// Whether it asks only for events to be there at all: `any(E)`, `count(E) > 0`, `count(E) >= 1`. Which ones, and when,
/// is asked for a purpose.
fn is_of_existence(part: &Expr) -> bool {
    let plain = |query: &Query| query.filter.is_none() && query.window.is_none() && query.sequence.is_none();
    let counts = |expr: &Expr| match &expr.kind {
        ExprKind::Query(query) => query.summary == Summary::Count && plain(query),
        _ => false,
    };
    let is = |expr: &Expr, whole: i64| matches!(expr.kind, ExprKind::Literal(Value::Int(n)) if n == whole);
    match &part.kind {
        ExprKind::Query(query) => query.summary == Summary::Any && plain(query),
        ExprKind::Compare(Comparison::Greater, a, b) => counts(a) && is(b, 0),
        ExprKind::Compare(Comparison::AtLeast, a, b) => counts(a) && is(b, 1),
        ExprKind::Compare(Comparison::Less, a, b) => is(a, 0) && counts(b),
        ExprKind::Compare(Comparison::AtMost, a, b) => is(a, 1) && counts(b),
        _ => false,
    }
}

/// The fewest of the others that suffice.
fn implied_by<'e>(logic: &mut Logic, others: &[&'e Expr], part: &Expr, and: bool) -> Vec<&'e Expr> {
    let mut kept: Vec<&'e Expr> = others.to_vec();
    for other in others {
        let fewer: Vec<&'e Expr> = kept.iter().copied().filter(|k| !std::ptr::eq(*k, *other)).collect();
        let mut asked: Vec<(&Expr, bool)> = fewer.iter().map(|o| (*o, and)).collect();
        asked.push((part, !and));
        if logic.never(&asked) {
            kept = fewer;
        }
    }
    kept
}

/// Every run of conditions that `and` or `or` joins, with which of the two; a condition alone is a run of one `and`.
fn joins(condition: &Expr) -> Vec<(Vec<&Expr>, bool)> {
    let mut found = Vec::new();
    let mut waiting = vec![condition];
    let mut outermost = true;
    while let Some(expr) = waiting.pop() {
        let (parts, and) = match &expr.kind {
            ExprKind::Or(..) => (alternatives(expr), false),
            ExprKind::And(..) => (conjuncts(expr), true),
            ExprKind::Not(inner) => {
                waiting.push(inner);
                continue;
            }
            _ if outermost => (vec![expr], true),
            _ => continue,
        };
        if parts.len() > 1 {
            waiting.extend(parts.iter().copied());
        }
        outermost = false;
        found.push((parts, and));
    }
    found
}
