//! The programs that are written down, over rows by chance: the evaluator, DuckDB and PostgreSQL have the same rows for
//! every table, query and declaration. And every case that once failed, likewise.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::Path;

use common::programs;
use persona_dialects::engine::Engine;
use persona_dialects::{Case, program, reference, rows};
use persona_model::Model;

fn compare(engine: &mut Engine, name: &str, model: &Model, case: &Case) -> usize {
    let expected = reference::answer(model, case).unwrap_or_else(|words| panic!("{name}: {words}"));
    let found =
        engine.answer(model, case).unwrap_or_else(|words| panic!("{name} on {}: {words}", engine.target));
    let differences = expected.differences(&found);
    let shown: String = differences.iter().take(10).map(|d| format!("{d}\n")).collect();
    assert!(
        differences.is_empty(),
        "{name} on {}, {} differences:\n{shown}",
        engine.target,
        differences.len()
    );
    println!(
        "{name}: {} values, {} of {} of customers tell",
        expected.values(),
        expected.telling(),
        expected.pairs()
    );
    if case.each && case.program.is_empty() {
        assert!(
            expected.telling() * 8 > expected.pairs(),
            "{name}: nearly all values are missing, false or 0"
        );
    }
    expected.values()
}

/// Every program that is written down, with several sets of rows.
fn written_down(mut engine: Engine) {
    let mut values = 0;
    for (name, model) in programs() {
        for (seed, now) in
            ["2025-10-26T01:30:00Z", "2024-02-29T12:00:00Z", "2026-03-29T00:59:59.999999Z"].iter().enumerate()
        {
            let now = now.parse().unwrap();
            let tables = rows::invent(&model, now, 30, &mut fastrand::Rng::with_seed(seed as u64));
            let case = Case { program: String::new(), zone: String::new(), now, tables, each: true };
            values += compare(&mut engine, &format!("{name} {seed}"), &model, &case);
        }
    }
    println!("{values} values");
}

#[test]
fn duckdb_has_the_rows_of_the_evaluator() {
    written_down(Engine::duckdb());
}

#[test]
fn postgres_has_the_rows_of_the_evaluator() {
    written_down(Engine::postgres());
}

/// Spark, which `scripts/setup --spark` installs, takes minutes: a longer run.
#[test]
#[ignore = "a longer run: docs/quality.md"]
fn databricks_has_the_rows_of_the_evaluator() {
    let mut engine = Engine::databricks();
    kept(&mut engine);
    written_down(engine);
}

/// `regressions/*.case`: each was once a difference or a statement refused. The file's name says what was wrong.
#[test]
fn what_once_failed_does_not_fail_again() {
    kept(&mut Engine::duckdb());
    kept(&mut Engine::postgres());
}

fn kept(engine: &mut Engine) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        let case = Case::parse(&std::fs::read_to_string(&path).unwrap());
        let model = program::compile(&case.program, &case.zone).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        compare(engine, &name, &model, &case);
    }
}
