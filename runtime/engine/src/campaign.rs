//! Campaigns: who is due by the clock where they are.

use std::sync::Arc;

use jiff::Timestamp;
use persona_model::Campaign;
use persona_value::Value;

use crate::decide::{Message, Outcome, Run};
use crate::schedule::{self, Due};
use crate::{Held, Note, Origin, What, ask, hash, zone};

/// Sends a campaign to all who are due, and decides again about what was held.
pub(crate) fn run(run: &mut Run, campaign: &Campaign) {
    let world = run.world;
    let question = campaign.to.as_ref().map(|_| ask::to(&campaign.name));
    for (customer, facts) in &world.facts {
        let key = (campaign.name.clone(), customer.clone());
        let held = run.state.held.get(&key);
        if let Some(held) = held.filter(|held| held.until <= world.now) {
            run.decisions.held.insert(key.clone(), None);
            let due = Due { day: held.day, at: held.due };
            let out = question.as_ref().is_some_and(|question| !facts.answers.contains(question));
            match out {
                true => left_out(run, campaign, customer, "not in the audience any more"),
                false => send(run, campaign, customer, due, Some(held.expires)),
            }
        }
        if question.as_ref().is_some_and(|question| !facts.answers.contains(question)) {
            continue;
        }
        let zone = world.zone(customer);
        let shift = shift(campaign, customer);
        let due = schedule::latest(campaign.schedule, shift, &zone, world.from, world.now);
        let Some(due) = due else { continue };
        // A customer who moves to another zone may be due on a day once more.
        let decided = run.state.campaigns.get(&key).copied().max(held.map(|held| held.day));
        if decided.is_none_or(|decided| due.day > decided) {
            send(run, campaign, customer, due, None);
        }
    }
    // Who is no customer any more gets nothing that was held for them.
    let gone = run
        .state
        .held
        .keys()
        .filter(|(name, customer)| *name == campaign.name && !world.facts.contains_key(customer));
    for key in gone.cloned().collect::<Vec<_>>() {
        run.decisions.held.insert(key, None);
    }
}

/// By how many seconds a customer's mail of a campaign is later than the first.
pub(crate) fn shift(campaign: &Campaign, customer: &str) -> i64 {
    let share = i128::from(hash::bucket(&campaign.name, customer)) * i128::from(campaign.spread) / 10_000;
    i64::try_from(share).unwrap_or(i64::MAX)
}

fn send(run: &mut Run, campaign: &Campaign, customer: &Arc<str>, due: Due, expires: Option<Timestamp>) {
    let began = zone::seconds_later(due.at, -shift(campaign, customer));
    for (index, exit) in campaign.exits.iter().enumerate() {
        if run.history.came(&ask::campaign_exit(&campaign.name, index), customer, began) {
            left_out(run, campaign, customer, &format!("{} came", exit.event));
            return;
        }
    }
    let outcome = run.send(Message {
        email: &campaign.email,
        customer,
        event: &Value::Missing,
        origin: Origin::Campaign { name: campaign.name.clone(), due: due.day },
        key: None,
        what: &[&due.day.to_string()],
        due: due.at,
        valid: campaign.valid.as_ref().map(|valid| valid.value),
        expires,
    });
    if let Outcome::Held { until, expires } = outcome {
        let held = Held { day: due.day, due: due.at, until, expires };
        run.decisions.held.insert((campaign.name.clone(), customer.clone()), Some(held));
    }
}

fn left_out(run: &mut Run, campaign: &Campaign, customer: &Arc<str>, why: &str) {
    run.decisions.trail.push(Note {
        customer: customer.clone(),
        origin: campaign.name.clone(),
        campaign: true,
        key: None,
        what: What::LeftOut { why: why.into() },
    });
}
