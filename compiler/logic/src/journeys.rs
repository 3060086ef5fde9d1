//! Flows that never start, flows that start each other, campaigns to nobody.

use std::sync::Arc;

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::{
    empty_audience::EmptyAudience,
    impossible_event::ImpossibleEvent,
    trigger_cycle::{Does, Round, TriggerCycle},
    unreachable_case::UnreachableCase,
};
use persona_model::{Audience, Comparison, EventFilter, Expr, ExprKind, On, Reaches, Step, Trigger};
use persona_value::Type;

use crate::ask::{Logic, conjuncts};
use crate::branches;
use crate::lower::Scope;
use crate::point::{Point, Test};
use crate::segments::{contradiction, implied};
use crate::term::{Formula, all, not};
use crate::updates;

/// Every flow and every campaign.
pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    for trigger in &logic.model.triggers {
        let known = match &trigger.on {
            On::Event { filter, .. } => {
                never_comes(logic, filter, true, problems);
                vec![]
            }
            On::Enter(audience) => inside(logic, audience).into_iter().collect(),
            On::Leave(audience) => inside(logic, audience).iter().map(not).collect(),
            On::Reaches(reaches) => {
                never_reached(logic, trigger, reaches, problems);
                vec![]
            }
            _ => vec![],
        };
        branches::steps(logic, &trigger.steps, &known, problems);
        let exits = trigger.exits.iter().chain(unless(&trigger.steps));
        for filter in exits {
            never_comes(logic, filter, false, problems);
        }
    }
    for campaign in &logic.model.campaigns {
        let Some(to) = &campaign.to else { continue };
        if logic.never(&[(to, true)]) {
            let parts = contradiction(logic, to);
            problems.report(EmptyAudience { name: campaign.name.to_string(), at: campaign.span, parts });
        } else {
            implied(logic, to, problems);
        }
    }
    cycles(logic, problems);
}

/// Being in an audience.
pub(crate) fn inside(logic: &mut Logic, audience: &Audience) -> Option<Arc<Formula>> {
    match audience {
        Audience::Segment(name) => {
            let segment = logic.model.segment(name)?;
            Some(logic.truth(&segment.when))
        }
        Audience::Stage { lifecycle, stage } => {
            let place = logic.model.lifecycle(lifecycle)?.stages.iter().position(|s| s.name == *stage)?;
            logic.lowering.stages(lifecycle).get(place).cloned()
        }
    }
}

/// Tells of a threshold that no customer's value comes to.
fn never_reached(logic: &mut Logic, trigger: &Trigger, reaches: &Reaches, problems: &mut Problems) {
    for threshold in &reaches.thresholds {
        let (of, at) = (reaches.of.clone(), trigger.on_span);
        let value = Expr { kind: ExprKind::Literal(threshold.clone()), optional: false, ..of.clone() };
        let kind = ExprKind::Compare(Comparison::AtLeast, Box::new(of), Box::new(value));
        let reached = Expr { kind, ty: Type::Bool, optional: false, span: at };
        if logic.never(&[(&reached, true)]) {
            let (what, parts, taken_by) = ("threshold".to_string(), vec![], vec![]);
            problems.report(UnreachableCase { what, at, rest: false, parts, taken_by });
            return;
        }
    }
}

/// The events that end a flow while it waits.
fn unless(steps: &[Step]) -> Vec<&EventFilter> {
    let mut found = Vec::new();
    for step in steps {
        match step {
            Step::Wait(_, Some(filter)) | Step::WaitUntil(_, Some(filter)) => found.push(filter),
            Step::If(_, then, otherwise) => {
                found.extend(unless(then));
                found.extend(unless(otherwise));
            }
            _ => {}
        }
    }
    found
}

/// Tells of a filter that no event passes. A flow's first event has happened when it is asked about.
fn never_comes(logic: &mut Logic, filter: &EventFilter, starts: bool, problems: &mut Problems) {
    let Some(condition) = &filter.filter else { return };
    let parts = conjuncts(condition);
    if !impossible(logic, filter, &parts, starts) {
        return;
    }
    let mut core = parts;
    for part in core.clone() {
        let fewer: Vec<&Expr> = core.iter().copied().filter(|c| !std::ptr::eq(*c, part)).collect();
        if impossible(logic, filter, &fewer, starts) {
            core = fewer;
        }
    }
    let by_itself = starts && !impossible(logic, filter, &core, false);
    problems.report(ImpossibleEvent {
        event: filter.event.to_string(),
        at: condition.span,
        starts,
        by_itself,
        parts: core.iter().map(|c| c.span).collect(),
    });
}

/// Whether no event of this name meets these conditions. One that `starts` a flow is counted among what happened.
fn impossible(logic: &mut Logic, filter: &EventFilter, conditions: &[&Expr], starts: bool) -> bool {
    logic.lowering.leaves(&filter.event).iter().all(|leaf| {
        let scope = Scope::Event(leaf.clone());
        let mut formulas: Vec<Arc<Formula>> =
            conditions.iter().map(|c| logic.lowering.truth(c, &scope)).collect();
        if starts {
            // What it is asked to be beside what the customer is.
            let own = conditions.iter().filter(|c| reads_event_alone(c)).map(|c| (*c).clone());
            let own = own.reduce(|a, b| Expr { kind: ExprKind::And(Box::new(a.clone()), Box::new(b)), ..a });
            formulas.push(logic.lowering.just_happened(leaf, own));
        }
        logic.impossible(&formulas)
    })
}

pub(crate) fn reads_event_alone(condition: &Expr) -> bool {
    let mut alone = true;
    condition.walk(&mut |e| {
        alone &= !matches!(
            e.kind,
            ExprKind::Attribute(_)
                | ExprKind::Trait(_)
                | ExprKind::Stage(_)
                | ExprKind::InSegment(_)
                | ExprKind::Query(_)
                | ExprKind::Items(_)
                | ExprKind::Model(_)
        );
    });
    alone
}

/// Flows whose e-mails start each other, without anybody doing anything.
fn cycles(logic: &mut Logic, problems: &mut Problems) {
    let triggers = &logic.model.triggers;
    // Which flows each of them starts. A flow that starts once in a while only stops the circle.
    let mut starts: Vec<Vec<(usize, &Arc<str>)>> = Vec::new();
    for trigger in triggers {
        let mut own = Vec::new();
        for email in sends(&trigger.steps) {
            for (at, other) in triggers.iter().enumerate() {
                if other.once_per.is_none() && is_started_by(logic, other, trigger, email) {
                    own.push((at, email));
                }
            }
        }
        starts.push(own);
    }
    let mut told = vec![false; triggers.len()];
    for from in 0..triggers.len() {
        let Some(path) = shortest(&starts, from) else { continue };
        if path.iter().any(|(at, _)| told[*at]) {
            continue;
        }
        path.iter().for_each(|(at, _)| told[*at] = true);
        let round = |(at, email): &(usize, &Arc<str>)| Round {
            name: triggers[*at].name.to_string(),
            does: Does::Sends(email.to_string()),
            at: triggers[*at].span,
        };
        problems.report(TriggerCycle { path: path.iter().map(round).collect(), witness: None });
    }
    updates::check(logic, &starts, &mut told, problems);
}

fn sends(steps: &[Step]) -> Vec<&Arc<str>> {
    let mut found = Vec::new();
    for step in steps {
        match step {
            Step::Send { email, .. } => found.push(email),
            Step::If(_, then, otherwise) => {
                found.extend(sends(then));
                found.extend(sends(otherwise));
            }
            _ => {}
        }
    }
    found
}

/// Whether the event of an e-mail's sending starts a flow.
fn is_started_by(logic: &mut Logic, trigger: &Trigger, by: &Trigger, email: &Arc<str>) -> bool {
    let On::Event { filter, .. } = &trigger.on else { return false };
    let leaf: Arc<str> = "email_sent".into();
    if !logic.lowering.leaves(&filter.event).contains(&leaf) {
        return false;
    }
    let scope = Scope::Event(leaf.clone());
    let mut formulas: Vec<Arc<Formula>> =
        filter.filter.iter().map(|f| logic.lowering.truth(f, &scope)).collect();
    for (field, value) in [("email", email), ("trigger", &by.name)] {
        let term = logic.lowering.field(&leaf, &field.into());
        formulas.push(Arc::new(Formula::Is(term, Test::equal(Point::Text(value.clone())), true)));
    }
    let campaign = logic.lowering.field(&leaf, &"campaign".into());
    formulas.push(Arc::new(Formula::Is(campaign, Test::Present, false)));
    !logic.impossible(&[all(formulas)])
}

/// The shortest way from a flow back to itself: the flows on it, each with the e-mail that starts the next.
fn shortest<'a>(starts: &[Vec<(usize, &'a Arc<str>)>], from: usize) -> Option<Vec<(usize, &'a Arc<str>)>> {
    let mut came: Vec<Option<(usize, &Arc<str>)>> = vec![None; starts.len()];
    let mut waiting = std::collections::VecDeque::from([from]);
    while let Some(at) = waiting.pop_front() {
        for (next, email) in &starts[at] {
            if came[*next].is_none() {
                came[*next] = Some((at, email));
                waiting.push_back(*next);
            }
        }
    }
    let mut path = Vec::new();
    let mut at = from;
    loop {
        let (before, email) = came[at]?;
        path.push((before, email));
        at = before;
        if at == from {
            path.reverse();
            return Some(path);
        }
    }
}
