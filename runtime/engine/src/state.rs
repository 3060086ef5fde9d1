//! What one run leaves for the next.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use persona_value::Value;

use crate::{Decisions, Origin};

/// What earlier runs left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Flows that have not ended; each is in one of its waits.
    pub flows: BTreeMap<FlowKey, Flow>,
    /// For a trigger and customer: when the latest of their flows sent first.
    pub first_sends: BTreeMap<(Arc<str>, Arc<str>), Timestamp>,
    /// For a campaign and customer: the latest local day that was decided.
    pub campaigns: BTreeMap<(Arc<str>, Arc<str>), Date>,
}

/// Which flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowKey {
    /// The trigger's name.
    pub trigger: Arc<str>,
    /// The customer's id.
    pub customer: Arc<str>,
    /// The value of the event's field, with `by`.
    pub key: Option<Arc<str>>,
}

/// Where a flow is.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// A hash of the trigger it runs through.
    pub definition: Arc<str>,
    /// When what started it happened.
    pub started: Timestamp,
    /// The id of the event that started it; empty if none did.
    pub cause: Arc<str>,
    /// That event's fields, as they were; missing if none started it.
    pub event: Value,
    /// The step it is at.
    pub place: usize,
    /// When that step began.
    pub since: Timestamp,
    /// When that step ends.
    pub due: Timestamp,
    /// Whether it has sent something.
    pub sent: bool,
}

/// A flow that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Which.
    pub flow: FlowKey,
    /// When what started it happened.
    pub started: Timestamp,
    /// Why.
    pub why: Why,
}

/// Why a flow ended. Its text is a reason for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// All its steps are done.
    Finished,
    /// An event it would not go on after, by `unless` or `exit on`; its name.
    Event(Arc<str>),
    /// Another flow of the trigger sent its first e-mail within `once per`.
    OncePer,
    /// The trigger is not what it was when the flow started.
    Changed,
    /// There is no such trigger any more.
    Removed,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Finished => f.write_str("finished"),
            Why::Event(event) => write!(f, "{event} came"),
            Why::OncePer => f.write_str("once per"),
            Why::Changed => f.write_str("the trigger changed"),
            Why::Removed => f.write_str("the trigger is gone"),
        }
    }
}

impl State {
    /// The instant after which a run needs every watched event: as far back as a live flow began or a late event may start
    /// one.
    pub fn needed_since(&self, from: Timestamp) -> Timestamp {
        let late = from.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        self.flows.values().map(|flow| flow.started).fold(late, Timestamp::min)
    }

    /// The state after a run.
    pub fn apply(&mut self, decisions: &Decisions) {
        for ended in &decisions.ended {
            self.flows.remove(&ended.flow);
        }
        self.flows.extend(decisions.live.iter().map(|(key, flow)| (key.clone(), flow.clone())));
        for send in &decisions.sends {
            match &send.origin {
                Origin::Trigger { name, first: true } if send.to.is_ok() => {
                    self.first_sends.insert((name.clone(), send.customer.clone()), decisions.at);
                }
                Origin::Trigger { .. } => {}
                Origin::Campaign { name, due } => {
                    self.campaigns.insert((name.clone(), send.customer.clone()), *due);
                }
            }
        }
    }
}
