//! Plan to SQL, in five dialects.
//!
//! A [`Plan`] becomes sqlparser's syntax tree and then text; nothing here glues strings of SQL together. What
//! differs between engines is asked of one small file per dialect; the rest is the same for all.
//!
//! Steps become common table expressions, and a chain of filters, projections, joins and one grouping becomes one
//! `SELECT` where that keeps the meaning.

mod ast;
mod bind;
mod dialect;
mod layout;
mod read;
mod relation;
mod scalar;
mod select;
mod statement;
mod templated;
mod zone;

use std::fmt;
use std::str::FromStr;

use persona_plan::refresh::{Act, Deed};
use persona_plan::{Column, Plan, Schema};

/// An engine that SQL is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The embedded default.
    DuckDb,
    /// PostgreSQL 15 and later.
    Postgres,
    /// Snowflake.
    Snowflake,
    /// BigQuery, standard SQL.
    BigQuery,
    /// Databricks, and Spark SQL from 4.0 on.
    Databricks,
}

/// What differs between two runs of one plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where persona's own tables lie, outermost first: `["MARKETING", "PERSONA"]`. Empty: the connection's default.
    pub schema: Vec<String>,
    /// The instant of the evaluation; if none, the engine's clock, read once a statement.
    pub at: Option<jiff::Timestamp>,
    /// Where the instant comes from, if it is not given.
    pub clock: Clock,
    /// How tables are named.
    pub names: Names,
}

/// What says what time it is when a statement runs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Clock {
    /// The engine, once a statement.
    #[default]
    Engine,
    /// One of persona's own tables: one row, whose column `now` it is. Several statements then have one instant.
    Table(String),
    /// A parameter that whoever runs the statement binds.
    Parameter(String),
}

/// The own table that is a clock, as [`create_clock`] makes it.
pub const CLOCK: &str = "clock";

/// How Snowflake keeps a dynamic table up to date.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic<'a> {
    /// How far it may be behind what it reads, in Snowflake's words: `30 minutes`; if none, as far as the tables that
    /// read it may be.
    pub lag: Option<&'a str>,
    /// The warehouse that computes it.
    pub warehouse: &'a str,
}

/// How a query names the tables it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Names {
    /// As the engine does: with their schema, quoted.
    #[default]
    Quoted,
    /// As dbt's templates do: `{{ ref('event_purchase') }}` for persona's own, `{{ source('raw', 'invoices') }}` for a
    /// user's, so that dbt knows what depends on what. The text is a template of Jinja, with all else in it escaped.
    Dbt,
}

/// A plan that cannot be written as SQL: a mistake of the compiler, not of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// What it is, in a sentence.
    pub reason: String,
}

/// The plan as one query, the cheapest known that gives its rows: `WITH … SELECT …`, without a semicolon.
pub fn query(plan: &Plan, target: Target, options: &Options) -> Result<String, Unsupported> {
    let dialect = dialect::of(target);
    let query = relation::plan(plan, dialect, options)?;
    let text = layout::lay_out(&query.to_string(), dialect.parser());
    Ok(match options.names {
        Names::Quoted => text,
        Names::Dbt => templated::escaped(&text),
    })
}

/// The name of a user's table in dbt: its source, and the table there. `raw.invoices` is `("raw", "invoices")`; what has
/// no schema is of the source `raw`.
pub fn dbt_source(name: &str) -> (String, String) {
    templated::source(name)
}

/// The statements that replace one of persona's own tables by the plan's rows.
pub fn create_table(
    name: &str,
    plan: &Plan,
    target: Target,
    options: &Options,
) -> Result<Vec<String>, Unsupported> {
    let dialect = dialect::of(target);
    let query = relation::plan(plan, dialect, options)?;
    Ok(statement::create_table(statement::own(name, dialect, options), query, dialect))
}

/// The statement that replaces one of persona's own tables by a dynamic table of Snowflake's.
pub fn create_dynamic_table(
    name: &str,
    plan: &Plan,
    dynamic: &Dynamic,
    options: &Options,
) -> Result<String, Unsupported> {
    let dialect = dialect::of(Target::Snowflake);
    let query = relation::plan(plan, dialect, options)?;
    Ok(statement::create_dynamic_table(statement::own(name, dialect, options), query, dynamic, dialect))
}

/// The statement that makes the table of [`Clock::Table`], which shows the engine's time.
pub fn create_clock(target: Target, options: &Options) -> String {
    statement::create_clock(dialect::of(target), options)
}

/// The statements by which Snowflake sets the table of [`Clock::Table`] every so many minutes.
pub fn tick_clock(warehouse: &str, minutes: i64, options: &Options) -> [String; 2] {
    statement::tick_clock(warehouse, minutes, dialect::of(Target::Snowflake), options)
}

/// The statements that replace one of persona's own views by the plan.
pub fn create_view(
    name: &str,
    plan: &Plan,
    target: Target,
    options: &Options,
) -> Result<Vec<String>, Unsupported> {
    let dialect = dialect::of(target);
    let query = relation::plan(plan, dialect, options)?;
    Ok(statement::create_view(statement::own(name, dialect, options), query, dialect))
}

/// The statement that makes one of persona's own tables, empty, unless it is there.
pub fn make_table(
    name: &str,
    schema: &Schema,
    target: Target,
    options: &Options,
) -> Result<String, Unsupported> {
    let dialect = dialect::of(target);
    statement::make_table(statement::own(name, dialect, options), schema, dialect)
}

/// The statement that takes one of persona's own tables away, if it is there.
pub fn drop_table(name: &str, target: Target, options: &Options) -> String {
    statement::drop_table(statement::own(name, dialect::of(target), options))
}

/// The statement that gives one of persona's own tables one more column, empty.
pub fn add_column(
    table: &str,
    column: &Column,
    target: Target,
    options: &Options,
) -> Result<String, Unsupported> {
    let dialect = dialect::of(target);
    statement::add_column(statement::own(table, dialect, options), &column.name, &column.ty, dialect)
}

/// The statement that calls a column of one of persona's own tables otherwise.
pub fn rename_column(table: &str, from: &str, to: &str, target: Target, options: &Options) -> String {
    let dialect = dialect::of(target);
    statement::rename_column(statement::own(table, dialect, options), from, to, dialect)
}

/// The statement that adds a plan's rows to one of persona's own tables, each column to that of its name.
pub fn insert(table: &str, plan: &Plan, target: Target, options: &Options) -> Result<String, Unsupported> {
    let dialect = dialect::of(target);
    let query = relation::plan(plan, dialect, options)?;
    Ok(statement::insert(statement::own(table, dialect, options), &plan.result.schema(), query, dialect))
}

/// The statement that takes from one of persona's own tables the rows that agree in these columns, none of them missing,
/// with one of the plan.
pub fn delete(
    table: &str,
    on: &[&str],
    plan: &Plan,
    target: Target,
    options: &Options,
) -> Result<String, Unsupported> {
    let dialect = dialect::of(target);
    let query = relation::plan(plan, dialect, options)?;
    Ok(statement::delete(statement::own(table, dialect, options), table, on, query, dialect))
}

/// The statements that do what a refresh does to a table.
pub fn deed(deed: &Deed, target: Target, options: &Options) -> Result<Vec<String>, Unsupported> {
    let table = &*deed.table;
    Ok(match &deed.act {
        Act::Make(schema) => vec![make_table(table, schema, target, options)?],
        Act::Replace(plan) => create_table(table, plan, target, options)?,
        Act::Insert(plan) => vec![insert(table, plan, target, options)?],
        Act::Delete(on, plan) => {
            let on: Vec<&str> = on.iter().map(|column| &**column).collect();
            vec![delete(table, &on, plan, target, options)?]
        }
        Act::Drop => vec![drop_table(table, target, options)],
    })
}

/// The statement that creates the schema persona's own tables lie in, unless it is the connection's default.
pub fn create_schema(target: Target, options: &Options) -> Option<String> {
    statement::create_schema(dialect::of(target), options)
}

/// The full name, quoted, of one of persona's own tables.
pub fn own_name(name: &str, target: Target, options: &Options) -> String {
    statement::own(name, dialect::of(target), options).to_string()
}

/// The full name, quoted, of a user's table as the program writes it: `raw.invoices`.
pub fn users_name(name: &str, target: Target) -> String {
    statement::users(name, dialect::of(target), &Options::default()).to_string()
}

impl Target {
    /// All of them.
    pub const ALL: [Target; 5] =
        [Target::DuckDb, Target::Postgres, Target::Snowflake, Target::BigQuery, Target::Databricks];
}

/// As `persona.toml` writes it.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Target::DuckDb => "duckdb",
            Target::Postgres => "postgres",
            Target::Snowflake => "snowflake",
            Target::BigQuery => "bigquery",
            Target::Databricks => "databricks",
        })
    }
}

impl FromStr for Target {
    type Err = String;
    fn from_str(text: &str) -> Result<Target, String> {
        let found = Target::ALL.into_iter().find(|t| t.to_string() == text);
        found.ok_or_else(|| format!("`{text}` is none of duckdb, postgres, snowflake, bigquery, databricks"))
    }
}

impl Unsupported {
    fn new(reason: impl Into<String>) -> Unsupported {
        Unsupported { reason: reason.into() }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "internal error: {} cannot be written as SQL", self.reason)
    }
}

impl std::error::Error for Unsupported {}
