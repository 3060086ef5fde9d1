//! A PostgreSQL server, through its ADBC driver.

use std::path::Path;

use adbc_core::error::Error as AdbcError;
use adbc_core::options::OptionDatabase;

use crate::duckdb::{DuckDb, columns, count};
use crate::error::{Error, Library, between, sqlstate, without_password};
use crate::session::{ARRIVING, Session};
use crate::sql::literal;
use crate::{Column, FileFormat, Rows, Transaction, Warehouse, library};

/// A connection to one database of a server.
pub(crate) struct Postgres {
    session: Session,
}

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
    fn execute(&mut self, sql: &str) -> Result<Option<u64>, Error> {
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
        self.session.arrive(Box::new(rows))?;
        let mut transaction = Transaction::begin(self)?;
        transaction.execute(&format!("DROP TABLE IF EXISTS {table_sql}"))?;
        transaction.execute(&format!("CREATE TABLE {table_sql} AS TABLE {ARRIVING}"))?;
        transaction.execute(&format!("DROP TABLE {ARRIVING}"))?;
        transaction.commit()?;
        count(self, table_sql)
    }

    /// After a statement that failed, the server answers COMMIT by rolling back and calls that a success.
    fn commit(&mut self) -> Result<(), Error> {
        self.session.execute("SELECT 1")?;
        self.session.execute("COMMIT").map(drop)
    }

    fn lock(&mut self, name: &str) -> Result<bool, Error> {
        let sql =
            format!("SELECT pg_try_advisory_xact_lock(hashtextextended({}, 0)) AS taken", literal(name));
        Ok(self.session.query(&sql)?.rows.iter().flatten().all(persona_value::Value::is_true))
    }

    fn insert(&mut self, table_sql: &str, rows: &Rows) -> Result<(), Error> {
        self.session.insert(table_sql, rows)
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
    let detail = without_password(uri, &error.message);
    let detail = detail.trim_start_matches("[libpq] Failed to connect: ").trim().to_string();
    match between(&detail, "FATAL:", "\n").or_else(|| detail.split_once("FATAL:").map(|(_, rest)| rest)) {
        Some(told) => Error::ServerRefused { detail: told.trim().to_string() },
        None => Error::ServerUnreachable { detail },
    }
}

fn explain_statement(sql: &str, error: AdbcError) -> Error {
    let state = sqlstate(&error);
    let message = error.message.trim_start_matches("[libpq] ");
    // The driver says what it was doing; the server's own words come after their severity.
    let told = ["ERROR:", "FATAL:"]
        .iter()
        .find_map(|severity| message.split_once(severity))
        .map_or(message, |(_, rest)| rest);
    // The server repeats the statement; the error carries it already.
    let detail = told.split("\nLINE ").next().unwrap_or(told);
    let detail = detail.split("\n\nQuery was:").next().unwrap_or(detail).trim().to_string();
    let sql = sql.to_string();
    // Class 08 is a broken connection, 57P a server that shuts down. Halfway through a result there is no code, only words.
    let broken = ["terminating connection", "server closed the connection", "no connection to the server"];
    match state.as_str() {
        _ if state.starts_with("08") || state.starts_with("57P") => Error::ServerUnreachable { detail },
        _ if broken.iter().any(|words| detail.contains(words)) => Error::ServerUnreachable { detail },
        "42P01" => Error::NoSuchTable { name: quoted_in(&detail), sql },
        "42703" => Error::NoSuchColumn { name: quoted_in(&detail), sql },
        "53100" => Error::CannotWrite { path: None, detail },
        _ => Error::Statement { sql, detail },
    }
}

/// The name an error is about: `column "b" does not exist`, `column t.b does not exist`.
fn quoted_in(detail: &str) -> String {
    let bare = || between(detail, " ", " does not exist").unwrap_or(detail);
    between(detail, "\"", "\"").unwrap_or_else(bare).to_string()
}
