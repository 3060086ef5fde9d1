//! What the integration tests start from: projects made of text, and documents whose programs are checked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a harness fails by panicking

mod document;

use std::path::{Path, PathBuf};

use persona_diagnostics::{Problems, Sources};
use persona_model::{Disk, Files, Loaded, Model};
use tempfile::TempDir;

pub use document::{Block, Document, asserted};

/// The checkout's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The file a program made of text lies in.
pub const PROGRAM: &str = "shop.persona";

/// What `persona.toml` says where a test does not: a shop in London that sells in pounds.
const PROJECT: &str = "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\ncurrency = \"GBP\"\n\
                       [targets.dev]\ndialect = \"duckdb\"\ndatabase = \"target.duckdb\"\n";

/// A project in a folder of its own, which goes when this does.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// A project with this text as its only program.
    pub fn new(program: &str) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        project.with("persona.toml", PROJECT).with(PROGRAM, program)
    }

    /// With one more file, or another text in one that it has.
    pub fn with(self, path: &str, text: &str) -> Project {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// What the compiler makes of it.
    pub fn load(&self) -> Loaded {
        check(self.folder.path(), &Disk(self.folder()))
    }

    /// Where it lies.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }
}

/// A program and everything that `persona check` tells of it.
pub fn check(folder: &Path, files: &dyn Files) -> Loaded {
    let mut loaded = persona_model::load_from(folder, files);
    persona_logic::check_loaded(&mut loaded);
    persona_syntax::allow(&mut loaded.problems, &loaded.sources);
    loaded
}

/// What `persona test` tells of a program.
pub fn run_tests(model: &Model, sources: &Sources, problems: &mut Problems) {
    let program = persona_simulate::Program::new(model);
    for test in &model.tests {
        let outcome = persona_simulate::test::run(&program, test).unwrap_or_else(|e| panic!("{e}"));
        for missed in &outcome.failures {
            let facts = persona_simulate::test::problem(model, test, &outcome, missed, sources);
            problems.report(facts.unwrap());
        }
    }
}

/// What `persona check --target` tells of a program beside a DuckDB that these statements filled.
pub fn compare(model: &Model, folder: &Path, sql: &str) -> Problems {
    let path = folder.join("target.duckdb");
    let mut warehouse =
        persona_warehouse::connect(&persona_warehouse::Target::DuckDb { path: Some(path) }).unwrap();
    warehouse.execute(sql).unwrap();
    drop(warehouse);
    persona_target::check(model, folder, "dev", &mut Silent).unwrap_or_else(|e| panic!("{e}"))
}

struct Silent;

impl persona_target::Progress for Silent {
    fn start(&mut self, _: &str, _: u64) {}
    fn step(&mut self, _: &str) {}
    fn end(&mut self) {}
}

/// A problem as a test asserts it: the file and the line where it is told, and its code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Relative to the project's folder; empty for a problem of the project as a whole.
    pub file: String,
    /// Line from 1, where the first label stands; 0 where there is none.
    pub line: usize,
    /// The problem's code.
    pub code: String,
}

/// Every problem of a project by file and line.
pub fn found(loaded: &Loaded) -> Vec<Found> {
    let of = |told: &persona_diagnostics::Told| {
        let place = told.span().map(|span| {
            let file = loaded.sources.file(span.file);
            (file.path.display().to_string(), file.locate(span.start).line)
        });
        let (file, line) = place.unwrap_or_default();
        Found { file, line, code: told.code.to_string() }
    };
    let mut found: Vec<Found> = loaded.problems.sorted(&loaded.sources).iter().map(of).collect();
    found.sort();
    found
}

/// Every problem drawn as on a terminal, for the message of a test that fails.
pub fn drawn(loaded: &Loaded) -> String {
    use persona_diagnostics::render::{Style, human};
    let told = loaded.problems.sorted(&loaded.sources);
    told.iter().map(|t| human(t, &loaded.sources, Style::PLAIN)).collect()
}
