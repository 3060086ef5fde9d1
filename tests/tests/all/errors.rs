//! One mistake, one problem, on the line where it was made.

use persona_tests::{Document, Project, drawn, found, root};

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

/// The basket example with one word left out, each in turn: nothing falls over, whatever is told can be drawn, and nine
/// times in ten one problem tells of it.
#[test]
fn a_word_left_out_is_mostly_one_problem() {
    let (mut told, mut once) = (0, 0);
    let folder = root().join("examples/cart");
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
    let mut project = Project::new("");
    for path in
        ["persona.toml", "shop.persona", "basket.persona", "content/cart_reminder.html", "layouts/base.html"]
    {
        project = project.with(path, &read(path));
    }
    for source in ["views", "basket", "orders", "customers", "products", "consents"] {
        project = project.with(&format!("data/{source}.csv"), "");
    }
    assert_eq!(found(&project.load()), []);
    for path in ["shop.persona", "basket.persona"] {
        let text = read(path);
        // Every other word, for time.
        for (start, end) in words(&text).into_iter().step_by(2) {
            project = project.with(path, &format!("{}{}", &text[..start], &text[end..]));
            let loaded = project.load();
            let problems = found(&loaded).len();
            assert_eq!(problems == 0, drawn(&loaded).is_empty());
            told += usize::from(problems > 0);
            once += usize::from(problems == 1);
        }
        project = project.with(path, &text);
    }
    assert!(told > 100 && once * 10 > told * 9, "{told} told, {once} once");
}

/// Where the words of a program stand, those of comments left out.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split("//").next().unwrap_or_default();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut start = None;
        for (index, c) in code.char_indices().chain([(code.len(), ' ')]) {
            match start {
                None if is_word(c) => start = Some(index),
                Some(from) if !is_word(c) => {
                    words.push((at + from, at + index));
                    start = None;
                }
                _ => {}
            }
        }
        at += line.len();
    }
    words
}
