//! Messages between the decision to send them and their delivery.

use jiff::Timestamp;
use rusqlite::{Connection, params};

/// A finished message that is to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its send's id.
    pub id: String,
    /// The name of its file.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

pub(crate) fn pending(connection: &Connection, at_most: usize) -> rusqlite::Result<Vec<Message>> {
    let sql = "select id, name, bytes from outbox where delivered_at is null order by number limit ?";
    let mut statement = connection.prepare_cached(sql)?;
    let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
    let messages = statement
        .query_map([at_most], |row| Ok(Message { id: row.get(0)?, name: row.get(1)?, bytes: row.get(2)? }))?;
    messages.collect()
}

pub(crate) fn delivered<'i>(
    connection: &mut Connection,
    ids: impl IntoIterator<Item = &'i str>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let sql = "update outbox set bytes = null, delivered_at = ? where id = ? and delivered_at is null";
    let mut statement = transaction.prepare(sql)?;
    for id in ids {
        statement.execute(params![at.to_string(), id])?;
    }
    drop(statement);
    transaction.commit()
}
