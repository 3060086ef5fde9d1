//! What stops a message.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a message could not be built or kept.
#[derive(Debug)]
pub enum Error {
    /// A header's value holds a line break or another control character: someone may be trying to add headers.
    ControlCharacter {
        /// The header.
        header: &'static str,
    },
    /// An address is none, or one that only part of the world's mail servers accept.
    Address {
        /// The header it was for.
        header: &'static str,
        /// The address as given.
        address: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A header's value cannot stand in that header.
    Header {
        /// The header.
        header: &'static str,
        /// What is wrong with its value.
        detail: String,
    },
    /// The HTML cannot be made into text.
    Html {
        /// Why not.
        detail: String,
    },
    /// A message cannot be signed with the key there is.
    Key {
        /// Why not.
        detail: String,
    },
    /// Tokens of addresses cannot be sealed with the key there is.
    Seal {
        /// Why not.
        detail: String,
    },
    /// The outbox's folder cannot be used.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        detail: String,
    },
    /// A name no file of the outbox may have.
    Name {
        /// The name.
        name: String,
    },
    /// The outbox has another message under this name, which stays as it is.
    Different {
        /// Its file.
        path: PathBuf,
    },
    /// A message could not be kept: a full disk, say. Nothing of it is left behind.
    Write {
        /// The file it was to be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::ControlCharacter { header } => {
                write!(f, "the header {header} would hold a line break or another control character")
            }
            Error::Address { header, address, detail } => {
                // The address is shown with its control characters escaped, whatever they were meant to do.
                write!(f, "{} cannot stand in the header {header}: {detail}", address.escape_debug())
            }
            Error::Header { header, detail } => write!(f, "the header {header} cannot be written: {detail}"),
            Error::Html { detail } => write!(f, "no text can be made from the HTML: {detail}"),
            Error::Key { detail } => write!(f, "the key of DKIM cannot be used: {detail}"),
            Error::Seal { detail } => write!(f, "the key of unsubscribe links cannot be used: {detail}"),
            Error::Folder { path, detail } => {
                write!(f, "the outbox {} cannot be used: {detail}", path.display())
            }
            Error::Name { name } => {
                write!(f, "`{}` cannot be the name of a message's file", name.escape_debug())
            }
            Error::Different { path } => {
                write!(f, "{} holds another message already; it was left as it is", path.display())
            }
            Error::Write { path, source } => write!(f, "{} cannot be written: {source}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Write { source, .. } => Some(source),
            _ => None,
        }
    }
}
