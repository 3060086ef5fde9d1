//! What is written for schedulers: dynamic tables, scheduled queries, and the directory for cron. That the SQL is taken is
//! tested where the judges are, in `tests/dialects`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use insta::assert_snapshot;
use persona_build::{Files, Form, Options, files};
use persona_sql::Target;

fn build(example: &str, form: Form, dialect: Target) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example);
    let model = persona_model::load(&folder).model.unwrap();
    let schema = vec!["shop".into(), "persona".into()];
    let warehouse = Some("transforming".into());
    files(&model, form, &Options { target: "prod".into(), dialect, schema, warehouse }).unwrap()
}

fn file<'f>(files: &'f Files, path: &str) -> &'f str {
    let found = files.iter().find(|(at, _)| at == Path::new(path));
    &found.unwrap_or_else(|| panic!("there is no {path}")).1
}

fn paths(files: &Files) -> String {
    files.iter().map(|(path, _)| format!("{}\n", path.display())).collect()
}

#[test]
fn a_segment_is_a_dynamic_table_over_the_profile() {
    let files = build("retail", Form::DynamicTables, Target::Snowflake);
    assert_snapshot!("dynamic_tables", paths(&files));
    let script = file(&files, "create.sql");
    let statements: Vec<&str> = script.split(";\n").filter(|s| s.contains("CREATE")).collect();
    let head =
        |s: &&str| s.lines().take_while(|l| !l.starts_with("WITH")).take(8).collect::<Vec<_>>().join("\n");
    let some = [&statements[..4], &statements[statements.len() - 3..]].concat();
    assert_snapshot!("dynamic_heads", some.iter().map(head).collect::<Vec<_>>().join("\n---\n"));
    // Time is read where the clock is, and nowhere else but in what sets it.
    assert_eq!(script.matches("CURRENT_TIMESTAMP").count(), 2, "{script}");
    assert!(script.contains("SELECT \"NOW\""), "somebody asks what time it is");
}

#[test]
fn a_run_of_scheduled_queries_has_one_instant() {
    let files = build("retail", Form::ScheduledQueries, Target::BigQuery);
    assert_snapshot!("scheduled_queries", format!("{}\n{}", paths(&files), file(&files, "create.sh")));
    let all: String = files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|e| e == "sql"))
        .map(|(_, t)| &**t)
        .collect();
    assert!(all.contains("@run_time") && !all.contains("CURRENT_TIMESTAMP"));
    for (path, text) in files.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "json")) {
        let read: serde_json::Value = serde_json::from_str(text).unwrap();
        let sql = path.to_string_lossy().replace(".params", "").replace(".json", ".sql");
        let query = read["query"].as_str().or(read["params"]["query"].as_str()).unwrap();
        assert_eq!(query, file(&files, &sql));
    }
}

/// Tables that are made for each other are made once, in an order that every scheduler keeps.
#[test]
fn every_statement_is_in_the_script_and_in_a_file() {
    let files = build("retail", Form::DynamicTables, Target::Snowflake);
    let script = file(&files, "create.sql");
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("tables")) {
        assert!(script.contains(text.as_str()), "{}", path.display());
    }
}

#[test]
fn a_directory_for_cron() {
    for dialect in Target::ALL {
        let files = build("retail", Form::Plain, dialect);
        let crontab = file(&files, "crontab");
        assert!(crontab.lines().any(|line| line.starts_with("0 * * * * ")), "{dialect}: {crontab}");
    }
    let files = build("cart", Form::Plain, Target::Postgres);
    assert_snapshot!("plain", format!("{}\n{}", paths(&files), file(&files, "crontab")));
}

#[test]
fn the_manifest_names_every_file_of_sql() {
    let files = build("retail", Form::Plain, Target::DuckDb);
    let manifest: serde_json::Value = serde_json::from_str(file(&files, "manifest.json")).unwrap();
    let listed = |list: &str| -> Vec<String> {
        let files = manifest[list].as_array().unwrap().iter();
        files.map(|d| d["file"].as_str().unwrap().to_string()).collect()
    };
    let mut named = [listed("declarations"), listed("tests"), vec!["refresh.sql".into()]].concat();
    let mut there: Vec<String> =
        files.iter().map(|(p, _)| p.display().to_string()).filter(|p| p.ends_with(".sql")).collect();
    named.sort();
    there.sort();
    assert_eq!(named, there);
}
