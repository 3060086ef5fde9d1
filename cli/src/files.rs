//! Writing over files that people wrote.

use std::io::{self, Write};
use std::path::Path;

/// Puts a new text in a file's place at once: whoever reads it finds the old one or the new one, whole.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays one; its file is replaced.
    let path = path.canonicalize()?;
    // Where the file may not be written, its folder still might: that is no permission.
    let old = std::fs::OpenOptions::new().write(true).open(&path)?.metadata()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".persona-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(old.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|e| e.error)?;
    Ok(())
}

/// The same, only where the file still holds the text that was read; or why it was not done.
pub fn replace_unchanged(path: &Path, read: &str, text: &str) -> Result<(), String> {
    let now = std::fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    if now != read.as_bytes() {
        return Err(format!("{} has changed since it was read: it is left alone", path.display()));
    }
    replace(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // these are tests

    use super::*;

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.persona");
        std::fs::write(&path, "mine").unwrap();
        let refused = replace_unchanged(&path, "as it was read", "mended").unwrap_err();
        assert!(refused.ends_with("has changed since it was read: it is left alone"), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
        replace_unchanged(&path, "mine", "mended").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mended");
        std::fs::remove_file(&path).unwrap();
        assert!(replace_unchanged(&path, "mended", "again").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    }
}
