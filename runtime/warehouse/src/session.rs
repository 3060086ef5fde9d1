//! What the engines have in common: a connection over ADBC, statements in, Arrow out.

use adbc_core::error::{Error as AdbcError, Status};
use adbc_core::options::OptionStatement;
use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_core::{Connection, Database, Driver, Optionable, Statement};
use adbc_driver_manager::{ManagedConnection, ManagedDriver, ManagedStatement};
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};

use crate::error::Error;
use crate::sql::name;
use crate::{Rows, arrays, values};

/// Where rows wait in the session before they go into their table.
pub(crate) const ARRIVING: &str = "persona_arriving";

/// What an engine's error about a statement means.
pub(crate) type Explain = Box<dyn Fn(&str, AdbcError) -> Error + Send>;

/// One connection, and how its engine's errors are to be read.
pub(crate) struct Session {
    connection: ManagedConnection,
    explain: Explain,
}

impl Session {
    /// Opens a connection with these options. The error is the engine's own: only the engine knows what it was about.
    pub(crate) fn open(
        mut driver: ManagedDriver,
        options: impl IntoIterator<Item = (OptionDatabase, OptionValue)>,
        explain: Explain,
    ) -> Result<Session, AdbcError> {
        let connection = driver.new_database_with_opts(options)?.new_connection()?;
        Ok(Session { connection, explain })
    }

    pub(crate) fn execute(&mut self, sql: &str) -> Result<Option<u64>, Error> {
        let rows = self
            .statement(sql)
            .and_then(|mut statement| statement.execute_update())
            .map_err(|e| (self.explain)(sql, e))?;
        // Drivers say -1 where they do not know.
        Ok(rows.and_then(|rows| u64::try_from(rows).ok()))
    }

    pub(crate) fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        let reader = self.stream(sql)?;
        let schema = reader.schema();
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        let mut rows = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| (self.explain)(sql, unwrapped(error)))?;
            values::append_rows(&batch, &mut rows)?;
        }
        Ok(Rows { columns, rows })
    }

    /// The result as Arrow, batch by batch.
    pub(crate) fn stream(&mut self, sql: &str) -> Result<Stream, Error> {
        let open = |session: &mut Session| -> Result<Stream, AdbcError> {
            let mut statement = session.statement(sql)?;
            Ok(Stream { reader: statement.execute()?, _statement: statement })
        };
        open(self).map_err(|error| (self.explain)(sql, error))
    }

    /// Appends rows to a table: first to one of the session, which takes any rows, then from there in one statement.
    pub(crate) fn insert(&mut self, table_sql: &str, rows: &Rows) -> Result<(), Error> {
        let arrays = arrays::arrays(rows)?;
        let value = |column: &String| if arrays.has(column) { name(column) } else { "NULL".to_string() };
        let values: Vec<String> = rows.columns.iter().map(value).collect();
        let columns: Vec<String> = rows.columns.iter().map(|column| name(column)).collect();
        if rows.rows.is_empty() || columns.is_empty() {
            return Ok(());
        }
        let all = columns.join(", ");
        if values.iter().all(|value| value == "NULL") {
            let row = format!("({})", values.join(", "));
            let rows = vec![row; rows.rows.len()].join(", ");
            return self.execute(&format!("INSERT INTO {table_sql} ({all}) VALUES {rows}")).map(drop);
        }
        let reader = arrays.into_reader().map_err(|error| (self.explain)("", error.into()))?;
        self.arrive(reader)?;
        self.execute(&format!(
            "INSERT INTO {table_sql} ({all}) SELECT {} FROM {ARRIVING}",
            values.join(", ")
        ))?;
        self.execute(&format!("DROP TABLE {ARRIVING}")).map(drop)
    }

    /// Puts rows in Arrow into the session's table [`ARRIVING`], in the place of what was there.
    pub(crate) fn arrive(&mut self, rows: Box<dyn RecordBatchReader + Send>) -> Result<(), Error> {
        self.execute(&format!("DROP TABLE IF EXISTS {ARRIVING}"))?;
        let ingest = || -> Result<(), AdbcError> {
            let mut statement = self.connection.new_statement()?;
            statement.set_option(OptionStatement::TargetTable, ARRIVING.into())?;
            statement.set_option(OptionStatement::Temporary, "true".into())?;
            statement.bind_stream(rows)?;
            statement.execute_update()?;
            Ok(())
        };
        ingest().map_err(|error| (self.explain)("", error))
    }

    fn statement(&mut self, sql: &str) -> Result<ManagedStatement, AdbcError> {
        let mut statement = self.connection.new_statement()?;
        statement.set_sql_query(sql)?;
        Ok(statement)
    }
}

/// A result on its way. It keeps its statement, since PostgreSQL's driver ends the one with the other.
pub(crate) struct Stream {
    // Fields are dropped in this order.
    reader: Box<dyn RecordBatchReader + Send>,
    _statement: ManagedStatement,
}

impl Iterator for Stream {
    type Item = Result<RecordBatch, ArrowError>;
    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next()
    }
}

impl RecordBatchReader for Stream {
    fn schema(&self) -> SchemaRef {
        self.reader.schema()
    }
}

/// The engine's error out of Arrow's, which puts its own words before the engine's and loses the codes.
fn unwrapped(error: ArrowError) -> AdbcError {
    let message = error.to_string();
    let words = message.split_once("Producer error: ").map(|(_, words)| words);
    let words = words.or_else(|| message.strip_prefix("C Data interface error: ")).unwrap_or(&message);
    AdbcError::with_message_and_status(words, Status::Unknown)
}
