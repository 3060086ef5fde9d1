//! The same segments by hand, as somebody writes them who knows the engine and the data.
//!
//! Alone, each is what it must read and no more: customers that have enough events in a window, less those who have
//! others. Together they share one pass: each kind of event is read once, over the longest window that anybody asks for,
//! and grouped once, a column for each count or sum that is asked for.

use std::collections::BTreeMap;

use crate::data::NOW;
use crate::segments::{Condition, Segment};

/// One query for one segment: the ids of its customers.
pub fn alone(segment: &Segment) -> String {
    let mut filters = Vec::new();
    // What is asked of one kind of event is one subquery, over its longest window.
    let mut grouped: BTreeMap<&str, (u32, Vec<String>, usize)> = BTreeMap::new();
    for condition in &segment.all {
        let mut group = |event, days: u32, having: String| {
            let entry = grouped.entry(event).or_insert((0, vec![], 0));
            entry.0 = entry.0.max(days);
            entry.1.push(having);
            entry.2 += 1;
        };
        match condition {
            Condition::Count { event, days, at_least: 1 } => {
                filters.push(format!("id IN (SELECT customer FROM persona.event_{event} WHERE {})", within(*days)));
            }
            Condition::Count { event, days, at_least } => group(event, *days, format!("count(*) >= {at_least}")),
            Condition::Looks { category, days, at_least: 1 } => filters.push(format!(
                "id IN (SELECT customer FROM persona.event_view WHERE {} AND category = '{category}')",
                within(*days)
            )),
            Condition::Looks { category, days, at_least } => filters.push(format!(
                "id IN (SELECT customer FROM persona.event_view WHERE {} AND category = '{category}' GROUP BY ALL HAVING count(*) >= {at_least})",
                within(*days)
            )),
            Condition::Spent { days, at_least } => {
                group("purchase", *days, format!("sum(total) >= {at_least}"));
            }
            Condition::None { event, days } => filters
                .push(format!("id NOT IN (SELECT customer FROM persona.event_{event} WHERE {})", within(*days))),
            Condition::LastBefore { event, days } => {
                filters.push(format!(
                    "id IN (SELECT customer FROM persona.event_{event} WHERE \"at\" < {})",
                    ago(*days)
                ));
                filters.push(format!(
                    "id NOT IN (SELECT customer FROM persona.event_{event} WHERE \"at\" >= {} AND \"at\" <= {})",
                    ago(*days),
                    now()
                ));
            }
            Condition::SignedUp { .. } | Condition::Country(_) => filters.push(of_customer(condition)),
        }
    }
    for (event, (days, having, _)) in grouped {
        filters.push(format!(
            "id IN (SELECT customer FROM persona.event_{event} WHERE {} GROUP BY customer HAVING {})",
            within(days),
            having.join(" AND ")
        ));
    }
    format!("SELECT id FROM persona.customer WHERE {}", filters.join(" AND "))
}

/// One query for all: every customer, and whether she is in each.
pub fn together(segments: &[Segment]) -> String {
    let mut kinds: BTreeMap<&str, Kind> = BTreeMap::new();
    let mut flags = Vec::new();
    for segment in segments {
        let all: Vec<String> = segment.all.iter().map(|condition| flag(condition, &mut kinds)).collect();
        flags.push(format!("{} AS in_{}", all.join(" AND "), segment.name));
    }
    let mut ctes = Vec::new();
    let mut joins = String::new();
    for (event, kind) in &kinds {
        let columns: Vec<String> =
            kind.columns.iter().map(|(name, value)| format!("{value} AS {name}")).collect();
        let read = match kind.days {
            None => format!("\"at\" <= {}", now()),
            Some(days) => within(days),
        };
        ctes.push(format!(
            "{event} AS (SELECT customer, {} FROM persona.event_{event} WHERE {read} GROUP BY customer)",
            columns.join(", ")
        ));
        joins += &format!(" LEFT JOIN {event} ON {event}.customer = c.id");
    }
    let with = if ctes.is_empty() { String::new() } else { format!("WITH {} ", ctes.join(", ")) };
    format!("{with}SELECT c.id, {} FROM persona.customer c{joins}", flags.join(", "))
}

/// What is read of a kind of event: since when (without it, all of it), and the columns.
struct Kind {
    days: Option<u32>,
    columns: Vec<(String, String)>,
}

fn flag<'s>(condition: &'s Condition, kinds: &mut BTreeMap<&'s str, Kind>) -> String {
    let mut column = |event: &'s str, days: Option<u32>, name: String, value: String| {
        let kind = kinds.entry(event).or_insert(Kind { days: Some(0), columns: vec![] });
        kind.days = kind.days.zip(days).map(|(a, b)| a.max(b));
        if !kind.columns.iter().any(|(known, _)| *known == name) {
            kind.columns.push((name.clone(), value));
        }
        format!("{event}.{name}")
    };
    // Whether there is one at all is told by the time of the last: one column for all such windows.
    let mut last =
        |event: &'s str, days: u32| column(event, Some(days), "last_at".into(), "max(\"at\")".into());
    match condition {
        Condition::Count { event, days, at_least: 1 } => {
            format!("coalesce({} > {}, false)", last(event, *days), ago(*days))
        }
        Condition::None { event, days } => {
            format!("coalesce({} <= {}, true)", last(event, *days), ago(*days))
        }
        Condition::LastBefore { event, days } => {
            let last = column(event, None, "last_at".into(), "max(\"at\")".into());
            format!("coalesce({last} < {}, false)", ago(*days))
        }
        Condition::Count { event, days, at_least } => {
            let value = format!("count(*) FILTER (\"at\" > {})", ago(*days));
            let count = column(event, Some(*days), format!("n{days}"), value);
            format!("coalesce({count} >= {at_least}, false)")
        }
        Condition::Looks { category, days, at_least } => {
            let value = format!("count(*) FILTER (category = '{category}' AND \"at\" > {})", ago(*days));
            let count = column("view", Some(*days), format!("{category}{days}"), value);
            format!("coalesce({count} >= {at_least}, false)")
        }
        Condition::Spent { days, at_least } => {
            let value = format!("sum(total) FILTER (\"at\" > {})", ago(*days));
            let sum = column("purchase", Some(*days), format!("spent{days}"), value);
            format!("coalesce({sum} >= {at_least}, false)")
        }
        Condition::SignedUp { .. } | Condition::Country(_) => of_customer(condition),
    }
}

fn of_customer(condition: &Condition) -> String {
    match condition {
        Condition::SignedUp { days, before: true } => format!("signed_up < {}", ago(*days)),
        Condition::SignedUp { days, before: false } => {
            format!("(signed_up > {} AND signed_up <= {})", ago(*days), now())
        }
        Condition::Country(country) => format!("country = '{country}'"),
        other => panic!("{other:?} is no condition of a customer"),
    }
}

fn within(days: u32) -> String {
    format!("\"at\" > {} AND \"at\" <= {}", ago(days), now())
}

/// Written out, so that the engine need not work it out to prune.
fn ago(days: u32) -> String {
    let now: jiff::Timestamp = NOW.parse().expect("an instant");
    let at = now - jiff::SignedDuration::from_hours(24 * i64::from(days));
    format!("TIMESTAMP '{}'", at.strftime("%Y-%m-%d %H:%M:%S"))
}

fn now() -> String {
    ago(0)
}
