//! Every statement that is written for every program, in every dialect, before that dialect's judge.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{NOW, programs};
use persona_build::Form;
use persona_dialects::engine::Engine;
use persona_dialects::judge::{Job, Verdict};
use persona_dialects::{Case, program, rows};
use persona_sql::{Options, Target};

/// All statements of all programs in one process; fails with every refusal.
fn judged(target: Target, note_is_fine: impl Fn(&str) -> bool) {
    let mut job = Job::default();
    for (name, model) in programs() {
        job.add(&name, &model, target, NOW.parse().unwrap());
    }
    let verdicts = job.verdicts(target);
    assert_eq!(verdicts.len(), job.texts.len());
    let text = |at: usize| &job.texts[at].1;
    let wrong = verdicts.iter().enumerate().filter_map(|(at, verdict)| {
        let note = verdict.note.as_ref().filter(|note| !note_is_fine(note));
        let words = verdict.error.as_ref().or(note)?;
        Some(format!("{}: {words}\n{}\n", verdict.id, text(at)))
    });
    let wrong: Vec<String> = wrong.collect();
    let (count, all) = (wrong.len(), verdicts.len());
    println!("{target}: {all} statements");
    assert!(
        wrong.is_empty(),
        "{count} of {all} refused:\n{}",
        wrong.iter().take(12).cloned().collect::<String>()
    );
}

#[test]
fn bigquery_takes_every_statement() {
    judged(Target::BigQuery, |_| false);
}

#[test]
fn postgres_takes_every_statement() {
    judged(Target::Postgres, |_| false);
}

#[test]
fn snowflake_takes_every_statement() {
    // The binder makes no schemas; the grammar of the statement is one line of Snowflake's reference.
    judged(Target::Snowflake, |note| note == "grammar only: a create_schema_statement is not bound");
}

/// The script of each program that a form of build writes, before its judge.
fn built(form: Form, target: Target, note_is_fine: impl Fn(&str) -> bool) {
    let mut job = Job::default();
    for (name, model) in programs() {
        let schema = format!("p_{name}");
        let options = persona_build::Options {
            target: "prod".into(),
            dialect: target,
            schema: vec![schema.clone()],
            warehouse: Some("transforming".into()),
        };
        // What lies in folders is in the scripts beside them.
        let files = persona_build::files(&model, form, &options).unwrap();
        let script =
            |path: &Path| path.extension().is_some_and(|e| e == "sql") && path.components().count() == 1;
        for (path, text) in files.iter().filter(|(path, _)| script(path)) {
            // The service binds it; the judge knows of no parameters.
            let text = text.replace("@run_time", "CURRENT_TIMESTAMP()");
            job.add_script(&format!("{name} {}", path.display()), &model, target, &schema, &text);
        }
    }
    let verdicts = job.verdicts(target);
    let note = |v: &Verdict| v.note.clone().filter(|note| !note_is_fine(note));
    let wrong: Vec<String> =
        verdicts.iter().filter_map(|v| Some(format!("{}: {}", v.id, v.error.clone().or(note(v))?))).collect();
    assert!(wrong.is_empty() && verdicts.len() > 50, "{} statements\n{}", verdicts.len(), wrong.join("\n"));
}

#[test]
fn snowflake_takes_dynamic_tables() {
    built(Form::DynamicTables, Target::Snowflake, |note| note.starts_with("grammar only: a"));
}

#[test]
fn bigquery_takes_scheduled_queries() {
    built(Form::ScheduledQueries, Target::BigQuery, |_| false);
}

/// By Spark, which `scripts/setup --spark` installs.
#[test]
#[ignore = "a longer run: docs/quality.md"]
fn databricks_takes_every_statement() {
    judged(Target::Databricks, |_| false);
}

/// DuckDB itself prepares and runs each, on empty tables.
#[test]
fn duckdb_takes_every_statement() {
    let mut engine = Engine::duckdb();
    for (name, model) in programs() {
        let mut tables = rows::invent(&model, NOW.parse().unwrap(), 1, &mut fastrand::Rng::with_seed(1));
        tables.iter_mut().for_each(|table| table.rows.clear());
        let case = Case {
            program: String::new(),
            zone: String::new(),
            now: NOW.parse().unwrap(),
            tables,
            each: true,
        };
        if let Err(words) = engine.answer(&model, &case) {
            panic!("{name}: {words}");
        }
    }
}

/// A plan is as deep as a program has features; that must cost neither the stack nor an hour.
#[test]
fn a_program_of_many_features_is_written_too() {
    let shop = "customer { id: string key }\nevent purchase { order_id: string unique }\n";
    let traits: String =
        (1..=600).map(|n| format!("trait t{n} = first(purchase.order_id in last {n} hours)\n")).collect();
    let model = program::compile(&format!("{shop}{traits}"), "UTC").unwrap();
    let options = Options { schema: vec!["persona".into()], at: None, ..Default::default() };
    for table in persona_plan::lower::computed(&model, &[]) {
        persona_plan::check(&table.plan).unwrap();
        for target in Target::ALL {
            let sql = persona_sql::query(&table.plan, target, &options).unwrap();
            assert_eq!(sql.matches("LEFT JOIN").count(), 600, "{target}");
        }
    }
}
