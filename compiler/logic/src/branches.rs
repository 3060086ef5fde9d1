//! Cases of content and branches of flows that nobody reaches, and values that fall between two of them.

use std::sync::Arc;

use persona_diagnostics::catalogue::{
    implied_condition::ImpliedCondition, missed_boundary::MissedBoundary, unreachable_case::UnreachableCase,
};
use persona_diagnostics::{Problems, Severity};
use persona_model::{Expr, Lifecycle, Step};
use persona_value::Type;

use crate::ask::Logic;
use crate::describe::{describe, value};
use crate::point::{Point, Test};
use crate::segments::{contradiction, implied};
use crate::term::{Formula, Of, TermId, not};

/// Conditional blocks.
pub(crate) fn contents(logic: &mut Logic, problems: &mut Problems) {
    for content in &logic.model.contents {
        let cases: Vec<&Expr> = content.cases.iter().filter_map(|case| case.when.as_ref()).collect();
        let mut earlier: Vec<Arc<Formula>> = Vec::new();
        let mut before: Vec<&Expr> = Vec::new();
        for case in &cases {
            let own = logic.truth(case);
            let unreached = logic.impossible(&with(&earlier, &own));
            if unreached {
                report(logic, "case", case, &before, problems);
            } else {
                implied(logic, case, problems);
            }
            // What takes everybody by a mistake is not what hides the cases after it.
            if logic.never(&[(case, false)]) {
                continue;
            }
            earlier.push(not(&own));
            before.push(case);
        }
        boundaries(logic, &cases, &[], problems);
    }
}

/// Stages of ordered lifecycles; gaps of exclusive ones are errors of their own.
pub(crate) fn stages(logic: &mut Logic, lifecycle: &Lifecycle, problems: &mut Problems) {
    let cases: Vec<&Expr> = lifecycle.stages.iter().filter_map(|stage| stage.when.as_ref()).collect();
    boundaries(logic, &cases, &[], problems);
}

/// The steps of a flow. `known` holds of the customer when the first of them is taken.
pub(crate) fn steps(logic: &mut Logic, steps: &[Step], known: &[Arc<Formula>], problems: &mut Problems) {
    let mut known = known.to_vec();
    for step in steps {
        match step {
            Step::If(condition, then, otherwise) => {
                let own = logic.truth(condition);
                let (yes, no) = (with(&known, &own), with(&known, &not(&own)));
                if logic.impossible(&yes) {
                    report(logic, "branch", condition, &[], problems);
                } else if logic.impossible(&no) {
                    let told = problems.count(Severity::Warning);
                    implied(logic, condition, problems);
                    // What makes it true may be what is known of everybody who comes here.
                    if problems.count(Severity::Warning) == told {
                        let at = condition.span;
                        problems.report(ImpliedCondition { at, by: vec![], and: true, joined: vec![] });
                    }
                } else {
                    implied(logic, condition, problems);
                    self::steps(logic, then, &yes, problems);
                    self::steps(logic, otherwise, &no, problems);
                }
                // One of the ways may have waited.
                known.clear();
                boundaries(logic, &chain(step), &[], problems);
            }
            Step::Send { .. } | Step::Call(_) => {}
            // Meanwhile everything may have changed.
            _ => known.clear(),
        }
    }
}

/// What is known, and this.
fn with(known: &[Arc<Formula>], more: &Arc<Formula>) -> Vec<Arc<Formula>> {
    known.iter().chain([more]).cloned().collect()
}

/// `if A … else if B …`
fn chain(step: &Step) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut at = Some(step);
    while let Some(Step::If(condition, _, otherwise)) = at {
        found.push(condition);
        at = match &otherwise[..] {
            [only] => Some(only),
            _ => None,
        };
    }
    found
}

fn report(logic: &mut Logic, what: &str, case: &Expr, before: &[&Expr], problems: &mut Problems) {
    let own = logic.truth(case);
    let parts = if logic.impossible(&[own]) { contradiction(logic, case) } else { vec![] };
    // The fewest earlier cases that take everybody.
    let mut taken_by: Vec<&Expr> = if parts.is_empty() { before.to_vec() } else { vec![] };
    for at in taken_by.clone() {
        let fewer: Vec<&Expr> = taken_by.iter().copied().filter(|t| !std::ptr::eq(*t, at)).collect();
        let mut asked: Vec<(&Expr, bool)> = fewer.iter().map(|t| (*t, false)).collect();
        asked.push((case, true));
        if logic.never(&asked) {
            taken_by = fewer;
        }
    }
    let taken_by = taken_by.iter().map(|t| t.span).collect();
    problems.report(UnreachableCase { what: what.to_string(), at: case.span, rest: false, parts, taken_by });
}

/// `x > 59` in one case and `x < 59` in another: 59 falls between them. `known` holds of everybody who comes there.
pub(crate) fn boundaries(
    logic: &mut Logic,
    cases: &[&Expr],
    known: &[Arc<Formula>],
    problems: &mut Problems,
) {
    let formulas: Vec<Arc<Formula>> = cases.iter().map(|case| logic.truth(case)).collect();
    let mut edges: Vec<(usize, TermId, Point, bool)> = Vec::new();
    for (at, formula) in formulas.iter().enumerate() {
        for part in parts(formula) {
            let Formula::Is(term, test, holds) = part else { continue };
            match (test, holds) {
                (Test::Range(Some((point, false)), None), true)
                | (Test::Range(None, Some((point, true))), false) => {
                    edges.push((at, *term, point.clone(), true));
                }
                (Test::Range(None, Some((point, false))), true)
                | (Test::Range(Some((point, true)), None), false) => {
                    edges.push((at, *term, point.clone(), false));
                }
                _ => {}
            }
        }
    }
    let mut told: Vec<(TermId, Point)> = Vec::new();
    for (above, term, point, is_above) in &edges {
        let other = edges.iter().find(|(b, t, p, up)| b != above && t == term && p == point && !up);
        let (true, Some((below, ..))) = (*is_above, other) else { continue };
        let ty = logic.lowering.terms[*term].ty.clone();
        let counted = match ty {
            Type::Int | Type::Decimal | Type::Money(_) | Type::Percent | Type::Date => true,
            // One that is written out; nobody looks for what lies between two that move.
            Type::Timestamp => matches!(point, Point::Instant(_) | Point::Midnight(_)),
            _ => false,
        };
        if !counted || told.contains(&(*term, point.clone())) {
            continue;
        }
        // What else the two ask for must be the same, or one would not expect them to meet.
        let rest = |at: usize| -> Vec<String> {
            let own = |f: &&Formula| !matches!(f, Formula::Is(t, ..) if t == term);
            parts(&formulas[at]).into_iter().filter(own).map(|f| format!("{f:?}")).collect()
        };
        if rest(*above) != rest(*below) {
            continue;
        }
        let asked: Vec<(&Expr, bool)> = cases.iter().map(|case| (*case, false)).collect();
        let equal = Arc::new(Formula::Is(*term, Test::equal(point.clone()), true));
        let more = with(known, &equal);
        let Some(witness) = logic.witness_with(&asked, &more) else { continue };
        told.push((*term, point.clone()));
        let name = match &logic.lowering.terms[*term].of {
            Of::Attribute(name) => Some(name.to_string()),
            _ => None,
        };
        problems.report(MissedBoundary {
            value: match point {
                Point::Midnight(date) => format!("{date} 00:00"),
                // As it is written: by the project's clock.
                Point::Instant(at) => at
                    .in_tz(&logic.model.project.timezone)
                    .map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M").to_string()),
                _ => point.value(&ty).map_or(String::new(), |v| value(&v, &ty)),
            },
            name,
            first_at: cases[(*above).min(*below)].span,
            second_at: cases[(*above).max(*below)].span,
            witness: describe(&witness),
        });
    }
}

/// What is joined by `and`.
fn parts(formula: &Formula) -> Vec<&Formula> {
    match formula {
        Formula::All(parts) => parts.iter().map(|p| &**p).collect(),
        other => vec![other],
    }
}
