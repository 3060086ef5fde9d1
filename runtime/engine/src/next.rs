//! When something falls due next, if nothing else happens meanwhile.

use jiff::Timestamp;
use persona_model::{On, Schedule};

use crate::{State, World, campaign, level, schedule};

/// The first instant after the world's `now` at which a flow goes on, something held is decided again, or something falls due by
/// the clock or by a date, as far as the customers' values stay what they are.
pub fn next(world: &World, state: &State) -> Option<Timestamp> {
    let flows = state.flows.values().map(|flow| flow.due);
    let held = state.held.values().map(|held| held.until);
    let due = flows.chain(held).filter(|at| *at > world.now).min();
    due.into_iter().chain(by_the_clock(world)).min()
}

fn by_the_clock(world: &World) -> Option<Timestamp> {
    let mut next: Option<Timestamp> = None;
    let mut found = |at: Option<Timestamp>| next = next.into_iter().chain(at).min();
    for (customer, facts) in &world.facts {
        let zone = world.zone(customer);
        let mut scheduled = |schedule: Schedule, shift| {
            found(schedule::next(schedule, shift, &zone, world.now));
        };
        for campaign in &world.model.campaigns {
            scheduled(campaign.schedule, campaign::shift(campaign, customer));
        }
        for trigger in &world.model.triggers {
            if let On::Schedule(schedule) = &trigger.on {
                scheduled(*schedule, 0);
            }
        }
        for trigger in &world.model.triggers {
            if let On::Date(on) = &trigger.on {
                let dates = schedule::dates(on, &level::value(facts, &on.of), &zone, world.now);
                found(dates.into_iter().map(|(due, _)| due.at).filter(|at| *at > world.now).min());
            }
        }
    }
    next
}
