//! What is known at the instant of a run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use persona_model::{Audience, Model};
use persona_value::{Type, Value};

use crate::{Seal, zone};

/// All that decisions are made from.
#[derive(Clone, Debug)]
pub struct World<'a> {
    /// The program.
    pub model: &'a Model,
    /// The instant of the run before; 24 hours before `now` on the first.
    pub from: Timestamp,
    /// The instant of this run.
    pub now: Timestamp,
    /// Every customer by id, as of `now`.
    pub facts: BTreeMap<Arc<str>, Facts>,
    /// For each of [`crate::watches`], by its name, what happened in `(State::needed_since, now]`; in any order.
    pub occurrences: BTreeMap<Arc<str>, Vec<Occurrence>>,
    /// Consents given in `(from, now]`; in any order.
    pub grants: Vec<Grant>,
    /// For each of [`crate::audiences`], by its key, what the run before left; none on the first run.
    pub before: BTreeMap<Arc<str>, Members>,
    /// For each entity, by its name, its rows as records by their key.
    pub entities: HashMap<Arc<str>, HashMap<Value, Value>>,
    /// What seals who somebody is, for the project's page; none where nothing is sent.
    pub seal: Option<Arc<dyn Seal>>,
}

/// What is known of one customer at `now`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Attributes, traits, lifecycles as their stage's name, and those [`crate::questions`] that are no conditions. Those
    /// absent are missing.
    pub values: HashMap<Arc<str>, Value>,
    /// The names of the segments the customer is in.
    pub segments: BTreeSet<Arc<str>>,
    /// The names of the consents in force.
    pub consents: BTreeSet<Arc<str>>,
    /// Why the customer's address is never written to, if it is not.
    pub suppressed: Option<Arc<str>>,
    /// The names of those [`crate::questions`] that are answered by yes.
    pub answers: BTreeSet<Arc<str>>,
}

/// An event that was watched for.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// Whose.
    pub customer: Arc<str>,
    /// The value of the watch's key, as text.
    pub key: Option<Arc<str>>,
    /// When it happened.
    pub at: Timestamp,
    /// The event's id.
    pub id: Arc<str>,
    /// Its fields as a record, for templates; may be missing where the watch starts no flow.
    pub event: Value,
}

/// A consent that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The consent's name.
    pub consent: Arc<str>,
    /// By whom.
    pub customer: Arc<str>,
    /// When.
    pub at: Timestamp,
}

/// Who was in an audience, and what the audience was then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// A hash of the audience's definition.
    pub definition: Arc<str>,
    /// The customers' ids.
    pub customers: BTreeSet<Arc<str>>,
}

impl Occurrence {
    /// When it can be acted on: when it arrived, and not before it happened. What has no `received` arrived at once.
    pub fn arrived(&self) -> Timestamp {
        match self.event.field("received") {
            Value::Instant(received) => self.at.max(*received),
            _ => self.at,
        }
    }

    /// Whether it arrived more than so many seconds after it happened: too late to start a flow.
    pub(crate) fn is_late(&self, seconds: i64) -> bool {
        self.arrived().duration_since(self.at) > SignedDuration::from_secs(seconds)
    }
}

impl World<'_> {
    /// The customer's zone: the first attribute that is one, else the project's.
    pub(crate) fn zone(&self, customer: &str) -> TimeZone {
        let attribute = self.model.customer.attributes.iter().find(|a| a.ty == Type::Timezone);
        let name = attribute.and_then(|a| self.facts.get(customer)?.values.get(&a.name)?.as_text());
        name.and_then(zone::named).unwrap_or_else(|| self.model.project.zone.clone())
    }

    /// Who is in an audience now.
    pub fn members(&self, audience: &Audience) -> BTreeSet<Arc<str>> {
        let inside = |facts: &Facts| match audience {
            Audience::Segment(segment) => facts.segments.contains(segment),
            Audience::Stage { lifecycle, stage } => {
                facts.values.get(lifecycle).and_then(Value::as_text) == Some(stage)
            }
        };
        self.facts.iter().filter(|(_, facts)| inside(facts)).map(|(id, _)| id.clone()).collect()
    }
}
