//! A folder of finished messages, one file each.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// What a message is called while it is being written: hidden from those who read the folder, and known to us.
const WRITING: (&str, &str) = (".persona-", ".writing");

/// How many files of [`Outbox::put_all`] are written at a time.
const WRITERS: usize = 16;

/// A folder that takes messages. Several processes may use one folder.
#[derive(Clone, Debug)]
pub struct Outbox {
    dir: PathBuf,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It is in the folder now.
    Written,
    /// It had been there before, to the byte.
    AlreadyThere,
}

impl Outbox {
    /// Opens a folder, made if only it is missing and not the folder above. Removes what killed processes left half-written.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Outbox, Error> {
        let dir = dir.into();
        let refuse = |detail: String| Error::Folder { path: dir.clone(), detail };
        match fs::metadata(&dir) {
            Ok(about) if !about.is_dir() => return Err(refuse("it is not a folder".into())),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir(&dir).map_err(|error| {
                let above =
                    dir.parent().filter(|above| error.kind() == ErrorKind::NotFound && !above.exists());
                refuse(above.map_or_else(
                    || error.to_string(),
                    |above| format!("there is no folder {}", above.display()),
                ))
            })?,
            Err(error) => return Err(refuse(error.to_string())),
        }
        remove_leftovers(&dir).map_err(|error| refuse(error.to_string()))?;
        // To find out now, not at the first message, whether it can be written.
        begin(&dir).map_err(|error| refuse(format!("no file can be written in it: {error}")))?;
        Ok(Outbox { dir })
    }

    /// Keeps a message under a name. When this returns it is on the disk, whole, also after a loss of power; when it fails
    /// there is nothing under the name that was not there before.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<Delivered, Error> {
        let delivered = self.write(name, bytes)?.publish(bytes)?;
        self.settle()?;
        Ok(delivered)
    }

    /// Keeps some hundred messages, given by name and content, each as [`Outbox::put`] does. A disk takes its time to say
    /// that a file is safe, and says so of many files as fast as of one: so many are written at a time. On an error some of
    /// the others are in the folder already.
    pub fn put_all(&self, messages: &[(&str, &[u8])]) -> Result<(), Error> {
        let share = messages.len().div_ceil(WRITERS).max(1);
        let write = |share: &[(&str, &[u8])]| -> Result<Vec<Written>, Error> {
            share.iter().map(|(name, bytes)| self.write(name, bytes)).collect()
        };
        let written: Vec<Result<Vec<Written>, Error>> = std::thread::scope(|scope| {
            let writers: Vec<_> =
                messages.chunks(share).map(|share| scope.spawn(move || write(share))).collect();
            let written = writers.into_iter().map(|writer| match writer.join() {
                Ok(written) => written,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            written.collect()
        });
        let written = written.into_iter().collect::<Result<Vec<_>, Error>>()?;
        // Names come after all contents are safe: the disk is slow to do both at once.
        for (file, (_, bytes)) in written.into_iter().flatten().zip(messages) {
            file.publish(bytes)?;
        }
        self.settle()
    }

    /// Writes a message that has no name yet.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<Written, Error> {
        if name.is_empty()
            || name.starts_with('.')
            || name.contains(['/', '\\', ':'])
            || name.contains(char::is_control)
        {
            return Err(Error::Name { name: name.to_string() });
        }
        let path = self.dir.join(name);
        let failed = |source: io::Error| Error::Write { path: path.clone(), source };
        let mut file = begin(&self.dir).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        Ok(Written { file, path })
    }

    /// Also for a message that was there already: who wrote it may have been killed before this.
    fn settle(&self) -> Result<(), Error> {
        let failed = |source: io::Error| Error::Write { path: self.dir.clone(), source };
        sync_folder(&self.dir).map_err(failed)
    }
}

/// A message whose content is on the disk, and whose name is not.
struct Written {
    file: NamedTempFile,
    path: PathBuf,
}

impl Written {
    /// Gives it its name, unless that is taken: by the same bytes, or by others, which stay.
    fn publish(self, bytes: &[u8]) -> Result<Delivered, Error> {
        let Written { file, path } = self;
        match file.persist_noclobber(&path) {
            Ok(_) => Ok(Delivered::Written),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => match fs::read(&path) {
                Ok(there) if there == bytes => Ok(Delivered::AlreadyThere),
                Ok(_) => Err(Error::Different { path }),
                Err(source) => Err(Error::Write { path, source }),
            },
            Err(error) => Err(Error::Write { path, source: error.error }),
        }
    }
}

/// A file to write in. Its lock tells the living from the leftovers; it is removed when dropped.
fn begin(dir: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix(WRITING.0).suffix(WRITING.1).tempfile_in(dir)?;
    file.as_file().lock()?;
    Ok(file)
}

fn remove_leftovers(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with(WRITING.0) || !name.ends_with(WRITING.1) {
            continue;
        }
        // Another process may have finished with it since the folder was read, or be writing it still.
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

/// A file's name is on the disk only when its folder is.
fn sync_folder(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}
