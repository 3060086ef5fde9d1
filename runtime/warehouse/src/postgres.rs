//! A PostgreSQL server, through its ADBC driver.

use std::path::Path;

use adbc_core::error::{Error as AdbcError, Status};
use adbc_core::options::OptionDatabase;

use crate::duckdb::{DuckDb, columns, count};
use crate::error::{Error, Library, between, sqlstate};
use crate::session::Session;
use crate::sql::literal;
use crate::{Column, FileFormat, Rows, Transaction, Warehouse, library};

/// A connection to one database of a server.
pub(crate) struct Postgres {
    session: Session,
}

/// Where a file's rows wait in the session before they take a table's place.
const ARRIVING: &str = "persona_arriving";

impl Postgres {
    pub(crate) fn connect(uri: &str) -> Result<Postgres, Error> {
        let driver = library::load(Library::Postgres)?;
        let mut session =
            Session::open(driver, [(OptionDatabase::Uri, uri.into())], Box::new(explain_statement))
                .map_err(|error| explain_connecting(uri, error))?;
        session.execute("SET TIME ZONE 'UTC'")?;
        Ok(Postgres { session })
    }
}

impl Warehouse for Postgres {
    fn execute(&mut self, sql: &str) -> Result<(), Error> {
        self.session.execute(sql)
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        self.session.query(sql)
    }

    /// The embedded engine reads the file, so that a file means the same wherever it is loaded; its rows arrive in Arrow in a
    /// temporary table, which takes the place of the old one in a transaction.
    fn load_file(&mut self, table_sql: &str, path: &Path, format: FileFormat) -> Result<u64, Error> {
        let mut reader = DuckDb::open(None)?;
        let rows = reader.read_file(path, format)?;
        self.session.execute(&format!("DROP TABLE IF EXISTS pg_temp.{ARRIVING}"))?;
        self.session.ingest(ARRIVING, rows)?;
        let mut transaction = Transaction::begin(self)?;
        transaction.execute(&format!("DROP TABLE IF EXISTS {table_sql}"))?;
        transaction.execute(&format!("CREATE TABLE {table_sql} AS TABLE pg_temp.{ARRIVING}"))?;
        transaction.execute(&format!("DROP TABLE pg_temp.{ARRIVING}"))?;
        transaction.commit()?;
        count(self, table_sql)
    }

    fn columns(&mut self, table_sql: &str) -> Result<Option<Vec<Column>>, Error> {
        // `to_regclass` reads the quoted name as the server does, and is null where there is no such table.
        let rows = self.session.query(&format!(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute \
             WHERE attrelid = to_regclass({0}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            literal(table_sql)
        ))?;
        if rows.rows.is_empty() {
            let found =
                self.session.query(&format!("SELECT to_regclass({}) IS NOT NULL", literal(table_sql)))?;
            if !found.rows.iter().flatten().any(persona_value::Value::is_true) {
                return Ok(None);
            }
        }
        Ok(Some(columns(&rows)))
    }
}

fn explain_connecting(uri: &str, error: AdbcError) -> Error {
    // What cannot be read as an address is repeated by the driver, with the password in it.
    let detail = error.message.replace(uri, "the address");
    let detail = detail.trim_start_matches("[libpq] Failed to connect: ").trim().to_string();
    match between(&detail, "FATAL:", "\n").or_else(|| detail.split_once("FATAL:").map(|(_, rest)| rest)) {
        Some(told) => Error::ServerRefused { detail: told.trim().to_string() },
        None => Error::ServerUnreachable { detail },
    }
}

fn explain_statement(sql: &str, error: AdbcError) -> Error {
    let state = sqlstate(&error);
    let told = error.message.split_once("ERROR:").map_or(error.message.as_str(), |(_, rest)| rest);
    // The server repeats the statement; the error carries it already.
    let detail = told.split("\nLINE ").next().unwrap_or(told);
    let detail = detail.split("\n\nQuery was:").next().unwrap_or(detail).trim().to_string();
    let sql = sql.to_string();
    match state.as_str() {
        "42P01" => Error::NoSuchTable { name: quoted_in(&detail), sql },
        "42703" => Error::NoSuchColumn { name: quoted_in(&detail), sql },
        // Class 08 is a broken connection, class 57 a server that shuts down.
        _ if state.starts_with("08") || state.starts_with("57P") => Error::ServerUnreachable { detail },
        "53100" => Error::CannotWrite { path: None, detail },
        _ if error.status == Status::IO && detail.contains("server closed the connection") => {
            Error::ServerUnreachable { detail }
        }
        _ => Error::Statement { sql, detail },
    }
}

/// The name an error is about: `column "b" does not exist`, `column t.b does not exist`.
fn quoted_in(detail: &str) -> String {
    let bare = || between(detail, " ", " does not exist").unwrap_or(detail);
    between(detail, "\"", "\"").unwrap_or_else(bare).to_string()
}
