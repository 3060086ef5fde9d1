//! Durable state: what was decided, what is sent. One SQLite file.
//!
//! A run reads the [`Loaded`] state, decides, and writes all it decided in one transaction: flows, sends, membership, its
//! own instant, and the finished messages themselves. Only then are the messages handed to the transport, and marked
//! as delivered. A process killed before the commit has decided nothing; one killed after it left messages pending, which
//! the next run delivers first, under the same ids. Nothing is lost, and nothing is sent twice.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (world, now): (persona_engine::World, jiff::Timestamp) = unimplemented!();
//! let mut store = persona_store::Store::open(".persona/state.db".as_ref())?;
//! let loaded = store.load(persona_engine::sends_needed_since(world.model, now))?;
//! let mut run = store.begin(now)?;
//! let mut failed = None;
//! let decisions = persona_engine::decide(&world, &loaded.state, &mut |send, rendered| {
//!     let bytes = rendered.subject.into_bytes(); // a MIME message, of course
//!     failed = failed.take().or(run.message(&send.id, &format!("{}.eml", send.id), &bytes).err());
//!     Ok(())
//! });
//! match failed {
//!     Some(error) => return Err(error.into()), // the run is dropped: nothing was decided
//!     None => run.commit(&decisions)?,
//! }
//! # Ok(())
//! # }
//! ```

mod error;
mod load;
mod outbox;
mod run;
mod schema;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::Note;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use error::Error;
pub use load::Loaded;
pub use outbox::Message;
pub use run::Run;

/// The state of a project. While one is open no other process can open it.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// Held as long as the store is open; the system frees it when the process ends, however it ends.
    _lock: File,
}

/// What became of the e-mails of one run, and what waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// For each e-mail, by name, how many were sent.
    pub sent: BTreeMap<Arc<str>, u64>,
    /// For each reason, how many were withheld.
    pub withheld: BTreeMap<Arc<str>, u64>,
    /// Flows that have not ended.
    pub flows: u64,
    /// Messages that are not delivered yet, of all runs.
    pub pending: u64,
}

impl Store {
    /// Opens the file, made if it is missing; its folder must be there.
    pub fn open(path: &Path) -> Result<Store, Error> {
        let lock = lock(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(path, flags)?;
            // Nobody who minds the lock is in the way; who looks in with another tool is waited for.
            connection.busy_timeout(std::time::Duration::from_secs(2))?;
            Ok(connection)
        };
        let mut connection = open().map_err(|error| Error::of(path, error))?;
        schema::prepare(&mut connection, path)?;
        Ok(Store { connection, path: path.to_path_buf(), _lock: lock })
    }

    /// Begins a run: everything it writes is kept by [`Run::commit`], and nothing without it.
    pub fn begin(&mut self, at: Timestamp) -> Result<Run<'_>, Error> {
        if let Some(watermark) =
            load::watermark(&self.connection, &self.path)?.filter(|watermark| at < *watermark)
        {
            return Err(Error::Earlier { watermark, at });
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        Ok(Run::new(transaction.map_err(|error| Error::of(&self.path, error))?, at, &self.path))
    }

    /// What earlier runs left; of e-mails those sent after this instant (see [`persona_engine::sends_needed_since`]).
    pub fn load(&self, sends_since: Timestamp) -> Result<Loaded, Error> {
        load::all(&self.connection, &self.path, sends_since)
    }

    /// What was decided about a customer by one trigger or campaign, each with the instant of its run, in order.
    pub fn trail(
        &self,
        customer: &str,
        campaign: bool,
        origin: &str,
    ) -> Result<Vec<(Timestamp, Note)>, Error> {
        let read = load::trail(&self.connection, customer, campaign, origin);
        read.map_err(|error| Error::of(&self.path, error))
    }

    /// What became of the e-mails of the run at this instant.
    pub fn counts(&self, at: Timestamp) -> Result<Counts, Error> {
        load::counts(&self.connection, at).map_err(|error| Error::of(&self.path, error))
    }

    /// Messages that are decided and not delivered, in the order of their sends; at most so many.
    pub fn pending(&self, at_most: usize) -> Result<Vec<Message>, Error> {
        outbox::pending(&self.connection, at_most).map_err(|error| Error::of(&self.path, error))
    }

    /// Notes that messages are delivered, by their ids; their bytes are not kept any longer.
    pub fn delivered<'i>(
        &mut self,
        ids: impl IntoIterator<Item = &'i str>,
        at: Timestamp,
    ) -> Result<(), Error> {
        let noted = outbox::delivered(&mut self.connection, ids, at);
        noted.map_err(|error| Error::of(&self.path, error))
    }
}

/// Takes the lock beside the file: a file of its own, since SQLite's locks end with a transaction, and a lock on its own file
/// would get in their way.
fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".lock");
    let unwritable = |error: std::io::Error| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if folder.is_dir() {
            Error::Unwritable { path: path.to_path_buf(), detail: error.to_string() }
        } else {
            Error::NoFolder { path: path.to_path_buf(), folder: folder.to_path_buf() }
        }
    };
    let mut options = OpenOptions::new();
    let file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_file_name(name))
        .map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked { path: path.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_and_nothing_is_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("state.db")).unwrap();
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        // SQLite says the same of a disk without room as of a file that may not grow.
        store.connection.pragma_update(None, "max_page_count", pages + 3).unwrap();
        let mut run = store.begin(now).unwrap();
        let full = (0..100).find_map(|n| run.message(&n.to_string(), "a.eml", &[b'x'; 3000]).err()).unwrap();
        assert!(matches!(full, Error::Full { .. }), "{full:?}");
        assert!(
            full.to_string().starts_with("the disk is full: nothing of this run was written to "),
            "{full}"
        );
        drop(run);
        assert_eq!(store.load(Timestamp::MIN).unwrap(), Loaded::default());
        assert_eq!(store.pending(10).unwrap(), []);
        let nothing = persona_engine::Decisions { at: now, ..Default::default() };
        store.begin(now).unwrap().commit(&nothing).unwrap();
    }
}
