//! What the documentation quotes: parts of the examples, problems as they are drawn, queries as they are generated.

use persona_model::Model;
use persona_plan::Plan;
use persona_plan::lower::{Profiles, entity_table, event_table, staging};
use persona_sql::{Options, Target};
use persona_tests::{Document, drawn, root};

/// The query behind a segment, a trait, a lifecycle, an event, an entity or `customer`, on DuckDB.
pub fn query(model: &Model, name: &str) -> Option<String> {
    let options = Options { schema: vec!["persona".to_string()], at: None, ..Default::default() };
    Some(persona_sql::query(&plan(model, name)?, Target::DuckDb, &options).unwrap())
}

fn plan(model: &Model, name: &str) -> Option<Plan> {
    if model.segment(name).is_some() {
        return Some(Profiles::segment(model, name));
    }
    if model.trait_(name).is_some() {
        return Some(Profiles::trait_(model, name));
    }
    if model.lifecycle(name).is_some() {
        return Some(Profiles::lifecycle(model, name));
    }
    let tables = [name.into(), event_table(name), entity_table(name)];
    staging(model).into_iter().find(|s| tables.contains(&s.table)).map(|s| s.plan)
}

/// The basket without what is printed for those who have no first name.
fn without_default() -> String {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("examples/cart"), folder.path());
    let path = folder.path().join("basket.persona");
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = text.replace("{{ first_name | default: \"Hello\" }}", "{{ first_name }}");
    assert_ne!(text, changed);
    std::fs::write(&path, changed).unwrap();
    drawn(&persona_model::load(folder.path()))
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        // What runs leave behind is no part of the example.
        if path.is_dir() && !["outbox", ".persona", "build"].iter().any(|n| name == *n) {
            std::fs::create_dir(to.join(name)).unwrap();
            copy(&path, &to.join(name));
        } else if path.is_file() {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

#[test]
fn what_the_readme_and_the_tour_quote_is_so() {
    let told = without_default();
    let cart = persona_model::load(&root().join("examples/cart")).model.unwrap();
    let mut quoted = 0;
    for path in ["README.md", "docs/tour.md"] {
        for block in Document::read(&root().join(path)).blocks {
            let place = format!("{path}:{}", block.line);
            match block.info.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["persona", "from", file] => {
                    let text = std::fs::read_to_string(root().join(file)).unwrap();
                    assert!(text.contains(&block.text), "{place}: this is not in {file}");
                }
                ["text", "told"] => assert_eq!(block.text.trim_end(), told.trim_end(), "{place}"),
                ["sql", name] => assert_eq!(block.text.trim_end(), query(&cart, name).unwrap(), "{place}"),
                _ => continue,
            }
            quoted += 1;
        }
    }
    assert!(quoted > 8, "README and tour quote the example");
}
