//! What can go wrong with a file, in words for those whose file it is.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::ErrorCode;

/// Why the state could not be read or written. Nothing is ever half-written.
#[derive(Debug)]
pub enum Error {
    /// Another run has it open.
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Another program, not a run of persona, has it open and locked.
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Its folder is missing.
    NoFolder {
        /// The file.
        path: PathBuf,
        /// What is missing, or no folder.
        folder: PathBuf,
    },
    /// It cannot be made or written.
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        detail: String,
    },
    /// It is no state of persona: no database, or another program's.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later version of persona wrote it.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: usize,
        /// The latest version that is understood.
        known: usize,
    },
    /// What it holds is damaged.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The disk is full.
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The run lies before the one before it.
    Earlier {
        /// The instant of the run before.
        watermark: Timestamp,
        /// The instant of this one.
        at: Timestamp,
    },
    /// Anything else that SQLite says.
    Failed {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        detail: String,
    },
}

impl Error {
    /// What SQLite says about a file.
    pub(crate) fn of(path: &Path, error: rusqlite::Error) -> Error {
        let (path, detail) = (path.to_path_buf(), error.to_string());
        use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
            Some(ErrorCode::NotADatabase) => Error::Foreign { path },
            Some(ErrorCode::DatabaseCorrupt) => Error::Corrupt { path, detail },
            Some(ErrorCode::DiskFull) => Error::Full { path },
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Error::Unwritable { path, detail }
            }
            None if matches!(
                error,
                FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..)
            ) =>
            {
                Error::Corrupt { path, detail }
            }
            _ => Error::Failed { path, detail },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Locked { path } => {
                write!(f, "another run is at work on {}; wait until it is done", path.display())
            }
            Error::Busy { path } => {
                write!(f, "{} is in use by another program; close it there first", path.display())
            }
            Error::NoFolder { path, folder } => {
                write!(f, "{} cannot be made: there is no folder {}", path.display(), folder.display())
            }
            Error::Unwritable { path, detail } => write!(f, "{} cannot be written: {detail}", path.display()),
            Error::Foreign { path } => {
                write!(f, "{} does not hold persona's state; it was left as it is", path.display())
            }
            Error::Newer { path, found, known } => write!(
                f,
                "{} was written by a later version of persona (its form is {found}, this version knows up to {known})",
                path.display()
            ),
            Error::Corrupt { path, detail } => write!(
                f,
                "{} is damaged ({detail}); put back a copy of it, or what was sent is not known",
                path.display()
            ),
            Error::Full { path } => {
                write!(f, "the disk is full: nothing of this run was written to {}", path.display())
            }
            Error::Earlier { watermark, at } => {
                write!(f, "the last run was at {watermark}; a run at {at} would lie before it")
            }
            Error::Failed { path, detail } => write!(f, "{}: {detail}", path.display()),
        }
    }
}

impl std::error::Error for Error {}
