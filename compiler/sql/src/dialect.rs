//! What differs between engines, as questions. None has a default: each dialect's file answers all of them, so
//! that a new dialect cannot inherit another's quoting, null order or clock by oversight.

mod bigquery;
mod databricks;
mod duckdb;
mod postgres;
mod snowflake;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use persona_plan::Arithmetic;
use persona_value::Decimal;
use sqlparser::ast::{DataType, Expr, Ident};

use crate::{Target, Unsupported};

/// How a value is stored: the language's types, as far as an engine tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// True or false.
    Bool,
    /// 64 bits.
    Int,
    /// 38 digits, 9 after the point.
    Decimal,
    /// Text of any length.
    Text,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// An instant, in UTC.
    Instant,
}

/// A number to calculate with.
#[derive(Clone, Debug)]
pub struct Number {
    /// Its expression.
    pub expr: Expr,
    /// Whether it is an int; else a decimal.
    pub int: bool,
    /// Its value, if it is a literal.
    pub literal: Option<Decimal>,
    /// Whether it is no literal and yet computed of literals alone.
    pub constant: bool,
}

/// The days of a date in an engine's functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePart {
    /// Of the calendar.
    Year,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// Monday 1 to Sunday 7.
    Weekday,
}

/// One engine's SQL. Arguments that are expressions may be missing; so is, then, the answer. Text arguments
/// hold anything a user wrote.
pub trait Dialect: Sync {
    /// sqlparser's reader of it.
    fn parser(&self) -> &dyn sqlparser::dialect::Dialect;

    // Names and literals.

    /// A name, quoted, so that it means what it would mean written bare.
    fn name(&self, name: &str) -> Ident;
    /// A text literal, escaped, also from what reads a statement before the engine does.
    fn text(&self, text: &str) -> Expr;
    /// A decimal literal: exact, never a float.
    fn decimal(&self, value: Decimal) -> Expr;
    /// A date literal.
    fn date(&self, value: Date) -> Expr;
    /// A time literal, to the microsecond.
    fn time(&self, value: Time) -> Expr;
    /// An instant's literal, to the microsecond.
    fn instant(&self, value: Timestamp) -> Expr;
    /// The engine's type for it.
    fn data_type(&self, stored: Stored) -> DataType;

    // Statements.

    /// Whether there is `CREATE OR REPLACE TABLE`.
    fn replaces_tables(&self) -> bool;
    /// Whether there is `QUALIFY`.
    fn qualifies(&self) -> bool;

    // Time.

    /// The engine's clock, the same all through one statement.
    fn now(&self) -> Expr;
    /// An instant moved by exact seconds.
    fn shift(&self, instant: Expr, seconds: i64) -> Expr;
    /// A date moved by days.
    fn add_days(&self, date: Expr, days: i64) -> Expr;
    /// A date moved by months, clamped at their ends.
    fn add_months(&self, date: Expr, months: i64) -> Expr;
    /// The day of an instant on a zone's calendar.
    fn local_date(&self, instant: Expr, zone: &str) -> Expr;
    /// The hour of an instant on a zone's clock.
    fn local_hour(&self, instant: Expr, zone: &str) -> Expr;
    /// The instant of a date's midnight in a zone: the first of two, and moved forward by the gap if skipped.
    fn midnight(&self, date: Expr, zone: &str) -> Result<Expr, Unsupported>;
    /// The instant at which a zone's clock shows what `text`, a checked `YYYY-MM-DD[ HH:MM…]`, with or without
    /// `+00` behind it, says; as [`Dialect::midnight`] where that is twice or never.
    fn read_wall(&self, text: Expr, zone: &str) -> Result<Expr, Unsupported>;
    /// The instant that `text`, checked as for [`Dialect::read_wall`], with or without an offset, says.
    fn read_instant(&self, text: Expr) -> Expr;
    /// Part of a date: int.
    fn date_part(&self, part: DatePart, date: Expr) -> Expr;
    /// Days from `earlier` to `later`: int.
    fn days_between(&self, later: Expr, earlier: Expr) -> Expr;
    /// Microseconds from midnight to a time of day: int.
    fn since_midnight(&self, time: Expr) -> Expr;
    /// Microseconds since 1970: int.
    fn microseconds(&self, instant: Expr) -> Expr;

    // Numbers.

    /// Whether arithmetic may stand over aggregates and windows in their own `SELECT`.
    fn calculates_on_groups(&self) -> bool;
    /// Whether [`Dialect::arithmetic`] writes its operands more than once; those are then made columns first.
    fn repeats(&self, op: Arithmetic, left_int: bool, right_int: bool) -> bool;
    /// Two numbers calculated, as the language rounds; missing on overflow and division by zero.
    fn arithmetic(&self, op: Arithmetic, left: Number, right: Number) -> Expr;
    /// The sum of a group, 0 for an empty one.
    fn sum(&self, value: Expr, int: bool) -> Expr;
    /// The mean of a group, exact, rounded half away from zero at 9 places, missing for an empty one.
    fn average(&self, value: Expr, int: bool) -> Expr;
    /// A decimal rounded half away from zero at this many places; missing if it then has 39 digits.
    fn round(&self, value: Expr, places: u32) -> Expr;
    /// A decimal cut towards minus infinity; missing if it then has 39 digits.
    fn floor(&self, value: Expr) -> Expr;
    /// A decimal cut towards plus infinity; missing if it then has 39 digits.
    fn ceil(&self, value: Expr) -> Expr;
    /// Without sign; missing for the int that has none.
    fn absolute(&self, value: Number) -> Expr;
    /// A decimal as a whole number of 10^-9, as text.
    fn units(&self, value: Expr) -> Expr;

    // Text.

    /// A text that `<`, MIN, MAX and ORDER BY compare by code point.
    fn by_code_point(&self, text: Expr) -> Expr;
    /// `A` to `Z` in lower case.
    fn lower(&self, text: Expr) -> Expr;
    /// `a` to `z` in upper case.
    fn upper(&self, text: Expr) -> Expr;
    /// Without spaces, tabs and line ends at both ends.
    fn trim(&self, text: Expr) -> Expr;
    /// In code points: int.
    fn length(&self, text: Expr) -> Expr;
    /// All of them joined; missing if one is.
    fn concat(&self, texts: Vec<Expr>) -> Expr;
    /// Whether `text` holds `part`.
    fn contains(&self, text: Expr, part: Expr) -> Expr;
    /// Whether `text` starts with `part`.
    fn starts_with(&self, text: Expr, part: Expr) -> Expr;
    /// Whether `text` ends with `part`.
    fn ends_with(&self, text: Expr, part: Expr) -> Expr;
    /// Whether the pattern is found.
    fn matches(&self, text: Expr, pattern: &str) -> Expr;
    /// A value other than a decimal as text: ints in plain digits, dates as `YYYY-MM-DD`, bools as `true` or `false`.
    fn as_text(&self, value: Expr, stored: Stored) -> Expr;
    /// The MD5 of UTF-8 text in 32 lower-case hex digits.
    fn md5(&self, text: Expr) -> Expr;
    /// The last 15 hex digits of the MD5 of a text as an integer, modulo 10,000: int.
    fn bucket(&self, text: Expr) -> Expr;

    // What a source's column, of a type not known before the query runs, says.

    /// A column as text.
    fn raw_text(&self, raw: Expr) -> Expr;
    /// A column as text, in which a number of the engine's own has no needless zeros: `12.5`, `17850`.
    fn raw_shortest(&self, raw: Expr) -> Expr;
    /// A column as text in which an instant or a date of the engine's own stands in ISO form.
    fn raw_time_text(&self, raw: Expr) -> Expr;
    /// A regular expression of days; of no others than exist where [`Dialect::convert`] could fail on one.
    fn day_form(&self) -> &'static str;
    /// The text without the blanks around it if all of it is of this form, else none: missing or empty. The form is
    /// in the subset of [`crate::read`].
    fn of_form(&self, text: Expr, pattern: &str) -> Expr;
    /// A text that [`Dialect::of_form`] has checked, as a value; missing when it is none or out of range.
    fn convert(&self, text: Expr, stored: Stored) -> Expr;
    /// The value of a whole number, decimal or naive timestamp that need not go through its text, where the engine
    /// knows the column's type when it plans; `by_text` for what is of another type. The same value, only sooner.
    fn read_natively(
        &self,
        raw: Expr,
        stored: Stored,
        zone: Option<&str>,
        by_text: Expr,
    ) -> Result<Expr, Unsupported>;
}

/// The dialect of a target.
pub fn of(target: Target) -> &'static dyn Dialect {
    match target {
        Target::DuckDb => &duckdb::DuckDb,
        Target::Postgres => &postgres::Postgres,
        Target::Snowflake => &snowflake::Snowflake,
        Target::BigQuery => &bigquery::BigQuery,
        Target::Databricks => &databricks::Databricks,
    }
}

/// A span of seconds in the largest unit that holds it whole, with the unit's singular name in capitals.
fn in_units(seconds: i64) -> (i64, &'static str) {
    let units = [(86_400, "DAY"), (3_600, "HOUR"), (60, "MINUTE")];
    let found = units.into_iter().find(|(size, _)| seconds != 0 && seconds % size == 0);
    found.map_or((seconds, "SECOND"), |(size, unit)| (seconds / size, unit))
}

/// `30 days`: as PostgreSQL and DuckDB write a span.
fn span(count: i64, unit: &str) -> String {
    format!("{count} {}{}", unit.to_lowercase(), if count == 1 { "" } else { "s" })
}

/// `2011-12-01 09:00:00.5`: an instant in UTC, to the microsecond.
fn utc(value: Timestamp) -> String {
    let clock = jiff::tz::Offset::UTC.to_datetime(value);
    format!("{} {}", clock.date(), clock_text(clock.time()))
}

/// `09:00:00.5`: a time, to the microsecond.
fn clock_text(time: Time) -> String {
    let whole = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    match time.subsec_nanosecond() / 1_000 {
        0 => whole,
        micros => format!("{whole}.{}", format!("{micros:06}").trim_end_matches('0')),
    }
}

/// `ABC…Z` and `abc…z`.
fn letters() -> (String, String) {
    (('A'..='Z').collect(), ('a'..='z').collect())
}
