//! What a project of dbt's looks like. That dbt takes it is tested where dbt is, in `tests/dialects`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use insta::assert_snapshot;
use persona_build::{Files, Form, Options, files};
use persona_sql::Target;

fn build(target: Target) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cart");
    let model = persona_model::load(&folder).model.unwrap();
    let options =
        Options { target: "dev".into(), dialect: target, schema: vec!["persona".into()], warehouse: None };
    files(&model, Form::Dbt, &options).unwrap()
}

fn file(files: &Files, path: &str) -> String {
    let found = files.iter().find(|(at, _)| at == Path::new(path));
    found.unwrap_or_else(|| panic!("there is no {path}")).1.clone()
}

#[test]
fn the_files_of_a_project() {
    let paths: Vec<String> =
        build(Target::DuckDb).iter().map(|(path, _)| path.display().to_string()).collect();
    assert_snapshot!(paths.join("\n"));
}

#[test]
fn models_name_each_other_by_ref() {
    assert_snapshot!(file(&build(Target::DuckDb), "models/tables/customer.sql"));
}

#[test]
fn what_is_known_of_columns_is_tested() {
    let text = file(&build(Target::DuckDb), "models/models.yml");
    assert_snapshot!(text.lines().take(40).collect::<Vec<_>>().join("\n"));
}

#[test]
fn secrets_come_from_the_environment() {
    assert_snapshot!(file(&build(Target::Snowflake), "profiles.yml"));
}
