//! Whom time alone may have changed, for random declarations over random histories: whoever has another value at a later
//! instant is among them. `PERSONA_SEED=7` starts at that seed, `PERSONA_CASES=1000` looks at so many histories.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use persona_dialects::plans::Named;
use persona_dialects::{Case, plans, program, random};
use persona_model::Model;
use persona_plan::refresh::passed;
use persona_plan::{Place, Plan, Rows, Tables, evaluate, prune};
use persona_value::Value;

const SIZE: random::Size = random::Size { declarations: 30, customers: 24 };

/// From a moment to more than a year.
const STEPS: [i64; 8] = [1, 3_600, 6 * 3_600, 86_400, 2 * 86_400, 7 * 86_400, 40 * 86_400, 400 * 86_400];

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))
}

/// The rows of each customer.
fn by_customer(rows: &Rows, column: &str) -> BTreeMap<String, Vec<String>> {
    let at = rows.schema.columns.iter().position(|c| &*c.name == column).unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in &rows.rows {
        let who = row[at].as_text().unwrap_or_default().to_string();
        found.entry(who).or_default().push(format!("{row:?}"));
    }
    found.values_mut().for_each(|rows| rows.sort());
    found
}

fn differ(then: &Rows, now: &Rows, column: &str) -> BTreeSet<String> {
    let (then, now) = (by_customer(then, column), by_customer(now, column));
    then.keys().chain(now.keys()).filter(|who| then.get(*who) != now.get(*who)).cloned().collect()
}

fn rows(plan: &Plan, tables: &Tables, at: Timestamp) -> Rows {
    evaluate(&prune(plan.clone()), tables, at).unwrap_or_else(|e| panic!("{e}\n{plan}"))
}

/// The history of a case, and persona's own tables made of it.
fn staged(model: &Model, case: &Case) -> Tables {
    let mut tables = Tables::new();
    for table in &case.tables {
        tables.insert(table.place.clone(), table.as_rows());
    }
    for named in plans::tables(model) {
        let rows = rows(&named.plan, &tables, case.now);
        if let Some(table) = named.table {
            tables.insert(Place::Own(table.into()), rows);
        }
    }
    tables
}

/// The column that says whose a row is.
fn customers<'m>(model: &'m Model, named: &Named) -> &'m str {
    let key = model.customer.key();
    let has_key = named.plan.result.schema().column(key).is_some();
    if has_key && !named.name.starts_with("occurrences") { key } else { "customer" }
}

#[test]
fn whoever_has_another_value_later_is_among_those_for_whom_something_turned() {
    let (first, cases) = (number("PERSONA_SEED", 1), number("PERSONA_CASES", 16));
    let (mut changed, mut told, mut all, mut anybody, mut asked) = (0, 0, 0, 0, 0);
    for seed in first..first + cases {
        let case = random::case(seed, SIZE);
        let model = program::compile(&case.program, &case.zone).unwrap();
        let tables = staged(&model, &case);
        let step = STEPS[(seed % STEPS.len() as u64) as usize];
        let then = case.now - SignedDuration::from_secs(step);
        for named in plans::declarations(&model, case.from()) {
            let who = customers(&model, &named);
            let now = rows(&named.plan, &tables, case.now);
            let differ = differ(&rows(&named.plan, &tables, then), &now, who);
            asked += 1;
            let Some(plan) = passed(&named.plan, who, then, case.now) else {
                anybody += 1;
                continue;
            };
            let found = by_customer(&rows(&plan, &tables, case.now), "customer");
            let missed: Vec<_> = differ.iter().filter(|who| !found.contains_key(*who)).collect();
            assert!(
                missed.is_empty(),
                "seed {seed}, {then} to {}: {missed:?} changed in {} and are not told of\n{}\n{plan}\n{}",
                case.now,
                named.name,
                case.program,
                named.plan
            );
            changed += differ.len();
            told += found.len();
            all += SIZE.customers;
        }
    }
    println!("{asked} plans, {anybody} of anybody; {changed} changed, {told} told of, {all} in all");
    assert!(changed > 100 || cases < 16, "hardly anything changes: {changed}");
    assert!(anybody * 3 < asked, "of {asked} plans {anybody} may be anybody's");
    assert!(told * 2 < all, "of {all} customers {told} are told of, and {changed} changed");
}

#[test]
fn nobody_is_told_of_where_no_time_passes() {
    for seed in 1..4 {
        let case = random::case(seed, SIZE);
        let model = program::compile(&case.program, &case.zone).unwrap();
        let tables = staged(&model, &case);
        for named in plans::declarations(&model, case.from()) {
            let Some(plan) = passed(&named.plan, customers(&model, &named), case.now, case.now) else {
                continue;
            };
            let found: Vec<Vec<Value>> = rows(&plan, &tables, case.now).rows;
            assert!(found.is_empty() && plan.result.schema().columns.len() == 1, "{plan}");
        }
    }
}
