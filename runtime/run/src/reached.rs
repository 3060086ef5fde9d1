//! The target that a project runs on, and its files in it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use persona_model::{Dialect, Model, Target};
use persona_target::{Progress, STATE, Session, choose, dialect, load_files, place, schema};
use persona_warehouse::{Warehouse, connect};

use crate::Error;

/// A target that runs can be made on.
pub struct Reached {
    target: Target,
    place: persona_warehouse::Target,
    /// The folder that holds what runs keep; it is there.
    pub state: PathBuf,
}

impl Reached {
    /// The target of this name, by default the embedded one.
    pub fn of(model: &Model, folder: &Path, name: Option<&str>) -> Result<Reached, Error> {
        let target = choose(&model.project, name)?;
        if !matches!(target.dialect, Dialect::DuckDb | Dialect::Postgres) {
            let what = format!("persona runs on DuckDB and PostgreSQL, and {:?} is neither", target.dialect);
            return Err(Error::Target(format!("{what}: its SQL is written by `persona build`")));
        }
        let state = folder.join(STATE);
        std::fs::create_dir_all(&state)
            .map_err(|e| Error::Target(format!("cannot make the folder {}: {e}", state.display())))?;
        let place = place(&target, folder, &state)?;
        Ok(Reached { target, place, state })
    }

    /// A connection to it, with the project's files loaded.
    pub fn loaded(
        &self,
        model: &Model,
        folder: &Path,
        at: Timestamp,
        progress: &mut dyn Progress,
    ) -> Result<Box<dyn Warehouse>, Error> {
        let mut warehouse = connect(&self.place)?;
        let mut session = self.session(model, folder, &mut *warehouse, at);
        if let Some(sql) = persona_sql::create_schema(session.dialect, &session.options) {
            session.warehouse.execute(&sql)?;
        }
        load_files(&mut session, progress)?;
        Ok(warehouse)
    }

    /// A connection with all that statements about an instant need.
    pub fn session<'m, 'w>(
        &self,
        model: &'m Model,
        folder: &'m Path,
        warehouse: &'w mut (dyn Warehouse + 'w),
        at: Timestamp,
    ) -> Session<'m, 'w> {
        let options =
            persona_sql::Options { schema: schema(Some(&self.target)), at: Some(at), ..Default::default() };
        Session { model, folder, warehouse, dialect: dialect(&self.target), options }
    }
}
