//! One run's transaction.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::{Decisions, FlowKey, Origin, Send};
use rusqlite::{Transaction, params};

use crate::Error;

/// A run under way. Dropped without [`Run::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Run<'s> {
    transaction: Transaction<'s>,
    at: Timestamp,
    path: &'s Path,
}

impl<'s> Run<'s> {
    pub(crate) fn new(transaction: Transaction<'s>, at: Timestamp, path: &'s Path) -> Run<'s> {
        Run { transaction, at, path }
    }

    /// Puts a finished message into the outbox, under its send's id and a file name. A message whose id was there before is the
    /// same message, and is not put there again.
    pub fn message(&mut self, id: &str, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let sql = "insert into outbox (id, name, bytes) values (?, ?, ?) on conflict (id) do nothing";
        self.write(|t| t.prepare_cached(sql)?.execute(params![id, name, bytes]).map(drop))
    }

    /// Keeps all that was decided, together with the messages. When this returns it is on the disk; when it fails nothing is.
    pub fn commit(self, decisions: &Decisions) -> Result<(), Error> {
        let at = self.at.to_string();
        self.write(|t| t.execute("insert into run (at) values (?)", [&at]).map(drop))?;
        self.write(|t| flows(t, decisions, &at))?;
        for send in &decisions.sends {
            self.write(|t| self::send(t, send, &at))?;
        }
        self.write(|t| members(t, decisions))?;
        self.write(|t| by_the_clock(t, decisions))?;
        self.write(|t| levels(t, decisions))?;
        self.write(|t| trail(t, decisions, &at))?;
        let path = self.path;
        self.transaction.commit().map_err(|error| Error::of(path, error))
    }

    fn write(&self, write: impl FnOnce(&Transaction) -> rusqlite::Result<()>) -> Result<(), Error> {
        write(&self.transaction).map_err(|error| Error::of(self.path, error))
    }
}

/// A flow's key as its column holds it.
fn by_key(key: &FlowKey) -> String {
    by_value(key.key.as_ref())
}

pub(crate) fn by_value(key: Option<&Arc<str>>) -> String {
    key.map_or_else(String::new, |key| format!("={key}"))
}

fn flows(transaction: &Transaction, decisions: &Decisions, at: &str) -> rusqlite::Result<()> {
    let mut delete =
        transaction.prepare("delete from flow where trigger_name = ? and customer = ? and by_key = ?")?;
    let mut ended = transaction.prepare(
        "insert into ended (trigger_name, customer, by_key, started, at, why) values (?, ?, ?, ?, ?, ?)",
    )?;
    for end in &decisions.ended {
        let (key, by) = (&end.flow, by_key(&end.flow));
        delete.execute(params![key.trigger, key.customer, by])?;
        let started = end.started.to_string();
        ended.execute(params![key.trigger, key.customer, by, started, at, end.why.to_string()])?;
    }
    let mut insert = transaction.prepare(
        "insert or replace into flow
            (trigger_name, customer, by_key, definition, started, cause, event, place, since, due, sent,
             expires, mark, marked, done)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (key, flow) in &decisions.live {
        let event = json(&flow.event)?;
        let done: Vec<String> = flow.done.iter().map(usize::to_string).collect();
        insert.execute(params![
            key.trigger,
            key.customer,
            by_key(key),
            flow.definition,
            flow.started.to_string(),
            flow.cause,
            event,
            flow.place as i64,
            flow.since.to_string(),
            flow.due.to_string(),
            flow.sent,
            flow.expires.map(|at| at.to_string()),
            flow.mark as i64,
            flow.marked.to_string(),
            done.join(" "),
        ])?;
    }
    Ok(())
}

fn send(transaction: &Transaction, send: &Send, at: &str) -> rusqlite::Result<()> {
    let kind = match &send.origin {
        Origin::Trigger { .. } => "trigger",
        Origin::Campaign { .. } => "campaign",
    };
    let withheld = send.to.as_ref().err().map(|why| why.to_string());
    let sql =
        "insert into send (id, at, email, customer, kind, origin, withheld) values (?, ?, ?, ?, ?, ?, ?)
               on conflict (id) do nothing";
    let origin = send.origin.name();
    transaction.prepare_cached(sql)?.execute(params![
        send.id,
        at,
        send.email,
        send.customer,
        kind,
        origin,
        withheld
    ])?;
    match &send.origin {
        Origin::Trigger { name, first: true } if send.to.is_ok() => {
            let sql = "insert or replace into first_send (trigger_name, customer, at) values (?, ?, ?)";
            transaction.prepare_cached(sql)?.execute(params![name, send.customer, at])?;
        }
        Origin::Trigger { .. } => {}
        Origin::Campaign { name, due } => {
            let sql = "insert or replace into campaign_day (campaign, customer, due) values (?, ?, ?)";
            transaction.prepare_cached(sql)?.execute(params![name, send.customer, due.to_string()])?;
        }
    }
    Ok(())
}

/// All that the next run is told of: audiences that nobody asks about any more are forgotten.
fn members(transaction: &Transaction, decisions: &Decisions) -> rusqlite::Result<()> {
    transaction.execute_batch("delete from member; delete from audience;")?;
    let mut audience = transaction.prepare("insert into audience (name, definition) values (?, ?)")?;
    let mut member = transaction.prepare("insert into member (audience, customer) values (?, ?)")?;
    for (name, members) in &decisions.members {
        audience.execute(params![name, members.definition])?;
        for customer in &members.customers {
            member.execute(params![name, customer])?;
        }
    }
    Ok(())
}

/// Days on which triggers were due, and campaigns' messages that are held.
fn by_the_clock(transaction: &Transaction, decisions: &Decisions) -> rusqlite::Result<()> {
    let mut day = transaction
        .prepare("insert or replace into trigger_day (trigger_name, customer, due) values (?, ?, ?)")?;
    for ((trigger, customer), due) in &decisions.days {
        day.execute(params![trigger, customer, due.to_string()])?;
    }
    let mut delete = transaction.prepare("delete from held where campaign = ? and customer = ?")?;
    let mut hold = transaction.prepare(
        "insert or replace into held (campaign, customer, day, due, until, expires) values (?, ?, ?, ?, ?, ?)",
    )?;
    for ((campaign, customer), held) in &decisions.held {
        match held {
            None => delete.execute(params![campaign, customer])?,
            Some(held) => {
                let [day, due] = [held.day.to_string(), held.due.to_string()];
                let [until, expires] = [held.until.to_string(), held.expires.to_string()];
                hold.execute(params![campaign, customer, day, due, until, expires])?
            }
        };
    }
    Ok(())
}

/// Values that are watched: of another definition all are forgotten first.
fn levels(transaction: &Transaction, decisions: &Decisions) -> rusqlite::Result<()> {
    let mut same = transaction.prepare("select 1 from levels where trigger_name = ? and definition = ?")?;
    let mut level = transaction.prepare(
        "insert or replace into level (trigger_name, customer, value, reached) values (?, ?, ?, ?)",
    )?;
    for (trigger, levels) in &decisions.levels {
        if !same.exists(params![trigger, levels.definition])? {
            transaction.execute("delete from level where trigger_name = ?", params![trigger])?;
            let sql = "insert or replace into levels (trigger_name, definition) values (?, ?)";
            transaction.execute(sql, params![trigger, levels.definition])?;
        }
        for (customer, now) in &levels.customers {
            level.execute(params![trigger, customer, json(&now.value)?, json(&now.reached)?])?;
        }
    }
    Ok(())
}

fn trail(transaction: &Transaction, decisions: &Decisions, at: &str) -> rusqlite::Result<()> {
    let mut insert = transaction
        .prepare("insert into trail (at, customer, kind, origin, by_key, what) values (?, ?, ?, ?, ?, ?)")?;
    for note in &decisions.trail {
        let kind = if note.campaign { "campaign" } else { "trigger" };
        let by = by_value(note.key.as_ref());
        insert.execute(params![at, note.customer, kind, note.origin, by, json(&note.what)?])?;
    }
    Ok(())
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
