//! Flows that start each other by what they set, without anybody doing anything; what they send may be a part of it.
//!
//! Some customer is followed: what flows set is given to them, and who they are then is asked of the plan's evaluator. Only
//! conditions that stay as they are while time passes take part, so that it does not matter how long a flow waits. Told is
//! what comes back to where it was.
//!
//! A `call` starts nothing that is known: what it hands over leaves the program, no event of the language tells that it was
//! made, and which of the events that come in later it caused is known to the other system alone. So no circle is told that
//! leads through one.

use std::sync::Arc;

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::trigger_cycle::{Does, Round, TriggerCycle};
use persona_model::{Audience, Expr, Model, On, Stage, Step, Trigger};
use persona_value::{Decimal, Type, Value};

use crate::ask::Logic;
use crate::caps::is_steady;
use crate::describe::describe;
use crate::journeys::reads_event_alone;
use crate::replay;
use crate::witness::Witness;

/// Flows that one customer is followed through.
const MOST_FLOWS: usize = 12;
/// Conditions of one flow whose two answers are both tried.
const MOST_BRANCHES: usize = 3;

/// Of each flow: the flows that its e-mails start, with the e-mail.
pub(crate) type ByMail<'m> = [Vec<(usize, &'m Arc<str>)>];

/// Every flow that sets something; `told` are in a circle that was told already.
pub(crate) fn check(logic: &mut Logic, by_mail: &ByMail, told: &mut [bool], problems: &mut Problems) {
    let model = logic.model;
    for (from, trigger) in model.triggers.iter().enumerate() {
        if told[from] || trigger.once_per.is_some() || !updates(&trigger.steps) {
            continue;
        }
        for start in starts(logic, trigger) {
            let Some(path) = follow(model, by_mail, from, &start) else { continue };
            if path.iter().any(|(at, _)| told[*at]) {
                continue;
            }
            path.iter().for_each(|(at, _)| told[*at] = true);
            let round = |(at, step): &(usize, &Step)| match step {
                Step::Update { attribute, span, .. } => Some(Round {
                    name: model.triggers[*at].name.to_string(),
                    does: Does::Sets(attribute.to_string()),
                    at: *span,
                }),
                Step::Send { email, span } => Some(Round {
                    name: model.triggers[*at].name.to_string(),
                    does: Does::Sends(email.to_string()),
                    at: *span,
                }),
                _ => None,
            };
            problems.report(TriggerCycle {
                path: path.iter().filter_map(round).collect(),
                witness: Some(describe(&start)),
            });
            break;
        }
    }
}

fn updates(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Update { .. } => true,
        Step::If(_, then, otherwise) => updates(then) || updates(otherwise),
        _ => false,
    })
}

/// Customers for whom a flow may just have started, by the ways they take in it.
fn starts(logic: &mut Logic, trigger: &Trigger) -> Vec<Witness> {
    let model = logic.model;
    let inside = match &trigger.on {
        On::Enter(audience) => condition(model, audience, true),
        On::Leave(audience) => condition(model, audience, false),
        On::Rises(of) if is_steady(model, of) => Some(vec![]),
        On::Reaches(reaches) if reaches.again && is_steady(model, &reaches.of) => Some(vec![]),
        _ => None,
    };
    let Some(inside) = inside else { return vec![] };
    let mut branches = Vec::new();
    conditions(&trigger.steps, &mut branches);
    branches.truncate(MOST_BRANCHES);
    let mut asked: Vec<Vec<(&Expr, bool)>> = vec![inside];
    for branch in branches {
        asked =
            asked.iter().flat_map(|a| [true, false].map(|way| [&a[..], &[(branch, way)]].concat())).collect();
    }
    asked.iter().filter_map(|asked| logic.witness(asked)).collect()
}

fn conditions<'m>(steps: &'m [Step], found: &mut Vec<&'m Expr>) {
    for step in steps {
        if let Step::If(condition, then, otherwise) = step {
            found.push(condition);
            conditions(then, found);
            conditions(otherwise, found);
        }
    }
}

/// When somebody is in an audience, or outside it, where time does not change that.
fn condition<'m>(model: &'m Model, audience: &Audience, inside: bool) -> Option<Vec<(&'m Expr, bool)>> {
    let asked = match audience {
        Audience::Segment(name) => vec![(&model.segment(name)?.when, true)],
        Audience::Stage { lifecycle, stage } => {
            let stages = &model.lifecycle(lifecycle)?.stages;
            let place = stages.iter().position(|s| s.name == *stage)?;
            let when = |s: &'m Stage| s.when.as_ref();
            let earlier = stages[..place].iter().filter_map(when).map(|when| (when, false));
            let own = stages[place].when.iter().map(|when| (when, true));
            earlier.chain(own).collect()
        }
    };
    if !asked.iter().all(|(when, _)| is_steady(model, when)) {
        return None;
    }
    // Outside of a stage are also those in an earlier one; they are not looked for.
    Some(asked.into_iter().map(|(when, holds)| (when, holds && inside)).collect())
}

/// The flows from one back to itself, each with the step that starts the next. `start` is somebody for whom the first of
/// them has just started.
fn follow<'m>(
    model: &'m Model,
    by_mail: &ByMail,
    from: usize,
    start: &Witness,
) -> Option<Vec<(usize, &'m Step)>> {
    let mut path: Vec<(usize, &'m Step)> = Vec::new();
    // Who somebody was when each flow started.
    let mut known: Vec<(usize, Witness)> = Vec::new();
    let (mut at, mut customer) = (from, start.clone());
    while path.len() < MOST_FLOWS {
        let same = |other: &Witness| {
            other.attributes.iter().zip(&customer.attributes).all(|(a, b)| a.value == b.value)
        };
        if let Some(first) = known.iter().position(|(flow, before)| *flow == at && same(before)) {
            return Some(path.split_off(first));
        }
        known.push((at, customer.clone()));
        let mut run = Run { model, by_mail, flow: at, customer, next: None, fresh: true };
        run.steps(&model.triggers[at].steps, true)?;
        let (next, step) = run.next?;
        path.push((at, step));
        (at, customer) = (next, run.customer);
    }
    None
}

/// One flow of one customer.
struct Run<'a, 'm> {
    model: &'m Model,
    by_mail: &'a ByMail<'a>,
    flow: usize,
    customer: Witness,
    /// The flow that it has started, and by which step.
    next: Option<(usize, &'m Step)>,
    /// Whether nothing was sent yet: until then a flow starts anew.
    fresh: bool,
}

impl<'m> Run<'_, 'm> {
    /// None where it is not known what happens. `last` says that nothing comes after these steps.
    fn steps(&mut self, steps: &'m [Step], last: bool) -> Option<()> {
        for (place, step) in steps.iter().enumerate() {
            let last = last && place + 1 == steps.len();
            if self.next.is_some() {
                // Two flows set things at once: which comes first is not known.
                if updates(std::slice::from_ref(step)) || self.mails(step) {
                    return None;
                }
                continue;
            }
            match step {
                Step::Update { attribute, value, .. } => self.update(step, attribute, value, last)?,
                Step::If(condition, then, otherwise) => {
                    if !is_steady(self.model, condition) {
                        return None;
                    }
                    let holds = replay::values(self.model, &self.customer, &[condition])?.first()?.is_true();
                    self.steps(if holds { then } else { otherwise }, last)?;
                }
                Step::Send { email, .. } => {
                    self.fresh = false;
                    self.send(step, email)?;
                }
                Step::Call(_) => self.fresh = false,
                Step::Wait(..) | Step::WaitUntil(..) => {}
            }
        }
        Some(())
    }

    /// Whether a step, or one in its branches, sends something that starts a flow.
    fn mails(&self, step: &Step) -> bool {
        let mut mails = false;
        step.walk(&mut |step| {
            let Step::Send { email, .. } = step else { return };
            mails |= self.by_mail[self.flow].iter().any(|(_, by)| *by == email);
        });
        mails
    }

    /// Starts the flow that an e-mail starts.
    fn send(&mut self, step: &'m Step, email: &Arc<str>) -> Option<()> {
        for (at, _) in self.by_mail[self.flow].iter().filter(|(_, by)| *by == email) {
            let other = &self.model.triggers[*at];
            let On::Event { filter, .. } = &other.on else { return None };
            // Who the customer is then is not asked: only what the event says is known.
            let known = filter.filter.as_ref().is_none_or(reads_event_alone);
            if !known || other.once_per.is_some() || self.next.is_some() {
                return None;
            }
            self.next = Some((*at, step));
        }
        Some(())
    }

    fn update(&mut self, step: &'m Step, attribute: &str, value: &Expr, last: bool) -> Option<()> {
        if !is_steady(self.model, value) {
            return None;
        }
        let value = replay::values(self.model, &self.customer, &[value])?.swap_remove(0);
        let before = self.customer.clone();
        let given = self.customer.attributes.iter_mut().find(|given| *given.name == *attribute)?;
        given.value = value;
        for (at, other) in self.model.triggers.iter().enumerate() {
            // What sets nothing, and starts nothing by what it sends, changes nothing for the others.
            let idle = !updates(&other.steps) && self.by_mail[at].is_empty();
            if idle || !self.starts(other, &before)? {
                continue;
            }
            // A flow that has sent something is not started again before it ends.
            let ignored = at == self.flow && !self.fresh && !last;
            if other.once_per.is_some() || ignored || self.next.is_some() {
                return None;
            }
            self.next = Some((at, step));
        }
        Some(())
    }

    /// Whether a flow starts because the customer is no more who they were before.
    fn starts(&self, trigger: &Trigger, before: &Witness) -> Option<bool> {
        let model = self.model;
        let both = |asked: &[&Expr]| {
            Some((replay::values(model, before, asked)?, replay::values(model, &self.customer, asked)?))
        };
        Some(match &trigger.on {
            On::Enter(audience) | On::Leave(audience) => {
                let asked = condition(model, audience, true)?;
                let wanted: Vec<bool> = asked.iter().map(|(_, holds)| *holds).collect();
                let asked: Vec<&Expr> = asked.iter().map(|(when, _)| *when).collect();
                let (was, is) = both(&asked)?;
                let inside = |values: &[Value]| values.iter().zip(&wanted).all(|(v, w)| v.is_true() == *w);
                let (was, is) = (inside(&was), inside(&is));
                if matches!(trigger.on, On::Enter(_)) { !was && is } else { was && !is }
            }
            On::Rises(of) if is_steady(model, of) => {
                let (was, is) = both(&[of])?;
                match (rank(was.first()?, &of.ty), rank(is.first()?, &of.ty)) {
                    (Some(was), Some(is)) => was < is,
                    _ => false,
                }
            }
            // Who has been there before; it starts no flow again.
            On::Reaches(reaches) if !reaches.again => false,
            On::Reaches(reaches) if is_steady(model, &reaches.of) => {
                let (was, is) = both(&[&reaches.of])?;
                let ty = &reaches.of.ty;
                let Some(is) = rank(is.first()?, ty) else { return Some(false) };
                let was = rank(was.first()?, ty);
                let passes = |t| was.is_none_or(|was| was < t) && is >= t;
                reaches.thresholds.iter().filter_map(|t| rank(t, ty)).any(passes)
            }
            On::Rises(_) | On::Reaches(_) => return None,
            On::Event { .. } | On::Consent(_) | On::Schedule(_) | On::Date(_) => false,
        })
    }
}

/// Where a value stands among others of its type; none where they have no order, or it is missing.
fn rank(value: &Value, ty: &Type) -> Option<Decimal> {
    match (value, ty) {
        (Value::Text(text), Type::Enum(values)) => {
            Some(Decimal::from(i64::try_from(values.rank(text)?).ok()?))
        }
        (Value::Int(whole), _) => Some(Decimal::from(*whole)),
        (Value::Decimal(decimal), _) => Some(*decimal),
        _ => None,
    }
}
