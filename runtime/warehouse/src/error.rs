//! What can go wrong between us and an engine, in words a user can act on.

use std::fmt;
use std::path::PathBuf;

use adbc_core::error::Error as AdbcError;

/// A library that is loaded at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// DuckDB itself.
    DuckDb,
    /// The ADBC driver for PostgreSQL.
    Postgres,
    /// The ADBC driver for Snowflake.
    Snowflake,
    /// The ADBC driver for BigQuery.
    BigQuery,
}

/// Why a warehouse could not do what was asked.
#[derive(Debug)]
pub enum Error {
    /// A library was found nowhere.
    LibraryMissing {
        /// Which one.
        library: Library,
    },
    /// A library is there but cannot be used.
    LibraryBroken {
        /// The file.
        path: PathBuf,
        /// What the loader said.
        detail: String,
    },
    /// Another process has the database file open.
    Locked {
        /// The database file.
        path: PathBuf,
        /// The process that has it, where the engine knows.
        pid: Option<u32>,
    },
    /// The file is no DuckDB database, or is damaged.
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// What the engine said.
        detail: String,
    },
    /// The database file can be neither opened nor made.
    CannotOpen {
        /// The database file.
        path: PathBuf,
        /// Why not.
        detail: String,
    },
    /// The database file could not be written: a full disk, say. What was committed before is safe.
    CannotWrite {
        /// The database file; `None` where the database is in memory and spilled to a temporary file.
        path: Option<PathBuf>,
        /// What the engine said.
        detail: String,
    },
    /// There is no such file to load.
    FileMissing {
        /// The file.
        path: PathBuf,
    },
    /// A file to load is not of its format, is damaged, or may not be read.
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The line it is about, from 1, where there is one.
        line: Option<u64>,
        /// What is wrong there.
        detail: String,
    },
    /// A statement names a table that does not exist.
    NoSuchTable {
        /// The name, as the engine spells it.
        name: String,
        /// The statement.
        sql: String,
    },
    /// A statement names a column that does not exist.
    NoSuchColumn {
        /// The name, as the engine spells it.
        name: String,
        /// The statement.
        sql: String,
    },
    /// The engine refused a statement for another reason.
    Statement {
        /// The statement.
        sql: String,
        /// What the engine said.
        detail: String,
    },
    /// A result has a column whose type means nothing to persona.
    UnsupportedType {
        /// The column.
        column: String,
        /// The type it came as.
        type_name: String,
    },
    /// Rows to be inserted hold values of several kinds in one column.
    MixedColumn {
        /// The column.
        column: String,
    },
    /// The server cannot be reached, or the connection broke.
    ServerUnreachable {
        /// What the driver said.
        detail: String,
    },
    /// The server answered and turned us away: password, database, permission.
    ServerRefused {
        /// What the server said.
        detail: String,
    },
    /// Something persona does not do in this engine so far.
    NotYet {
        /// What, after "persona cannot": `insert rows into BigQuery`.
        what: String,
        /// What to do meanwhile.
        instead: String,
    },
}

impl Library {
    /// The variable that names its file.
    pub fn variable(self) -> &'static str {
        match self {
            Library::DuckDb => "PERSONA_DUCKDB",
            Library::Postgres => "PERSONA_ADBC_POSTGRESQL",
            Library::Snowflake => "PERSONA_ADBC_SNOWFLAKE",
            Library::BigQuery => "PERSONA_ADBC_BIGQUERY",
        }
    }

    /// The command that installs it where it is looked for.
    pub fn install(self) -> &'static str {
        match self {
            Library::DuckDb => "npm install --prefix .tools @duckdb/node-bindings@1.5.6-r.1",
            Library::Postgres => {
                "python3 -m venv .tools/venv && .tools/venv/bin/pip install adbc-driver-postgresql==1.13.0"
            }
            Library::Snowflake => {
                "python3 -m venv .tools/venv && .tools/venv/bin/pip install adbc-driver-snowflake==1.11.0"
            }
            Library::BigQuery => {
                "python3 -m venv .tools/venv && .tools/venv/bin/pip install adbc-driver-bigquery==1.11.0"
            }
        }
    }
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Library::DuckDb => "the DuckDB library",
            Library::Postgres => "the ADBC driver for PostgreSQL",
            Library::Snowflake => "the ADBC driver for Snowflake",
            Library::BigQuery => "the ADBC driver for BigQuery",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::LibraryMissing { library } => write!(
                f,
                "{library} is not installed\n\
                 to install it for this project: {}\n\
                 or set {} to its file\n\
                 looked beside the program, in `.tools` of this folder and the folders above, and where the system looks",
                library.install(),
                library.variable()
            ),
            Error::LibraryBroken { path, detail } => {
                write!(f, "the library {} cannot be loaded: {detail}", path.display())
            }
            Error::Locked { path, pid } => {
                write!(f, "the database {} is open in another process", path.display())?;
                pid.map_or(Ok(()), |pid| write!(f, " (process {pid})"))?;
                write!(f, "; close it there first")
            }
            Error::Corrupt { path, detail } => {
                write!(f, "{} is not a DuckDB database, or is damaged: {detail}", path.display())
            }
            Error::CannotOpen { path, detail } => {
                write!(f, "the database {} cannot be opened: {detail}", path.display())
            }
            Error::CannotWrite { path: Some(path), detail } => {
                write!(f, "the database {} cannot be written: {detail}", path.display())
            }
            Error::CannotWrite { path: None, detail } => {
                write!(f, "the database cannot be written: {detail}")
            }
            Error::FileMissing { path } => write!(f, "there is no file {}", path.display()),
            Error::FileUnreadable { path, line, detail } => {
                write!(f, "{}", path.display())?;
                line.map_or(Ok(()), |line| write!(f, ", line {line}"))?;
                write!(f, ": {detail}")
            }
            Error::NoSuchTable { name, .. } => write!(f, "there is no table `{name}` in the warehouse"),
            Error::NoSuchColumn { name, .. } => {
                write!(f, "there is no column `{name}` in the warehouse's table")
            }
            Error::Statement { sql, detail } => {
                write!(f, "the warehouse refused a statement: {detail}\nthe statement: {sql}")
            }
            Error::UnsupportedType { column, type_name } => {
                write!(
                    f,
                    "the column `{column}` is of type {type_name}, which persona cannot read; cast it to text"
                )
            }
            Error::MixedColumn { column } => write!(f, "the column `{column}` holds values of several types"),
            Error::ServerUnreachable { detail } => {
                write!(f, "the database server cannot be reached: {detail}")
            }
            Error::ServerRefused { detail } => {
                write!(f, "the database server refused the connection: {detail}")
            }
            Error::NotYet { what, instead } => write!(f, "persona cannot {what} yet; {instead}"),
        }
    }
}

impl std::error::Error for Error {}

/// The five letters of an error's SQLSTATE; zeros where the engine gives none.
pub(crate) fn sqlstate(error: &AdbcError) -> String {
    // `c_char` is signed on some platforms and unsigned on others; the letters are ASCII.
    error.sqlstate.iter().map(|letter| char::from((*letter as u8).max(b'0'))).collect()
}

/// The text between `before` and `after`, where both occur in this order.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// A driver's words on one line, and of an address that it called no more than the host: the rest is of no use to people.
pub(crate) fn one_line(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let called = || {
        let (_, rest) = line.split_once("\"http")?;
        let (address, after) = rest.split_once("\": ")?;
        let (_, host) = address.split_once("://")?;
        Some(format!("{}: {after}", host.split(['/', '?']).next().unwrap_or(host)))
    };
    called().unwrap_or(line)
}

/// A driver's words about an address, without the password in it: what cannot be read as an address drivers repeat, whole
/// or in pieces.
pub(crate) fn without_password(uri: &str, words: &str) -> String {
    let mut hidden = words.replace(uri, "the address");
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let Some((_, password)) = rest.rsplit_once('@').and_then(|(user, _)| user.split_once(':')) else {
        return hidden;
    };
    let pieces = password.split(['/', '@', ':', '?', '#', '%']).filter(|piece| piece.len() > 1);
    for piece in std::iter::once(password).filter(|p| !p.is_empty()).chain(pieces) {
        hidden = hidden.replace(piece, "…");
    }
    hidden
}
