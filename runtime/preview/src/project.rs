//! Whether a project has changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// So many files are looked at; more are no project, but a folder above one.
const MOST: usize = 20_000;

/// When each file of a project was last written, and its length. What commands write is not of it.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, (Option<SystemTime>, u64)> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        // What cannot be read now is told of by whoever reads the program.
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') || matches!(&*name, "outbox" | "build" | "target" | "node_modules") {
                continue;
            }
            let written = ["duckdb", "db", "wal", "eml"];
            if entry.path().extension().is_some_and(|of| written.iter().any(|name| of == *name)) {
                continue;
            }
            if kind.is_dir() {
                waiting.push(entry.path());
            } else if found.len() < MOST
                && let Ok(about) = std::fs::metadata(entry.path())
            {
                found.insert(entry.path(), (about.modified().ok(), about.len()));
            }
        }
    }
    found
}
