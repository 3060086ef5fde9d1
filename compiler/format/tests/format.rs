//! Whatever the program: nothing but white space changes, and only once.
//!
//! `PERSONA_ALL=1` tries every damaged program instead of every eighth.

#![allow(clippy::unwrap_used, clippy::panic)] // of tests

use std::path::{Path, PathBuf};

use persona_diagnostics::{FileId, Problems};
use persona_format::format;
use persona_syntax::{Kind, Token, lex};

/// The tokens and comments of a text; of a comment, what is left without spaces at its end.
fn pieces(text: &str) -> Vec<(Kind, String)> {
    let solid = lex(text).into_iter().filter(|t| t.kind != Kind::Whitespace);
    let written = |t: Token| &text[t.start..t.end];
    solid
        .map(|t| (t.kind, if t.kind.is_trivia() { written(t).trim_end() } else { written(t) }.to_string()))
        .collect()
}

/// What a text says, without where it says it; none if it holds a syntax error.
fn meaning(text: &str) -> Option<String> {
    let mut problems = Problems::default();
    let said = format!("{:?}", persona_syntax::parse(FileId(0), text, &mut problems).declarations());
    let places = said.split("Span {").map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    problems.is_empty().then(|| places.collect())
}

/// Formats, and checks what holds for every text.
fn formatted(text: &str) -> String {
    let once = format(text);
    assert_eq!(pieces(&once), pieces(text), "nothing is lost, nothing moves: {text}\n--- became\n{once}");
    assert_eq!(format(&once), once, "once is enough: {text}");
    let said = meaning(text);
    assert!(said.is_none() || meaning(&once) == said, "it means the same: {text}\n--- became\n{once}");
    once
}

/// Every file of the checkout below a folder with this extension.
fn files(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut waiting = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == extension) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "{folder} is where it was");
    found
}

/// The programs we show to people.
fn programs() -> Vec<(PathBuf, String)> {
    [files("examples", "persona"), files("cli/project", "persona")].concat()
}

/// The programs in our documents, right and wrong.
fn blocks() -> Vec<String> {
    let documents =
        ["docs", "tests/language", "compiler/diagnostics/src/catalogue"].map(|f| files(f, "md")).concat();
    let blocks = documents.iter().flat_map(|(_, text)| text.split("\n```persona").skip(1));
    let inside =
        blocks.map(|b| b.split_once('\n').unwrap().1.split("\n```").next().unwrap().to_string() + "\n");
    inside.collect()
}

#[test]
fn a_messy_program() {
    insta::assert_snapshot!(formatted(include_str!("messy.persona")));
}

/// Sources, flows, models, tests: every kind of declaration without its layout, and two that are broken.
#[test]
fn the_whole_language() {
    insta::assert_snapshot!(formatted(include_str!("whole.persona")));
}

#[test]
fn what_we_show_is_in_the_layout() {
    for (path, text) in programs() {
        assert_eq!(formatted(&text), text, "{}", path.display());
    }
}

#[test]
fn the_programs_of_our_documents() {
    let blocks = blocks();
    assert!(blocks.len() > 100, "{} blocks", blocks.len());
    blocks.iter().for_each(|text| drop(formatted(text)));
}

/// Found by fuzzing: written together, two signs began a comment.
#[test]
fn two_signs_stay_apart() {
    assert_eq!(formatted("trait x = - - 1"), "trait x = - -1\n");
    assert_eq!(formatted("trait x = 2 - - 1"), "trait x = 2 - -1\n");
}

/// Found by fuzzing: written together, the path would go on.
#[test]
fn a_field_of_a_path_stays_apart() {
    assert_eq!(formatted("trait x = $ .y . z"), "trait x = $ .y.z\n");
}

/// Found by fuzzing: behind the open text there is an empty node of the tree, for the mapping's missing value.
#[test]
fn an_open_text_ends_where_the_file_does() {
    for text in ["source t\nfeeds r=\"\"\"", "source{feed{\"\"\""] {
        formatted(text);
    }
}

/// Broken in any way: a token left out, doubled, swapped with the next; and each also with its line breaks elsewhere.
#[test]
fn damaged_programs() {
    let step = if std::env::var("PERSONA_ALL").is_ok() { 1 } else { 8 };
    for (_, text) in programs() {
        let tokens: Vec<Token> = lex(&text).into_iter().filter(|t| t.kind != Kind::Whitespace).collect();
        for pair in tokens.windows(2).step_by(step) {
            let (before, between, after) =
                (&text[..pair[0].start], &text[pair[0].end..pair[1].start], &text[pair[1].end..]);
            let [one, two] = [pair[0], pair[1]].map(|t| &text[t.start..t.end]);
            formatted(&format!("{before}{between}{two}{after}"));
            formatted(&format!("{before}{one} {one}{between}{two}{after}"));
            formatted(&format!("{before}{two}{between}{one}{after}"));
        }
    }
}

/// The same program however it was written: a token a line, all on one line, with a comment behind every token.
#[test]
fn any_spacing() {
    for text in programs().into_iter().map(|(_, text)| text).chain(blocks()) {
        let tokens: Vec<Token> = lex(&text).into_iter().filter(|t| t.kind != Kind::Whitespace).collect();
        let written: Vec<&str> = tokens.iter().map(|t| &text[t.start..t.end]).collect();
        formatted(&written.join("\n"));
        formatted(&written.join("\r\n\r\n\r\n  "));
        formatted(&written.join("  // why\n\t"));
        formatted(&written.join(" /// why\n"));
        formatted(&written.join(" "));
        for (i, _) in written.iter().enumerate().step_by(13) {
            formatted(&format!("{}\n\n // here\n{}", written[..i].join(" "), written[i..].join(" ")));
        }
    }
}

#[test]
fn a_file_may_end_anywhere() {
    for (_, text) in programs() {
        for (at, _) in text.char_indices().step_by(29) {
            formatted(&text[..at]);
        }
    }
    for text in
        ["", "\n", " \t\r\n", "\u{feff}", "// only this", "\"\"\"open\n", "}", "}}} {", "§ \"", "trait"]
    {
        formatted(text);
    }
    assert_eq!(format(" \r\n\r\n"), "");
}

/// A long file takes as long as its length says, and depth ends where the parser says.
#[test]
fn size_and_depth() {
    const DEEP: usize = 150;
    let long = "a and ".repeat(400) + "b";
    let programs = [
        format!("trigger x {{ on e {} send a {} }}", "if a { ".repeat(DEEP), "}".repeat(DEEP)),
        format!("trigger x {{ on e if a {{ }} {} }}", "else if a { send b } ".repeat(DEEP)),
        format!("source x {{ feeds y {{ {} b = 1 {} }} }}", "a = list { ".repeat(DEEP), "}".repeat(DEEP)),
        format!("trait x = {}{long}{}", "(".repeat(DEEP), ")".repeat(DEEP)),
        format!("segment x {{ when {} }}", format!("({long}) or ").repeat(20) + "c"),
        format!("segment x {{ when country in [{}UK] }}", "UK, ".repeat(20_000)),
        "event e { a: int check it > 1  b: string }\n".repeat(2_000),
    ];
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || programs.iter().for_each(|text| drop(formatted(text))))
        .unwrap()
        .join()
        .unwrap();
}
