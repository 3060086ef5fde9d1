//! The few pieces of SQL text this crate writes itself.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// A string literal in standard SQL.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A quoted name.
pub(crate) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The literal by which DuckDB reads just this file. DuckDB takes paths for patterns, so their signs are escaped; and an
/// absolute path cannot be taken for a web address or a home folder.
pub(crate) fn file(path: &Path) -> Result<String, Error> {
    let unreadable =
        |detail: &str| Error::FileUnreadable { path: path.into(), line: None, detail: detail.into() };
    let absolute: PathBuf = std::path::absolute(path).map_err(|error| unreadable(&error.to_string()))?;
    let text = absolute.to_str().ok_or_else(|| unreadable("its path is not UTF-8"))?;
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '*' | '?' | '[' => pattern.extend(['[', letter, ']']),
            _ => pattern.push(letter),
        }
    }
    Ok(literal(&pattern))
}
