//! The policy, at the moment of sending.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use persona_model::{Email, Exempt, Leave, Length, Model, Policy, WarmUp};

use crate::trail::written;
use crate::{Saw, Sent, State, Withheld, World, zone};

/// What the policy says of a message.
pub(crate) enum Verdict {
    /// It may go.
    Go,
    /// Not now; then all is decided again.
    Hold(Timestamp),
    /// Not at all.
    Withhold(Withheld),
}

/// The instant after which the policy needs every send: as far back as its longest rule looks.
pub fn sends_needed_since(model: &Model, now: Timestamp) -> Timestamp {
    let Some(policy) = &model.policy else { return now };
    let lengths = policy.caps.iter().map(|cap| cap.per).chain(policy.one_of.iter().map(|one| one.per));
    // The warm-up counts by days of the calendar, each of which has 26 hours at most.
    let lengths = lengths.chain(policy.warm_up.iter().map(|_| Length::Seconds(26 * 3_600)));
    let back = lengths.map(|length| match length {
        Length::Seconds(seconds) => zone::seconds_later(now, -seconds),
        // Whole local days: one more than the months are.
        Length::Months(months) => {
            let day = zone::seconds_later(now, -2 * 86_400);
            zone::later(day, Length::Months(-months), &model.project.zone)
        }
    });
    back.min().unwrap_or(now)
}

/// What was sent before and in this run.
pub(crate) struct Ledger<'s> {
    before: &'s State,
    now: BTreeMap<Arc<str>, Vec<Sent>>,
    /// E-mails to anybody on the project's day of the run, before and in it.
    today: i64,
    first: Option<Timestamp>,
}

impl<'s> Ledger<'s> {
    pub fn new(world: &World, before: &'s State) -> Ledger<'s> {
        let warms_up = world.model.policy.as_ref().is_some_and(|policy| policy.warm_up.is_some());
        let zone = &world.model.project.zone;
        let day = |at| zone.to_datetime(at).date();
        let today = day(world.now);
        let sent = before.sent.values().flatten().filter(|_| warms_up);
        let today = sent.filter(|sent| day(sent.at) == today).count();
        let today = i64::try_from(today).unwrap_or(i64::MAX);
        Ledger { before, now: BTreeMap::new(), today, first: before.first_email }
    }

    pub fn add(&mut self, customer: &Arc<str>, email: &Arc<str>, at: Timestamp) {
        self.now.entry(customer.clone()).or_default().push(Sent { email: email.clone(), at });
        self.today += 1;
        self.first.get_or_insert(at);
    }

    fn sent(&self, customer: &str) -> impl Iterator<Item = &Sent> {
        let of = |all: &'s BTreeMap<Arc<str>, Vec<Sent>>| all.get(customer).into_iter().flatten();
        of(&self.before.sent).chain(self.now.get(customer).into_iter().flatten())
    }
}

/// Judges a message to a customer who may be written to. What it looked at is added to `saw`.
pub(crate) fn judge(
    world: &World,
    ledger: &Ledger,
    email: &Email,
    customer: &Arc<str>,
    saw: &mut Vec<Saw>,
) -> Verdict {
    let Some(policy) = &world.model.policy else { return Verdict::Go };
    if let Some(until) = quiet(world, policy, email, customer, saw) {
        return Verdict::Hold(until);
    }
    if let Some(why) = one_of(world, policy, ledger, email, customer, saw) {
        return Verdict::Withhold(why);
    }
    if let Some(why) = caps(world, policy, ledger, email, customer, saw) {
        return Verdict::Withhold(why);
    }
    match &policy.warm_up {
        Some(warm_up) => warm(world, warm_up, ledger, saw),
        None => Verdict::Go,
    }
}

/// The end of the quiet hours around now, where the customer is.
fn quiet(
    world: &World,
    policy: &Policy,
    email: &Email,
    customer: &str,
    saw: &mut Vec<Saw>,
) -> Option<Timestamp> {
    let quiet = policy.quiet.as_ref().filter(|quiet| !exempt(&quiet.except, email))?;
    let zone = world.zone(customer);
    let clock = zone.to_datetime(world.now).time();
    let holds = quiet.holds(clock);
    saw.push(Saw::Quiet { clock, holds });
    holds.then(|| zone::next(quiet.to, world.now, &zone))
}

fn one_of(
    world: &World,
    policy: &Policy,
    ledger: &Ledger,
    email: &Email,
    customer: &str,
    saw: &mut Vec<Saw>,
) -> Option<Withheld> {
    for rule in policy.one_of.iter().filter(|rule| rule.messages.contains(&email.name)) {
        let mut sent = ledger.sent(customer).filter(|sent| rule.messages.contains(&sent.email));
        let found = sent.find(|sent| recent(world, rule.per, sent.at));
        let found = found.map(|sent| (sent.email.clone(), sent.at));
        let per = written(rule.per);
        saw.push(Saw::OneOf { per: per.clone(), sent: found.clone() });
        if let Some((other, _)) = found {
            return Some(Withheld::OneOf { email: other, per });
        }
    }
    None
}

fn caps(
    world: &World,
    policy: &Policy,
    ledger: &Ledger,
    email: &Email,
    customer: &str,
    saw: &mut Vec<Saw>,
) -> Option<Withheld> {
    for cap in policy.caps.iter().filter(|cap| !exempt(&cap.except, email)) {
        let counts = |sent: &&Sent| {
            let declared = world.model.email(&sent.email);
            recent(world, cap.per, sent.at) && !declared.is_some_and(|email| exempt(&cap.except, email))
        };
        let sent = i64::try_from(ledger.sent(customer).filter(counts).count()).unwrap_or(i64::MAX);
        let per = written(cap.per);
        saw.push(Saw::Cap { most: cap.most, per: per.clone(), sent });
        if sent >= cap.most {
            return Some(Withheld::Cap { most: cap.most, per });
        }
    }
    None
}

/// What is over the day's number waits for the next day.
fn warm(world: &World, warm_up: &WarmUp, ledger: &Ledger, saw: &mut Vec<Saw>) -> Verdict {
    let zone = &world.model.project.zone;
    let day = |at| zone.to_datetime(at).date();
    let today = day(world.now);
    let since = ledger.first.map_or(0, |first| today.since(day(first)).map_or(0, |span| span.get_days()));
    let doublings = i64::from(since) * 86_400 / warm_up.doubling.max(1);
    let factor = u32::try_from(doublings).ok().and_then(|n| 1i64.checked_shl(n)).filter(|f| *f > 0);
    let most = factor.and_then(|factor| warm_up.from.checked_mul(factor)).unwrap_or(i64::MAX);
    saw.push(Saw::WarmUp { most, sent: ledger.today });
    if ledger.today < most {
        return Verdict::Go;
    }
    let tomorrow = zone::day(today, 1).to_datetime(Time::midnight());
    // Where midnight is skipped the day begins later; never is it not later than now.
    Verdict::Hold(zone::instant(tomorrow, zone).max(world.now + SignedDuration::from_secs(1)))
}

fn recent(world: &World, per: Length, at: Timestamp) -> bool {
    zone::in_last(per, at, world.now, &world.model.project.zone)
}

fn exempt(except: &Exempt, email: &Email) -> bool {
    except.holds(&email.name, email.leave == Leave::Transactional)
}
