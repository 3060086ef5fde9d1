//! The segments as persona refreshes them.

use persona_model::Model;
use persona_plan::lower::{FEW, Members, members};
use persona_sql::{Options, Target};

use crate::data::NOW;
use crate::segments::{self, Segment};

/// The tables that say who is where, and the query of each.
pub fn tables(segments: &[Segment]) -> Vec<(String, String)> {
    let model = model(&segments::program(segments));
    let options = Options {
        schema: vec!["persona".into()],
        at: Some(NOW.parse().expect("an instant")),
        ..Options::default()
    };
    let sql = |plan| persona_sql::query(&plan, Target::DuckDb, &options).unwrap_or_else(|e| panic!("{e}"));
    match members(&model) {
        Members::Together(plan) => vec![("made.audiences".into(), sql(plan))],
        Members::Each(each) => {
            each.into_iter().map(|(name, plan)| (format!("made.persona_{name}"), sql(plan))).collect()
        }
    }
}

/// A query for the members of each segment, over those tables.
pub fn members_of(segments: &[Segment]) -> Vec<String> {
    let few = segments.len() <= FEW;
    let query = |s: &Segment| match few {
        true => format!("SELECT id FROM made.persona_{}", s.name),
        false => format!("SELECT id FROM made.audiences WHERE in_{}", s.name),
    };
    segments.iter().map(query).collect()
}

/// A program's model.
pub fn model(program: &str) -> Model {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "[project]\nname = \"shop\"\ntimezone = \"UTC\"\ncurrency = \"GBP\"\n";
    std::fs::write(folder.path().join("persona.toml"), settings).expect("the folder can be written to");
    std::fs::write(folder.path().join("shop.persona"), program).expect("likewise");
    let loaded = persona_model::load(folder.path());
    let errors: Vec<_> =
        loaded.problems.iter().filter(|p| p.severity == persona_diagnostics::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.model.expect("a program without errors has a model")
}
