//! What one run leaves for the next.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use persona_model::{DAY, Model, On};
use persona_value::Value;

use crate::{Decisions, Origin, zone};

/// What earlier runs left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Flows that have not ended; each is in one of its waits.
    pub flows: BTreeMap<FlowKey, Flow>,
    /// For a trigger and customer: when the latest of their flows sent first.
    pub first_sends: BTreeMap<(Arc<str>, Arc<str>), Timestamp>,
    /// For a campaign and customer: the latest local day that was decided.
    pub campaigns: BTreeMap<(Arc<str>, Arc<str>), Date>,
    /// For a trigger by the clock and customer: the latest local day on which a flow was to start.
    pub days: BTreeMap<(Arc<str>, Arc<str>), Date>,
    /// For a campaign and customer: the message that is held.
    pub held: BTreeMap<(Arc<str>, Arc<str>), Held>,
    /// For a trigger by `rises` or `reaches`: what the values were.
    pub levels: BTreeMap<Arc<str>, Levels>,
    /// For a customer: the e-mails sent, at least as far back as [`crate::sends_needed_since`] says; in order of time.
    pub sent: BTreeMap<Arc<str>, Vec<Sent>>,
    /// When the very first e-mail was sent.
    pub first_email: Option<Timestamp>,
}

/// A campaign's message that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The local day it was due on.
    pub day: Date,
    /// When it was due.
    pub due: Timestamp,
    /// Until when it is held; then all is decided again.
    pub until: Timestamp,
    /// Until when it is of use.
    pub expires: Timestamp,
}

/// What a value was, for everybody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levels {
    /// A hash of what the value is and of what its trigger asks of it.
    pub definition: Arc<str>,
    /// By customer.
    pub customers: BTreeMap<Arc<str>, Level>,
}

/// What a customer's value was.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// At the last run.
    pub value: Value,
    /// The highest threshold it ever came to; missing if none.
    pub reached: Value,
}

/// An e-mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its name.
    pub email: Arc<str>,
    /// When.
    pub at: Timestamp,
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
    /// When that step ends, or the message that is held is decided again.
    pub due: Timestamp,
    /// Whether it has sent something.
    pub sent: bool,
    /// Until when the message that is held is of use; none if none is held. The flow is then at the wait before it: all from there
    /// on is decided again.
    pub expires: Option<Timestamp>,
    /// Where that wait is, or the start.
    pub mark: usize,
    /// When that wait began.
    pub marked: Timestamp,
    /// The steps after it that are done, and are not done again.
    pub done: Vec<usize>,
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
    pub fn needed_since(&self, model: &Model, from: Timestamp) -> Timestamp {
        let late = model.triggers.iter().map(|trigger| late(&trigger.on));
        let spread = model.campaigns.iter().map(|campaign| campaign.spread);
        let back = late.chain(spread).max().unwrap_or(DAY);
        let late = from.checked_sub(SignedDuration::from_secs(back)).unwrap_or(Timestamp::MIN);
        let flows = self.flows.values().map(|flow| flow.started);
        let held = self.held.values().map(|held| zone::seconds_later(held.due, -back));
        flows.chain(held).fold(late, Timestamp::min)
    }

    /// Forgets sends of before an instant, which no rule asks about any more.
    pub fn forget_sends(&mut self, before: Timestamp) {
        self.sent.retain(|_, sent| {
            sent.retain(|sent| sent.at > before);
            !sent.is_empty()
        });
    }

    /// The state after a run.
    pub fn apply(&mut self, decisions: &Decisions) {
        for ended in &decisions.ended {
            self.flows.remove(&ended.flow);
        }
        self.flows.extend(decisions.live.iter().map(|(key, flow)| (key.clone(), flow.clone())));
        self.days.extend(decisions.days.iter().map(|(key, day)| (key.clone(), *day)));
        for (key, held) in &decisions.held {
            match held {
                Some(held) => self.held.insert(key.clone(), held.clone()),
                None => self.held.remove(key),
            };
        }
        for (trigger, changed) in &decisions.levels {
            let levels = self.levels.entry(trigger.clone()).or_default();
            if levels.definition != changed.definition {
                *levels = Levels { definition: changed.definition.clone(), ..Levels::default() };
            }
            levels.customers.extend(changed.customers.iter().map(|(c, level)| (c.clone(), level.clone())));
        }
        for send in decisions.sends.iter().filter(|send| send.to.is_ok()) {
            let sent = Sent { email: send.email.clone(), at: decisions.at };
            self.sent.entry(send.customer.clone()).or_default().push(sent);
            self.first_email.get_or_insert(decisions.at);
        }
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

/// So many seconds after it happened an event may arrive and still start a flow.
pub(crate) fn late(on: &On) -> i64 {
    match on {
        On::Event { late: Some(late), .. } => late.value,
        _ => DAY,
    }
}
