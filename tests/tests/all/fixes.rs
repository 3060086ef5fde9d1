//! Fixes that are certain: carried out, the problem is gone and no other has come.

use persona_diagnostics::fix;
use persona_tests::{Document, PROGRAM, Project, drawn, found, root};

/// The program of a project with its certain fixes carried out until there are none left.
fn mended(mut project: Project) -> (Project, String) {
    for _ in 0..100 {
        let loaded = project.load();
        let id = loaded.sources.find(PROGRAM.as_ref()).unwrap();
        let text = loaded.sources.file(id).text.to_string();
        let told = loaded.problems.sorted(&loaded.sources);
        match fix::certain(&told).get(&id) {
            Some(fixes) => project = project.with(PROGRAM, &fix::apply(&text, fixes)),
            None => return (project, text),
        }
    }
    panic!("there is always one more to carry out");
}

/// A program without the comments that assert its problems, as the formatter leaves the ends of lines.
fn without_assertions(text: &str) -> String {
    let line = |line: &str| format!("{}\n", line.split("// problem:").next().unwrap_or("").trim_end());
    text.lines().map(line).collect()
}

#[test]
fn every_certain_fix_mends_and_breaks_nothing() {
    let document = Document::read(&root().join("tests/language/fixes.md"));
    let fixed = document.fixed();
    assert!(fixed.len() > 5, "the document shows programs mended");
    for (block, project, expected) in fixed {
        let place = format!("{}:{}", document.path, block.line);
        let loaded = project.load();
        let written = loaded.sources.file(loaded.sources.find(PROGRAM.as_ref()).unwrap()).text.clone();
        let before = found(&loaded);
        let (project, text) = mended(project);
        assert_eq!(without_assertions(&text), expected, "{place}");
        let after = project.load();
        let new: Vec<_> = found(&after).into_iter().filter(|told| !before.contains(told)).collect();
        assert!(new.is_empty(), "{place}: {}", drawn(&after));
        assert!(found(&after).len() < before.len() || *text == *written, "{place}: nothing was mended");
    }
}
