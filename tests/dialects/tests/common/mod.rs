//! The programs that are written down: the examples, what `persona init` makes, and those in `programs`.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use persona_dialects::program;
use persona_model::Model;

/// When they are evaluated.
pub const NOW: &str = "2025-10-26T01:30:00Z";

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Each program with its name, which is fit for a schema.
pub fn programs() -> Vec<(String, Model)> {
    let mut found = vec![
        ("retail".to_string(), program::folder(&here("../../examples/retail"))),
        ("cart".to_string(), program::folder(&here("../../examples/cart"))),
        ("init".to_string(), program::folder(&here("../../cli/project"))),
    ];
    let mut paths: Vec<PathBuf> = here("programs").read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let model =
            program::compile(&text, "Europe/London").unwrap_or_else(|e| panic!("{}: {e:#?}", path.display()));
        found.push((path.file_stem().unwrap().to_str().unwrap().to_string(), model));
    }
    found
}
