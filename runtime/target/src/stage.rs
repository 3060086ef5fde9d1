//! From the user's data to persona's own tables: files loaded, columns checked, sources staged.

use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::missing_member::MissingMember;
use persona_model::{FeedTarget, Length, Location, Source};
use persona_plan::Plan;
use persona_plan::lower::{newest, raw_table, staging};
use persona_plan::refresh::SOURCE_MARK;
use persona_value::Value;
use persona_warehouse::FileFormat;

use crate::{Error, Progress, Session, compare};

/// Rows of a source that could not be used, by the first field that was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The source.
    pub source: Arc<str>,
    /// The field.
    pub field: String,
    /// How many rows.
    pub rows: i64,
    /// What stood there in one of them; none where nothing did.
    pub example: Option<String>,
}

/// A source whose newest event is older than the source says it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The source.
    pub source: Arc<str>,
    /// When its newest event happened; none if it has no events at all.
    pub newest: Option<jiff::Timestamp>,
}

/// Sources with `fresh within` whose newest event, up to the instant of the run, is older than that.
pub fn stale(session: &mut Session, at: jiff::Timestamp) -> Result<Vec<Stale>, Error> {
    let mut stale = Vec::new();
    for source in &session.model.sources {
        let Some(fresh) = source.fresh else { continue };
        let zone = &session.model.project.zone;
        let oldest = match fresh {
            Length::Seconds(seconds) => at.checked_sub(jiff::SignedDuration::from_secs(seconds)).ok(),
            Length::Months(months) => {
                let day = at.to_zoned_datetime(zone.clone());
                day.checked_sub(jiff::Span::new().months(months)).ok().map(|day| day.timestamp())
            }
        };
        let Some(oldest) = oldest else { continue };
        for feed in &source.feeds {
            let FeedTarget::Event(event) = &feed.target else { continue };
            let rows = session.query(&newest(session.model, event))?.rows;
            let newest = match rows.first().and_then(|row| row.first()) {
                Some(Value::Instant(newest)) => Some(*newest),
                _ => None,
            };
            if newest.is_none_or(|newest| newest < oldest) {
                stale.push(Stale { source: source.name.clone(), newest });
                break;
            }
        }
    }
    Ok(stale)
}

/// Checks columns and makes every own table but the profile.
pub fn stage(session: &mut Session, progress: &mut dyn Progress) -> Result<Vec<SetAside>, Error> {
    check_columns(session)?;
    forget_marks(session)?;
    let staged = staging(session.model);
    progress.start("reading sources", staged.len() as u64);
    let mut aside = Vec::new();
    for table in &staged {
        aside.extend(rows_set_aside(session, &table.set_aside, |_| true)?);
        session.make_table(&table.table, &table.plan)?;
        progress.step(&table.table);
    }
    progress.end();
    // One table may be fed by one source twice over; what was set aside is told once.
    aside.sort_by(|a, b| (&a.source, &a.field).cmp(&(&b.source, &b.field)));
    aside.dedup();
    Ok(aside)
}

/// What these plans, each of a source, find that cannot be used, of the sources that are chosen.
pub fn rows_set_aside(
    session: &mut Session,
    plans: &[(Arc<str>, Plan)],
    chosen: impl Fn(&str) -> bool,
) -> Result<Vec<SetAside>, Error> {
    let mut aside = Vec::new();
    for (source, plan) in plans.iter().filter(|(source, _)| chosen(source)) {
        for row in session.query(plan)?.rows {
            if let [field, rows, example] = &row[..] {
                aside.push(SetAside {
                    source: source.clone(),
                    field: text(field).unwrap_or_default(),
                    rows: crate::whole(rows),
                    example: text(example),
                });
            }
        }
    }
    Ok(aside)
}

/// A refresh that goes on from the one before relies on persona's own tables being as that one left them.
fn forget_marks(session: &mut Session) -> Result<(), Error> {
    let marks = session.own(SOURCE_MARK);
    if session.warehouse.columns(&marks)?.is_some() {
        session.warehouse.execute(&format!("DELETE FROM {marks}"))?;
    }
    Ok(())
}

fn text(value: &Value) -> Option<String> {
    value.as_text().map(str::to_string)
}

/// Loads every file that is a source. A file is loaded whole or not at all; its table is a copy and no more.
pub fn load_files(session: &mut Session, progress: &mut dyn Progress) -> Result<(), Error> {
    let files: Vec<(&Source, &str)> = session
        .model
        .sources
        .iter()
        .filter_map(|s| match &s.location {
            Location::File(path) => Some((s, &**path)),
            _ => None,
        })
        .collect();
    progress.start("loading files", files.len() as u64);
    for (source, path) in files {
        let table = session.own(&raw_table(&source.name));
        let format =
            if path.to_lowercase().ends_with(".parquet") { FileFormat::Parquet } else { FileFormat::Csv };
        session.warehouse.load_file(&table, &session.folder.join(Path::new(path)), format)?;
        progress.step(path);
    }
    progress.end();
    Ok(())
}

/// Every column that a source names is there and can be read; else a problem at the place where it is named.
pub fn check_columns(session: &mut Session) -> Result<(), Error> {
    let mut problems = Problems::default();
    let fed = |s: &Source| s.feeds.iter().any(|f| f.target == FeedTarget::Customer && f.by.is_none());
    if let Some(at) = session.model.customer.span.filter(|_| !session.model.sources.iter().any(fed)) {
        problems.report(MissingMember {
            what: "`customer`".into(),
            lacks: "source: nothing feeds it".into(),
            at,
            form: "source crm { file \"data/customers.csv\"  feeds customer { id = id  email = email } }"
                .into(),
            elsewhere: false,
        });
    }
    for source in &session.model.sources {
        compare::columns(session, source, &mut problems)?;
    }
    if problems.any_error() { Err(Error::Program(problems)) } else { Ok(()) }
}
