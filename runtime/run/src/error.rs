//! What can stop a run.

use std::fmt;

use persona_diagnostics::Problems;

/// Why a run stopped. Nothing was decided or sent unless it says so.
#[derive(Debug)]
pub enum Error {
    /// The program does not fit its data: a column that is not there. The problems say where.
    Program(Problems),
    /// `persona.toml` has no target of the name that was asked for.
    NoTarget(String),
    /// The target cannot be run as `persona.toml` and this machine are.
    Target(String),
    /// The warehouse failed.
    Warehouse(persona_warehouse::Error),
    /// The state of earlier runs cannot be read or written.
    Store(persona_store::Error),
    /// There is no outbox to put messages into.
    Outbox(persona_message::Error),
    /// The key that messages are signed with cannot be used; why.
    Key(String),
    /// Messages cannot be put into the outbox. What was decided is kept, and delivered by the next run.
    Undelivered(persona_message::Error),
    /// An earlier run has already decided for a later instant.
    Past {
        /// What was asked for.
        at: jiff::Timestamp,
        /// Up to when is decided.
        decided: jiff::Timestamp,
    },
    /// A mistake of ours.
    Bug(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Program(_) => f.write_str("the program does not fit its data"),
            Error::NoTarget(message) | Error::Target(message) => f.write_str(message),
            Error::Warehouse(error) => error.fmt(f),
            Error::Store(error) => error.fmt(f),
            Error::Outbox(error) => error.fmt(f),
            Error::Key(why) => f.write_str(why),
            Error::Undelivered(error) => {
                write!(f, "{error}\nwhat was decided is kept: the next run delivers it")
            }
            Error::Past { at, decided } => write!(
                f,
                "this project has already decided up to {decided}, which is after {at}: what was sent stays sent. \
                 To look at the past, copy the project without its `.persona` folder"
            ),
            Error::Bug(what) => write!(f, "this is a bug of persona, please report it: {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Warehouse(error) => Some(error),
            Error::Store(error) => Some(error),
            Error::Outbox(error) | Error::Undelivered(error) => Some(error),
            _ => None,
        }
    }
}

impl From<persona_warehouse::Error> for Error {
    fn from(error: persona_warehouse::Error) -> Error {
        Error::Warehouse(error)
    }
}

impl From<persona_target::Error> for Error {
    fn from(error: persona_target::Error) -> Error {
        match error {
            persona_target::Error::Program(problems) => Error::Program(problems),
            persona_target::Error::NoTarget(message) => Error::NoTarget(message),
            persona_target::Error::Target(message) => Error::Target(message),
            persona_target::Error::Warehouse(error) => Error::Warehouse(error),
            persona_target::Error::Bug(what) => Error::Bug(what),
        }
    }
}

impl From<persona_store::Error> for Error {
    fn from(error: persona_store::Error) -> Error {
        Error::Store(error)
    }
}

impl From<persona_sql::Unsupported> for Error {
    fn from(unsupported: persona_sql::Unsupported) -> Error {
        Error::Bug(unsupported.reason)
    }
}

impl From<persona_profile::NoColumn> for Error {
    fn from(missing: persona_profile::NoColumn) -> Error {
        Error::Bug(missing.to_string())
    }
}
