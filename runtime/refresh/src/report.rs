//! What a refresh did, for people and programs.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use persona_diagnostics::Problems;
use persona_plan::refresh::{AUDIENCE_SIZE, CHANGE};
use persona_target::{Progress, Session, SetAside, Stale, whole};
use persona_value::Value;
use persona_warehouse::Rows;

use crate::Error;

/// Whom a refresh looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everybody.
    Full {
        /// Why: the end of a sentence.
        because: String,
    },
    /// Those of whom something new was known, or for whom time may have changed something.
    Incremental {
        /// How many customers that were.
        examined: i64,
    },
}

/// What a refresh did.
#[derive(Debug)]
pub struct Report {
    /// The instant it is of.
    pub at: Timestamp,
    /// The latest instant refreshed before.
    pub last: Option<Timestamp>,
    /// Nothing was kept.
    pub dry: bool,
    /// A fingerprint of what was computed.
    pub program: String,
    /// How many customers there are.
    pub customers: i64,
    /// Whom it looked at.
    pub mode: Mode,
    /// Every segment and stage, and what is none any more.
    pub audiences: Vec<Audience>,
    /// Rows of sources that could not be used.
    pub set_aside: Vec<SetAside>,
    /// Sources that are older than they say they may be.
    pub stale: Vec<Stale>,
    /// Audiences that are too small to learn from.
    pub small: Problems,
    /// What was written.
    pub written: Written,
    /// How long it took, up to the commit.
    pub milliseconds: i64,
}

/// How many rows were written into each table, or taken from it, as the engine tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written(pub BTreeMap<Arc<str>, u64>);

impl Written {
    /// One more statement, and a step of the work.
    pub(crate) fn note(&mut self, table: &Arc<str>, rows: Option<u64>, progress: &mut dyn Progress) {
        match rows {
            Some(rows) => {
                *self.0.entry(table.clone()).or_default() += rows;
                progress.step(&format!("{table}: {rows} rows"));
            }
            None => progress.step(table),
        }
    }

    /// All of them.
    pub fn rows(&self) -> u64 {
        self.0.values().sum()
    }
}

/// A segment's or stage's size, and who came and went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// `segment` or `lifecycle`.
    pub kind: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Of a lifecycle the stage.
    pub stage: Option<Arc<str>>,
    /// How many are in it.
    pub size: i64,
    /// How many came, from another stage too.
    pub entered: i64,
    /// How many went.
    pub left: i64,
    /// Why: `customer` where customers changed; `first`, `redefined` or `removed` where the program did. None of them came
    /// or went then: they were put there.
    pub cause: Option<Arc<str>>,
}

/// So many customers changed in one way.
pub(crate) struct Changed {
    kind: Arc<str>,
    name: Arc<str>,
    from: Option<Arc<str>>,
    to: Option<Arc<str>>,
    change: Arc<str>,
    cause: Arc<str>,
    people: i64,
}

/// What changed, from the table of changes.
pub(crate) fn changes(session: &mut Session) -> Result<Vec<Changed>, Error> {
    let table = session.own(CHANGE);
    let keys = "kind, audience, from_stage, to_stage, change, cause";
    let rows = session
        .warehouse
        .query(&format!("SELECT {keys}, COUNT(*) AS people FROM {table} GROUP BY {keys}"))?;
    let text = |value: &Value| value.as_text().map(Arc::<str>::from);
    let changed = rows.rows.iter().map(|row| Changed {
        kind: text(&row[0]).unwrap_or_default(),
        name: text(&row[1]).unwrap_or_default(),
        from: text(&row[2]),
        to: text(&row[3]),
        change: text(&row[4]).unwrap_or_default(),
        cause: text(&row[5]).unwrap_or_default(),
        people: whole(&row[6]),
    });
    Ok(changed.collect())
}

/// The sizes that were just noted, with what led to them.
pub(crate) fn audiences(session: &mut Session, changes: &[Changed]) -> Result<Vec<Audience>, Error> {
    let table = session.own(AUDIENCE_SIZE);
    let latest = format!("(SELECT MAX(refreshed_at) FROM {table})");
    // The latest noted is this one, but for a dry run of the past.
    let at = session.options.at.map_or(latest, |at| {
        let micros = at.as_microsecond();
        format!("(SELECT MAX(refreshed_at) FROM {table} WHERE refreshed_at <= {})", instant(micros))
    });
    let rows = session
        .warehouse
        .query(&format!("SELECT kind, audience, stage, size FROM {table} WHERE refreshed_at = {at}"))?;
    let text = |value: &Value| value.as_text().map(Arc::<str>::from);
    let mut found: Vec<Audience> = rows
        .rows
        .iter()
        .map(|row| Audience {
            kind: text(&row[0]).unwrap_or_default(),
            name: text(&row[1]).unwrap_or_default(),
            stage: text(&row[2]),
            size: whole(&row[3]),
            ..Audience::default()
        })
        .collect();
    for change in changes {
        let mut add = |stage: &Option<Arc<str>>, came: i64, went: i64| {
            let at = found
                .iter()
                .position(|a| a.kind == change.kind && a.name == change.name && a.stage == *stage)
                .unwrap_or_else(|| {
                    let (kind, name) = (change.kind.clone(), change.name.clone());
                    found.push(Audience { kind, name, stage: stage.clone(), ..Audience::default() });
                    found.len() - 1
                });
            found[at].entered += came;
            found[at].left += went;
            found[at].cause = Some(change.cause.clone());
        };
        if &*change.change != "entered" {
            add(&change.from, 0, change.people);
        }
        if &*change.change != "left" {
            add(&change.to, change.people, 0);
        }
    }
    // Segments before lifecycles.
    let place = |a: &Audience| (std::cmp::Reverse(a.kind.clone()), a.name.clone(), a.stage.clone());
    found.sort_by_key(place);
    Ok(found)
}

fn instant(microseconds: i64) -> String {
    let at = Timestamp::from_microsecond(microseconds).unwrap_or_default();
    let clock = jiff::tz::Offset::UTC.to_datetime(at);
    format!("TIMESTAMP '{} {}'", clock.date(), clock.time())
}

impl Mode {
    /// As the history writes it.
    pub fn word(&self) -> &'static str {
        match self {
            Mode::Full { .. } => "full",
            Mode::Incremental { .. } => "incremental",
        }
    }
}

impl Report {
    /// How many customers entered an audience, left one, went from stage to stage.
    pub fn moves(&self) -> (i64, i64) {
        self.audiences.iter().fold((0, 0), |(came, went), a| (came + a.entered, went + a.left))
    }

    /// How many customers were looked at.
    pub fn examined(&self) -> i64 {
        match self.mode {
            Mode::Full { .. } => self.customers,
            Mode::Incremental { examined } => examined,
        }
    }

    /// Its row in the history.
    pub(crate) fn row(&self) -> Rows {
        let (entered, exited) = self.moves();
        let columns =
            ["refreshed_at", "program", "mode", "customers", "examined", "entered", "exited", "milliseconds"];
        let int = Value::Int;
        let row = vec![
            Value::Instant(self.at),
            Value::text(&*self.program),
            Value::text(self.mode.word()),
            int(self.customers),
            int(self.examined()),
            int(entered),
            int(exited),
            int(self.milliseconds),
        ];
        Rows { columns: columns.map(String::from).to_vec(), rows: vec![row] }
    }
}
