//! Decisions made by hand.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "clippy knows tests, but not what only tests call")]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_engine::{Decisions, Ended, Flow, FlowKey, Level, Levels, Members, Origin, Send, Why, Withheld};
use persona_value::Value;

/// Hours after the first of March.
pub fn hour(hours: i64) -> Timestamp {
    "2026-03-01T00:00:00.123456789Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

pub fn decisions(at: Timestamp) -> Decisions {
    Decisions { at, ..Default::default() }
}

pub fn key(customer: &str, key: Option<&str>) -> FlowKey {
    FlowKey { trigger: "cart".into(), customer: customer.into(), key: key.map(Arc::from) }
}

pub fn flow(place: usize) -> Flow {
    let line = Value::Record(vec![(Arc::from("price"), Value::Decimal("12.5".parse().unwrap()))].into());
    let fields = vec![
        (Arc::from("at"), Value::Instant(hour(1))),
        (Arc::from("note"), Value::Missing),
        (Arc::from("lines"), Value::List(vec![line])),
        (Arc::from("text"), Value::text("Grüße, 'Ada'\n")),
    ];
    Flow {
        definition: "d1".into(),
        started: hour(1),
        cause: "event-1".into(),
        event: Value::Record(fields.into()),
        place,
        since: hour(2),
        due: hour(3),
        sent: place > 0,
        expires: (place > 1).then(|| hour(40)),
        mark: place / 2,
        marked: hour(2),
        done: (0..place).collect(),
    }
}

pub fn ended(flow: FlowKey) -> Ended {
    Ended { flow, started: hour(1), why: Why::Event("purchase".into()) }
}

pub fn send(id: &str, customer: &str, origin: Origin, to: Result<&str, Withheld>) -> Send {
    Send { id: id.into(), email: "reminder".into(), customer: customer.into(), origin, to: to.map(Arc::from) }
}

pub fn trigger(first: bool) -> Origin {
    Origin::Trigger { name: "cart".into(), first }
}

pub fn campaign(due: &str) -> Origin {
    Origin::Campaign { name: "news".into(), due: due.parse().unwrap() }
}

pub fn members(definition: &str, customers: &[&str]) -> Members {
    Members { definition: definition.into(), customers: customers.iter().map(|c| Arc::from(*c)).collect() }
}

pub fn levels(definition: &str, customers: &[(&str, i64)]) -> Levels {
    let level = |value: i64| Level { value: Value::Int(value), reached: Value::Missing };
    let customers = customers.iter().map(|(c, value)| (Arc::from(*c), level(*value)));
    Levels { definition: definition.into(), customers: customers.collect() }
}
