//! The tables that are kept: made where they are not, and brought to the form that this version writes.

use persona_plan::Column;
use persona_plan::refresh::{STATE_VERSION, VERSION, state_tables};
use persona_target::{Session, whole};
use persona_value::Value;
use persona_warehouse::Rows;

use crate::Error;

/// What was changed in the form of the tables.
#[derive(Clone, Debug)]
#[allow(dead_code)] // the first form has no forerunner; the tests have
pub(crate) enum Change {
    /// A table has one more column, empty at first.
    Added(&'static str, Column),
    /// A column is called otherwise.
    Renamed(&'static str, &'static str, &'static str),
}

/// What led to each form from the one before it: the first entry leads to form 2. A form that was released is never
/// changed; tables that are new are made anyway.
const CHANGES: &[fn() -> Vec<Change>] = &[];

/// Makes what is not there, and migrates what is.
pub(crate) fn migrate(session: &mut Session) -> Result<(), Error> {
    migrate_by(session, VERSION, CHANGES)
}

pub(crate) fn migrate_by(
    session: &mut Session,
    version: i64,
    changes: &[fn() -> Vec<Change>],
) -> Result<(), Error> {
    let found = found(session)?;
    if let Some(found) = found.filter(|found| *found > version) {
        return Err(Error::Newer { found, known: version });
    }
    if found.is_none() {
        crate::claim::nothing_foreign(session)?;
    }
    let (dialect, options) = (session.dialect, session.options.clone());
    let done = found.map_or(changes.len(), |found| usize::try_from(found - 1).unwrap_or(0));
    for change in changes.iter().skip(done).flat_map(|changes| changes()) {
        let sql = match change {
            Change::Added(table, column) => persona_sql::add_column(table, &column, dialect, &options)?,
            Change::Renamed(table, from, to) => {
                persona_sql::rename_column(table, from, to, dialect, &options)
            }
        };
        session.warehouse.execute(&sql)?;
    }
    for state in state_tables() {
        let persona_plan::Place::Own(name) = &state.table.place else { continue };
        session.warehouse.execute(&persona_sql::make_table(name, &state.table.schema, dialect, &options)?)?;
    }
    if found != Some(version) {
        let table = session.own(STATE_VERSION);
        session.warehouse.execute(&format!("DELETE FROM {table}"))?;
        let rows = Rows { columns: vec!["version".into()], rows: vec![vec![Value::Int(version)]] };
        session.warehouse.insert(&table, &rows)?;
    }
    Ok(())
}

/// The form of the tables that are there.
fn found(session: &mut Session) -> Result<Option<i64>, Error> {
    let table = session.own(STATE_VERSION);
    if session.warehouse.columns(&table)?.is_none() {
        return Ok(None);
    }
    let rows = session.warehouse.query(&format!("SELECT MAX(version) AS version FROM {table}"))?;
    let version = rows.rows.first().and_then(|row| row.first()).filter(|v| !v.is_missing());
    Ok(version.map(whole))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use persona_value::Type;

    use super::*;

    fn changes() -> Vec<Change> {
        vec![
            Change::Renamed("membership", "since", "entered_at"),
            Change::Added("membership", Column::new("note", Type::Text, true)),
        ]
    }

    #[test]
    fn a_form_that_changed_keeps_what_was_written_and_a_later_one_is_refused() {
        let loaded = tempfile::tempdir().unwrap();
        std::fs::write(loaded.path().join("persona.toml"), "[project]\nname = \"shop\"\n").unwrap();
        std::fs::write(loaded.path().join("shop.persona"), "customer { id: string key }").unwrap();
        let model = persona_model::load(loaded.path()).model.unwrap();
        let memory = persona_warehouse::Target::DuckDb { path: None };
        let mut warehouse = persona_warehouse::connect(&memory).unwrap();
        let mut session = Session {
            model: &model,
            folder: loaded.path(),
            warehouse: &mut *warehouse,
            dialect: persona_sql::Target::DuckDb,
            options: persona_sql::Options::default(),
        };
        migrate(&mut session).unwrap();
        session
            .warehouse
            .execute("INSERT INTO membership VALUES ('segment', 's', NULL, 'ada', '2026-01-01')")
            .unwrap();
        let changed: &[fn() -> Vec<Change>] = &[changes];
        for _ in 0..2 {
            migrate_by(&mut session, 2, changed).unwrap();
            let rows = session.warehouse.query("SELECT customer, entered_at, note FROM membership").unwrap();
            assert_eq!((rows.rows.len(), rows.rows[0][0].as_text()), (1, Some("ada")));
        }
        assert!(matches!(migrate(&mut session), Err(Error::Newer { found: 2, known: 1 })));
    }
}
