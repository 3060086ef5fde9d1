//! `persona refresh`: traits, memberships and stages brought up to date where the data is, with the log of who came and
//! went.
//!
//! All of it happens in one transaction, under a lock: whoever looks, or kills it, finds the old state or the new one.
//! It looks at those alone of whom something may have changed, where that can be known (`examine.rs`, `mark.rs`).
//! What is done is a list of [`persona_plan::refresh::Deed`]s; here they are run, and what is kept is made and migrated.

mod claim;
mod error;
mod examine;
mod mark;
mod migrate;
mod report;
mod small;

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use persona_diagnostics::Problems;
use persona_model::{Dialect, Model};
use persona_plan::lower::{PROFILE, computed};
use persona_plan::refresh::examine::{compute_examined, end, examined};
use persona_plan::refresh::{Act, CHANGE, Deed, HISTORY, merge, program, views};
use persona_target::{Progress, STATE, Session, choose, dialect, load_files, place, schema, stage, stale};
use persona_value::Value;
use persona_warehouse::{Transaction, connect};

pub use error::Error;
pub use report::{Audience, Mode, Report, Written};
pub use small::tell as tell_small;

/// What is asked of a refresh.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// A target of `persona.toml`; without one the embedded one.
    pub target: Option<&'a str>,
    /// The instant.
    pub at: Timestamp,
    /// Nothing is kept: only told.
    pub dry: bool,
    /// Everybody is looked at, whatever changed.
    pub full: bool,
}

/// Refreshes a project.
pub fn refresh(
    model: &Model,
    folder: &Path,
    asked: &Asked,
    progress: &mut dyn Progress,
) -> Result<Report, Error> {
    let target = choose(&model.project, asked.target)?;
    let options =
        persona_sql::Options { schema: schema(Some(&target)), at: Some(asked.at), ..Default::default() };
    claim::no_source_is_ours(model, &options.schema)?;
    let state = folder.join(STATE);
    std::fs::create_dir_all(&state).map_err(|e| {
        persona_target::Error::Target(format!("cannot make the folder {}: {e}", state.display()))
    })?;
    if !matches!(target.dialect, Dialect::DuckDb | Dialect::Postgres) {
        // Their statements that make tables end a transaction.
        return Err(Error::NotWhole(target.dialect));
    }
    let mut warehouse = connect(&place(&target, folder, &state)?).map_err(persona_target::Error::from)?;
    let session = Session { model, folder, warehouse: &mut *warehouse, dialect: dialect(&target), options };
    refresh_in(session, asked, progress)
}

/// Refreshes over an open connection.
pub fn refresh_in(mut session: Session, asked: &Asked, progress: &mut dyn Progress) -> Result<Report, Error> {
    let begun = Instant::now();
    let (model, folder, dialect) = (session.model, session.folder, session.dialect);
    let options = session.options.clone();

    // What is kept is there, and every name that will be written to is ours, before anything is.
    if let Some(sql) = persona_sql::create_schema(dialect, &options) {
        session.warehouse.execute(&sql)?;
    }
    {
        let mut transaction = Transaction::begin(session.warehouse)?;
        let mut session =
            Session { model, folder, warehouse: &mut *transaction, dialect, options: options.clone() };
        lock(&mut session)?;
        migrate::migrate(&mut session)?;
        claim::claim(&mut session)?;
        let last = last(&mut session)?;
        allowed(asked, last)?;
        transaction.commit()?;
    }
    load_files(&mut session, progress)?;

    let mut transaction = Transaction::begin(session.warehouse)?;
    let mut session = Session { model, folder, warehouse: &mut *transaction, dialect, options };
    lock(&mut session)?;
    // Another may have been at work since.
    let last = last(&mut session)?;
    allowed(asked, last)?;
    let sources = examine::look(&mut session, last)?;
    let because = sources.because(model, asked, last);
    let (set_aside, mode) = match (last, because) {
        (Some(last), None) => examine::stage(&mut session, &sources, (last, asked.at), progress)?,
        (_, because) => (stage(&mut session, progress)?, Mode::Full { because: because.unwrap_or_default() }),
    };
    let stale = stale(&mut session, asked.at)?;
    let mut written = Written::default();
    compute(&mut session, &mode, &mut written, progress)?;
    let only = matches!(mode, Mode::Incremental { .. }).then(examined);
    let deeds = merge(model, only.as_ref());
    progress.start("merging segments and stages", deeds.len() as u64);
    let mut changes = Vec::new();
    for deed in &deeds {
        if matches!(deed.act, Act::Drop) && &*deed.table == CHANGE {
            changes = report::changes(&mut session)?;
        }
        let rows = run(&mut session, deed)?;
        written.note(&deed.table, rows, progress);
    }
    for view in views(model) {
        for sql in persona_sql::create_view(view.name, &view.plan, dialect, &session.options)? {
            session.warehouse.execute(&sql)?;
        }
    }
    progress.end();
    examine::all(&mut session, &end())?;
    mark::note(&mut session, &sources.program, asked.at, &sources.looked)?;
    let mut small = Problems::default();
    if model.project.min_audience > 0 {
        small::tell(model, &small::count(&mut session)?, &mut small);
    }
    let customers = count(&mut session, PROFILE)?;
    let mut report = Report {
        at: asked.at,
        last,
        dry: asked.dry,
        program: program(model),
        customers,
        mode,
        audiences: report::audiences(&mut session, &changes)?,
        set_aside,
        stale,
        small,
        written,
        milliseconds: 0,
    };
    report.milliseconds = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    let table = session.own(HISTORY);
    session.warehouse.insert(&table, &report.row())?;
    if !asked.dry {
        transaction.commit()?;
    }
    Ok(report)
}

/// The profile and the list traits: of everybody, or of those who are looked at.
fn compute(
    session: &mut Session,
    mode: &Mode,
    written: &mut Written,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    match mode {
        Mode::Full { because } => {
            let tables = computed(session.model, &[]);
            let what = format!("computing traits, segments and stages of everybody: {because}");
            progress.start(&what, tables.len() as u64);
            for table in &tables {
                let rows = session.make_table(&table.name, &table.plan)?;
                written.note(&table.name, rows, progress);
            }
        }
        Mode::Incremental { examined } => {
            let deeds = compute_examined(session.model);
            let what = format!("computing traits, segments and stages of {examined} customers");
            progress.start(&what, deeds.len() as u64);
            for deed in &deeds {
                let rows = run(session, deed)?;
                written.note(&deed.table, rows, progress);
            }
        }
    }
    progress.end();
    Ok(())
}

/// One refresh at a time in a schema.
fn lock(session: &mut Session) -> Result<(), Error> {
    let name = session.options.schema.join(".");
    if session.warehouse.lock(&format!("persona refresh {name}"))? { Ok(()) } else { Err(Error::Busy(name)) }
}

/// The instant of the latest refresh.
fn last(session: &mut Session) -> Result<Option<Timestamp>, Error> {
    let table = session.own(HISTORY);
    let rows = session.warehouse.query(&format!("SELECT MAX(refreshed_at) AS latest FROM {table}"))?;
    Ok(match rows.rows.first().and_then(|row| row.first()) {
        Some(Value::Instant(at)) => Some(*at),
        _ => None,
    })
}

/// The log goes forward only.
fn allowed(asked: &Asked, last: Option<Timestamp>) -> Result<(), Error> {
    match last {
        Some(last) if last > asked.at && !asked.dry => Err(Error::Past { at: asked.at, last }),
        _ => Ok(()),
    }
}

/// Does a deed; gives how many rows were written, where the engine tells.
fn run(session: &mut Session, deed: &Deed) -> Result<Option<u64>, Error> {
    let mut rows = None;
    for sql in persona_sql::deed(deed, session.dialect, &session.options)? {
        rows = session.warehouse.execute(&sql)?;
    }
    // What is made empty and what is thrown away has none.
    Ok(rows.filter(|_| !matches!(deed.act, Act::Make(_) | Act::Drop)))
}

fn count(session: &mut Session, table: &str) -> Result<i64, Error> {
    let table = session.own(table);
    let rows = session.warehouse.query(&format!("SELECT COUNT(*) AS n FROM {table}"))?;
    Ok(rows.rows.first().and_then(|row| row.first()).map_or(0, persona_target::whole))
}
