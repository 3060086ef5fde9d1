//! Random histories, run at random instants: what must hold whatever happens.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::shop::{Shop, at, names};

const PROGRAM: &str = "
trigger abandoned_cart {
  on cart_add
  wait 1 hour unless purchase
  send reminder
  wait 1 day unless purchase
  if tier >= silver { send tips }
  send receipt
  once per 3 days
  exit on refund
}
trigger replenish { on purchase by order_id  wait 2 days unless refund  send tips  once per 1 day }
trigger welcome { on enter vip  send tips  wait until 09:00 local  send reminder }
campaign news { to tier >= bronze  every day at 09:00  spread over 2 hours  send tips }
";

#[test]
fn nothing_is_sent_twice_without_consent_too_often_or_after_the_order() {
    let program = Shop::new(PROGRAM);
    for seed in 0..60 {
        history(program.clone(), seed);
    }
}

fn history(mut shop: Shop, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut now = at("03-01 00:00");
    let mut ids = BTreeSet::new();
    let mut first_sends: BTreeMap<(String, String), Timestamp> = BTreeMap::new();
    let mut reminders: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut sent = 0;
    for _ in 0..30 {
        let before = now;
        let longest = [600, 7_200, 90_000, 200_000][random.usize(0..4)];
        now += SignedDuration::from_secs(random.i64(1..=longest));
        for _ in 0..random.usize(0..6) {
            let customer = ["ada", "bob"][random.usize(0..2)];
            let event = ["cart_add", "cart_add", "cart_add", "purchase", "refund"][random.usize(0..5)];
            let happened =
                before + SignedDuration::from_secs(random.i64(0..=(now.as_second() - before.as_second())));
            let delay = [0, 0, 0, 4_000, 100_000][random.usize(0..5)];
            let key = (event == "purchase").then(|| ["one", "two"][random.usize(0..2)]);
            let deed = shop.deed(happened, customer, event);
            deed.received = happened + SignedDuration::from_secs(delay);
            deed.key = key;
        }
        for customer in ["ada", "bob"] {
            let facts = shop.customer(customer);
            facts.consents = if random.u8(0..5) > 0 { names(&["marketing"]) } else { names(&[]) };
            facts.suppressed = (random.u8(0..10) == 0).then(|| "bounced".into());
            facts.segments = if random.bool() { names(&["vip"]) } else { names(&[]) };
            facts.answers =
                if random.bool() { names(&["to news", "if abandoned_cart 0"]) } else { names(&[]) };
        }
        let mut again = shop.clone();
        again.backwards();
        let lines = shop.run_at(now);
        assert_eq!(
            (again.run_at(now), &again.state, &again.sends),
            (lines, &shop.state, &shop.sends),
            "seed {seed}"
        );

        for send in &shop.sends {
            let told = format!("seed {seed} at {now}: {send:?}");
            assert!(ids.insert(send.id.clone()), "an id twice, {told}");
            if send.to.is_err() {
                continue;
            }
            sent += 1;
            let facts = &shop.facts[&send.customer];
            assert!(facts.suppressed.is_none(), "suppressed, {told}");
            assert!(&*send.email == "receipt" || facts.consents.contains("marketing"), "no consent, {told}");
            let origin = send.origin.name().to_string();
            if let persona_engine::Origin::Trigger { first: true, .. } = send.origin {
                let days = [("abandoned_cart", 3), ("replenish", 1), ("welcome", 0)];
                let days = days.iter().find(|(name, _)| *name == origin).unwrap().1;
                if let Some(last) = first_sends.insert((origin.clone(), send.customer.to_string()), now) {
                    let gap = now.duration_since(last);
                    assert!(gap >= SignedDuration::from_hours(24 * days), "too often, {told}");
                }
            }
            if origin == "abandoned_cart" && &*send.email == "reminder" {
                // The latest thing put in a cart that could start this was an hour ago or more, with no order since.
                let known = |event: &str| {
                    let theirs =
                        shop.deeds.iter().filter(|d| d.event == event && *d.customer == *send.customer);
                    theirs.filter(|d| d.received <= now).map(|d| d.at).collect::<Vec<_>>()
                };
                let last = known("cart_add")
                    .into_iter()
                    .filter(|at| now.duration_since(*at) >= SignedDuration::from_hours(1));
                let last = last.max().unwrap_or_else(|| panic!("a reminder of nothing, {told}"));
                assert!(!known("purchase").iter().any(|at| *at > last), "after the order, {told}");
                if let Some(before) = reminders.insert(send.customer.to_string(), now) {
                    assert!(
                        known("cart_add").iter().any(|at| *at > before - SignedDuration::from_hours(24)),
                        "{told}"
                    );
                }
            }
        }
    }
    assert!(sent > 0, "seed {seed}: a history without a single send shows nothing");
}

const POLICY: &str = "
policy {
  quiet 21:00 to 08:00 local except receipt
  at most 2 emails per 2 days except transactional
  one of tips, reminder per 6 hours
}
trigger cart { on cart_add  wait 1 hour unless purchase  send reminder  send receipt  wait 5 hours  send tips  priority 3 }
trigger thanks { on purchase by order_id  send tips  send receipt  valid for 2 hours }
campaign news { every day at 20:30  spread over 2 hours  send tips }
";

#[test]
fn the_policy_holds_whatever_happens() {
    let program = Shop::new(POLICY);
    let (mut sent, mut held) = (0, 0);
    for seed in 0..30 {
        let (s, h) = under_policy(program.clone(), seed);
        (sent, held) = (sent + s, held + h);
    }
    assert!(sent > 250 && held > 50, "histories that show something: {sent} sent, {held} held");
}

/// How many messages were sent and how many held.
fn under_policy(mut shop: Shop, seed: u64) -> (usize, usize) {
    let mut random = fastrand::Rng::with_seed(seed);
    let zones = [("ada", "Europe/London"), ("bob", "Pacific/Apia")];
    for (customer, zone) in zones {
        shop.set(customer, "timezone", persona_value::Value::text(zone));
    }
    // Over a change of the clocks, too.
    let mut now = at("03-27 00:00");
    let mut sent: BTreeMap<String, Vec<(Timestamp, String)>> = BTreeMap::new();
    let (mut ids, mut held) = (BTreeSet::new(), 0);
    for _ in 0..60 {
        let before = now;
        now += SignedDuration::from_secs(random.i64(1..=20_000));
        for _ in 0..random.usize(0..4) {
            let customer = zones[random.usize(0..2)].0;
            let event = ["cart_add", "purchase"][random.usize(0..2)];
            let seconds = random.i64(0..=(now.as_second() - before.as_second()));
            let deed = shop.deed(before + SignedDuration::from_secs(seconds), customer, event);
            deed.key = (event == "purchase").then(|| ["one", "two"][random.usize(0..2)]);
        }
        for (customer, _) in zones {
            let consents = if random.u8(0..8) > 0 { names(&["marketing"]) } else { names(&[]) };
            shop.customer(customer).consents = consents;
        }
        shop.run_at(now);
        held += shop.state.held.len() + shop.state.flows.values().filter(|f| f.expires.is_some()).count();
        for send in shop.sends.iter().filter(|send| send.to.is_ok()) {
            let told = format!("seed {seed} at {now}: {send:?}");
            assert!(ids.insert(send.id.clone()), "twice, {told}");
            let theirs = sent.entry(send.customer.to_string()).or_default();
            if &*send.email != "receipt" {
                let zone = zones.iter().find(|(c, _)| **c == *send.customer).unwrap().1;
                let hour = now.in_tz(zone).unwrap().hour();
                assert!((8..21).contains(&hour), "quiet, {told}");
                assert!(shop.facts[&send.customer].consents.contains("marketing"), "no consent, {told}");
                let within = |hours: i64| {
                    let recent = theirs.iter().filter(move |(at, email)| {
                        email != "receipt" && now.duration_since(*at) < SignedDuration::from_hours(hours)
                    });
                    recent.count()
                };
                assert!(within(48) < 2, "over the cap, {told}");
                assert_eq!(within(6), 0, "one of, {told}");
            }
            theirs.push((now, send.email.to_string()));
        }
    }
    (sent.values().map(Vec::len).sum(), held)
}
