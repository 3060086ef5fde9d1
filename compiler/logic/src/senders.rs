//! Who sends an e-mail, and what is known of everybody who gets it.
//!
//! Known is what is decided again when the message goes out: the audience of a campaign, conditions of steps since the
//! last wait. What the customer was when an event happened is not; what the event says stays as it is.

use std::collections::HashMap;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_model::{Campaign, Change, Model, On, Step, Trigger};

use crate::ask::{Logic, conjuncts};
use crate::journeys::{inside, reads_event_alone};
use crate::lower::Scope;
use crate::term::{Formula, not};

/// What holds of whoever comes to a step.
type Known = [Arc<Formula>];

/// A campaign, or one `send` of a flow.
pub(crate) struct Sender {
    /// `campaign` or `trigger`.
    pub what: &'static str,
    pub name: Arc<str>,
    /// Where it says to whom.
    pub at: Span,
    /// What holds of whom it sends to; nothing where it sends to everybody.
    pub known: Vec<Arc<Formula>>,
}

/// What sends each e-mail, by its name.
#[derive(Default)]
pub(crate) struct Sent<'m> {
    pub campaigns: HashMap<&'m str, Vec<&'m Campaign>>,
    pub triggers: HashMap<&'m str, Vec<&'m Trigger>>,
}

impl<'m> Sent<'m> {
    pub fn of(model: &'m Model) -> Sent<'m> {
        let mut sent = Sent::default();
        for campaign in &model.campaigns {
            sent.campaigns.entry(&*campaign.email).or_default().push(campaign);
        }
        for trigger in &model.triggers {
            for step in trigger.all_steps() {
                let Step::Send { email, .. } = step else { continue };
                let triggers = sent.triggers.entry(&**email).or_default();
                if triggers.last().is_none_or(|last| !std::ptr::eq(*last, trigger)) {
                    triggers.push(trigger);
                }
            }
        }
        sent
    }
}

/// All that send an e-mail; none where a variant of an experiment may send it as well.
pub(crate) fn senders(logic: &mut Logic, sent: &Sent, email: &str) -> Vec<Sender> {
    let model = logic.model;
    let sends = |steps: &[Step]| {
        let mut sends = false;
        steps.iter().for_each(|step| {
            step.walk(&mut |s| sends |= matches!(s, Step::Send { email: sent, .. } if **sent == *email));
        });
        sends
    };
    let mut changes = model.experiments.iter().flat_map(|e| &e.variants).flat_map(|v| &v.changes);
    let varied = changes.any(|change| matches!(change, Change::Steps(steps) if sends(steps)));
    if varied {
        return vec![];
    }
    let mut found = Vec::new();
    for campaign in sent.campaigns.get(email).into_iter().flatten() {
        let known = campaign.to.iter().map(|to| logic.truth(to)).collect();
        let at = campaign.to.as_ref().map_or(campaign.span, |to| to.span);
        found.push(Sender { what: "campaign", name: campaign.name.clone(), at, known });
    }
    for trigger in sent.triggers.get(email).into_iter().flatten() {
        let known = match &trigger.on {
            On::Enter(audience) => inside(logic, audience).into_iter().collect(),
            On::Leave(audience) => inside(logic, audience).iter().map(not).collect(),
            On::Event { filter, .. } => {
                let leaves = logic.lowering.leaves(&filter.event);
                match (&filter.filter, &leaves[..]) {
                    (Some(condition), [leaf]) => {
                        let scope = Scope::Event(leaf.clone());
                        let own = conjuncts(condition).into_iter().filter(|c| reads_event_alone(c));
                        own.map(|c| logic.lowering.truth(c, &scope)).collect()
                    }
                    _ => vec![],
                }
            }
            _ => vec![],
        };
        steps(logic, &trigger.steps, known, &mut |sent, known| {
            if **sent == *email {
                let (name, at, known) = (trigger.name.clone(), trigger.on_span, known.to_vec());
                found.push(Sender { what: "trigger", name, at, known });
            }
        });
    }
    found
}

/// Tells of every `send` what is known then; gives whether time may have passed.
fn steps(
    logic: &mut Logic,
    steps: &[Step],
    mut known: Vec<Arc<Formula>>,
    tell: &mut dyn FnMut(&Arc<str>, &Known),
) -> bool {
    let mut later = false;
    for step in steps {
        match step {
            Step::Send { email, .. } => tell(email, &known),
            Step::Call(_) => {}
            Step::If(condition, then, otherwise) => {
                let own = logic.truth(condition);
                let with = |more: Arc<Formula>| known.iter().cloned().chain([more]).collect::<Vec<_>>();
                let (yes, no) = (with(own.clone()), with(not(&own)));
                let passed = [self::steps(logic, then, yes, tell), self::steps(logic, otherwise, no, tell)];
                if passed.contains(&true) {
                    known.clear();
                    later = true;
                }
            }
            Step::Wait(..) | Step::WaitUntil(..) | Step::Update { .. } => {
                known.clear();
                later = true;
            }
        }
    }
    later
}
