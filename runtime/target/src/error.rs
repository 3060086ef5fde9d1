//! What can stop work on a target.

use std::fmt;

use persona_diagnostics::Problems;

/// Why work on a target stopped.
#[derive(Debug)]
pub enum Error {
    /// The program does not fit its data: a column that is not there. The problems say where.
    Program(Problems),
    /// `persona.toml` has no target of the name that was asked for.
    NoTarget(String),
    /// The target cannot be used as `persona.toml` and this machine are.
    Target(String),
    /// The warehouse failed.
    Warehouse(persona_warehouse::Error),
    /// A mistake of ours.
    Bug(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Program(_) => f.write_str("the program does not fit its data"),
            Error::NoTarget(message) | Error::Target(message) => f.write_str(message),
            Error::Warehouse(error) => error.fmt(f),
            Error::Bug(what) => write!(f, "this is a bug of persona, please report it: {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Warehouse(error) => Some(error),
            _ => None,
        }
    }
}

impl From<persona_warehouse::Error> for Error {
    fn from(error: persona_warehouse::Error) -> Error {
        Error::Warehouse(error)
    }
}

impl From<persona_sql::Unsupported> for Error {
    fn from(unsupported: persona_sql::Unsupported) -> Error {
        Error::Bug(unsupported.reason)
    }
}
