//! The three answers: proved, shown by a customer, or unknown.

use std::sync::Arc;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use persona_diagnostics::Span;
use persona_model::{Expr, ExprKind, Model};

use crate::cells::{Frame, Question};
use crate::family::{Families, Known};
use crate::lower::{Lowering, Scope};
use crate::point::Point;
use crate::replay;
use crate::solve::{Found, search};
use crate::term::{Formula, not};
use crate::witness::{self, Witness};

/// Steps of one search.
const BUDGET: usize = 1_500;
/// Noon of a day without clock changes near it, for witnesses that may live at any time.
pub(crate) const ANY_TIME: i64 = 1_781_524_800;
/// Instants that one witness is looked for at.
const INSTANTS: usize = 12;

/// Answers questions about the customers of one program.
pub(crate) struct Logic<'m> {
    pub model: &'m Model,
    pub lowering: Lowering<'m>,
    /// Whose fields conditions read beside the customer's.
    pub scope: Scope,
    /// Where a condition is true of everybody because `or` joins its parts. That these are negations is not what is wrong.
    pub either: Vec<Span>,
    known: Known,
}

/// Conditions with whether they are to hold.
pub(crate) type Asked<'a> = [(&'a Expr, bool)];

impl<'m> Logic<'m> {
    pub fn new(model: &'m Model) -> Logic<'m> {
        Logic {
            model,
            lowering: Lowering::new(model),
            scope: Scope::Customer,
            either: vec![],
            known: Known::new(),
        }
    }

    /// When a condition is true.
    pub fn truth(&mut self, expr: &Expr) -> Arc<Formula> {
        self.lowering.truth(expr, &self.scope)
    }

    pub fn formulas(&mut self, asked: &Asked) -> Vec<Arc<Formula>> {
        let formula = |(expr, holds): &(&Expr, bool)| {
            let formula = self.truth(expr);
            if *holds { formula } else { not(&formula) }
        };
        asked.iter().map(formula).collect()
    }

    /// Whether it is proved that no customer meets all of these, at no instant.
    pub fn impossible(&mut self, formulas: &[Arc<Formula>]) -> bool {
        self.impossible_in(formulas, Frame::default())
    }

    /// The same in a frame.
    pub fn impossible_in(&mut self, formulas: &[Arc<Formula>], frame: Frame) -> bool {
        if formulas.iter().any(|f| matches!(**f, Formula::False)) {
            return true;
        }
        let Some(question) = Question::new(&mut self.lowering, formulas, &[], frame) else { return false };
        let mut families = Families::of(&mut self.lowering, &question, frame, &mut self.known);
        let nodes: Vec<_> = question.nodes.iter().collect();
        let mut budget = BUDGET;
        matches!(search(&question, &nodes, &mut families, &mut budget), Found::Nothing)
    }

    /// The same for conditions as they are written.
    pub fn never(&mut self, asked: &Asked) -> bool {
        let formulas = self.formulas(asked);
        self.impossible(&formulas)
    }

    /// Those of some conditions that already cannot hold together: leaving out one more makes it possible.
    pub fn core(&mut self, conditions: &[&Expr]) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..conditions.len()).collect();
        for at in 0..conditions.len() {
            let fewer: Vec<usize> = kept.iter().copied().filter(|k| *k != at).collect();
            let asked: Vec<_> = fewer.iter().map(|k| (conditions[*k], true)).collect();
            if self.never(&asked) {
                kept = fewer;
            }
        }
        kept
    }

    /// A customer of whom these are true, as the language's own definition says; none where nobody knows of one.
    pub fn witness(&mut self, asked: &Asked) -> Option<Witness> {
        self.witness_with(asked, &[])
    }

    /// The same of somebody of whom more is true. That is not asked of the evaluator.
    pub fn witness_with(&mut self, asked: &Asked, more: &[Arc<Formula>]) -> Option<Witness> {
        let mut formulas = self.formulas(asked);
        formulas.extend(more.iter().cloned());
        for now in self.instants(&formulas) {
            let frame = Frame { now: Some(now), past: true, apart: false };
            let question = Question::new(&mut self.lowering, &formulas, &[], frame)?;
            let mut families = Families::of(&mut self.lowering, &question, frame, &mut self.known);
            let nodes: Vec<_> = question.nodes.iter().collect();
            let mut budget = BUDGET;
            let Found::Model(model) = search(&question, &nodes, &mut families, &mut budget) else { continue };
            let Some(witness) = witness::build(&self.lowering, &question, &families, &model, now) else {
                continue;
            };
            if replay::confirmed(self.model, &witness, asked) {
                return Some(witness);
            }
        }
        None
    }

    /// Instants at which a witness is worth looking for: any, and those around the dates that are written out.
    fn instants(&self, formulas: &[Arc<Formula>]) -> Vec<Timestamp> {
        let mut fixed: Vec<Timestamp> = Vec::new();
        let mut ago: Vec<i64> = vec![];
        for formula in formulas {
            points(formula, &mut |point| match point {
                Point::Instant(at) => fixed.push(*at),
                Point::Date(date) | Point::Midnight(date) => {
                    fixed.extend(Offset::UTC.to_timestamp(date.at(12, 0, 0, 0)).ok());
                }
                Point::Ago(seconds) => ago.push(*seconds),
                Point::Day { months, days } | Point::Start { months, days } => {
                    ago.push((months * 31 - days) * 86_400);
                }
                _ => {}
            });
        }
        let mut instants: Vec<Timestamp> = Timestamp::from_second(ANY_TIME).into_iter().collect();
        ago.extend([0, 0]);
        for at in fixed {
            for seconds in &ago {
                for near in [3_600, -3_600] {
                    let moved = SignedDuration::from_secs(seconds.saturating_add(near));
                    instants.extend(at.checked_add(moved).ok());
                }
            }
        }
        let mut once = Vec::new();
        for at in instants {
            if !once.contains(&at) {
                once.push(at);
            }
        }
        once.truncate(INSTANTS);
        once
    }
}

fn points(formula: &Formula, visit: &mut dyn FnMut(&Point)) {
    match formula {
        Formula::True | Formula::False => {}
        Formula::Is(_, test, _) => test.points().into_iter().for_each(visit),
        Formula::All(parts) | Formula::Any(parts) => parts.iter().for_each(|part| points(part, visit)),
    }
}

/// The conditions that `and` joins.
pub(crate) fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    parts(expr, true)
}

/// The conditions that `or` joins.
pub(crate) fn alternatives(expr: &Expr) -> Vec<&Expr> {
    parts(expr, false)
}

fn parts(expr: &Expr, and: bool) -> Vec<&Expr> {
    match (&expr.kind, and) {
        (ExprKind::And(a, b), true) | (ExprKind::Or(a, b), false) => {
            let mut all = parts(a, and);
            all.extend(parts(b, and));
            all
        }
        _ => vec![expr],
    }
}
