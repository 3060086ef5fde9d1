//! Where the texts that a program names are read from.

use std::path::{Path, PathBuf};

/// Reads files by their path in the project.
pub trait Files {
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
        std::fs::read_to_string(self.0.join(path)).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_string(),
            std::io::ErrorKind::InvalidData => "it is not text in UTF-8".to_string(),
            _ => e.to_string(),
        })
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.join(path).is_file()
    }

    fn folder(&self) -> String {
        format!("the project's folder, {}", self.0.display())
    }
}
