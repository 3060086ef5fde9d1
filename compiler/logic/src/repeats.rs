//! An e-mail that one way through a flow sends twice at one moment.
//!
//! Conditions that lie between the two do not change in that moment. Where everybody who takes the one step takes the other,
//! nothing is asked; else some customer is looked for who takes both.

use std::sync::Arc;

use persona_diagnostics::catalogue::sent_twice::SentTwice;
use persona_diagnostics::{Problems, Span};
use persona_model::{Change, Expr, Step};

use crate::ask::Logic;
use crate::describe::describe;

/// Every flow, and what experiments try in its place.
pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    let model = logic.model;
    let tried = model.experiments.iter().flat_map(|e| &e.variants).flat_map(|v| &v.changes);
    let tried = tried.filter_map(|change| match change {
        Change::Steps(steps) => Some(steps),
        _ => None,
    });
    for steps in model.triggers.iter().map(|trigger| &trigger.steps).chain(tried) {
        Walk { logic, problems, way: vec![], sent: vec![] }.steps(steps);
    }
}

/// Conditions of the branches around a step, with which of the two was taken.
type Way<'m> = Vec<(&'m Expr, bool)>;

/// A step that sent something since the flow waited last.
#[derive(Clone)]
struct Sent<'m> {
    email: &'m Arc<str>,
    at: Span,
    way: Way<'m>,
}

struct Walk<'a, 'm> {
    logic: &'a mut Logic<'m>,
    problems: &'a mut Problems,
    /// The branches around this point.
    way: Way<'m>,
    sent: Vec<Sent<'m>>,
}

impl<'m> Walk<'_, 'm> {
    fn steps(&mut self, steps: &'m [Step]) {
        for step in steps {
            match step {
                Step::Wait(..) | Step::WaitUntil(..) => self.sent.clear(),
                Step::Send { email, span } => self.send(email, *span),
                Step::If(condition, then, otherwise) => {
                    let before = std::mem::take(&mut self.sent);
                    let ends = [(true, then), (false, otherwise)].map(|(holds, steps)| {
                        self.sent.clone_from(&before);
                        self.way.push((condition, holds));
                        self.steps(steps);
                        self.way.pop();
                        std::mem::take(&mut self.sent)
                    });
                    self.sent = joined(condition, &before, &ends);
                }
                // What it sets may change who takes the next branch.
                Step::Update { .. } => {
                    self.sent.retain(|sent| shared(&sent.way, &self.way) == sent.way.len())
                }
                Step::Call(_) => {}
            }
        }
    }

    fn send(&mut self, email: &'m Arc<str>, span: Span) {
        for earlier in self.sent.iter().filter(|sent| sent.email == email) {
            let shared = shared(&earlier.way, &self.way);
            // One of the two stands in all branches that the other stands in.
            let within = shared == earlier.way.len() || shared == self.way.len();
            let both: Way = earlier.way.iter().chain(&self.way[shared..]).copied().collect();
            let witness = if within { None } else { self.logic.witness(&both) };
            if within || witness.is_some() {
                self.problems.report(SentTwice {
                    email: email.to_string(),
                    again_at: span,
                    first_at: earlier.at,
                    witness: witness.as_ref().map(describe),
                });
                return;
            }
        }
        self.sent.push(Sent { email, at: span, way: self.way.clone() });
    }
}

/// What was sent when two branches come together: who waited in one of them comes later.
fn joined<'m>(condition: &'m Expr, before: &[Sent<'m>], ends: &[Vec<Sent<'m>>; 2]) -> Vec<Sent<'m>> {
    let has = |sent: &[Sent], one: &Sent| sent.iter().any(|other| other.at == one.at);
    let mut sent = Vec::new();
    for one in before {
        let mut one = one.clone();
        match [has(&ends[0], &one), has(&ends[1], &one)] {
            [true, true] => {}
            [false, false] => continue,
            [then, _] => one.way.push((condition, then)),
        }
        sent.push(one);
    }
    let new = ends.iter().flatten().filter(|one| !has(before, one));
    sent.extend(new.cloned());
    sent
}

/// How many branches, from the outermost on, two steps have in common.
fn shared(a: &Way, b: &Way) -> usize {
    a.iter().zip(b).take_while(|(a, b)| std::ptr::eq(a.0, b.0) && a.1 == b.1).count()
}
