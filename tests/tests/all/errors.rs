//! One mistake, one problem, on the line where it was made.

use persona_tests::{Document, root};

/// The programs of `tests/language/mistakes.md`: what somebody writes who has read about the language once.
#[test]
fn one_mistake_is_one_problem() {
    let document = Document::read(&root().join("tests/language/mistakes.md"));
    let programs = document.programs();
    assert!(programs.len() >= 30, "only {} mistakes", programs.len());
    for (block, _, expected) in &programs {
        assert_eq!(expected.len(), 1, "{}:{}: one mistake each", document.path, block.line);
    }
    let mistakes = document.mistakes();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}
