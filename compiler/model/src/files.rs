//! Where the texts that a program names are read from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Reads files by their path in the project, some at the same time as others.
pub trait Files: Sync {
    /// The text of a file, or what the system says.
    fn read(&self, path: &Path) -> Result<String, String>;
    /// Whether there is such a file; of data files nothing more is asked here.
    fn exists(&self, path: &Path) -> bool;
    /// The folder paths are relative to, as shown to the user.
    fn folder(&self) -> String;
}

/// The project's folder on disk.
#[derive(Clone, Debug)]
pub struct Disk(pub PathBuf);

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<String, String> {
        crate::read(&self.0.join(path))
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.join(path).is_file()
    }

    fn folder(&self) -> String {
        format!("the project's folder, {}", self.0.display())
    }
}

/// The project's folder on disk as it would be with other texts in some of its files.
#[derive(Clone, Debug)]
pub struct Edited {
    /// What the other files are read from.
    pub disk: Disk,
    /// The other texts, by their path in the project.
    pub texts: BTreeMap<PathBuf, String>,
}

impl Files for Edited {
    fn read(&self, path: &Path) -> Result<String, String> {
        self.texts.get(path).map_or_else(|| self.disk.read(path), |text| Ok(text.clone()))
    }

    fn exists(&self, path: &Path) -> bool {
        self.texts.contains_key(path) || self.disk.exists(path)
    }

    fn folder(&self) -> String {
        self.disk.folder()
    }
}
