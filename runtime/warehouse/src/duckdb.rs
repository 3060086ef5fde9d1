//! The embedded engine.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use adbc_core::error::Error as AdbcError;
use adbc_core::options::{OptionDatabase, OptionValue};
use persona_value::Value;

use crate::error::{Error, Library, between};
use crate::session::{Session, Stream};
use crate::{Column, FileFormat, Rows, Warehouse, csv, library, sql};

/// A connection to a DuckDB database, a file or in memory.
pub(crate) struct DuckDb {
    session: Session,
}

impl DuckDb {
    pub(crate) fn open(path: Option<&Path>) -> Result<DuckDb, Error> {
        let driver = library::load(Library::DuckDb)?;
        let option = |key: &str, value: &str| (OptionDatabase::Other(key.into()), OptionValue::from(value));
        // Without these a name the engine does not know makes it wait for a download.
        let mut options = vec![
            option("autoload_known_extensions", "false"),
            option("autoinstall_known_extensions", "false"),
        ];
        if let Some(path) = path {
            options.push(option("path", &text(path)?));
        }
        let file = path.map(Path::to_path_buf);
        let explain = Box::new(move |sql: &str, error| explain_statement(file.as_deref(), sql, error));
        let mut session =
            Session::open(driver, options, explain).map_err(|error| explain_opening(path, error))?;
        session.execute("SET TimeZone = 'UTC'")?;
        Ok(DuckDb { session })
    }

    /// A file's rows as Arrow, for another engine to take in.
    pub(crate) fn read_file(&mut self, path: &Path, format: FileFormat) -> Result<Stream, Error> {
        let select = self.select_file(path, format)?;
        self.session.stream(&select).map_err(|error| csv::unreadable(path, error))
    }

    fn select_file(&mut self, path: &Path, format: FileFormat) -> Result<String, Error> {
        check_readable(path)?;
        match format {
            FileFormat::Csv => csv::select(&mut self.session, path),
            FileFormat::Parquet => Ok(format!("SELECT * FROM read_parquet({})", sql::file(path)?)),
        }
    }
}

impl Warehouse for DuckDb {
    /// The library says how many rows were written in a result of one cell.
    fn execute(&mut self, sql: &str) -> Result<Option<u64>, Error> {
        let told = self.session.query(sql)?;
        Ok(match (&told.columns[..], &told.rows[..]) {
            ([name], [row]) if name == "Count" => match row[..] {
                [Value::Int(rows)] => u64::try_from(rows).ok(),
                _ => None,
            },
            _ => None,
        })
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        self.session.query(sql)
    }

    fn load_file(&mut self, table_sql: &str, path: &Path, format: FileFormat) -> Result<u64, Error> {
        let select = self.select_file(path, format)?;
        let create = format!("CREATE OR REPLACE TABLE {table_sql} AS {select}");
        self.session.execute(&create).map_err(|error| csv::unreadable(path, error))?;
        count(self, table_sql)
    }

    fn insert(&mut self, table_sql: &str, rows: &Rows) -> Result<(), Error> {
        self.session.insert(table_sql, rows)
    }

    fn columns(&mut self, table_sql: &str) -> Result<Option<Vec<Column>>, Error> {
        match self.session.query(&format!("DESCRIBE {table_sql}")) {
            Ok(rows) => Ok(Some(columns(&rows))),
            Err(Error::NoSuchTable { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// How many rows a table has.
pub(crate) fn count(warehouse: &mut dyn Warehouse, table_sql: &str) -> Result<u64, Error> {
    let rows = warehouse.query(&format!("SELECT count(*) FROM {table_sql}"))?.rows;
    Ok(match rows.first().and_then(|row| row.first()) {
        Some(Value::Int(count)) => u64::try_from(*count).unwrap_or(0),
        _ => 0,
    })
}

/// Names and types out of a result whose first two columns they are.
pub(crate) fn columns(rows: &Rows) -> Vec<Column> {
    let text = |value: Option<&Value>| value.and_then(Value::as_text).unwrap_or_default().to_string();
    rows.rows.iter().map(|row| Column { name: text(row.first()), type_name: text(row.get(1)) }).collect()
}

fn text(path: &Path) -> Result<String, Error> {
    path.to_str()
        .map(str::to_string)
        .ok_or_else(|| Error::CannotOpen { path: path.to_path_buf(), detail: "its path is not UTF-8".into() })
}

/// The system's own word on whether a file can be read: the engine takes a folder, and a file it may not open, for none.
fn check_readable(path: &Path) -> Result<(), Error> {
    let refuse = |detail: String| Error::FileUnreadable { path: path.to_path_buf(), line: None, detail };
    let file = fs::File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::FileMissing { path: path.to_path_buf() },
        _ => refuse(error.to_string()),
    })?;
    let about = file.metadata().map_err(|error| refuse(error.to_string()))?;
    match (about.is_dir(), about.len()) {
        (true, _) => Err(refuse("it is a folder".into())),
        (false, 0) => Err(refuse("it is empty".into())),
        _ => Ok(()),
    }
}

fn explain_opening(path: Option<&Path>, error: AdbcError) -> Error {
    let path = path.map_or_else(|| PathBuf::from(":memory:"), Path::to_path_buf);
    let detail = first_paragraph(&error.message);
    if let Some(error) = explain_file(Some(&path), &detail) {
        return error;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let detail = format!("there is no folder {}", folder.display());
        return Error::CannotOpen { path, detail };
    }
    Error::CannotOpen { path, detail }
}

fn explain_statement(path: Option<&Path>, sql: &str, error: AdbcError) -> Error {
    let detail = error.message.trim().to_string();
    let sql = sql.to_string();
    if let Some(error) = explain_file(path, &detail) {
        return error;
    }
    if let Some(name) = missing_table(&detail) {
        return Error::NoSuchTable { name: name.into(), sql };
    }
    if let Some(name) = missing_column(&detail) {
        return Error::NoSuchColumn { name: name.into(), sql };
    }
    Error::Statement { sql, detail: without_position(&detail) }
}

/// What is wrong with the database file itself, whenever it shows.
fn explain_file(path: Option<&Path>, detail: &str) -> Option<Error> {
    let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    if says(&[
        "No space left on device",
        "not enough space on the disk",
        "Could not write",
        "Disk quota exceeded",
    ]) {
        return Some(Error::CannotWrite {
            path: path.map(Path::to_path_buf),
            detail: first_paragraph(detail),
        });
    }
    let path = path?.to_path_buf();
    if says(&["Could not set lock on file", "being used by another process", "File is already open in"]) {
        let pid = between(detail, "(PID ", ")").and_then(|pid| pid.parse().ok());
        return Some(Error::Locked { path, pid });
    }
    let names_the_file =
        || path.file_name().and_then(|name| name.to_str()).is_some_and(|name| detail.contains(name));
    let damaged =
        says(&["not a valid DuckDB database file", "Corrupt database file", "Failure while replaying WAL"])
            || (says(&["Could not read enough bytes"]) && names_the_file());
    damaged.then(|| Error::Corrupt { path, detail: first_paragraph(detail) })
}

fn missing_table(detail: &str) -> Option<&str> {
    detail
        .strip_prefix("Catalog Error: Table with name ")?
        .split_once(" does not exist")
        .map(|(name, _)| unquoted(name))
}

fn missing_column(detail: &str) -> Option<&str> {
    let detail = detail.strip_prefix("Binder Error: ")?;
    let line = detail.lines().next()?;
    [
        ("Referenced column ", " not found"),
        ("Referenced update column ", " not found"),
        ("does not have a column named ", ""),
        ("does not have a column with name ", ""),
    ]
    .iter()
    .find_map(|(before, after)| {
        let (_, rest) = line.split_once(before)?;
        Some(unquoted(
            rest.split_once(after).map_or(rest, |(name, rest)| if after.is_empty() { rest } else { name }),
        ))
    })
}

fn unquoted(name: &str) -> &str {
    name.trim_end_matches('!').trim_matches('"')
}

/// Without the piece of the statement the engine repeats, since an error carries all of it.
fn without_position(detail: &str) -> String {
    detail.split("\n\nLINE ").next().unwrap_or(detail).trim().to_string()
}

fn first_paragraph(detail: &str) -> String {
    detail.split("\n\n").next().unwrap_or(detail).trim().to_string()
}
