//! The compiler's parser takes what the grammar takes, and nothing else.

#![allow(clippy::unwrap_used, clippy::panic)] // of tests

mod common;

use common::{Writer, files, parser_verdict, root};

/// What one says and the other does not, with the shortest text that shows it; nothing if they agree.
fn disagreement(text: &str) -> Option<String> {
    let differ = |text: &str| persona_grammar::check(text).is_ok() != parser_verdict(text).is_ok();
    if !differ(text) {
        return None;
    }
    let mut shortest = text.to_string();
    while let Some(shorter) = persona_syntax::lex(&shortest)
        .iter()
        .map(|token| format!("{}{}", &shortest[..token.start], &shortest[token.end..]))
        .find(|shorter| differ(shorter))
    {
        shortest = shorter;
    }
    let grammar = persona_grammar::check(&shortest).map_err(|refusal| refusal.to_string());
    Some(format!("{shortest}\n  grammar: {grammar:?}\n  parser:  {:?}", parser_verdict(&shortest)))
}

#[test]
fn on_the_examples() {
    let programs = files(&root().join("examples"), ".persona");
    assert!(programs.len() >= 7, "the examples are where they were");
    for path in programs {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(parser_verdict(&text), Ok(()), "{}", path.display());
        assert_eq!(persona_grammar::check(&text), Ok(()), "{}", path.display());
    }
}

#[test]
fn on_the_examples_with_one_thing_wrong() {
    let mut writer = Writer::new(1);
    for path in files(&root().join("examples"), ".persona") {
        let text = std::fs::read_to_string(&path).unwrap();
        for _ in 0..50 {
            assert_eq!(disagreement(&writer.damage(&text)), None, "{}", path.display());
        }
    }
}

/// Every block of persona in the pages: those that show a mistake of form, too.
#[test]
fn on_the_pages() {
    let mut pages = files(&root().join("compiler/diagnostics/src/catalogue"), "README.md");
    pages.extend(files(&root().join("docs"), ".md"));
    let mut blocks = 0;
    for path in pages {
        let page = std::fs::read_to_string(&path).unwrap();
        for block in page.split("```persona\n").skip(1) {
            let program = block.split("```").next().unwrap();
            // Text in three quotes may hold a code block; no page shows one.
            assert_eq!(disagreement(program), None, "{}", path.display());
            let of_form = ["syntax-error", "unclosed\n", "unknown-word"];
            if !of_form.iter().any(|code| program.contains(&format!("// problem: {code}"))) {
                assert_eq!(parser_verdict(program), Ok(()), "{}", path.display());
            }
            blocks += 1;
        }
    }
    assert!(blocks >= 10, "the pages are where they were");
}

/// Half of them whole, half with one thing wrong. `PERSONA_PROGRAMS` writes more of them, `PERSONA_SEED` others.
#[test]
fn on_programs_the_grammar_writes() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (programs, seed) = (number("PERSONA_PROGRAMS").unwrap_or(2000), number("PERSONA_SEED").unwrap_or(1));
    let mut writer = Writer::new(seed);
    let (mut taken, mut found) = (0, Vec::new());
    for nth in 0..programs {
        let whole = writer.program();
        let program = if nth % 2 == 0 { whole } else { writer.damage(&whole) };
        if std::env::var("PERSONA_SHOW").is_ok() {
            println!("---- {:?}\n{program}", parser_verdict(&program));
        }
        taken += u64::from(persona_grammar::check(&program).is_ok());
        found.extend(disagreement(&program));
        if found.len() >= 10 {
            break;
        }
    }
    println!("seed {seed}: {programs} programs, {taken} taken by both, the rest refused by both");
    assert!(found.is_empty(), "seed {seed}: they differ on\n\n{}", found.join("\n\n"));
    assert!(
        taken * 5 > programs && taken * 10 < programs * 9,
        "whole and broken ones, too: {taken} of {programs}"
    );
}
