//! Every program of the examples with one thing wrong: nothing is lost, nothing hangs, one mistake is one problem.
//!
//! `PERSONA_ALL=1` tries every mistake instead of every fourth; `PERSONA_SHOW=1` prints those told more than once.

#![allow(clippy::unwrap_used, clippy::panic)] // of tests

mod common;

use std::time::{Duration, Instant};

use common::{examples, on_a_small_stack, parse};
use persona_syntax::{Token, lex};

fn step() -> usize {
    if std::env::var("PERSONA_ALL").is_ok() { 1 } else { 4 }
}

/// A damaged program.
struct Mutation {
    what: String,
    text: String,
    /// The lines on which something was wrong, from 1.
    lines: [usize; 2],
}

/// Each way to get one token wrong.
fn token_mutations(text: &str) -> Vec<Mutation> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|t| !t.kind.is_trivia()).collect();
    let written = |t: &Token| &text[t.start..t.end];
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let mut mutations = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let (before, after) = (&text[..token.start], &text[token.end..]);
        let mut add = |how: &str, text: String, until: usize| {
            let what = format!("`{}` at byte {} {how}", written(token), token.start);
            mutations.push(Mutation { what, text, lines: [line(token.start), line(until)] });
        };
        add("deleted", format!("{before}{after}"), token.start);
        add("doubled", format!("{before}{0} {0}{after}", written(token)), token.start);
        if let Some(next) = tokens.get(i + 1) {
            let (between, after) = (&text[token.end..next.start], &text[next.end..]);
            let swapped = format!("{before}{}{between}{}{after}", written(next), written(token));
            add("swapped with its neighbour", swapped, next.start);
        }
    }
    mutations
}

#[test]
fn one_wrong_token_is_one_problem_where_it_is() {
    let (mut wrong, mut once, mut there) = (0, 0, 0);
    for (path, text) in examples() {
        assert_eq!(parse(&text).told(), Vec::<String>::new(), "{path}");
        for mutation in token_mutations(&text).iter().step_by(step()) {
            let parsed = parse(&mutation.text);
            let told = parsed.told();
            let Some(first) = parsed.problems.first() else { continue };
            let line: usize = told[0].split(':').next().unwrap().parse().unwrap();
            // What is never closed is told where it opens.
            let on_line = (mutation.lines[0]..=mutation.lines[1]).contains(&line) || first.code == "unclosed";
            wrong += 1;
            once += usize::from(told.len() == 1);
            there += usize::from(on_line);
            if std::env::var("PERSONA_SHOW").is_ok() && (told.len() > 1 || !on_line) {
                println!("{path}:{} {}\n  {}", mutation.lines[0], mutation.what, told.join("\n  "));
            }
        }
    }
    println!(
        "of {wrong} damaged programs {once} have exactly one problem; {there} have the first one on its line"
    );
    assert!(once * 100 >= wrong * 95, "one problem: {once} of {wrong}");
    assert!(there * 100 >= wrong * 95, "on the line: {there} of {wrong}");
}

#[test]
fn no_missing_character_loses_a_byte() {
    for (_, text) in examples() {
        for (at, missing) in text.char_indices().step_by(step() * 3) {
            parse(&format!("{}{}", &text[..at], &text[at + missing.len_utf8()..]));
        }
    }
}

#[test]
fn a_file_may_end_anywhere() {
    for (_, text) in examples() {
        for (at, _) in text.char_indices().step_by(step() * 5) {
            parse(&text[..at]);
        }
    }
}

/// What is nested or chained without end is refused; it neither overflows the stack nor takes for ever.
#[test]
fn depth_is_bounded() {
    const DEEP: usize = 10_000;
    on_a_small_stack(|| {
        let deep = [
            format!("trait x = {}1{}", "(".repeat(DEEP), ")".repeat(DEEP)),
            format!("trait x = {}1{}", "[".repeat(DEEP), "]".repeat(DEEP)),
            format!("trait x = {}a{}", "f(".repeat(DEEP), ")".repeat(DEEP)),
            format!("trait x = {}a{}", "count(".repeat(DEEP), ")".repeat(DEEP)),
            format!("trait x = {}true", "not ".repeat(DEEP)),
            format!("trait x = {}1", "- ".repeat(DEEP)),
            format!("trait x = {}1", "if a then b else ".repeat(DEEP)),
            format!("trait x = a{}", " and a".repeat(DEEP)),
            format!("trait x = a{}", " + (a ?? a)".repeat(DEEP)),
            format!("trait x = a{}", ".a".repeat(DEEP)),
            format!("customer {{ a: {}b{} }}", "list<".repeat(DEEP), ">".repeat(DEEP)),
            format!("trigger x {{ {}{} }}", "if a { ".repeat(DEEP), "}".repeat(DEEP)),
            format!("trigger x {{ if a {{ }} {} }}", "else if a { } ".repeat(DEEP)),
            format!("source x {{ feeds y {{ a = {}{} }} }}", "list { a = ".repeat(DEEP), "}".repeat(DEEP)),
        ];
        for text in deep {
            assert_eq!(parse(&text).problems.len(), 1, "{}", &text[..40]);
        }
        for text in ["{", "}", "{ ", "policy {", "a {", "\"", "\"\"\"", "trait "] {
            assert!(!parse(&text.repeat(DEEP)).problems.is_empty(), "{text}");
        }
    });
}

/// A long list is long, not deep.
#[test]
fn width_is_not_bounded() {
    let list = format!("segment x {{ when country in [{}UK] }}", "UK, ".repeat(20_000));
    assert_eq!(parse(&list).told(), Vec::<String>::new());
}

/// Time grows as the text does: whole or broken, on many lines or on one. `PERSONA_ALL=1` takes 10 MB of each.
#[test]
fn time_is_linear() {
    let bytes = if std::env::var("PERSONA_ALL").is_ok() { 10_000_000 } else { 200_000 };
    let program: String = examples().into_iter().map(|(_, text)| text).collect();
    let one_line = "event e { a: int check it > 1 b: string } trait t = count(e where a == 3) ";
    let hostile = [
        "x",
        "x ",
        "§ ",
        "{ ",
        "}",
        "}\n",
        "segment a { when ",
        "a: b, ",
        "( ",
        "\n",
        "\" ",
        "\"{{\" ",
        "\"{% ",
        "= = ",
    ];
    for unit in [&program, one_line].into_iter().chain(hostile) {
        let text = unit.repeat(bytes / unit.len());
        let start = Instant::now();
        parse(&text);
        let taken = start.elapsed();
        println!("{:>6} kB of {:?}: {taken:?}", text.len() / 1000, unit.chars().take(30).collect::<String>());
        assert!(taken < Duration::from_secs(30), "{unit}: {taken:?}");
    }
}
