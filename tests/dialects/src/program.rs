//! Text to model, without a folder on disk.

use std::path::Path;

use persona_diagnostics::{Problems, Severity, Sources};
use persona_model::{Files, Model, Project};

/// A project whose files are all there and empty: a source's file is only asked whether it exists.
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

/// The model of a program, or its errors: the line of each, from 1, and its words.
pub fn compile(text: &str, zone: &str) -> Result<Model, Vec<(usize, String)>> {
    let mut sources = Sources::default();
    let mut problems = Problems::default();
    let settings = format!("[project]\nname = \"shop\"\ntimezone = \"{zone}\"\ncurrency = \"GBP\"\n");
    let file = sources.add("persona.toml", settings.as_str());
    let project = Project::parse(file, &settings, &mut problems).expect("these settings are right");
    let file = sources.add("shop.persona", text);
    let parsed = [persona_syntax::parse(file, text, &mut problems)];
    let model = persona_model::build(&project, &parsed, &NoFolder, &mut sources, &mut problems);
    if !problems.any_error() {
        return Ok(model);
    }
    let errors = problems.iter().filter(|told| told.severity == Severity::Error);
    let line = |span| sources.file(file).locate(span).line;
    Err(errors.map(|told| (told.span().map_or(0, |s| line(s.start)), told.headline.clone())).collect())
}

/// The model of a folder with a `persona.toml`, which must have no errors.
pub fn folder(path: &Path) -> Model {
    let loaded = persona_model::load(path);
    let errors: Vec<_> = loaded.problems.iter().filter(|t| t.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{} has errors: {errors:#?}", path.display());
    loaded.model.expect("a program without errors has a model")
}
