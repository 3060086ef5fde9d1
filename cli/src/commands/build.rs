//! `persona build`

use std::path::Path;

use persona_build::{Files, Form, Options};
use persona_model::Model;
use persona_plan::Cost;
use persona_run::Asked;
use persona_sql::Target;

use super::sql::bug;
use super::{Failure, Outcome, load, print};
use crate::output;

/// Writes a target's SQL into `build/TARGET`, or a project of dbt's into `build/TARGET-dbt`: all of it, or nothing.
pub fn build(project: &Path, target: &str, form: Form) -> Outcome {
    let (_, model) = load(project, Asked::Tables)?;
    let declared =
        persona_run::choose(&model.project, Some(target)).map_err(|e| Failure::usage(e.to_string()))?;
    let dialect = persona_run::dialect(&declared);
    let schema = persona_run::schema(Some(&declared));
    suits(form, target, dialect, declared.warehouse.as_deref())?;
    let options =
        Options { target: target.to_string(), dialect, schema, warehouse: declared.warehouse.clone() };
    let files = persona_build::files(&model, form, &options).map_err(bug)?;
    let (name, what) = match form {
        Form::Plain => (target.to_string(), format!("{dialect} SQL")),
        Form::Dbt => (format!("{target}-dbt"), format!("a dbt project for {dialect}")),
        Form::DynamicTables => (format!("{target}-dynamic-tables"), "dynamic tables".to_string()),
        Form::ScheduledQueries => (format!("{target}-scheduled-queries"), "scheduled queries".to_string()),
    };
    let folder = project.join("build").join(name);
    let failed = |e: std::io::Error| Failure::world(format!("cannot write {}: {e}", folder.display()));
    replace(&folder, &files).map_err(failed)?;
    print(&format!(
        "{} of {what} in {}\n{}",
        output::many(files.len(), "file"),
        folder.display(),
        costs(&model)
    ))
}

/// Beyond so many lines nobody reads what each declaration costs.
const MOST_LINES: usize = 40;

/// What it takes to keep each declaration up to date, the dearest first.
fn costs(model: &Model) -> String {
    let mut costs: Vec<(Cost, String)> = persona_build::declarations(model)
        .map(|declared| (declared.cost(), format!("{} {}", declared.kind, declared.name)))
        .collect();
    costs.sort_by_key(|(cost, _)| std::cmp::Reverse(*cost));
    let shown = costs.iter().take(MOST_LINES).map(|(cost, what)| format!("  {cost:<16}{what}\n"));
    let mut text: String = shown.collect();
    if costs.len() > MOST_LINES {
        text += &format!("  and {} more, in manifest.json\n", costs.len() - MOST_LINES);
    }
    text
}

/// Whether a target is one that the form is for.
fn suits(form: Form, target: &str, dialect: Target, warehouse: Option<&str>) -> Outcome {
    let (only, what) = match form {
        Form::Plain | Form::Dbt => return Ok(()),
        Form::DynamicTables => (Target::Snowflake, "dynamic tables are Snowflake's"),
        Form::ScheduledQueries => (Target::BigQuery, "scheduled queries are BigQuery's"),
    };
    if dialect != only {
        return Err(Failure::usage(format!("{what}, and the target `{target}` speaks {dialect}")));
    }
    if form == Form::DynamicTables && warehouse.is_none() {
        return Err(Failure::usage(format!(
            "a dynamic table says which warehouse computes it: write `warehouse = \"NAME\"` below `[targets.{target}]` in `persona.toml`"
        )));
    }
    Ok(())
}

/// Puts a folder in the place of an older one, whole.
fn replace(folder: &Path, files: &Files) -> std::io::Result<()> {
    let draft = folder.with_extension("new");
    let old = folder.with_extension("old");
    for left in [&draft, &old] {
        if left.exists() {
            std::fs::remove_dir_all(left)?;
        }
    }
    for (path, text) in files {
        let path = draft.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    if folder.exists() {
        std::fs::rename(folder, &old)?;
    }
    std::fs::rename(&draft, folder)?;
    if old.exists() { std::fs::remove_dir_all(old) } else { Ok(()) }
}
