//! The projects that are written for dbt, by dbt itself: parsed, built and tested, in DuckDB and in PostgreSQL, with the
//! same members in every segment as by the SQL that persona runs.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use common::{NOW, programs};
use persona_build::Form;
use persona_dialects::engine::Engine;
use persona_dialects::{Case, rows};
use persona_plan::lower::Profiles;
use persona_sql::{Options, Target};

#[test]
fn dbt_builds_what_it_is_given_in_duckdb() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shop.duckdb");
    built("orders", Target::DuckDb, folder.path(), &[], || Engine::duckdb_in(&database));
}

#[test]
fn dbt_builds_what_it_is_given_in_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let uri = persona_dialects::postgres::database();
    let parts = persona_dialects::postgres::environment(&uri);
    built("orders", Target::Postgres, folder.path(), &parts, || Engine::postgres_at(uri.clone()));
}

fn built(
    program: &str,
    target: Target,
    folder: &Path,
    environment: &[(&str, String)],
    engine: impl Fn() -> Engine,
) {
    let (_, mut model) = programs().into_iter().find(|(name, _)| name == program).unwrap();
    let dev = persona_model::Target {
        dialect: persona_model::Dialect::DuckDb,
        database: Some("shop.duckdb".into()),
        schema: None,
        uri: None,
        warehouse: None,
    };
    model.project.targets.insert("dev".into(), dev);
    let now = NOW.parse().unwrap();
    let tables = rows::invent(&model, now, 60, &mut fastrand::Rng::with_seed(7));
    let case = Case { program: String::new(), zone: String::new(), now, tables, each: false };
    engine().load_all(&model, &case).unwrap();

    let options = persona_build::Options {
        target: "dev".into(),
        dialect: target,
        schema: vec!["persona".into()],
        warehouse: None,
    };
    let project = folder.join("build/dev-dbt");
    for (path, text) in persona_build::files(&model, Form::Dbt, &options).unwrap() {
        let path = project.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = Command::new(persona_dialects::judge::tool("venv-dbt/bin/python"))
        .args(["-m", "dbt.cli.main"])
        .args(["--no-use-colors", "--warn-error-options", "{error: [Deprecations]}"])
        .args(["build", "--profiles-dir", "."])
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        .current_dir(&project)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(" ERROR=0 "), "{said}");

    let mut engine = engine();
    let members = |engine: &mut Engine, sql: &str| -> BTreeSet<String> {
        engine.rows(sql).unwrap().rows.iter().map(|row| format!("{row:?}")).collect()
    };
    let mut all = 0;
    for segment in &model.segments {
        let options = Options { schema: vec!["persona".into()], ..Default::default() };
        let own = persona_sql::query(&Profiles::segment(&model, &segment.name), target, &options).unwrap();
        let own = members(&mut engine, &own);
        let dbts = members(&mut engine, &format!("SELECT * FROM persona.segment_{}", segment.name));
        assert_eq!(own, dbts, "{}", segment.name);
        all += own.len();
    }
    assert!(all > 0, "somebody is in a segment");
}
