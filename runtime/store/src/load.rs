//! Reading back what runs left.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_engine::{Flow, FlowKey, Held, Level, Levels, Members, Note, Sent, State};
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

pub(crate) fn all(connection: &Connection, path: &Path, sends: Timestamp) -> Result<Loaded, Error> {
    let watermark = watermark(connection, path)?;
    let read = || {
        let state = State {
            flows: flows(connection)?,
            first_sends: pairs(connection, "select trigger_name, customer, at from first_send")?,
            campaigns: pairs(connection, "select campaign, customer, due from campaign_day")?,
            days: pairs(connection, "select trigger_name, customer, due from trigger_day")?,
            held: held(connection)?,
            levels: levels(connection)?,
            sent: sent(connection, sends)?,
            first_email: first_email(connection)?,
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
        "select trigger_name, customer, by_key, definition, started, cause, event, place, since, due, sent,
                expires, mark, coalesce(marked, since), done
         from flow",
    )?;
    let flows = statement.query_map([], |row| {
        let by: Arc<str> = row.get(2)?;
        let key =
            FlowKey { trigger: row.get(0)?, customer: row.get(1)?, key: by.strip_prefix('=').map(Arc::from) };
        let event: Value = read_json(row, 6)?;
        let place: i64 = row.get(7)?;
        let mark: i64 = row.get(12)?;
        let done: String = row.get(14)?;
        let done = done.split_whitespace().map(|place| place.parse().map_err(|error| damaged(14, error)));
        let flow = Flow {
            definition: row.get(3)?,
            started: parsed(row, 4)?,
            cause: row.get(5)?,
            event,
            place: usize::try_from(place).map_err(|error| damaged(7, error))?,
            since: parsed(row, 8)?,
            due: parsed(row, 9)?,
            sent: row.get(10)?,
            expires: match row.get_ref(11)? {
                rusqlite::types::ValueRef::Null => None,
                _ => Some(parsed(row, 11)?),
            },
            mark: usize::try_from(mark).map_err(|error| damaged(12, error))?,
            marked: parsed(row, 13)?,
            done: done.collect::<rusqlite::Result<_>>()?,
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

fn held(connection: &Connection) -> rusqlite::Result<Pairs<Held>> {
    let mut statement =
        connection.prepare("select campaign, customer, day, due, until, expires from held")?;
    let held = statement.query_map([], |row| {
        let held = Held {
            day: parsed(row, 2)?,
            due: parsed(row, 3)?,
            until: parsed(row, 4)?,
            expires: parsed(row, 5)?,
        };
        Ok(((row.get(0)?, row.get(1)?), held))
    })?;
    held.collect()
}

fn levels(connection: &Connection) -> rusqlite::Result<BTreeMap<Arc<str>, Levels>> {
    let mut triggers = connection.prepare("select trigger_name, definition from levels")?;
    let triggers = triggers.query_map([], |row| {
        Ok((row.get(0)?, Levels { definition: row.get(1)?, customers: Default::default() }))
    })?;
    let mut all: BTreeMap<Arc<str>, Levels> = triggers.collect::<rusqlite::Result<_>>()?;
    let mut levels = connection.prepare("select trigger_name, customer, value, reached from level")?;
    let mut rows = levels.query([])?;
    while let Some(row) = rows.next()? {
        let trigger: Arc<str> = row.get(0)?;
        if let Some(levels) = all.get_mut(&trigger) {
            let level = Level { value: read_json(row, 2)?, reached: read_json(row, 3)? };
            levels.customers.insert(row.get(1)?, level);
        }
    }
    Ok(all)
}

/// What was sent after an instant. Instants of different precision do not compare as texts: an hour more is read, and left out.
fn sent(connection: &Connection, after: Timestamp) -> rusqlite::Result<BTreeMap<Arc<str>, Vec<Sent>>> {
    let earlier = after.checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
    let mut statement = connection.prepare(
        "select customer, email, at from send where withheld is null and at > ? order by at, rowid",
    )?;
    let mut rows = statement.query([earlier.to_string()])?;
    let mut all: BTreeMap<Arc<str>, Vec<Sent>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let sent = Sent { email: row.get(1)?, at: parsed(row, 2)? };
        if sent.at > after {
            all.entry(row.get(0)?).or_default().push(sent);
        }
    }
    Ok(all)
}

fn first_email(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    let sql = "select at from send where withheld is null order by at limit 1";
    connection.query_row(sql, [], |row| parsed(row, 0)).optional()
}

/// What was decided about a customer by one trigger or campaign, in order.
pub(crate) fn trail(
    connection: &Connection,
    customer: &str,
    campaign: bool,
    origin: &str,
) -> rusqlite::Result<Vec<(Timestamp, Note)>> {
    let kind = if campaign { "campaign" } else { "trigger" };
    let mut statement = connection.prepare(
        "select at, by_key, what from trail where customer = ? and kind = ? and origin = ? order by number",
    )?;
    let notes = statement.query_map([customer, kind, origin], |row| {
        let by: Arc<str> = row.get(1)?;
        let note = Note {
            customer: customer.into(),
            origin: origin.into(),
            campaign,
            key: by.strip_prefix('=').map(Arc::from),
            what: read_json(row, 2)?,
        };
        Ok((parsed(row, 0)?, note))
    })?;
    notes.collect()
}

fn read_json<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| damaged(column, error))
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
