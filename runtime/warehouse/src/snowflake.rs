//! A Snowflake account, through its ADBC driver.

use std::path::Path;

use adbc_core::error::{Error as AdbcError, Status};
use adbc_core::options::OptionDatabase;

use crate::duckdb::columns;
use crate::error::{Error, Library, between, one_line, without_password};
use crate::session::Session;
use crate::{Column, FileFormat, Rows, Warehouse, library};

/// A connection to an account.
pub(crate) struct Snowflake {
    session: Session,
}

impl Snowflake {
    pub(crate) fn connect(uri: &str) -> Result<Snowflake, Error> {
        let driver = library::load(Library::Snowflake)?;
        // What the driver does not know itself it sets for the session.
        let address = format!("{uri}{}TIMEZONE=UTC", if uri.contains('?') { '&' } else { '?' });
        let session =
            Session::open(driver, [(OptionDatabase::Uri, address.into())], Box::new(explain_statement))
                .map_err(|error| explain_connecting(uri, error))?;
        Ok(Snowflake { session })
    }
}

impl Warehouse for Snowflake {
    fn execute(&mut self, sql: &str) -> Result<Option<u64>, Error> {
        self.session.execute(sql)
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        self.session.query(sql)
    }

    fn load_file(&mut self, _: &str, path: &Path, _: FileFormat) -> Result<u64, Error> {
        Err(Error::NotYet {
            what: format!("load {} into Snowflake", path.display()),
            instead: "load it with PUT and COPY INTO".into(),
        })
    }

    fn insert(&mut self, _: &str, _: &Rows) -> Result<(), Error> {
        Err(Error::NotYet {
            what: "insert rows into Snowflake".into(),
            instead: "load them with PUT and COPY INTO".into(),
        })
    }

    fn columns(&mut self, table_sql: &str) -> Result<Option<Vec<Column>>, Error> {
        match self.session.query(&format!("DESCRIBE TABLE {table_sql}")) {
            Ok(rows) => Ok(Some(columns(&rows))),
            Err(Error::NoSuchTable { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn explain_connecting(uri: &str, error: AdbcError) -> Error {
    let detail = told(&without_password(uri, &error.message));
    match error.status {
        // What the account itself says has a number.
        Status::IO | Status::Timeout | Status::Cancelled if error.vendor_code <= 0 => {
            Error::ServerUnreachable { detail }
        }
        _ => Error::ServerRefused { detail },
    }
}

fn explain_statement(sql: &str, error: AdbcError) -> Error {
    let sql = sql.to_string();
    let detail = told(&error.message);
    if error.status == Status::IO && error.vendor_code <= 0 {
        return Error::ServerUnreachable { detail };
    }
    // Snowflake's own numbers: an object that is not there (or not ours to see), and a name no column has.
    match error.vendor_code {
        2003 => Error::NoSuchTable { name: between(&detail, "'", "'").unwrap_or(&detail).to_string(), sql },
        904 => Error::NoSuchColumn { name: between(&detail, "'", "'").unwrap_or(&detail).to_string(), sql },
        _ => Error::Statement { sql, detail },
    }
}

/// What the account said, without what the driver puts before it: `[Snowflake] 390100 (08004): …`, the number twice where
/// the account says it, too.
fn told(message: &str) -> String {
    let mut words = message.trim_start_matches("[Snowflake] ");
    while let Some((number, rest)) = words.split_once(": ") {
        let number = number.split(" (").next().unwrap_or(number);
        if number.is_empty() || !number.bytes().all(|letter| letter.is_ascii_digit()) {
            break;
        }
        words = rest;
    }
    one_line(words)
}
