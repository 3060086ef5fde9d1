//! Random conditions, and random customers who try to be in segments that are proved to be empty.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use persona_model::{EVENT_FIELDS, Model};
use persona_plan::lower::{CONSENT_LOG, CUSTOMER, Profiles, SUPPRESSION, event_table};
use persona_plan::{Column, Place, Rows, Tables, evaluate};
use persona_value::{Decimal, Type, Value};

use crate::support::check;

/// What the conditions are over.
pub const SHOP: &str = "
    customer {
      id: string key
      email: email?
      country: enum { UK, DE, other }
      tier: enum { bronze < silver < gold }?
      age: int? check it >= 13 and it <= 120
      signed_up: timestamp
      birthday: date?
      vip: bool?
    }
    event purchase { order_id: string unique  total: money check it >= 0 GBP  kind: string? }
    event view { sku: string  rating: int? }
    event activity = purchase or view
    trait orders = count(purchase in last 30 days)
    trait spent = sum(purchase.total in last 90 days)
";

const DAYS: &[i64] = &[1, 7, 14, 30, 60, 90];

fn condition(rng: &mut Rng, depth: u32) -> String {
    if depth > 0 && rng.u8(..4) > 0 {
        let (a, b) = (condition(rng, depth - 1), condition(rng, depth - 1));
        return match rng.u8(..7) {
            0..=3 => format!("({a} and {b})"),
            4 | 5 => format!("({a} or {b})"),
            _ => format!("not ({a})"),
        };
    }
    atom(rng)
}

pub fn pick<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    words[rng.usize(..words.len())]
}

fn window(rng: &mut Rng) -> String {
    let (a, b) = (DAYS[rng.usize(..DAYS.len())], DAYS[rng.usize(..DAYS.len())]);
    match rng.u8(..9) {
        8 => format!(" {} 2026-0{}-01", pick(rng, &["since", "before"]), rng.u8(1..6)),
        0 => String::new(),
        1 => format!(" before {a} days ago"),
        2 => format!(" since {a} days ago"),
        3 => format!(" between {} days ago and {} days ago", a.max(b) + 1, a.min(b)),
        4 => " in last 1 month".into(),
        _ => format!(" in last {a} days"),
    }
}

fn events(rng: &mut Rng) -> String {
    let filter = match rng.u8(..6) {
        0 => format!(" where total {} {} GBP", pick(rng, &["<", ">", ">=", "=="]), rng.u8(..4) * 10),
        1 => format!(" where kind {} \"shoes\"", pick(rng, &["==", "!="])),
        _ => String::new(),
    };
    let event = match filter.is_empty() {
        true => pick(rng, &["purchase", "view", "activity", "purchase"]),
        false => "purchase",
    };
    format!("{event}{filter}{}", window(rng))
}

fn atom(rng: &mut Rng) -> String {
    let compare = |rng: &mut Rng| pick(rng, &["<", "<=", "==", ">=", ">", "!="]);
    match rng.u8(..18) {
        0 => format!("age {} {}", compare(rng), rng.u8(10..25)),
        1 => format!("tier {} {}", compare(rng), pick(rng, &["bronze", "silver", "gold"])),
        2 => format!("country {} {}", pick(rng, &["==", "!="]), pick(rng, &["UK", "DE", "other"])),
        3 => format!("{} is {}", pick(rng, &["age", "tier", "birthday"]), pick(rng, &["present", "missing"])),
        4 => format!(
            "signed_up{}",
            Some(window(rng)).filter(|w| !w.is_empty()).unwrap_or(" in last 7 days".into())
        ),
        5 => format!("birthday in last {} days", DAYS[rng.usize(..DAYS.len())]),
        6 => "vip".into(),
        7 => format!("orders {} {}", compare(rng), rng.u8(..4)),
        8 => format!("spent {} {} GBP", compare(rng), rng.u8(..4) * 25),
        9 | 10 => format!("count({}) {} {}", events(rng), compare(rng), rng.u8(..4)),
        11 => format!("any({})", events(rng)),
        12 => format!("none({})", events(rng)),
        13 => {
            let moment = pick(rng, &["last(purchase).at", "first(purchase).at", "last(activity).at"]);
            format!(
                "{moment}{}",
                Some(window(rng)).filter(|w| !w.is_empty()).unwrap_or(" before today".into())
            )
        }
        14 => format!("avg(purchase.total{}) {} {} GBP", window(rng), compare(rng), rng.u8(..4) * 20),
        15 => format!(
            "{}(view.rating{}) {} {}",
            pick(rng, &["min", "max"]),
            window(rng),
            compare(rng),
            rng.u8(..4)
        ),
        16 => format!("last(purchase.kind{}) {} \"shoes\"", window(rng), pick(rng, &["==", "!="])),
        _ => format!("(if age >= 18 then orders else 1) {} {}", compare(rng), rng.u8(..4)),
    }
}

fn instant(rng: &mut Rng, now: Timestamp) -> Timestamp {
    let days = DAYS[rng.usize(..DAYS.len())];
    let near = match rng.u8(..4) {
        0 => 0,
        1 => rng.i64(-1..=1),
        _ => rng.i64(-86_400 * 12..86_400 * 6),
    };
    now.checked_sub(SignedDuration::from_secs((days * 86_400 + near).max(-3_600))).unwrap()
}

fn own(name: &str) -> Place {
    Place::Own(name.into())
}

/// Customers of all kinds with what they did.
pub fn customers(model: &Model, rng: &mut Rng, now: Timestamp, count: usize) -> Tables {
    let mut tables = Tables::new();
    let maybe = |rng: &mut Rng, value: Value| if rng.u8(..4) == 0 { Value::Missing } else { value };
    let ids: Vec<Value> = (0..count).map(|at| Value::text(format!("c{at}"))).collect();
    let person = |rng: &mut Rng, id: &Value| {
        let birthday = jiff::tz::Offset::UTC.to_datetime(instant(rng, now)).date();
        vec![
            id.clone(),
            Value::Missing,
            Value::text(pick(rng, &["UK", "DE", "other"])),
            {
                let v = Value::text(pick(rng, &["bronze", "silver", "gold"]));
                maybe(rng, v)
            },
            {
                let v = Value::Int(rng.i64(13..27));
                maybe(rng, v)
            },
            Value::Instant(instant(rng, now)),
            maybe(rng, Value::Date(birthday)),
            {
                let v = Value::Bool(rng.bool());
                maybe(rng, v)
            },
        ]
    };
    let schema =
        model.customer.attributes.iter().map(|a| Column::new(a.name.clone(), a.ty.clone(), a.optional));
    let rows = ids.iter().map(|id| person(rng, id)).collect();
    tables.insert(own(CUSTOMER), Rows::new(schema.collect(), rows));
    for event in model.events.iter().filter(|e| e.of.is_empty()) {
        let built_in = EVENT_FIELDS.iter().map(|(name, ty)| Column::new(*name, ty.clone(), false));
        let fields = event.fields.iter().map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional));
        let schema = built_in.chain(fields).collect();
        let mut rows = Vec::new();
        for customer in ids.iter().filter(|_| event.span.is_some()) {
            for _ in 0..rng.usize(..5) {
                let at = Value::Instant(instant(rng, now));
                let mut row = vec![Value::text(format!("e{}", rows.len())), at.clone(), at, customer.clone()];
                for field in &event.fields {
                    row.push(match (&*field.name, &field.ty) {
                        (_, Type::Money(_)) => Value::Decimal(Decimal::from(rng.i64(..8).abs() % 8 * 10)),
                        (_, Type::Int) => {
                            let v = Value::Int(rng.i64(0..4));
                            maybe(rng, v)
                        }
                        ("kind", _) => {
                            let v = Value::text(pick(rng, &["shoes", "hats"]));
                            maybe(rng, v)
                        }
                        _ => Value::text("x"),
                    });
                }
                rows.push(row);
            }
        }
        tables.insert(own(&event_table(&event.name)), Rows::new(schema, rows));
    }
    let empty = |columns: &[(&str, Type, bool)]| {
        let schema = columns.iter().map(|(n, ty, optional)| Column::new(*n, ty.clone(), *optional)).collect();
        Rows::new(schema, vec![])
    };
    let log = [
        ("customer", Type::Text, false),
        ("consent", Type::Text, false),
        ("at", Type::Timestamp, false),
        ("given", Type::Bool, false),
    ];
    tables.insert(own(CONSENT_LOG), empty(&log));
    tables.insert(own(SUPPRESSION), empty(&[("email", Type::Email, false), ("reason", Type::Text, true)]));
    tables
}

/// Nobody is in what is proved to be empty, and of what is not, most is shown by somebody.
#[test]
fn nobody_is_where_nobody_can_be() {
    let seeds = std::env::var("PERSONA_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(12u64);
    let (mut proved, mut shown, mut unknown, mut wrong) = (0, 0, vec![], vec![]);
    for seed in 0..seeds {
        let mut rng = Rng::with_seed(seed);
        let conditions: Vec<String> = (0..20)
            .map(|_| {
                let depth = rng.u32(1..4);
                condition(&mut rng, depth)
            })
            .collect();
        let mut program = SHOP.to_string();
        for (at, condition) in conditions.iter().enumerate() {
            // Whoever is in a segment is in both of two stages that ask for it.
            program += &format!("segment s{at} {{ when {condition} }}\n");
            program += &format!(
                "exclusive lifecycle l{at} {{ stage a{at} when {condition}  stage b{at} when {condition}  stage c{at} otherwise }}\n"
            );
        }
        let (model, told) = check(&program);
        let of = |code: &str, name: String| told.iter().any(|t| t.code == code && t.headline.contains(&name));
        let empty: Vec<bool> =
            (0..conditions.len()).map(|at| of("empty-segment", format!("`s{at}`"))).collect();
        let mut found = vec![false; conditions.len()];
        for month in [0, 45 * 86_400, 111 * 86_400 + 3_600] {
            let now = Timestamp::from_second(1_772_370_000 + month).unwrap();
            let tables = customers(&model, &mut rng, now, 60);
            let rows = evaluate(&Profiles::everything(&model, &[]), &tables, now).unwrap();
            for (at, found) in found.iter_mut().enumerate() {
                let column = rows.schema.index(&format!("in_s{at}")).unwrap();
                *found |= rows.rows.iter().any(|row| row[column].is_true());
            }
        }
        for (at, condition) in conditions.iter().enumerate() {
            let witness = of("overlapping-stages", format!("`a{at}`"));
            if empty[at] && (found[at] || witness) {
                wrong.push(format!("seed {seed}: {condition}"));
            }
            match (empty[at], witness) {
                (true, _) => proved += 1,
                (false, true) => shown += 1,
                (false, false) => unknown.push(format!("seed {seed} ({}): {condition}", found[at])),
            }
        }
    }
    assert!(wrong.is_empty(), "proved to be empty, and somebody is in it:\n{}", wrong.join("\n"));
    let all = proved + shown + unknown.len();
    assert!(
        unknown.len() * 20 < all,
        "{proved} proved, {shown} shown, and of these nobody knows:\n{}",
        unknown.join("\n")
    );
    assert!(proved * 20 > all, "only {proved} of {all} are empty: the conditions are too tame");
}
