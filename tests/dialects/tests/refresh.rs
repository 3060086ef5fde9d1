//! Refreshes that look at some customers beside refreshes that look at everybody, for random programs over random histories
//! that come in bit by bit: late rows too, rows again, changed and deleted ones. Both must leave the same in every table.
//! `PERSONA_SEED=7` starts at that seed, `PERSONA_CASES=1000` looks at so many histories.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use persona_dialects::engine::Engine;
use persona_dialects::{Case, RawTable, program, random};
use persona_model::Model;
use persona_plan::Place;
use persona_plan::lower::own_tables;
use persona_refresh::{Asked, Mode, Report, refresh_in};
use persona_target::{Progress, Session};
use persona_warehouse::{Rows, Warehouse};

const SIZE: random::Size = random::Size { declarations: 8, customers: 60 };
/// From a moment to more than a year.
const STEPS: [i64; 8] = [0, 1, 60, 3_600, 6 * 3_600, 86_400, 5 * 86_400, 400 * 86_400];
const KEPT: [&str; 5] = ["membership", "membership_log", "audience_size", "audience_definition", "email_day"];

struct Silent;

impl Progress for Silent {
    fn start(&mut self, _: &str, _: u64) {}
    fn step(&mut self, _: &str) {}
    fn end(&mut self) {}
}

/// What a run looked at.
#[derive(Default, Debug)]
struct Tally {
    refreshes: usize,
    incremental: usize,
    examined: i64,
    customers: i64,
    moves: i64,
    because: std::collections::BTreeMap<String, usize>,
}

/// A program in which nobody is ranked among all, for then everybody is looked at.
fn unranked(case: &Case) -> (String, Model) {
    let mut lines: Vec<&str> = case.program.lines().filter(|line| !line.contains("scores")).collect();
    loop {
        let text = format!("{}\n", lines.join("\n"));
        match program::compile(&text, &case.zone) {
            Ok(model) => return (text, model),
            Err(errors) => {
                let mut at = 0;
                let before = lines.len();
                lines.retain(|_| {
                    at += 1;
                    !errors.iter().any(|(line, _)| *line == at)
                });
                assert!(lines.len() < before, "{errors:?}\n{text}");
            }
        }
    }
}

fn refresh(
    warehouse: &mut dyn Warehouse,
    dialect: persona_sql::Target,
    model: &Model,
    at: Timestamp,
    full: bool,
) -> Report {
    let schema = if full { "whole" } else { "bit_by_bit" };
    let options = persona_sql::Options { schema: vec![schema.into()], at: Some(at), ..Default::default() };
    let session = Session { model, folder: Path::new("."), warehouse, dialect, options };
    let asked = Asked { target: None, at, dry: false, full };
    refresh_in(session, &asked, &mut Silent).unwrap_or_else(|e| panic!("{schema} at {at}: {e}"))
}

/// The tables in which the two differ.
fn differences(warehouse: &mut dyn Warehouse, model: &Model) -> Vec<String> {
    let own = own_tables(model, &[]).into_iter().map(|table| table.name.to_string());
    let tables = own.chain(KEPT.map(String::from));
    let differs = |table: &String| {
        let all = |schema: &str| format!("SELECT * FROM {schema}.\"{table}\"");
        let (some, whole) = (all("bit_by_bit"), all("whole"));
        let sql = format!(
            "SELECT CAST(d AS TEXT) FROM ((SELECT 'bit by bit' AS found, * FROM (({some}) EXCEPT ALL ({whole})) a) UNION ALL \
             (SELECT 'whole' AS found, * FROM (({whole}) EXCEPT ALL ({some})) b)) AS d"
        );
        let rows = warehouse.query(&sql).unwrap_or_else(|e| panic!("{e}"));
        let lines: Vec<String> =
            rows.rows.iter().take(4).map(|r| r[0].as_text().unwrap_or_default().to_string()).collect();
        (!lines.is_empty()).then(|| format!("{table}: {lines:#?}"))
    };
    tables.collect::<Vec<_>>().iter().filter_map(differs).collect()
}

/// Some of the rows that wait come into their table.
fn arrive(warehouse: &mut dyn Warehouse, table: &RawTable, rows: Vec<Vec<persona_value::Value>>) {
    let Place::Users(name) = &table.place else { return };
    let columns = table.columns.iter().map(|(name, _)| name.clone()).collect();
    let rows = Rows { columns, rows };
    warehouse.insert(name, &rows).unwrap_or_else(|e| panic!("{name}: {e}"));
}

fn history(engine: &mut Engine, seed: u64, tally: &mut Tally) {
    let dialect = engine.target;
    let case = random::case(seed, SIZE);
    let (text, model) = unranked(&case);
    let mut rng = Rng::with_seed(seed);
    let mut begun = case.clone();
    let mut waiting: Vec<RawTable> = Vec::new();
    for table in &mut begun.tables {
        rng.shuffle(&mut table.rows);
        let most = table.rows.len() * 2 / 3;
        waiting.push(RawTable { rows: table.rows.split_off(most), ..table.clone() });
    }
    engine.load_all(&model, &begun).unwrap();
    let warehouse = &mut *engine.warehouse;
    for schema in ["whole", "bit_by_bit"] {
        warehouse.execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).unwrap();
    }
    let mut at = case.now - SignedDuration::from_hours(24 * 60);
    let mut did = Vec::new();
    for step in 0..6 {
        for full in [false, true] {
            let report = refresh(warehouse, dialect, &model, at, full);
            if full {
                continue;
            }
            tally.refreshes += 1;
            match &report.mode {
                Mode::Incremental { examined } => {
                    tally.incremental += 1;
                    tally.examined += examined;
                    tally.customers += report.customers;
                    let (came, went) = report.moves();
                    tally.moves += came + went;
                }
                Mode::Full { because } => *tally.because.entry(because.clone()).or_default() += 1,
            }
            did.push(format!("{at}: {:?}", report.mode));
        }
        let differences = differences(warehouse, &model);
        assert!(
            differences.is_empty(),
            "seed {seed} on {dialect}, step {step}: {did:#?}\n{}\n{text}",
            differences.join("\n")
        );
        // Rows come, of one table or of several; now and then they come again, change, or go.
        for (table, waiting) in begun.tables.iter().zip(&mut waiting) {
            let Place::Users(name) = &table.place else { continue };
            let some = rng.usize(0..3).min(waiting.rows.len());
            if rng.u8(0..3) == 0 && some > 0 && (&**name != "raw.orders" || rng.u8(0..8) == 0) {
                let left = waiting.rows.len() - some;
                did.push(format!("{some} rows come into {name}"));
                arrive(warehouse, table, waiting.rows.split_off(left));
            }
            if rng.u8(0..40) == 0 && !table.rows.is_empty() {
                did.push(format!("a row comes again into {name}"));
                arrive(warehouse, table, vec![rng.choice(&table.rows).unwrap().clone()]);
            }
            let column = users_column(&table.columns[rng.usize(0..table.columns.len())].0);
            let gone = rng.u8(0..120);
            let text = format!("CAST({column} AS TEXT)");
            let some = format!("{text} IN (SELECT MIN({text}) FROM {name})");
            if gone == 0 {
                did.push(format!("rows of {name} go"));
                warehouse.execute(&format!("DELETE FROM {name} WHERE {some}")).unwrap();
            } else if gone == 1 || (&**name == "raw.people" && rng.u8(0..4) == 0) {
                did.push(format!("{column} of rows of {name} is missing from now on"));
                warehouse.execute(&format!("UPDATE {name} SET {column} = NULL WHERE {some}")).unwrap();
            }
        }
        at += SignedDuration::from_secs(STEPS[rng.usize(0..STEPS.len())]);
        if step == 2 {
            at = at.max(case.now - SignedDuration::from_secs(1));
        }
    }
}

fn users_column(name: &str) -> String {
    format!("\"{name}\"")
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))
}

fn run(mut engine: Engine, cases: u64) -> Tally {
    let first = number("PERSONA_SEED", 1);
    let mut tally = Tally::default();
    for seed in first..first + number("PERSONA_CASES", cases) {
        history(&mut engine, seed, &mut tally);
    }
    println!("{tally:#?}");
    tally
}

#[test]
fn in_duckdb_both_leave_the_same() {
    let tally = run(Engine::duckdb(), 4);
    assert!(tally.incremental * 4 > tally.refreshes, "{tally:?}");
    assert!(tally.examined < tally.customers, "{tally:?}");
}

#[test]
fn in_postgres_both_leave_the_same() {
    let tally = run(Engine::postgres(), 2);
    assert!(tally.incremental > 0, "{tally:?}");
}
