//! Runs SQL where the data is.
//!
//! [`connect`] opens a [`Target`] and gives a [`Warehouse`]: statements go in as text, rows come out as
//! [`persona_value::Value`]s. Every engine is reached through ADBC, so results travel as Arrow columns and
//! [`Rows`] mean the same whichever engine made them. The engines' libraries are loaded when they are first
//! needed, never linked: building persona needs none of them.
//!
//! What no [`persona_value::Value`] can hold is missing: NaN and infinities, numbers of more than 38 digits,
//! years outside -9999 to 9999. Naive timestamps are in UTC, so they are instants like the others.

mod arrays;
mod bigquery;
mod csv;
mod duckdb;
mod error;
mod library;
mod postgres;
mod session;
mod snowflake;
mod sql;
mod values;

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use persona_value::Value;

pub use error::{Error, Library};

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The embedded engine.
    DuckDb {
        /// Its file, made if there is none; `None` is a database in memory, gone when it is dropped.
        path: Option<PathBuf>,
    },
    /// A PostgreSQL server.
    Postgres {
        /// As libpq reads it: `postgresql://user:password@host:5432/database`.
        uri: String,
    },
    /// A Snowflake account.
    Snowflake {
        /// As the Snowflake driver reads it: `user:password@account/database/schema?warehouse=name`.
        uri: String,
    },
    /// A BigQuery project.
    BigQuery {
        /// `bigquery://PROJECT/DATASET?location=EU&credentials=FILE`; all but the project may be left out. Without credentials
        /// it is what the machine is signed in with.
        uri: String,
    },
}

/// A result: rows of values under named columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The columns' names, in the order of the query.
    pub columns: Vec<String>,
    /// One value for each column, in the engine's order.
    pub rows: Vec<Vec<Value>>,
}

/// A column of a table as the engine describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The engine's own name for its type: `DECIMAL(38,9)`.
    pub type_name: String,
}

/// How a file of rows is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// UTF-8 text with a header line. Separated by `,`, `;`, tab or `|`, whichever the header uses; quoted with `"`;
    /// may be compressed where its name ends in `.gz`.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// An open connection to an engine. Used by one thread at a time.
pub trait Warehouse: Send {
    /// Runs one statement for its effect; gives how many rows it wrote, where the engine tells.
    fn execute(&mut self, sql: &str) -> Result<Option<u64>, Error>;

    /// Runs one query and reads its whole result.
    fn query(&mut self, sql: &str) -> Result<Rows, Error>;

    /// Puts a file's rows in the place of a table, or makes the table. Returns how many rows it has.
    ///
    /// Either all of the file is loaded or the table is as it was. `table_sql` is a quoted name: `"raw"."orders"`.
    /// A CSV column has the narrowest type that holds every one of its values exactly; numbers with a leading zero or `+`,
    /// and dates not written `2026-11-23`, stay text; empty cells are missing.
    fn load_file(&mut self, table_sql: &str, path: &Path, format: FileFormat) -> Result<u64, Error>;

    /// Appends rows to a table, by the columns' names; all of them or none. Instants and times are kept to the microsecond.
    /// `table_sql` is a quoted name.
    fn insert(&mut self, table_sql: &str, rows: &Rows) -> Result<(), Error>;

    /// A table's columns in order, or `None` if there is no such table. `table_sql` is a quoted name.
    fn columns(&mut self, table_sql: &str) -> Result<Option<Vec<Column>>, Error>;

    /// Every table and view there is, by the parts of its name, outermost first.
    fn tables(&mut self) -> Result<Vec<Vec<String>>, Error> {
        let rows = self
            .query("SELECT CAST(table_schema AS VARCHAR), CAST(table_name AS VARCHAR) FROM information_schema.tables")?
            .rows;
        let part = |value: &Value| value.as_text().unwrap_or_default().to_string();
        Ok(rows.iter().map(|row| row.iter().map(part).collect()).collect())
    }

    /// Takes the lock of this name until the transaction ends; false if another connection has it. DuckDB's file belongs to one
    /// process at a time as it is.
    fn lock(&mut self, _name: &str) -> Result<bool, Error> {
        Ok(true)
    }

    /// Starts a transaction. Prefer [`Transaction::begin`], which cannot be forgotten.
    fn begin(&mut self) -> Result<(), Error> {
        self.execute("BEGIN TRANSACTION").map(drop)
    }

    /// Keeps what was done since [`Warehouse::begin`].
    fn commit(&mut self) -> Result<(), Error> {
        self.execute("COMMIT").map(drop)
    }

    /// Undoes what was done since [`Warehouse::begin`].
    fn rollback(&mut self) -> Result<(), Error> {
        self.execute("ROLLBACK").map(drop)
    }
}

/// Statements that happen together or not at all: rolled back when dropped before [`Transaction::commit`].
pub struct Transaction<'w> {
    warehouse: &'w mut (dyn Warehouse + 'w),
    open: bool,
}

impl<'w> Transaction<'w> {
    /// Starts one.
    pub fn begin(warehouse: &'w mut (dyn Warehouse + 'w)) -> Result<Transaction<'w>, Error> {
        warehouse.begin()?;
        Ok(Transaction { warehouse, open: true })
    }

    /// Keeps what was done. If this fails, nothing was kept.
    pub fn commit(mut self) -> Result<(), Error> {
        self.warehouse.commit()?;
        self.open = false;
        Ok(())
    }
}

impl<'w> Deref for Transaction<'w> {
    type Target = dyn Warehouse + 'w;
    fn deref(&self) -> &Self::Target {
        self.warehouse
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.warehouse
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            // Fails only where the engine has already rolled back, or is gone and will.
            let _ = self.warehouse.rollback();
        }
    }
}

/// Opens a connection, loading the engine's library if this is the first.
pub fn connect(target: &Target) -> Result<Box<dyn Warehouse>, Error> {
    Ok(match target {
        Target::DuckDb { path } => Box::new(duckdb::DuckDb::open(path.as_deref())?),
        Target::Postgres { uri } => Box::new(postgres::Postgres::connect(uri)?),
        Target::Snowflake { uri } => Box::new(snowflake::Snowflake::connect(uri)?),
        Target::BigQuery { uri } => Box::new(bigquery::BigQuery::connect(uri)?),
    })
}
