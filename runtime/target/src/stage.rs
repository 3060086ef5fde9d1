//! From the user's data to persona's own tables: files loaded, columns checked, sources staged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::catalogue::{missing_member::MissingMember, unknown_name::UnknownName};
use persona_diagnostics::{Problems, Span, suggest};
use persona_model::{ExprKind, FeedTarget, Length, Location, Source};
use persona_plan::lower::{newest, raw_table, staging};
use persona_value::Value;
use persona_warehouse::FileFormat;

use crate::{Error, Progress, Session};

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
    let staged = staging(session.model);
    progress.start("reading sources", staged.len() as u64);
    let mut aside = Vec::new();
    for table in &staged {
        for (source, plan) in &table.set_aside {
            let sql = persona_sql::query(plan, session.dialect, &session.options)?;
            for row in session.warehouse.query(&sql)?.rows {
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
        session.make_table(&table.table, &table.plan)?;
        progress.step(&table.table);
    }
    progress.end();
    // One table may be fed by one source twice over; what was set aside is told once.
    aside.sort_by(|a, b| (&a.source, &a.field).cmp(&(&b.source, &b.field)));
    aside.dedup();
    Ok(aside)
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

/// Every column that a source names is there; else a problem at the place where it is named.
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
        });
    }
    for source in &session.model.sources {
        let (name, shown) = match &source.location {
            Location::Table(path) => (persona_sql::users_name(path, session.dialect), path.to_string()),
            Location::File(path) => (session.own(&raw_table(&source.name)), path.to_string()),
            _ => continue,
        };
        let Some(columns) = session.warehouse.columns(&name)? else {
            problems.report(UnknownName {
                what: "table in this target".into(),
                name: shown,
                at: source.span,
                nearest: None,
                available: vec![],
            });
            continue;
        };
        let columns: Vec<String> = columns.into_iter().map(|c| c.name).collect();
        for (name, at) in named(source) {
            // DuckDB and an unquoted Snowflake name do not mind case; PostgreSQL and BigQuery's columns do.
            let strict = session.dialect == persona_sql::Target::Postgres;
            let there = |c: &String| if strict { *c == *name } else { c.eq_ignore_ascii_case(&name) };
            if !columns.iter().any(there) {
                let nearest = suggest(&name, columns.iter().map(String::as_str));
                problems.report(UnknownName {
                    what: format!("column in `{shown}`"),
                    name: name.to_string(),
                    at,
                    nearest: nearest.map(|n| (n.to_string(), None)),
                    available: columns.iter().map(|c| format!("`{c}`")).collect(),
                });
            }
        }
    }
    if problems.any_error() { Err(Error::Program(problems)) } else { Ok(()) }
}

/// Each column a source names, with the first place where it does.
fn named(source: &Source) -> BTreeMap<Arc<str>, Span> {
    let mut found: BTreeMap<Arc<str>, Span> = BTreeMap::new();
    let feeds = source.feeds.iter().flat_map(|f| {
        f.fields
            .iter()
            .map(|(_, e)| e)
            .chain(f.lists.iter().flat_map(|(_, fields)| fields.iter().map(|(_, e)| e)))
    });
    for expr in source.filter.iter().chain(feeds) {
        expr.walk(&mut |e| {
            if let ExprKind::Column(name) = &e.kind {
                found.entry(name.clone()).or_insert(e.span);
            }
        });
    }
    for name in &source.group_by {
        found.entry(name.clone()).or_insert(source.span);
    }
    found
}
