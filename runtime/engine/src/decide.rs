//! One run: what is due, what is withheld, what is left for the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use persona_model::Email;
use persona_template::Stop;
use persona_value::Value;

use crate::history::History;
use crate::send::address;
use crate::{Ended, Flow, FlowKey, Members, Origin, Rendered, Send, State, Why, Withheld, World};
use crate::{ask, campaign, flow, hash, render};

/// Takes a rendered e-mail, in the order of [`Decisions::sends`]; an error withholds it, as [`Withheld::Refused`].
pub type Mail<'m> = dyn FnMut(&Send, Rendered) -> Result<(), String> + 'm;

/// What a run decides.
#[derive(Clone, Debug, PartialEq)]
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
}

/// Decides for `(world.from, world.now]`. What goes out is rendered and handed to `mail` one by one, so that a million
/// messages need no room for a million.
pub fn decide(world: &World, state: &State, mail: &mut Mail) -> Decisions {
    let decisions = Decisions {
        at: world.now,
        live: BTreeMap::new(),
        ended: Vec::new(),
        sends: Vec::new(),
        members: members(world),
    };
    let mut run =
        Run { world, state, history: History::new(world), first_sends: BTreeMap::new(), decisions, mail };
    for (key, flow) in &state.flows {
        if world.model.trigger(&key.trigger).is_none() {
            run.end(key.clone(), flow.started, Why::Removed);
        }
    }
    for trigger in &world.model.triggers {
        flow::run(&mut run, trigger);
    }
    for campaign in &world.model.campaigns {
        campaign::run(&mut run, campaign);
    }
    run.decisions
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
    pub decisions: Decisions,
    /// Those of this run, by trigger and customer.
    first_sends: BTreeMap<(Arc<str>, Arc<str>), Timestamp>,
    mail: &'r mut Mail<'r>,
}

impl Run<'_> {
    pub fn end(&mut self, flow: FlowKey, started: Timestamp, why: Why) {
        self.decisions.ended.push(Ended { flow, started, why });
    }

    /// When a flow of this trigger and customer last sent its first e-mail.
    pub fn first_send(&self, trigger: &Arc<str>, customer: &Arc<str>) -> Option<Timestamp> {
        let key = (trigger.clone(), customer.clone());
        self.first_sends.get(&key).or_else(|| self.state.first_sends.get(&key)).copied()
    }

    /// Sends an e-mail or withholds it; whether it was sent. `what` tells this send from all others of its origin.
    pub fn send(
        &mut self,
        email: &str,
        customer: &Arc<str>,
        event: &Value,
        origin: Origin,
        what: &[&str],
    ) -> bool {
        let kind = match &origin {
            Origin::Trigger { .. } => "trigger",
            Origin::Campaign { .. } => "campaign",
        };
        let project = &self.world.model.project.name;
        let id = hash::digest(&[&[project, kind, origin.name(), customer], what].concat());
        let mut send = Send {
            id,
            email: email.into(),
            customer: customer.clone(),
            origin,
            to: Err(Withheld::NoCustomer),
        };
        send.to = match self.world.model.email(email) {
            Some(email) => self.mail(&mut send, email, event),
            // The model knows every e-mail that is sent: this would be a mistake of ours.
            None => Err(Withheld::Unrendered(format!("there is no e-mail `{email}`").into())),
        };
        let sent = send.to.is_ok();
        if let (true, Origin::Trigger { name, first: true }) = (sent, &send.origin) {
            self.first_sends.insert((name.clone(), customer.clone()), self.world.now);
        }
        self.decisions.sends.push(send);
        sent
    }

    fn mail(&mut self, send: &mut Send, email: &Email, event: &Value) -> Result<Arc<str>, Withheld> {
        let to = address(self.world, email, &send.customer)?;
        let rendered = render(self.world, email, &send.customer, event).map_err(|stop| match stop {
            Stop::Skip { reason } => Withheld::Skip(reason.into()),
            Stop::Failed { reason, .. } => Withheld::Unrendered(reason.into()),
        })?;
        send.to = Ok(to.clone());
        (self.mail)(send, rendered).map_err(|why| Withheld::Refused(why.into()))?;
        Ok(to)
    }
}
