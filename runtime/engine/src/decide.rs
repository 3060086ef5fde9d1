//! One run: what is due, what is withheld, what is left for the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use persona_model::{Campaign, DAY, Email, Model, Placed, Trigger};
use persona_template::Stop;
use persona_value::Value;

use crate::history::History;
use crate::policy::{Ledger, Verdict};
use crate::send::address;
use crate::{Ended, Flow, FlowKey, Held, Levels, Members, Note, Origin, Rendered, Saw, Send, State};
use crate::{What, Why, Withheld, World, ask, campaign, flow, hash, policy, render, zone};

/// Takes a rendered e-mail, in the order of [`Decisions::sends`]; an error withholds it, as [`Withheld::Refused`].
pub type Mail<'m> = dyn FnMut(&Send, Rendered) -> Result<(), String> + 'm;

/// What a run decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decisions {
    /// The instant of the run.
    pub at: Timestamp,
    /// Flows that began or moved, and have not ended. Applied after `ended`.
    pub live: BTreeMap<FlowKey, Flow>,
    /// Flows that ended. One that began in this run may be among them.
    pub ended: Vec<Ended>,
    /// What is sent and what is withheld, in order.
    pub sends: Vec<Send>,
    /// Who is in each of [`crate::audiences`] now, by its key: all that the next run is told of.
    pub members: BTreeMap<Arc<str>, Members>,
    /// For a trigger by the clock and customer: the local day on which a flow was to start.
    pub days: BTreeMap<(Arc<str>, Arc<str>), Date>,
    /// For a campaign and customer: the message that is held now, or none if it no longer is.
    pub held: BTreeMap<(Arc<str>, Arc<str>), Option<Held>>,
    /// For a trigger by `rises` or `reaches`: what changed.
    pub levels: BTreeMap<Arc<str>, Levels>,
    /// Attributes that flows gave another value, in order.
    pub updates: Vec<Update>,
    /// All that was decided, in order.
    pub trail: Vec<Note>,
}

/// An attribute that a flow gave another value.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Whose.
    pub customer: Arc<str>,
    /// Which.
    pub attribute: Arc<str>,
    /// What.
    pub value: Value,
}

/// Decides for `(world.from, world.now]`. What goes out is rendered and handed to `mail` one by one, so that a million
/// messages need no room for a million.
pub fn decide(world: &World, state: &State, mail: &mut Mail) -> Decisions {
    let decisions = Decisions { at: world.now, members: members(world), ..Decisions::default() };
    let (history, ledger) = (History::new(world), Ledger::new(world, state));
    let mut run = Run { world, state, history, ledger, first_sends: BTreeMap::new(), decisions, mail };
    for (key, flow) in &state.flows {
        if world.model.trigger(&key.trigger).is_none() {
            run.end(key.clone(), flow.started, Why::Removed);
        }
    }
    for key in state.held.keys().filter(|(campaign, _)| world.model.campaign(campaign).is_none()) {
        run.decisions.held.insert(key.clone(), None);
    }
    for sender in senders(world.model) {
        match sender {
            Sender::Trigger(trigger) => flow::run(&mut run, trigger),
            Sender::Campaign(campaign) => campaign::run(&mut run, campaign),
        }
    }
    run.decisions
}

/// What sends messages.
enum Sender<'m> {
    Trigger(&'m Trigger),
    Campaign(&'m Campaign),
}

/// All that sends messages: of a higher priority first, then by name.
fn senders(model: &Model) -> Vec<Sender<'_>> {
    let priority = |placed: &Option<Placed<i64>>| placed.as_ref().map_or(0, |placed| placed.value);
    let triggers = model.triggers.iter().map(|t| (priority(&t.priority), &t.name, Sender::Trigger(t)));
    let campaigns = model.campaigns.iter().map(|c| (priority(&c.priority), &c.name, Sender::Campaign(c)));
    let mut senders: Vec<_> = triggers.chain(campaigns).collect();
    senders.sort_by(|(p, name, _), (q, other, _)| q.cmp(p).then_with(|| name.cmp(other)));
    senders.into_iter().map(|(.., sender)| sender).collect()
}

fn members(world: &World) -> BTreeMap<Arc<str>, Members> {
    let asked = ask::audiences(world.model).into_iter().map(|(key, audience)| {
        let definition = ask::definition(world.model, audience);
        (key, Members { definition, customers: world.members(audience) })
    });
    asked.collect()
}

/// A run under way.
pub(crate) struct Run<'r> {
    pub world: &'r World<'r>,
    pub state: &'r State,
    pub history: History<'r>,
    ledger: Ledger<'r>,
    pub decisions: Decisions,
    /// Those of this run, by trigger and customer.
    first_sends: BTreeMap<(Arc<str>, Arc<str>), Timestamp>,
    mail: &'r mut Mail<'r>,
}

/// A message that is due.
pub(crate) struct Message<'m> {
    pub email: &'m Arc<str>,
    pub customer: &'m Arc<str>,
    /// What started its flow.
    pub event: &'m Value,
    pub origin: Origin,
    /// Which of the customer's flows, with `by`.
    pub key: Option<&'m Arc<str>>,
    /// What tells it from all others of its origin.
    pub what: &'m [&'m str],
    pub due: Timestamp,
    /// So many seconds after it is due it is of no use any more.
    pub valid: Option<i64>,
    /// The instant after which it is, where it was held before.
    pub expires: Option<Timestamp>,
}

/// What became of a message.
pub(crate) enum Outcome {
    Sent,
    Withheld,
    Held {
        until: Timestamp,
        /// Until when it is of use.
        expires: Timestamp,
    },
}

impl Run<'_> {
    pub fn end(&mut self, flow: FlowKey, started: Timestamp, why: Why) {
        self.note(&flow, What::Ended { why: why.to_string().into() });
        self.decisions.ended.push(Ended { flow, started, why });
    }

    /// Notes something of a flow.
    pub fn note(&mut self, flow: &FlowKey, what: What) {
        self.decisions.trail.push(Note {
            customer: flow.customer.clone(),
            origin: flow.trigger.clone(),
            campaign: false,
            key: flow.key.clone(),
            what,
        });
    }

    /// When a flow of this trigger and customer last sent its first e-mail.
    pub fn first_send(&self, trigger: &Arc<str>, customer: &Arc<str>) -> Option<Timestamp> {
        let key = (trigger.clone(), customer.clone());
        self.first_sends.get(&key).or_else(|| self.state.first_sends.get(&key)).copied()
    }

    /// Sends an e-mail, holds it or withholds it.
    pub fn send(&mut self, message: Message) -> Outcome {
        let now = self.world.now;
        let email = message.email.clone();
        let mut saw = Vec::new();
        // What is said holds from when it was due; what is not, from when it was held.
        let expires = message.expires.or(message.valid.map(|valid| zone::seconds_later(message.due, valid)));
        let to = self.judged(&message, expires, &mut saw);
        let (what, outcome) = match &to {
            Ok(Some(until)) => {
                let (until, expires) = (*until, expires.unwrap_or(zone::seconds_later(now, DAY)));
                saw.push(Saw::Valid { until: expires });
                (What::Held { email, until, saw }, Outcome::Held { until, expires })
            }
            Ok(None) => (What::Sent { email, saw }, Outcome::Sent),
            Err(why) => {
                let why = why.to_string().into();
                (What::Withheld { email, why, saw }, Outcome::Withheld)
            }
        };
        self.decisions.trail.push(Note {
            customer: message.customer.clone(),
            origin: message.origin.name().clone(),
            campaign: matches!(message.origin, Origin::Campaign { .. }),
            key: message.key.cloned(),
            what,
        });
        outcome
    }

    /// Whether a message goes: none if it is gone, else the instant until which it is held.
    fn judged(
        &mut self,
        message: &Message,
        expires: Option<Timestamp>,
        saw: &mut Vec<Saw>,
    ) -> Result<Option<Timestamp>, Withheld> {
        let world = self.world;
        let kind = match &message.origin {
            Origin::Trigger { .. } => "trigger",
            Origin::Campaign { .. } => "campaign",
        };
        let parts =
            [&[&*world.model.project.name, kind, message.origin.name(), message.customer], message.what];
        let mut send = Send {
            id: hash::digest(&parts.concat()),
            email: message.email.clone(),
            customer: message.customer.clone(),
            origin: message.origin.clone(),
            to: Err(Withheld::NoCustomer),
        };
        let now = world.now;
        let verdict = match world.model.email(message.email) {
            Some(email) => match address(world, email, message.customer, saw) {
                Ok(_) if expires.is_some_and(|expires| now > expires) => Verdict::Withhold(Withheld::Expired),
                Ok(_) => policy::judge(world, &self.ledger, email, message.customer, saw),
                Err(why) => Verdict::Withhold(why),
            },
            // The model knows every e-mail that is sent: this would be a mistake of ours.
            None => {
                let why = format!("there is no e-mail `{}`", message.email);
                Verdict::Withhold(Withheld::Unrendered(why.into()))
            }
        };
        let verdict = match verdict {
            Verdict::Hold(until) if until > expires.unwrap_or(zone::seconds_later(now, DAY)) => {
                Verdict::Withhold(Withheld::Expired)
            }
            verdict => verdict,
        };
        send.to = match (verdict, world.model.email(message.email)) {
            (Verdict::Hold(until), _) => return Ok(Some(until)),
            (Verdict::Withhold(why), _) => Err(why),
            (Verdict::Go, Some(email)) => self.mail(&mut send, email, message.event),
            (Verdict::Go, None) => Err(Withheld::NoCustomer),
        };
        if send.to.is_ok() {
            if let Origin::Trigger { name, first: true } = &send.origin {
                self.first_sends.insert((name.clone(), message.customer.clone()), now);
            }
            self.ledger.add(message.customer, message.email, now);
        }
        let why = send.to.as_ref().err().cloned();
        self.decisions.sends.push(send);
        why.map_or(Ok(None), Err)
    }

    fn mail(&mut self, send: &mut Send, email: &Email, event: &Value) -> Result<Arc<str>, Withheld> {
        let to = address(self.world, email, &send.customer, &mut Vec::new())?;
        let rendered = render(self.world, email, &send.customer, event).map_err(|stop| match stop {
            Stop::Skip { reason } => Withheld::Skip(reason.into()),
            Stop::Failed { reason, .. } => Withheld::Unrendered(reason.into()),
        })?;
        send.to = Ok(to.clone());
        (self.mail)(send, rendered).map_err(|why| Withheld::Refused(why.into()))?;
        Ok(to)
    }
}
