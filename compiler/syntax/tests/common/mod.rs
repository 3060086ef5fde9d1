//! What every test of the parser starts from.
#![allow(dead_code)] // each test file uses a part
#![allow(clippy::unwrap_used, clippy::panic)] // of tests

use persona_diagnostics::{Problems, Sources, Told};
use persona_syntax::ast::File;

/// A text that was parsed.
pub struct Parsed {
    pub file: File,
    pub sources: Sources,
    pub problems: Vec<Told>,
}

/// Parses a text and checks what holds for every text: the tree holds every byte, and reading it does not fail.
pub fn parse(text: &str) -> Parsed {
    let mut sources = Sources::default();
    let id = sources.add("a.persona", text);
    let mut problems = Problems::default();
    let file = persona_syntax::parse(id, text, &mut problems);
    assert_eq!(file.tree().text().to_string(), text, "the tree holds every byte");
    let _ = file.declarations();
    Parsed { file, problems: problems.sorted(&sources), sources }
}

impl Parsed {
    /// The problems, one line each: `LINE:COLUMN HEADLINE`.
    pub fn told(&self) -> Vec<String> {
        let line = |told: &Told| {
            let at = told.span().map(|s| self.sources.file(s.file).locate(s.start));
            at.map_or(told.headline.clone(), |at| format!("{}:{} {}", at.line, at.column, told.headline))
        };
        self.problems.iter().map(line).collect()
    }
}

/// Every program of the examples, with its path.
pub fn examples() -> Vec<(String, String)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    let mut found = Vec::new();
    for project in std::fs::read_dir(root).unwrap() {
        for file in std::fs::read_dir(project.unwrap().path()).into_iter().flatten() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "persona") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "examples are where they were");
    found
}

/// Runs on a thread whose stack is as small as the smallest one the parser is called from (2 MiB).
pub fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(test).unwrap().join().unwrap();
}
