//! What starts flows.

use std::sync::Arc;

use jiff::Timestamp;
use persona_model::{Audience, On, Trigger};
use persona_value::Value;

use crate::decide::Run;
use crate::program::Program;
use crate::schedule::{self, Due};
use crate::{FlowKey, level, state};

/// What starts a flow.
pub(crate) struct Start {
    pub key: FlowKey,
    /// When it happened.
    pub at: Timestamp,
    /// When it can be acted on.
    pub arrived: Timestamp,
    /// The event's id; empty if it is none.
    pub cause: Arc<str>,
    pub event: Value,
}

/// What starts flows in this run, in the order in which it can be acted on.
pub(crate) fn starts(run: &mut Run, trigger: &Trigger, program: &Program) -> Vec<Start> {
    let now = run.world.now;
    let start = |customer: &Arc<str>, at, event| Start {
        key: FlowKey { trigger: trigger.name.clone(), customer: customer.clone(), key: None },
        at,
        arrived: at,
        cause: "".into(),
        event,
    };
    let plain = |customer: &Arc<str>, at| start(customer, at, Value::Missing);
    match &trigger.on {
        On::Event { .. } => {
            let late = state::late(&trigger.on);
            let arrivals =
                run.history.arrivals(&program.start).into_iter().filter(|seen| !seen.is_late(late));
            let starts = arrivals.map(|seen| {
                let mut start = start(&seen.customer, seen.at, seen.event.clone());
                start.key.key = seen.key.clone();
                Start { arrived: seen.arrived(), cause: seen.id.clone(), ..start }
            });
            starts.collect()
        }
        On::Enter(audience) => moved(run, audience, true).iter().map(|c| plain(c, now)).collect(),
        On::Leave(audience) => moved(run, audience, false).iter().map(|c| plain(c, now)).collect(),
        On::Consent(consent) => {
            let (from, world) = (run.world.from, run.world);
            let given = world.grants.iter().filter(|g| g.consent == *consent && g.at > from && g.at <= now);
            let stands = given.filter(|grant| {
                world.facts.get(&grant.customer).is_some_and(|facts| facts.consents.contains(consent))
            });
            in_order(stands.map(|grant| plain(&grant.customer, grant.at)).collect())
        }
        On::Schedule(_) | On::Date(_) => {
            let due = due(run, trigger);
            in_order(
                due.iter().map(|(customer, due, event)| start(customer, due.at, event.clone())).collect(),
            )
        }
        On::Rises(_) | On::Reaches(_) => {
            let moved = level::moved(run, trigger);
            moved.iter().map(|(customer, event)| start(customer, now, event.clone())).collect()
        }
    }
}

fn in_order(mut starts: Vec<Start>) -> Vec<Start> {
    starts.sort_by(|a, b| (a.at, &a.key.customer).cmp(&(b.at, &b.key.customer)));
    starts
}

/// Who is due by the clock or by a date of their own in `(from, now]`, for the first time on that local day.
fn due(run: &mut Run, trigger: &Trigger) -> Vec<(Arc<str>, Due, Value)> {
    let world = run.world;
    let mut found = Vec::new();
    for (customer, facts) in &world.facts {
        let zone = world.zone(customer);
        let key = (trigger.name.clone(), customer.clone());
        let decided = run.state.days.get(&key).copied();
        let due = match &trigger.on {
            On::Schedule(schedule) => {
                let due = schedule::latest(*schedule, 0, &zone, world.from, world.now);
                // A customer who moves to another zone may be due on a day once more.
                let new = due.filter(|due| decided.is_none_or(|decided| due.day > decided));
                new.map(|due| (due, Value::Missing))
            }
            On::Date(on) => {
                let dates = schedule::dates(on, &level::value(facts, &on.of), &zone, world.now);
                let came = dates.into_iter().filter(|(due, _)| due.at > world.from && due.at <= world.now);
                // A date may be put forward as well as back: each day counts once.
                came.filter(|(due, _)| decided != Some(due.day)).max_by_key(|(due, _)| due.at)
            }
            _ => None,
        };
        if let Some((due, event)) = due {
            run.decisions.days.insert(key, due.day);
            found.push((customer.clone(), due, event));
        }
    }
    found
}

/// The customers who came into an audience since the run before, or left it and are customers still.
fn moved(run: &Run, audience: &Audience, inward: bool) -> Vec<Arc<str>> {
    let key: Arc<str> = audience.key().into();
    let (Some(before), Some(now)) = (run.world.before.get(&key), run.decisions.members.get(&key)) else {
        return Vec::new();
    };
    if before.definition != now.definition {
        return Vec::new();
    }
    let (inside, outside) = if inward { (now, before) } else { (before, now) };
    let moved = inside.customers.difference(&outside.customers);
    moved.filter(|customer| run.world.facts.contains_key(*customer)).cloned().collect()
}
