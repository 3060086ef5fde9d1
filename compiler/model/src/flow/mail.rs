//! What an e-mail may read, print and be decided by.

use std::collections::BTreeSet;
use std::sync::Arc;

use persona_diagnostics::catalogue::personal_data_in_link::PersonalDataInLink;
use persona_diagnostics::catalogue::uncovered_purpose::{Sink, UncoveredPurpose};
use persona_diagnostics::{Problems, Span};

use super::{Flows, Kind, Labels, destination};
use crate::{Audience, Consent, Email, EventFilter, Leave, Model, On, Reads, Step};

/// The purpose that every customer agrees to by being one.
pub(super) const SERVICE: &str = "service";

/// Tells of purposes that no consent covers, and of personal data in links.
pub(crate) fn check(model: &Model, problems: &mut Problems) {
    let flows = Flows::of(model);
    if !flows.any() {
        return;
    }
    let mut mail = Mail { model, flows, problems, told: BTreeSet::new(), linked: BTreeSet::new() };
    for email in &model.emails {
        mail.content(email);
    }
    for campaign in &model.campaigns {
        if let (Some(email), Some(to)) = (model.email(&campaign.email), &campaign.to) {
            for (at, labels) in mail.flows.of_condition(to, None) {
                mail.purposes(email, at, "decides here who gets it", &labels);
            }
        }
    }
    for trigger in &model.triggers {
        let mut decided = Vec::new();
        match &trigger.on {
            On::Event { filter, .. } => mail.filter(filter, &mut decided),
            On::Enter(audience) | On::Leave(audience) => mail.audience(audience, trigger.span, &mut decided),
            On::Rises(value) => decided.extend(mail.flows.of_condition(value, None)),
            On::Reaches(reaches) => decided.extend(mail.flows.of_condition(&reaches.of, None)),
            On::Date(date) => decided.extend(mail.flows.of_condition(&date.of, None)),
            On::Consent(_) | On::Schedule(_) => {}
        }
        trigger.exits.iter().for_each(|exit| mail.filter(exit, &mut decided));
        mail.steps(&trigger.steps, decided);
    }
    destination::check(&mail.flows, mail.problems);
}

/// Labels that decided something, with where.
type Decided = Vec<(Span, Labels)>;

struct Mail<'m, 'p> {
    model: &'m Model,
    flows: Flows<'m>,
    problems: &'p mut Problems,
    /// What was told of which place, and by whose leave: what several e-mails share is told once.
    told: BTreeSet<(Span, Arc<str>, String)>,
    linked: BTreeSet<(Span, Arc<str>)>,
}

impl<'m> Mail<'m, '_> {
    fn filter(&self, filter: &EventFilter, decided: &mut Decided) {
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
    fn steps(&mut self, steps: &'m [Step], mut decided: Decided) -> Decided {
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
                Step::Call(_) | Step::Update { .. } => {}
                Step::If(condition, then, otherwise) => {
                    let mut inside = decided.clone();
                    inside.extend(self.flows.of_condition(condition, None));
                    self.steps(then, inside.clone());
                    self.steps(otherwise, inside);
                }
            }
        }
        decided
    }

    /// What an e-mail, its layout and its blocks read.
    fn content(&mut self, email: &Email) {
        self.reads(email, &email.reads_at, "read by the e-mail here");
        if let Some(layout) = email.layout.as_ref().and_then(|name| self.model.layout(name)) {
            self.reads(email, &layout.reads_at, &format!("read by the layout `{}` here", layout.name));
        }
        for block in email.blocks.iter().filter_map(|name| self.model.content(name)) {
            let says = format!("read by the block `{}` here", block.name);
            self.reads(email, &block.reads_at, &says);
            for when in block.cases.iter().filter_map(|case| case.when.as_ref()) {
                for (at, labels) in self.flows.of_condition(when, None) {
                    self.purposes(email, at, &says, &labels);
                }
            }
        }
    }

    fn reads(&mut self, email: &Email, reads: &Reads, says: &str) {
        for (name, at) in &reads.values {
            let labels = self.flows.of_name(name);
            self.purposes(email, *at, says, &labels);
        }
        for (segment, at) in &reads.segments {
            let labels = self.flows.of_segment(segment);
            self.purposes(email, *at, says, &labels);
        }
        for (name, at) in &reads.linked {
            let labels = self.flows.of_name(name);
            let personal = labels.into_iter().find(|(label, _)| label.kind == Kind::Personal);
            if let Some((label, path)) = personal
                && self.linked.insert((*at, label.of.clone()))
            {
                let name = name.rsplit('.').next().unwrap_or(name).to_string();
                self.problems.report(PersonalDataInLink { name, at: *at, path });
            }
        }
    }

    /// Tells of purposes that the leave of an e-mail does not cover.
    fn purposes(&mut self, email: &Email, at: Span, says: &str, labels: &Labels) {
        let consent = match &email.leave {
            Leave::Consent(name) => self.model.consent(name),
            Leave::Transactional => None,
        };
        for (label, path) in labels {
            let Kind::Purpose(purpose) = &label.kind else { continue };
            let covers = |consent: &Consent| consent.covers.contains(purpose);
            if **purpose == *SERVICE || consent.is_some_and(covers) {
                continue;
            }
            let by = consent.map_or(String::new(), |c| c.name.to_string());
            if !self.told.insert((at, label.of.clone(), by)) {
                continue;
            }
            self.problems.report(UncoveredPurpose {
                name: label.of.to_string(),
                purpose: purpose.to_string(),
                at,
                says: says.to_string(),
                path: path.clone(),
                sink: match consent {
                    Some(consent) => Sink::Consent {
                        email: email.name.to_string(),
                        consent: consent.name.to_string(),
                        at: consent.span,
                        covers: consent.covers.iter().map(|c| c.to_string()).collect(),
                    },
                    None => Sink::Transactional { email: email.name.to_string(), at: email.span },
                },
            });
        }
    }
}
