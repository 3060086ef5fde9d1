//! Campaigns: who is due by the clock where they are.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use persona_model::{Campaign, Days, Schedule};
use persona_value::Value;

use crate::decide::Run;
use crate::{Origin, World, ask, hash, zone};

/// Sends a campaign to all who are due.
pub(crate) fn run(run: &mut Run, campaign: &Campaign) {
    let world = run.world;
    let question = campaign.to.as_ref().map(|_| ask::to(&campaign.name));
    for (customer, facts) in &world.facts {
        if question.as_ref().is_some_and(|question| !facts.answers.contains(question)) {
            continue;
        }
        let Some(due) = due(world, campaign, customer) else { continue };
        let decided = run.state.campaigns.get(&(campaign.name.clone(), customer.clone()));
        // A customer who moves to another zone may be due on a day once more.
        if decided.is_some_and(|decided| due <= *decided) {
            continue;
        }
        let origin = Origin::Campaign { name: campaign.name.clone(), due };
        run.send(&campaign.email, customer, &Value::Missing, origin, &[&due.to_string()]);
    }
}

/// The local day of the latest due instant in `(from, now]`, if there is one.
fn due(world: &World, campaign: &Campaign, customer: &Arc<str>) -> Option<Date> {
    let zone = world.zone(customer);
    let share = i128::from(hash::bucket(&campaign.name, customer)) * i128::from(campaign.spread) / 10_000;
    let shift = i64::try_from(share).unwrap_or(i64::MAX);
    let at = |date| due_at(campaign.schedule, date, shift, &zone);
    let (day, due) = match campaign.schedule.days {
        Days::First => return None,
        Days::On(day) => (day, at(day)?),
        Days::Daily | Days::Weekly(_) => {
            let unshifted = zone::seconds_later(world.now, -shift);
            let last = zone::day(zone.to_datetime(unshifted).date(), 1);
            let days = (0..=9).map(|back| zone::day(last, -back));
            days.filter_map(|day| Some((day, at(day)?))).find(|(_, due)| *due <= world.now)?
        }
    };
    (due > world.from && due <= world.now).then_some(day)
}

/// The instant a campaign is due on a local day, if it is due on that day.
fn due_at(schedule: Schedule, day: Date, shift: i64, zone: &TimeZone) -> Option<Timestamp> {
    let falls = match schedule.days {
        Days::Weekly(weekday) => day.weekday() == weekday,
        _ => true,
    };
    // The best hour is not carried out yet: a program that has it is refused before.
    let shown = day.to_datetime(schedule.time.filter(|_| falls)?);
    Some(zone::seconds_later(zone::instant(shown, zone), shift))
}
