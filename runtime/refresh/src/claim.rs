//! Which tables are persona's: a name that it did not write before is written to only if nothing lies there.

use std::collections::BTreeSet;

use persona_model::{Location, Model};
use persona_plan::Place;
use persona_plan::lower::{CONSENT_LOG, PROFILE, SUPPRESSION, own_tables, raw_table};
use persona_plan::refresh::{CHANGE, OWN_TABLE, examine, state_tables, views};
use persona_target::Session;
use persona_value::Value;
use persona_warehouse::Rows;

use crate::Error;

/// Every name that a refresh of this program writes to, but for those it keeps.
fn names(model: &Model) -> BTreeSet<String> {
    let files = model.sources.iter().filter(|s| matches!(s.location, Location::File(_)));
    let files = files.map(|s| raw_table(&s.name).to_string());
    let tables = own_tables(model, &[]).into_iter().map(|t| t.name.to_string());
    let views = views(model).into_iter().map(|v| v.name.to_string());
    let new = (0..examine::read(model).len()).map(crate::examine::new_rows);
    let passing = examine::PASSING.into_iter().chain([CHANGE]).map(str::to_string);
    files.chain(tables).chain(views).chain(new).chain(passing).collect()
}

fn kept() -> impl Iterator<Item = String> {
    state_tables().into_iter().filter_map(|state| match state.table.place {
        Place::Own(name) => Some(name.to_string()),
        Place::Users(_) => None,
    })
}

/// No source reads a table that would be replaced.
pub(crate) fn no_source_is_ours(model: &Model, schema: &[String]) -> Result<(), Error> {
    let ours: BTreeSet<String> = names(model).into_iter().chain(kept()).collect();
    for source in &model.sources {
        let Location::Table(path) = &source.location else { continue };
        let parts: Vec<&str> = path.split('.').collect();
        let Some((table, above)) = parts.split_last() else { continue };
        let same = above.iter().rev().zip(schema.iter().rev()).all(|(a, b)| a.eq_ignore_ascii_case(b));
        if !above.is_empty() && same && ours.contains(&table.to_lowercase()) {
            return Err(Error::NotOurs { table: path.to_string() });
        }
    }
    Ok(())
}

/// Before the first refresh no table of a name to be kept is there, whoever made it.
pub(crate) fn nothing_foreign(session: &mut Session) -> Result<(), Error> {
    for name in kept() {
        let table = session.own(&name);
        if session.warehouse.columns(&table)?.is_some() {
            return Err(Error::NotOurs { table });
        }
    }
    Ok(())
}

/// Notes every name that will be written to as persona's own. One that lies there already and was not noted before is
/// somebody else's, unless `persona run` has been here: it makes the same tables, all of them.
pub(crate) fn claim(session: &mut Session) -> Result<(), Error> {
    let register = session.own(OWN_TABLE);
    let rows = session.warehouse.query(&format!("SELECT name FROM {register}"))?;
    let known: BTreeSet<String> =
        rows.rows.iter().filter_map(|row| row[0].as_text().map(str::to_string)).collect();
    let new: Vec<String> = names(session.model).into_iter().filter(|name| !known.contains(name)).collect();
    let ran = known.is_empty() && run_was_here(session)?;
    for name in new.iter().filter(|_| !ran) {
        let table = session.own(name);
        if session.warehouse.columns(&table)?.is_some() {
            return Err(Error::NotOurs { table });
        }
    }
    let rows = new.into_iter().map(|name| vec![Value::text(&*name)]).collect();
    session.warehouse.insert(&register, &Rows { columns: vec!["name".into()], rows })?;
    Ok(())
}

fn run_was_here(session: &mut Session) -> Result<bool, Error> {
    for (table, column) in [(PROFILE, "suppressed"), (CONSENT_LOG, "consent"), (SUPPRESSION, "reason")] {
        let table = session.own(table);
        let columns = session.warehouse.columns(&table)?.unwrap_or_default();
        if !columns.iter().any(|c| c.name.eq_ignore_ascii_case(column)) {
            return Ok(false);
        }
    }
    Ok(true)
}
