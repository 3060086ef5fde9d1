//! What the engine must be told: the program's questions, watched events and audiences.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use persona_model::{Audience, EventFilter, Expr, ExprKind, Model, On};

use crate::Origin;
use crate::hash;
use crate::program::Program;

/// A condition, or a value, that is asked of every customer at the instant of a run.
#[derive(Clone, Debug)]
pub struct Question {
    /// One of a kind in a program.
    pub name: Arc<str>,
    /// Over the customer alone. What is no condition is told as one of [`crate::Facts::values`].
    pub condition: Expr,
}

/// Events that start, end or hold up a flow.
#[derive(Clone, Debug)]
pub struct Watch {
    /// One of a kind in a program.
    pub name: Arc<str>,
    /// Which events; its condition reads the event's fields and the customer's values.
    pub filter: EventFilter,
    /// The field whose value tells the flows of one customer apart.
    pub key: Option<Arc<str>>,
}

/// The conditions of triggers' `if`, campaigns' `to` and content's `when`, and the values of `update`.
pub fn questions(model: &Model) -> Vec<Question> {
    let mut questions: Vec<Question> = model.triggers.iter().flat_map(|t| Program::of(t).questions).collect();
    for campaign in &model.campaigns {
        if let Some(condition) = campaign.to.clone() {
            questions.push(Question { name: to(&campaign.name), condition });
        }
    }
    for content in &model.contents {
        for (index, when) in content.cases.iter().enumerate() {
            if let Some(condition) = when.when.clone() {
                questions.push(Question { name: case(&content.name, index), condition });
            }
        }
    }
    questions
}

/// The question of a campaign's audience.
pub(crate) fn to(campaign: &str) -> Arc<str> {
    format!("to {campaign}").into()
}

/// The question of a content block's case.
pub(crate) fn case(content: &str, index: usize) -> Arc<str> {
    format!("case {content} {index}").into()
}

/// The events that triggers start by, wait for and exit on, and those that take customers out of campaigns.
pub fn watches(model: &Model) -> Vec<Watch> {
    let campaigns = model.campaigns.iter().flat_map(|campaign| {
        let exits = campaign.exits.iter().enumerate();
        exits.map(|(index, filter)| Watch {
            name: campaign_exit(&campaign.name, index),
            filter: filter.clone(),
            key: None,
        })
    });
    model.triggers.iter().flat_map(|t| Program::of(t).watches).chain(campaigns).collect()
}

/// The watches for the events that start the flows which send an e-mail: what `event` is in it.
pub fn starts(model: &Model, email: &str) -> Vec<Watch> {
    let programs = model.triggers.iter().map(Program::of).filter(|program| program.sends(email));
    programs
        .flat_map(|program| program.watches.into_iter().filter(move |w| w.name == program.start))
        .collect()
}

/// The first of those that send an e-mail, as it would on a day; none where nothing does.
pub fn sender(model: &Model, email: &str, due: Date) -> Option<Origin> {
    let trigger = model.triggers.iter().find(|trigger| Program::of(trigger).sends(email));
    let campaign = || model.campaigns.iter().find(|campaign| &*campaign.email == email);
    trigger
        .map(|trigger| Origin::Trigger { name: trigger.name.clone(), first: true })
        .or_else(|| Some(Origin::Campaign { name: campaign()?.name.clone(), due }))
}

/// The watch for an event that takes customers out of a campaign.
pub(crate) fn campaign_exit(campaign: &str, index: usize) -> Arc<str> {
    format!("campaign exit {campaign} {index}").into()
}

/// The audiences that customers enter or leave, by their keys.
pub fn audiences(model: &Model) -> BTreeMap<Arc<str>, &Audience> {
    let asked = model.triggers.iter().filter_map(|trigger| match &trigger.on {
        On::Enter(audience) | On::Leave(audience) => Some((Arc::from(audience.key()), audience)),
        _ => None,
    });
    asked.collect()
}

/// A hash of an audience's definition and of all it reads.
pub fn definition(model: &Model, audience: &Audience) -> Arc<str> {
    let mut reader = Reader { model, read: BTreeMap::new() };
    match audience {
        Audience::Segment(segment) => reader.segment(segment),
        Audience::Stage { lifecycle, .. } => reader.lifecycle(lifecycle),
    }
    hash::digest(&[&audience.key(), &hash::definition(&reader.read)])
}

/// A hash of a value's definition, of all it reads, and of what is asked of it.
pub(crate) fn value_definition(model: &Model, value: &Expr, asked: &str) -> Arc<str> {
    let mut reader = Reader { model, read: BTreeMap::new() };
    reader.add("value".to_string(), vec![value]);
    hash::digest(&[asked, &hash::definition(&reader.read)])
}

/// Follows names through a program.
struct Reader<'a> {
    model: &'a Model,
    read: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    fn segment(&mut self, name: &str) {
        let found = self.model.segment(name);
        self.add(format!("segment {name}"), found.iter().map(|segment| &segment.when).collect());
    }

    fn lifecycle(&mut self, name: &str) {
        let stages = self.model.lifecycle(name).map(|l| &l.stages[..]).unwrap_or_default();
        let names: Vec<_> = stages.iter().map(|stage| &stage.name).collect();
        self.add(
            format!("lifecycle {name} {names:?}"),
            stages.iter().filter_map(|stage| stage.when.as_ref()).collect(),
        );
    }

    fn add(&mut self, name: String, conditions: Vec<&'a Expr>) {
        if self.read.contains_key(&name) {
            return;
        }
        self.read.insert(name, hash::definition(&conditions));
        for condition in conditions {
            let mut below = BTreeSet::new();
            condition.walk(&mut |expr| {
                below.extend(match &expr.kind {
                    ExprKind::Trait(name) => Some(("trait", name)),
                    ExprKind::InSegment(name) => Some(("segment", name)),
                    ExprKind::Stage(name) => Some(("lifecycle", name)),
                    ExprKind::Query(query) => Some(("event", &query.event)),
                    _ => None,
                });
            });
            for (kind, name) in below {
                match kind {
                    "segment" => self.segment(name),
                    "lifecycle" => self.lifecycle(name),
                    "trait" => {
                        let found = self.model.trait_(name);
                        self.add(format!("trait {name}"), found.iter().map(|t| &t.value).collect());
                    }
                    _ => {
                        let union = self.model.event(name).map(|event| &event.of);
                        self.read.insert(format!("event {name}"), format!("{union:?}"));
                    }
                }
            }
        }
    }
}
