//! What a build writes: a target's SQL in files for people, schedulers and programs, or a project of dbt's that does
//! the same.
//!
//! Nothing here touches the disk: a build is a list of files, and whoever asked for it writes them, all or none.

mod bigquery;
mod dbt;
mod declared;
mod plain;
mod quality;
mod schedule;
mod snowflake;

use std::path::PathBuf;
use std::sync::Arc;

use persona_model::{Location, Model};
use persona_plan::lower::{Origin, OwnTable, PROFILE, raw_table};
use persona_plan::{Place, Plan, Rel, Scalar, Table};
use persona_sql::{Target, Unsupported};

pub use declared::{Declared, declarations};

/// A file: its path below the build's folder and its text.
pub type Files = Vec<(PathBuf, String)>;

/// What a build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Form {
    /// SQL in files, and one script with all of it: for people, cron and other programs.
    #[default]
    Plain,
    /// A project of dbt's: models, sources, tests, documentation and exposures.
    Dbt,
    /// Dynamic tables, for Snowflake.
    DynamicTables,
    /// Scheduled queries, for BigQuery.
    ScheduledQueries,
}

/// For whom SQL is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// The target's name in `persona.toml`.
    pub target: String,
    /// What it speaks.
    pub dialect: Target,
    /// Where persona's own tables lie, outermost first.
    pub schema: Vec<String>,
    /// Snowflake's warehouse, which computes dynamic tables.
    pub warehouse: Option<String>,
}

/// The files of a build.
pub fn files(model: &Model, form: Form, options: &Options) -> Result<Files, Unsupported> {
    match form {
        Form::Plain => plain::files(model, options),
        Form::Dbt => dbt::files(model, options),
        Form::DynamicTables => {
            snowflake::files(model, options.warehouse.as_deref().unwrap_or_default(), options)
        }
        Form::ScheduledQueries => bigquery::files(model, options),
    }
}

/// The customers in a segment, from the profile: the same for each, so that a hundred segments cost little more than one.
fn members(model: &Model, made: &[OwnTable], segment: &str) -> Plan {
    let profile = made.iter().find(|table| matches!(table.origin, Origin::Values));
    let schema = profile.map(|p| p.plan.result.schema()).unwrap_or_default();
    let table = Table { place: Place::Own(PROFILE.into()), schema };
    let key: Arc<str> = model.customer.key().into();
    let rows = Rel::from(table).filter(Scalar::column(format!("in_{segment}")));
    let result = rows.project(vec![(key.clone(), Scalar::Column(key))]);
    persona_plan::prune(Plan { steps: vec![], result })
}

/// What one of persona's own tables is, for people.
fn title(table: &OwnTable) -> String {
    match &table.origin {
        Origin::Sources(_) => format!("Table `{}`, from its sources.", table.name),
        Origin::Values => {
            "Everything that is known of every customer: traits, segments, stages, consents.".into()
        }
        Origin::List(name) => format!("Trait `{name}` of every customer: a row an item."),
    }
}

/// Sources that are files: the table each is loaded to, and its path in the project.
fn files_read(model: &Model) -> impl Iterator<Item = (String, &str)> {
    model.sources.iter().filter_map(|s| match &s.location {
        Location::File(path) => Some((raw_table(&s.name).to_string(), &**path)),
        _ => None,
    })
}

/// Title and comment of a declaration as SQL comments. What would end a comment in one of the engines does not: it is a
/// blank.
pub fn comment(title: &str, docs: &[String]) -> String {
    let lines = std::iter::once(title).chain(docs.iter().map(String::as_str));
    lines.map(|line| format!("-- {}\n", line.replace(char::is_control, " "))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_comment_does_not_end_before_its_line() {
        let docs = ["it's */ fine\rDROP TABLE x".to_string(), "tab\tand\u{85}nel\0".to_string()];
        assert_eq!(
            super::comment("Title\nSELECT", &docs),
            "-- Title SELECT\n-- it's */ fine DROP TABLE x\n-- tab and nel \n"
        );
    }
}
