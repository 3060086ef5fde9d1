//! What parses, and how a mistake is told: at its place, once.

use persona_diagnostics::{Problems, Sources, render};
use persona_syntax::parse;

/// The problems of a text, one line each.
fn problems(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("a.persona", text);
    let mut problems = Problems::default();
    let parsed = parse(file, text, &mut problems);
    assert_eq!(parsed.tree().text().to_string(), text, "the tree holds every byte");
    let _ = parsed.declarations();
    problems.sorted(&sources).iter().map(|told| render::concise(told, &sources)).collect()
}

#[test]
#[ignore]
fn scratch() {
    for path in std::env::var("FILES").unwrap().split(' ') {
        let text = std::fs::read_to_string(path).unwrap();
        for p in problems(&text) {
            println!("{path} {p}");
        }
    }
}
