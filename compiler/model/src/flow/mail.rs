//! What an e-mail may read, print and be decided by.

use std::collections::BTreeSet;
use std::sync::Arc;

use persona_diagnostics::catalogue::personal_data_in_link::PersonalDataInLink;
use persona_diagnostics::catalogue::uncovered_purpose::{Sink, UncoveredPurpose};
use persona_diagnostics::{Problems, Span};

use super::{Flows, Kind, Labels, destination};
use crate::{Change, Consent, Email, Experiment, Leave, Model, Reads, Tested};

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
            let mut decided = mail.flows.of_condition(to, None);
            campaign.exits.iter().for_each(|exit| mail.filter(exit, &mut decided));
            for (at, labels) in decided {
                mail.purposes(email, at, "decides here who gets it", &labels);
            }
        }
    }
    for trigger in &model.triggers {
        mail.trigger(trigger);
    }
    for experiment in &model.experiments {
        mail.goal(experiment);
    }
    destination::check(&mail.flows, mail.problems);
}

/// All that is sent, read from one end to the other.
pub(super) struct Mail<'m, 'p> {
    pub(super) model: &'m Model,
    pub(super) flows: Flows<'m>,
    pub(super) problems: &'p mut Problems,
    /// What was told of which place, and by whose leave: what several e-mails share is told once.
    told: BTreeSet<(Span, Arc<str>, String)>,
    linked: BTreeSet<(Span, Arc<str>)>,
}

impl<'m> Mail<'m, '_> {
    /// What the variants of an experiment on this do otherwise.
    fn changes(&self, on: &Tested) -> impl Iterator<Item = &'m Change> + use<'m> {
        let tried: Vec<_> = self.model.experiments.iter().filter(|e| e.on == *on).collect();
        tried.into_iter().flat_map(|e| &e.variants).flat_map(|variant| &variant.changes)
    }

    /// What an experiment is judged by is read of everybody who is sent what it tries.
    fn goal(&mut self, experiment: &'m Experiment) {
        let labels = self.flows.of_query(&experiment.goal.query, experiment.goal.span);
        let model = self.model;
        let tries = |email: &&Email| match &experiment.on {
            Tested::Email(name) => email.name == *name,
            Tested::Trigger(name) => model.trigger(name).is_some_and(|t| t.sends(&email.name)),
            Tested::Content(name) => email.blocks.contains(name),
            Tested::Recommendation(name) => email.recommends.contains(name),
            Tested::Model(name) => email.reads.contains(name),
        };
        for email in model.emails.iter().filter(tries) {
            for (at, labels) in &labels {
                self.purposes(email, *at, "decides here which variant is better", labels);
            }
        }
    }

    /// Who may have a coupon tells what its condition read.
    fn offer(&mut self, email: &Email, coupon: &str) {
        for when in self.model.coupon(coupon).iter().filter_map(|coupon| coupon.when.as_ref()) {
            for (at, labels) in self.flows.of_condition(when, None) {
                self.purposes(email, at, &format!("decides here who may have `{coupon}`"), &labels);
            }
        }
    }

    /// What an e-mail, its offer, its layout and its blocks read.
    fn content(&mut self, email: &Email) {
        let tried = self.changes(&Tested::Email(email.name.clone())).filter_map(|change| match change {
            Change::Offer(coupon) => Some(coupon),
            _ => None,
        });
        for coupon in email.offer.iter().map(|(coupon, _)| coupon).chain(tried) {
            self.offer(email, coupon);
        }
        self.reads(email, &email.reads_at, "read by the e-mail here");
        if let Some(layout) = email.layout.as_ref().and_then(|name| self.model.layout(name)) {
            self.reads(email, &layout.reads_at, &format!("read by the layout `{}` here", layout.name));
        }
        for block in email.blocks.iter().filter_map(|name| self.model.content(name)) {
            let says = format!("read by the block `{}` here", block.name);
            self.reads(email, &block.reads_at, &says);
            let tried = self.changes(&Tested::Content(block.name.clone())).filter_map(|c| match c {
                Change::Cases(cases) => Some(cases),
                _ => None,
            });
            let cases = block.cases.iter().chain(tried.flatten());
            for when in cases.filter_map(|case| case.when.as_ref()) {
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
        self.links(reads);
    }

    /// What is written into links, by these templates or by blocks from what these give them.
    pub(super) fn links(&mut self, reads: &Reads) {
        for (name, at) in &reads.linked {
            self.link(name, *at, Vec::new());
        }
        for given in &reads.given {
            let mut seen = BTreeSet::new();
            let mut waiting = vec![(given, Vec::new())];
            while let Some((next, mut way)) = waiting.pop() {
                let Some(block) = self.model.content(&next.block) else { continue };
                if !seen.insert((next.block.clone(), next.parameter.clone())) {
                    continue;
                }
                way.push((next.at, format!("given to `{}` as `{}` here", next.block, next.parameter)));
                if let Some(at) = block.reads_at.linked.get(&next.parameter) {
                    given.from.iter().for_each(|name| self.link(name, *at, way.clone()));
                }
                let further = block.reads_at.given.iter().filter(|g| g.from.contains(&next.parameter));
                waiting.extend(further.map(|g| (g, way.clone())));
            }
        }
    }

    /// Tells of personal data that is written into a link, where it came by this way.
    fn link(&mut self, name: &str, at: Span, way: Vec<(Span, String)>) {
        let labels = self.flows.of_name(name);
        let personal = labels.into_iter().find(|(label, _)| label.kind == Kind::Personal);
        if let Some((label, mut path)) = personal
            && self.linked.insert((at, label.of.clone()))
        {
            path.extend(way);
            let name = name.rsplit('.').next().unwrap_or(name).to_string();
            self.problems.report(PersonalDataInLink { name, at, path });
        }
    }

    /// Tells of purposes that the leave of an e-mail does not cover.
    pub(super) fn purposes(&mut self, email: &Email, at: Span, says: &str, labels: &Labels) {
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
