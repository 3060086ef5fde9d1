//! What the engines have in common: a connection over ADBC, statements in, Arrow out.

use adbc_core::error::Error as AdbcError;
use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_core::{Connection, Database, Driver, Statement};
use adbc_driver_manager::{ManagedConnection, ManagedDriver};
use arrow_array::RecordBatchReader;

use crate::error::Error;
use crate::{Rows, values};

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

    pub(crate) fn execute(&mut self, sql: &str) -> Result<(), Error> {
        self.statement(sql)
            .and_then(|mut statement| statement.execute_update())
            .map_err(|e| (self.explain)(sql, e))?;
        Ok(())
    }

    pub(crate) fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        let reader = self.stream(sql)?;
        let schema = reader.schema();
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        let mut rows = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| (self.explain)(sql, error.into()))?;
            values::append_rows(&batch, &mut rows)?;
        }
        Ok(Rows { columns, rows })
    }

    /// The result as Arrow, for another engine to take in.
    pub(crate) fn stream(&mut self, sql: &str) -> Result<Box<dyn RecordBatchReader + Send>, Error> {
        self.statement(sql)
            .and_then(|mut statement| statement.execute())
            .map_err(|error| (self.explain)(sql, error))
    }

    /// Makes a table of this name for the rest of the session, out of rows in Arrow.
    pub(crate) fn ingest(
        &mut self,
        table: &str,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<(), Error> {
        use adbc_core::Optionable;
        use adbc_core::options::OptionStatement;
        let mut ingest = || -> Result<(), AdbcError> {
            let mut statement = self.connection.new_statement()?;
            statement.set_option(OptionStatement::TargetTable, table.into())?;
            statement.set_option(OptionStatement::Temporary, "true".into())?;
            statement.bind_stream(rows)?;
            statement.execute_update()?;
            Ok(())
        };
        ingest().map_err(|error| (self.explain)("", error))
    }

    fn statement(&mut self, sql: &str) -> Result<impl Statement + use<>, AdbcError> {
        let mut statement = self.connection.new_statement()?;
        statement.set_sql_query(sql)?;
        Ok(statement)
    }
}
