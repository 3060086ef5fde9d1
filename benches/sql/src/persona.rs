//! The segments as persona refreshes them.

use persona_model::Model;
use persona_plan::lower::Profiles;
use persona_sql::{Options, Target};

use crate::data::NOW;
use crate::segments::{self, Segment};

/// The tables of a refresh, and the query of each.
pub fn ways(segments: &[Segment]) -> Vec<(String, String)> {
    let model = model(segments);
    let options = Options {
        schema: vec!["persona".into()],
        at: Some(NOW.parse().expect("an instant")),
        ..Options::default()
    };
    let sql = |plan| persona_sql::query(&plan, Target::DuckDb, &options).unwrap_or_else(|e| panic!("{e}"));
    vec![("made.profile".into(), sql(Profiles::everything(&model, &[])))]
}

/// A query for the members of each segment, over those tables.
pub fn members(segments: &[Segment]) -> Vec<String> {
    segments.iter().map(|s| format!("SELECT id FROM made.profile WHERE in_{}", s.name)).collect()
}

fn model(segments: &[Segment]) -> Model {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "[project]\nname = \"shop\"\ntimezone = \"UTC\"\ncurrency = \"GBP\"\n";
    std::fs::write(folder.path().join("persona.toml"), settings).expect("the folder can be written to");
    std::fs::write(folder.path().join("shop.persona"), segments::program(segments)).expect("likewise");
    let loaded = persona_model::load(folder.path());
    let errors: Vec<_> =
        loaded.problems.iter().filter(|p| p.severity == persona_diagnostics::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.model.expect("a program without errors has a model")
}
