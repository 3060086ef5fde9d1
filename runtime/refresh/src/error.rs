//! What can stop a refresh.

use std::fmt;

use jiff::Timestamp;
use persona_model::Dialect;

/// Why a refresh stopped. What was kept before is as it was.
#[derive(Debug)]
pub enum Error {
    /// The target cannot be worked on, or the program does not fit its data.
    Target(persona_target::Error),
    /// Another refresh of the same schema is at work.
    Busy(String),
    /// An earlier refresh was of a later instant.
    Past {
        /// What was asked for.
        at: Timestamp,
        /// The latest instant that was refreshed.
        last: Timestamp,
    },
    /// A table that would be written to is there, and is not persona's.
    NotOurs {
        /// The table, with its schema.
        table: String,
    },
    /// What is kept was written by a later version of persona.
    Newer {
        /// The version found.
        found: i64,
        /// The version this one writes.
        known: i64,
    },
    /// The engine does not undo what makes tables.
    NotWhole(Dialect),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Target(error) => error.fmt(f),
            Error::Busy(schema) => {
                write!(f, "another refresh is at work on the schema {schema}; wait until it is done")
            }
            Error::Past { at, last } => write!(
                f,
                "the log already reaches {last}, which is after {at}, and is only ever added to. `--dry-run` tells what \
                 was true then, and keeps nothing"
            ),
            Error::NotOurs { table } => write!(
                f,
                "persona would write to the table {table}, which it did not make. Give the target a `schema` of \
                 persona's own in `persona.toml`, or take that table out of this one"
            ),
            Error::Newer { found, known } => write!(
                f,
                "the tables of this schema are of form {found}, and this version of persona knows them up to {known}: \
                 it is older than the one that wrote them"
            ),
            Error::NotWhole(dialect) => {
                let by = match dialect {
                    Dialect::Snowflake => "`snow sql -f refresh.sql`",
                    Dialect::BigQuery => "`bq query --nouse_legacy_sql < refresh.sql`",
                    _ => "a job of its own",
                };
                write!(
                    f,
                    "`persona refresh` keeps all or nothing, and {dialect:?} cannot undo what makes tables: let `persona \
                     build` write `refresh.sql`, and run that with {by}"
                )
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<persona_target::Error> for Error {
    fn from(error: persona_target::Error) -> Error {
        Error::Target(error)
    }
}

impl From<persona_warehouse::Error> for Error {
    fn from(error: persona_warehouse::Error) -> Error {
        Error::Target(error.into())
    }
}

impl From<persona_sql::Unsupported> for Error {
    fn from(error: persona_sql::Unsupported) -> Error {
        Error::Target(error.into())
    }
}
