//! Reading back what runs left.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_engine::{Flow, FlowKey, Members, State};
use persona_value::Value;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::{Counts, Error};

/// What earlier runs left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// For [`persona_engine::decide`].
    pub state: State,
    /// The instant of the last run; none before the first.
    pub watermark: Option<Timestamp>,
    /// For `before` of [`persona_engine::World`].
    pub members: BTreeMap<Arc<str>, Members>,
}

impl Loaded {
    /// The instant from which a run at `now` decides: that of the last run, else 24 hours before.
    pub fn from(&self, now: Timestamp) -> Timestamp {
        let day = SignedDuration::from_hours(24);
        self.watermark.unwrap_or_else(|| now.checked_sub(day).unwrap_or(Timestamp::MIN))
    }
}

pub(crate) fn all(connection: &Connection, path: &Path) -> Result<Loaded, Error> {
    let watermark = watermark(connection, path)?;
    let read = || {
        let state = State {
            flows: flows(connection)?,
            first_sends: pairs(connection, "select trigger_name, customer, at from first_send")?,
            campaigns: pairs(connection, "select campaign, customer, due from campaign_day")?,
        };
        Ok(Loaded { state, watermark, members: members(connection)? })
    };
    read().map_err(|error| Error::of(path, error))
}

pub(crate) fn watermark(connection: &Connection, path: &Path) -> Result<Option<Timestamp>, Error> {
    let last =
        connection.query_row("select at from run order by number desc limit 1", [], |row| parsed(row, 0));
    last.optional().map_err(|error| Error::of(path, error))
}

fn flows(connection: &Connection) -> rusqlite::Result<BTreeMap<FlowKey, Flow>> {
    let mut statement = connection.prepare(
        "select trigger_name, customer, by_key, definition, started, cause, event, place, since, due, sent
         from flow",
    )?;
    let flows = statement.query_map([], |row| {
        let by: Arc<str> = row.get(2)?;
        let key =
            FlowKey { trigger: row.get(0)?, customer: row.get(1)?, key: by.strip_prefix('=').map(Arc::from) };
        let event: String = row.get(6)?;
        let event: Value = serde_json::from_str(&event).map_err(|error| damaged(6, error))?;
        let place: i64 = row.get(7)?;
        let flow = Flow {
            definition: row.get(3)?,
            started: parsed(row, 4)?,
            cause: row.get(5)?,
            event,
            place: usize::try_from(place).map_err(|error| damaged(7, error))?,
            since: parsed(row, 8)?,
            due: parsed(row, 9)?,
            sent: row.get(10)?,
        };
        Ok((key, flow))
    })?;
    flows.collect()
}

/// What is known of two names together.
type Pairs<T> = BTreeMap<(Arc<str>, Arc<str>), T>;

fn pairs<T>(connection: &Connection, sql: &str) -> rusqlite::Result<Pairs<T>>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let mut statement = connection.prepare(sql)?;
    let pairs = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), parsed(row, 2)?)))?;
    pairs.collect()
}

fn members(connection: &Connection) -> rusqlite::Result<BTreeMap<Arc<str>, Members>> {
    let mut audiences = connection.prepare("select name, definition from audience")?;
    let audiences = audiences.query_map([], |row| {
        Ok((row.get(0)?, Members { definition: row.get(1)?, customers: Default::default() }))
    })?;
    let mut all: BTreeMap<Arc<str>, Members> = audiences.collect::<rusqlite::Result<_>>()?;
    let mut members = connection.prepare("select audience, customer from member")?;
    let mut rows = members.query([])?;
    while let Some(row) = rows.next()? {
        let audience: Arc<str> = row.get(0)?;
        if let Some(members) = all.get_mut(&audience) {
            members.customers.insert(row.get(1)?);
        }
    }
    Ok(all)
}

pub(crate) fn counts(connection: &Connection, at: Timestamp) -> rusqlite::Result<Counts> {
    let at = at.to_string();
    let by = |sql| {
        let mut statement = connection.prepare(sql)?;
        let counts = statement.query_map([&at], |row| Ok((row.get(0)?, count(row, 1)?)))?;
        counts.collect::<rusqlite::Result<_>>()
    };
    let number = |sql| connection.query_row(sql, [], |row| count(row, 0));
    Ok(Counts {
        sent: by("select email, count(*) from send where at = ? and withheld is null group by email")?,
        withheld: by(
            "select withheld, count(*) from send where at = ? and withheld is not null group by withheld",
        )?,
        flows: number("select count(*) from flow")?,
        pending: number("select count(*) from outbox where delivered_at is null")?,
    })
}

fn count(row: &Row, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

/// A column that holds something in its written form.
fn parsed<T>(row: &Row, column: usize) -> rusqlite::Result<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text: String = row.get(column)?;
    text.parse().map_err(|error| damaged(column, error))
}

fn damaged(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}
