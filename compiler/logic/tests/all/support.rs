//! Programs made of text.

use std::path::Path;

use persona_diagnostics::{Problems, Severity, Sources, Told};
use persona_model::{Files, Model, Project};

/// No file but the program is read.
struct NoFolder;

impl Files for NoFolder {
    fn read(&self, _: &Path) -> Result<String, String> {
        Ok(String::new())
    }

    fn exists(&self, _: &Path) -> bool {
        true
    }

    fn folder(&self) -> String {
        "a test".into()
    }
}

/// The model of a program without errors of its own, and what is told of its conditions.
#[track_caller]
pub fn check(program: &str) -> (Model, Vec<Told>) {
    let mut sources = Sources::default();
    let mut problems = Problems::default();
    let settings = "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\ncurrency = \"GBP\"\n";
    let file = sources.add("persona.toml", settings);
    let project = Project::parse(file, settings, &mut problems).unwrap();
    let file = sources.add("shop.persona", program);
    let parsed = [persona_syntax::parse(file, program, &mut problems)];
    let model = persona_model::build(&project, &parsed, &NoFolder, &mut sources, &mut problems);
    let errors: Vec<_> = problems.iter().filter(|t| t.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{program}\n{errors:#?}");
    let mut told = Problems::default();
    persona_logic::check(&model, &mut told);
    (model, told.iter().cloned().collect())
}
