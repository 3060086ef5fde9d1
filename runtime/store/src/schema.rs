//! The tables, and how a file of an older version becomes one of this.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;

/// Marks an SQLite file as ours: "prsn".
const APPLICATION: i32 = 0x7072_736e;

/// Each makes version n + 1 of version n. What was released is never changed, only added to.
const MIGRATIONS: &[&str] = &["
    create table run (number integer primary key, at text not null) strict;

    -- by_key: '' without `by`, else '=' and the key.
    create table flow (
        trigger_name text not null, customer text not null, by_key text not null,
        definition text not null, started text not null, cause text not null, event text not null,
        place integer not null, since text not null, due text not null, sent integer not null,
        primary key (trigger_name, customer, by_key)
    ) strict, without rowid;
    create table ended (
        trigger_name text not null, customer text not null, by_key text not null,
        started text not null, at text not null, why text not null
    ) strict;
    create table first_send (
        trigger_name text not null, customer text not null, at text not null,
        primary key (trigger_name, customer)
    ) strict, without rowid;
    create table campaign_day (
        campaign text not null, customer text not null, due text not null,
        primary key (campaign, customer)
    ) strict, without rowid;

    -- withheld: the reason; null for what was sent.
    create table send (
        id text primary key, at text not null, email text not null, customer text not null,
        kind text not null, origin text not null, withheld text
    ) strict;
    create index send_at on send (at);

    create table audience (name text primary key, definition text not null) strict, without rowid;
    create table member (
        audience text not null, customer text not null, primary key (audience, customer)
    ) strict, without rowid;

    -- bytes: null once delivered.
    create table outbox (
        number integer primary key, id text not null unique, name text not null, bytes blob, delivered_at text
    ) strict;
    create index outbox_pending on outbox (number) where delivered_at is null;
", "
    -- expires: until when the message that is held is of use; null if none is. done: places, with spaces between.
    alter table flow add column expires text;
    alter table flow add column mark integer not null default 0;
    alter table flow add column marked text;
    alter table flow add column done text not null default '';

    create table trigger_day (
        trigger_name text not null, customer text not null, due text not null,
        primary key (trigger_name, customer)
    ) strict, without rowid;
    create table held (
        campaign text not null, customer text not null,
        day text not null, due text not null, until text not null, expires text not null,
        primary key (campaign, customer)
    ) strict, without rowid;
    create table levels (trigger_name text primary key, definition text not null) strict, without rowid;
    create table level (
        trigger_name text not null, customer text not null, value text not null, reached text not null,
        primary key (trigger_name, customer)
    ) strict, without rowid;

    -- What was decided about whom, as JSON; by_key as above.
    create table trail (
        number integer primary key, at text not null, customer text not null,
        kind text not null, origin text not null, by_key text not null, what text not null
    ) strict;
    create index trail_of on trail (customer, kind, origin);
    create index send_sent on send (at) where withheld is null;
"];

/// Makes a new file ours, an older one current, and leaves any other alone.
pub(crate) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let of = |error| Error::of(path, error);
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let application = number("application_id").map_err(of)?;
    let version = number("user_version").map_err(of)?;
    let tables = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get::<_, i64>(0));
    let is_new = tables.map_err(of)? == 0 && application == 0 && version == 0;
    if !is_new && application != APPLICATION {
        return Err(Error::Foreign { path: path.to_path_buf() });
    }
    let known = MIGRATIONS.len();
    let found = usize::try_from(version).unwrap_or(usize::MAX);
    if found > known {
        return Err(Error::Newer { path: path.to_path_buf(), found, known });
    }
    // A write-ahead log, on the disk before a commit returns.
    connection.pragma_update(None, "journal_mode", "wal").map_err(of)?;
    connection.pragma_update(None, "synchronous", "full").map_err(of)?;
    if found < known {
        migrate(connection, found).map_err(of)?;
    }
    Ok(())
}

fn migrate(connection: &mut Connection, from: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    for migration in &MIGRATIONS[from..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use jiff::Timestamp;

    #[test]
    fn a_file_of_the_first_version_is_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.pragma_update(None, "application_id", APPLICATION).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute_batch(
            "insert into run (at) values ('2026-03-01T12:00:00Z');
             insert into flow values ('cart', 'ada', '', 'd', '2026-03-01T10:00:00Z', 'e1', '\"Missing\"',
                                      0, '2026-03-01T10:00:00Z', '2026-03-01T13:00:00Z', 0);
             insert into send values ('a', '2026-03-01T12:00:00Z', 'tips', 'bob', 'trigger', 'hello', null),
                                     ('b', '2026-03-01T12:00:00Z', 'tips', 'eve', 'trigger', 'hello', 'no address');",
        )
        .unwrap();
        drop(old);
        let loaded = Store::open(&path).unwrap().load(Timestamp::MIN).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(loaded.watermark, Some(at("2026-03-01T12:00:00Z")));
        let flow = loaded.state.flows.values().next().unwrap();
        assert_eq!((flow.due, flow.marked), (at("2026-03-01T13:00:00Z"), at("2026-03-01T10:00:00Z")));
        assert_eq!((flow.expires, flow.mark, &flow.done[..]), (None, 0, &[][..]));
        // What the old version sent counts for the caps of this one.
        assert_eq!(loaded.state.sent.keys().map(|c| &**c).collect::<Vec<_>>(), ["bob"]);
        assert_eq!(loaded.state.first_email, Some(at("2026-03-01T12:00:00Z")));
    }
}
