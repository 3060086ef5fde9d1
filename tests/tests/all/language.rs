//! `tests/language/*.md`: documents that the language can be learnt from. Programs, the problems in them by hand, and
//! for some the SQL that they become on DuckDB.

use persona_tests::{Block, Document};

use crate::shown::query;

#[test]
fn every_program_is_told_what_it_asserts() {
    let documents = Document::all("tests/language");
    assert!(documents.len() > 5, "the documents are where they were");
    let mistakes: Vec<String> = documents.iter().flat_map(Document::mistakes).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}

/// `persona sql NAME` behind a fence: the declaration's query, as a snapshot beside the documents.
#[test]
fn the_sql_of_a_declaration() {
    let mut shown = 0;
    for document in Document::all("tests/language") {
        for (block, project, _) in document.programs() {
            for name in wanted(block) {
                let place = format!("{}:{}", document.path, block.line);
                let model = project.load().model.unwrap_or_else(|| panic!("{place}: no model"));
                let sql = query(&model, name).unwrap_or_else(|| panic!("{place}: nothing is called {name}"));
                let settings = snapshots(&block.text);
                settings.bind(|| insta::assert_snapshot!(name, sql));
                shown += 1;
            }
        }
    }
    assert!(shown > 5, "the documents show SQL");
}

/// `persona told` behind a fence: what is told, as it is drawn, in a snapshot of the document.
#[test]
fn what_is_told_as_it_is_drawn() {
    let mut documents = 0;
    for document in Document::all("tests/language") {
        let programs = document.programs();
        let told = programs.iter().filter(|(block, ..)| block.info.iter().any(|word| word == "told"));
        let drawn: Vec<String> = told.map(|(_, project, _)| persona_tests::drawn(&project.load())).collect();
        if drawn.is_empty() {
            continue;
        }
        let name = document.path.rsplit('/').next().unwrap().trim_end_matches(".md");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../language/told");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, drawn.join("\n")));
        documents += 1;
    }
    assert!(documents > 0, "a document shows what is told");
}

fn wanted(block: &Block) -> impl Iterator<Item = &str> {
    let mut words = block.info.iter().map(String::as_str);
    words.find(|word| *word == "sql");
    words
}

/// Snapshots lie in `tests/language/sql`, each with the program it is of.
fn snapshots(program: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../language/sql");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(program.trim_end());
    settings
}
