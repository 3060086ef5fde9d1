//! The clock of a simulation stops wherever something can change, and only the truth of these stops makes it exact: looking more
//! often must not find anything new. Random histories, seeded; `PERSONA_CASES` says how many.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy knows tests, but not what only tests call")]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_diagnostics::{Problems, Sources, render as told};
use persona_model::{Disk, Model, Project, Values};
use persona_simulate::{Change, History, Program, Simulation};
use persona_value::Value;

const PROJECT: &str = "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\ncurrency = \"GBP\"\n";

const PROGRAM: &str = r#"
customer { id: string key  email: email  birthday: date?  signed_up: timestamp  trial_ends: timestamp?  timezone: timezone?  tier: enum { bronze < silver < gold } }
event cart_add { sku: string }
event purchase { order_id: string unique  total: money }
event activity = purchase or cart_add
trait spent = sum(purchase.total in last 10 days)
trait orders = count(purchase)
segment keen { when count(cart_add in last 3 days) >= 2 and none(purchase in last 36 hours) }
segment left { when any(cart_add without purchase within 2 hours in last 5 days) }
segment young { when signed_up in last 1 month or birthday in last 20 days }
segment ending { when trial_ends < now and trial_ends > 2 days ago }
lifecycle {
  stage rich   when spent > 300 GBP
  stage lapsed when none(activity in last 6 days)
  stage active otherwise
}
consent marketing "News" { covers email  expires after 1 month }
brand { from "Shop <hello@shop.example>" }
email a { consent marketing  subject "A"  body text """A""" }
email b { consent marketing  subject "B"  body text """B""" }
email c { transactional      subject "C"  body text """C""" }
policy { quiet 21:00 to 08:00 local except transactional  at most 4 emails per 3 days except c  one of a, b per 1 hour }
trigger cart     { on cart_add  wait 1 hour unless purchase  send a  wait until 09:00 local  if in keen { send b } else { send c } }
trigger keen_in  { on enter keen  send c }
trigger keen_out { on leave keen  send c }
trigger left_in  { on enter left  send b  valid for 4 hours }
trigger young_out { on leave young  send c }
trigger ending_in { on enter ending  send c }
trigger ending_out { on leave ending  send c }
trigger lapsed_in { on enter lapsed  send a  priority 2 }
trigger rich_out { on leave rich  send c }
trigger birthday { on anniversary of birthday at 07:30 local  send a }
trigger trial    { on 3 hours before trial_ends  send c }
trigger mondays  { on every monday at 10:00  if stage == lapsed { send b } }
trigger spends   { on spent reaches any of 100 GBP, 200 GBP again  update tier = gold  send c }
trigger rises    { on tier rises  send c }
campaign news    { to in keen  every day at 20:30  spread over 3 hours  send b  exit on purchase }
"#;

fn model() -> Model {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("persona.toml", PROJECT);
    let project = Project::parse(file, PROJECT, &mut problems).unwrap();
    let file = sources.add("shop.persona", PROGRAM);
    let parsed = persona_syntax::parse(file, PROGRAM, &mut problems);
    let model = persona_model::build(&project, &[parsed], &Disk(".".into()), &mut sources, &mut problems);
    let problems = problems.sorted(&sources);
    let errors: String = problems.iter().map(|p| told::human(p, &sources, told::Style::PLAIN)).collect();
    assert!(!errors.contains("Error"), "{errors}");
    model
}

/// Three weeks of two customers, over a change of the clocks.
fn history(random: &mut fastrand::Rng, start: Timestamp) -> History {
    let mut history = History::default();
    let values = |values: Vec<(&str, Value)>| -> Values {
        values.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()
    };
    let minute = |random: &mut fastrand::Rng, from: i64, to: i64| {
        start + SignedDuration::from_mins(random.i64(from * 1440..to * 1440))
    };
    for (index, zone) in ["America/New_York", "Pacific/Apia"].iter().enumerate() {
        let id = format!("c{index}");
        let born = format!("1990-{:02}-{:02}", random.u8(3..5), random.u8(1..29));
        let own = values(vec![
            ("id", Value::text(&*id)),
            ("email", Value::text(format!("{id}@example.com"))),
            ("birthday", Value::Date(born.parse().unwrap())),
            ("signed_up", Value::Instant(minute(random, -40, 10))),
            ("trial_ends", Value::Instant(minute(random, 0, 20))),
            ("timezone", Value::text(*zone)),
            ("tier", Value::text("bronze")),
        ]);
        history.customers.insert(id.as_str().into(), own);
        for n in 0..random.usize(4..9) {
            let at = minute(random, 0, 21);
            let received = at + SignedDuration::from_mins([0, 0, 0, 50, 1500, 4000][random.usize(0..6)]);
            let built_in = [
                ("id", Value::text(format!("{id}-{n}"))),
                ("at", Value::Instant(at)),
                ("received", Value::Instant(received)),
                ("customer", Value::text(&*id)),
            ];
            let (event, own) = match random.bool() {
                true => ("cart_add", vec![("sku", Value::text("A1"))]),
                false => {
                    let total = Value::Decimal(random.i64(10..150).into());
                    ("purchase", vec![("order_id", Value::text(format!("{id}-{n}"))), ("total", total)])
                }
            };
            let all = built_in.into_iter().chain(own).collect();
            history.changes.push(Change::Event(event.into(), values(all)));
        }
        for given in [true, true, false].into_iter().take(random.usize(1..4)) {
            let (at, consent) = (minute(random, -25, 21), "marketing".into());
            history.changes.push(Change::Consent { at, customer: id.as_str().into(), consent, given });
        }
    }
    history
}

/// What was sent to whom and when, with the looks in between that are asked for.
fn sent(program: &Program, history: &History, start: Timestamp, extra: &[Timestamp]) -> Vec<String> {
    let end = start + SignedDuration::from_hours(24 * 30);
    let mut simulation = Simulation::new(program, history, start).unwrap();
    let (mut extra, mut sent) = (extra.iter().copied().peekable(), Vec::new());
    loop {
        let look = extra.peek().copied();
        let Some(now) = simulation.next().into_iter().chain(look).min().filter(|now| *now <= end) else {
            return sent;
        };
        while extra.next_if(|at| *at <= now).is_some() {}
        for send in simulation.step(now).unwrap().sends {
            let came = send.to.map_or_else(|why| why.to_string(), |_| "sent".to_string());
            sent.push(format!("{now} {} {} {} {came}", send.customer, send.origin.name(), send.email));
        }
    }
}

#[test]
fn looking_more_often_finds_nothing_new() {
    let program = Program::new(&model());
    let start: Timestamp = "2026-03-20T00:00:00Z".parse().unwrap();
    let mut all = 0;
    let seeds = std::env::var("PERSONA_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2);
    for seed in 0..seeds {
        let mut random = fastrand::Rng::with_seed(seed);
        let history = history(&mut random, start);
        let once = sent(&program, &history, start, &[]);
        let minutes = |_| start + SignedDuration::from_secs(random.i64(0..21 * 86_400));
        let mut extra: Vec<Timestamp> = (0..60).map(minutes).collect();
        extra.sort();
        let often = sent(&program, &history, start, &extra);
        let new: Vec<_> = often.iter().filter(|line| !once.contains(line)).collect();
        assert!(once == often, "seed {seed}: {new:#?}\nwhere without it was {once:#?}");
        all += once.len();
    }
    assert!(all > 20, "histories that show something: {all}");
}
