//! What decides in a flow who is sent what, and what its steps hand on and write.

use std::collections::BTreeSet;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::lost_label::LostLabel;
use persona_diagnostics::catalogue::uncovered_purpose::{Sink, UncoveredPurpose};

use super::mail::{Mail, SERVICE};
use super::{Kind, Labels};
use crate::{Argument, Audience, Call, Change, EventFilter, Expr, Leave, On, Step, Tested, Trigger};

/// Labels that decided something, with where.
pub(super) type Decided = Vec<(Span, Labels)>;

impl<'m> Mail<'m, '_> {
    /// A flow, and the ways in which an experiment has it go.
    pub(super) fn trigger(&mut self, trigger: &'m Trigger) {
        let mut decided = Vec::new();
        match &trigger.on {
            On::Event { filter, .. } => self.filter(filter, &mut decided),
            On::Enter(audience) | On::Leave(audience) => self.audience(audience, trigger.span, &mut decided),
            On::Rises(value) => decided.extend(self.flows.of_condition(value, None)),
            On::Reaches(reaches) => decided.extend(self.flows.of_condition(&reaches.of, None)),
            On::Date(date) => decided.extend(self.flows.of_condition(&date.of, None)),
            On::Consent(_) | On::Schedule(_) => {}
        }
        trigger.exits.iter().for_each(|exit| self.filter(exit, &mut decided));
        let event = match &trigger.on {
            On::Event { filter, .. } => Some(&*filter.event),
            _ => None,
        };
        self.steps(&trigger.steps, event, decided.clone());
        let model = self.model;
        for experiment in model.experiments.iter().filter(|e| e.on == Tested::Trigger(trigger.name.clone())) {
            for change in experiment.variants.iter().flat_map(|variant| &variant.changes) {
                match change {
                    Change::Steps(steps) => drop(self.steps(steps, event, decided.clone())),
                    Change::Wait(Step::Wait(_, Some(unless)) | Step::WaitUntil(_, Some(unless))) => {
                        let mut decided = Vec::new();
                        self.filter(unless, &mut decided);
                        self.steps(&trigger.steps, event, decided);
                    }
                    _ => {}
                }
            }
        }
    }

    pub(super) fn filter(&self, filter: &EventFilter, decided: &mut Decided) {
        let conditions = filter.filter.iter();
        decided.extend(conditions.flat_map(|f| self.flows.of_condition(f, Some(&filter.event))));
    }

    fn audience(&self, audience: &Audience, at: Span, decided: &mut Decided) {
        let labels = match audience {
            Audience::Segment(name) => self.flows.of_segment(name),
            Audience::Stage { lifecycle, .. } => self.flows.of_lifecycle(lifecycle),
        };
        decided.push((at, (*labels).clone()));
    }

    /// Goes through a flow with what has decided the way so far; gives that at its end.
    fn steps(&mut self, steps: &'m [Step], event: Option<&str>, mut decided: Decided) -> Decided {
        for step in steps {
            match step {
                Step::Send { email, .. } => {
                    let Some(email) = self.model.email(email) else { continue };
                    for (at, labels) in &decided {
                        self.purposes(email, *at, "decides here who gets it", labels);
                    }
                }
                Step::Wait(_, unless) | Step::WaitUntil(_, unless) => {
                    unless.iter().for_each(|filter| self.filter(filter, &mut decided));
                }
                Step::Call(call) => self.call(call, event, &decided),
                Step::Update { attribute, value, .. } => self.update(attribute, value, event, &decided),
                Step::If(condition, then, otherwise) => {
                    let mut inside = decided.clone();
                    inside.extend(self.flows.of_condition(condition, event));
                    self.steps(then, event, inside.clone());
                    self.steps(otherwise, event, inside);
                }
            }
        }
        decided
    }

    /// What a call hands to another system: its values, and that it was made.
    fn call(&mut self, call: &Call, event: Option<&str>, decided: &Decided) {
        let mut read = Decided::new();
        for (_, argument) in &call.arguments {
            if let Argument::Value(value) = argument {
                read.extend(self.flows.of_value(value, event));
            }
        }
        for (name, at) in &call.reads_at.values {
            read.push((*at, self.flows.of_name(name)));
        }
        for (segment, at) in &call.reads_at.segments {
            read.push((*at, (*self.flows.of_segment(segment)).clone()));
        }
        self.links(&call.reads_at);
        let handed = read.iter().map(|(at, labels)| (at, "handed on here", labels));
        let decides = decided.iter().map(|(at, labels)| (at, "decides here that it is called", labels));
        let consent = match &call.leave {
            Leave::Consent(name) => self.model.consent(name),
            Leave::Transactional => None,
        };
        let mut told = BTreeSet::new();
        for (at, says, labels) in handed.chain(decides) {
            for (label, path) in labels {
                let Kind::Purpose(purpose) = &label.kind else { continue };
                let covers = |what: &Arc<str>| consent.is_some_and(|c| c.covers.contains(what));
                let covered = covers(purpose) && covers(&call.destination);
                if **purpose == *SERVICE || covered || !told.insert(label.clone()) {
                    continue;
                }
                self.problems.report(UncoveredPurpose {
                    name: label.of.to_string(),
                    purpose: purpose.to_string(),
                    at: *at,
                    says: says.to_string(),
                    path: path.clone(),
                    sink: Sink::Call {
                        destination: call.destination.to_string(),
                        at: call.span,
                        consent: consent.map(|c| {
                            (c.name.to_string(), c.span, c.covers.iter().map(|c| c.to_string()).collect())
                        }),
                    },
                });
            }
        }
    }

    /// What is written into an attribute must be what the attribute is said to be.
    fn update(&mut self, name: &str, value: &Expr, event: Option<&str>, decided: &Decided) {
        let Some(into) = self.model.customer.attribute(name) else { return };
        let written = self.flows.of_value(value, event).into_iter().map(|(at, labels)| (at, false, labels));
        let decides = decided.iter().map(|(at, labels)| (*at, true, labels.clone()));
        let mut told = BTreeSet::new();
        for (at, decides, labels) in written.chain(decides) {
            for (label, path) in labels {
                let (said, purpose) = match &label.kind {
                    Kind::Personal => (into.pii, None),
                    Kind::Purpose(purpose) => (into.purpose.as_ref() == Some(purpose), Some(purpose)),
                };
                // What is for `service` is for everything that a customer is.
                let free = purpose.is_some_and(|purpose| **purpose == *SERVICE);
                if said || free || !told.insert(label.kind.clone()) {
                    continue;
                }
                self.problems.report(LostLabel {
                    name: label.of.to_string(),
                    purpose: purpose.map(|p| p.to_string()),
                    at,
                    decides,
                    path,
                    into: name.to_string(),
                    into_at: into.span,
                });
            }
        }
    }
}
