//! A project's target: which warehouse it is, and how the user's data there becomes persona's own tables.
//!
//! [`choose`] says which target is meant and [`place`] how it is reached; a [`Session`] is an open connection to it. Then
//! [`load_files`] copies files into it and [`stage`] checks every source and makes the tables of customers, events and
//! entities. [`check`] compares the sources with what is there, and makes nothing.

mod compare;
mod error;
mod place;
mod shape;
mod stage;
mod values;

use std::path::Path;

use persona_model::Model;
use persona_plan::{Place, Plan, Rel, Schema, Table};
use persona_warehouse::{Rows, Warehouse};

pub use compare::check;
pub use error::Error;
pub use place::{choose, dialect, place, schema};
pub use stage::{SetAside, Stale, check_columns, load_files, rows_set_aside, stage, stale};
pub use values::whole;

/// What is told while work goes on.
pub trait Progress {
    /// A stretch of work begins: what, and of how many steps if that is known, else 0.
    fn start(&mut self, what: &str, steps: u64);
    /// One step is done; its name.
    fn step(&mut self, name: &str);
    /// The stretch is over.
    fn end(&mut self);
}

/// The folder of a project that holds the state of its runs.
pub const STATE: &str = ".persona";

/// A connection with all that statements need.
pub struct Session<'m, 'w> {
    /// The program.
    pub model: &'m Model,
    /// The project's folder.
    pub folder: &'m Path,
    /// The connection.
    pub warehouse: &'w mut (dyn Warehouse + 'w),
    /// The SQL it speaks.
    pub dialect: persona_sql::Target,
    /// Where own tables lie, and the instant it is about.
    pub options: persona_sql::Options,
}

impl Session<'_, '_> {
    /// The rows of a plan, with the plan's own names for their columns: engines write names in other letters, or shorter.
    pub fn query(&mut self, plan: &Plan) -> Result<Rows, Error> {
        let sql = persona_sql::query(plan, self.dialect, &self.options)?;
        let rows = self.warehouse.query(&sql)?.rows;
        let columns = plan.result.schema().columns.iter().map(|column| column.name.to_string()).collect();
        Ok(Rows { columns, rows })
    }

    /// The rows of one of persona's own tables, which has these columns.
    pub fn rows_of(&mut self, table: &str, schema: Schema) -> Result<Rows, Error> {
        let result = Rel::Table(Table { place: Place::Own(table.into()), schema });
        self.query(&Plan { steps: vec![], result })
    }

    /// Puts a plan's rows in the place of one of persona's own tables; gives how many, where the engine tells.
    pub fn make_table(&mut self, name: &str, plan: &Plan) -> Result<Option<u64>, Error> {
        let mut rows = None;
        for sql in persona_sql::create_table(name, plan, self.dialect, &self.options)? {
            rows = self.warehouse.execute(&sql)?;
        }
        Ok(rows)
    }

    /// The full name, quoted, of one of persona's own tables.
    pub fn own(&self, name: &str) -> String {
        persona_sql::own_name(name, self.dialect, &self.options)
    }
}
