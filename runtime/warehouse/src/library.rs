//! Finds and loads the engines' libraries.

use std::env;
use std::path::{Path, PathBuf};

use adbc_core::options::AdbcVersion;
use adbc_driver_manager::ManagedDriver;

use crate::error::{Error, Library};

/// Loads a library: the file its variable names, else the first found in [`places`], else the system's.
pub(crate) fn load(library: Library) -> Result<ManagedDriver, Error> {
    if let Some(path) = env::var_os(library.variable()).filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        if !path.is_file() {
            let detail = format!("{} names it, but there is no such file", library.variable());
            return Err(Error::LibraryBroken { path, detail });
        }
        return open(library, &path);
    }
    if let Some(found) = places(library).iter().find_map(|place| find(library, place)) {
        return open(library, &found);
    }
    // The loader's own search comes last; that it finds nothing is the usual case, so its words are not kept.
    open(library, Path::new(&file_name(library))).map_err(|_| Error::LibraryMissing { library })
}

fn open(library: Library, path: &Path) -> Result<ManagedDriver, Error> {
    let entry: Option<&[u8]> = match library {
        Library::DuckDb => Some(b"duckdb_adbc_init"),
        Library::Postgres | Library::Snowflake | Library::BigQuery => Some(b"AdbcDriverInit"),
    };
    ManagedDriver::load_dynamic_from_filename(path, entry, AdbcVersion::V110)
        .map_err(|error| Error::LibraryBroken { path: path.to_path_buf(), detail: error.message })
}

/// The folders it may lie in, nearest first. Each may hold a `*` for one part of the path.
fn places(library: Library) -> Vec<PathBuf> {
    let executable = env::current_exe().ok();
    let beside = executable.as_deref().and_then(Path::parent);
    let mut places = Vec::new();
    if let Some(folder) = beside {
        places.push(folder.to_path_buf());
        places.extend(folder.parent().map(|above| above.join("lib")));
    }
    let installed = match library {
        Library::DuckDb => ".tools/node_modules/@duckdb/node-bindings-*".to_string(),
        Library::Postgres => ".tools/venv/lib/python3*/site-packages/adbc_driver_postgresql".to_string(),
        Library::Snowflake => ".tools/venv/lib/python3*/site-packages/adbc_driver_snowflake".to_string(),
        Library::BigQuery => ".tools/venv/lib/python3*/site-packages/adbc_driver_bigquery".to_string(),
    };
    let current = env::current_dir().ok();
    for start in [current.as_deref(), beside].into_iter().flatten() {
        for folder in start.ancestors().map(|above| above.join(&installed)) {
            if !places.contains(&folder) {
                places.push(folder);
            }
        }
    }
    places
}

/// The library's file in a folder, which may hold `*`.
fn find(library: Library, place: &Path) -> Option<PathBuf> {
    let file = file_name(library);
    folders(place).into_iter().map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// The folders a path with `*` names, in alphabetical order; a `*` stands at the end of a part.
fn folders(place: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in place.components() {
        let part = part.as_os_str();
        match part.to_str().and_then(|text| text.strip_suffix('*')) {
            None => found.iter_mut().for_each(|path| path.push(part)),
            Some(prefix) => found = found.iter().flat_map(|path| starting_with(path, prefix)).collect(),
        }
    }
    found
}

fn starting_with(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix)))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

fn file_name(library: Library) -> String {
    match library {
        // DuckDB follows each platform's habit; the wheels name their drivers `.so` everywhere.
        Library::DuckDb => format!("{}duckdb{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX),
        Library::Postgres => "libadbc_driver_postgresql.so".to_string(),
        Library::Snowflake => "libadbc_driver_snowflake.so".to_string(),
        Library::BigQuery => "libadbc_driver_bigquery.so".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_the_rest_of_a_folder_name() {
        let project = tempfile::tempdir().unwrap();
        let installed = project.path().join(".tools/node_modules/@duckdb/node-bindings-any-platform");
        std::fs::create_dir_all(&installed).unwrap();
        std::fs::create_dir_all(installed.with_file_name("other")).unwrap();
        let file = installed.join(file_name(Library::DuckDb));
        std::fs::write(&file, "").unwrap();
        let place = project.path().join(".tools/node_modules/@duckdb/node-bindings-*");
        assert_eq!(find(Library::DuckDb, &place), Some(file));
        assert_eq!(find(Library::DuckDb, &project.path().join("none-*")), None);
    }
}
