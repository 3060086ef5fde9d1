//! Whole programs with one token wrong, and the whole checker: nothing panics or hangs, what is told is told where the
//! mistake is, and one mistake is one problem.
//!
//! By default a few hundred are tried, chosen by a fixed seed. `PERSONA_ALL=1` tries every one; `PERSONA_SEED=N` chooses
//! others; `PERSONA_ONLY=PART` only those of files with this in their path; `PERSONA_SHOW=1` prints what is told more
//! than once or elsewhere.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use persona_diagnostics::{Sources, Told};
use persona_model::{Disk, Edited};
use persona_syntax::{Kind, Token, lex};
use persona_tests::{Document, PROGRAM, check, root};

/// How many are tried by default.
const SAMPLE: usize = 250;

/// No check of a program of this size takes longer, on a busy machine without optimisation.
const LONGEST: Duration = Duration::from_secs(20);

/// A program in its project.
struct Program {
    folder: PathBuf,
    path: String,
    text: String,
    /// Keeps the folder until the end.
    _project: Option<persona_tests::Project>,
}

/// Every program of the examples, and of the documents those in which nothing is wrong.
fn programs() -> Vec<Program> {
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let folder = entry.unwrap().path();
        for path in persona_model::programs(&folder).unwrap_or_default() {
            let shown = path.strip_prefix(&folder).unwrap().display().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            programs.push(Program { folder: folder.clone(), path: shown, text, _project: None });
        }
    }
    for document in Document::all("tests/language") {
        for (block, project, expected) in document.programs() {
            let (folder, path) = (project.folder(), PROGRAM.to_string());
            if expected.is_empty() {
                programs.push(Program { folder, path, text: block.text.clone(), _project: Some(project) });
            }
        }
    }
    programs.sort_by(|a, b| (&a.folder, &a.path).cmp(&(&b.folder, &b.path)));
    assert!(programs.len() > 20, "examples and documents are where they were");
    programs
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Deleted,
    Doubled,
    Swapped,
    Misspelt,
}

/// A program with one thing wrong.
struct Mutation {
    program: usize,
    way: Way,
    what: String,
    text: String,
    /// The lines on which something is wrong, from 1.
    lines: [usize; 2],
}

fn mutations(program: usize, text: &str) -> Vec<Mutation> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|t| !t.kind.is_trivia()).collect();
    let written = |t: &Token| &text[t.start..t.end];
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let mut mutations = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let (before, after) = (&text[..token.start], &text[token.end..]);
        let mut add = |way: Way, text: String, until: usize| {
            let what = written(token).to_string();
            mutations.push(Mutation { program, way, what, text, lines: [line(token.start), line(until)] });
        };
        add(Way::Deleted, format!("{before}{after}"), token.end);
        add(Way::Doubled, format!("{before}{0} {0}{after}", written(token)), token.end);
        if let Some(next) = tokens.get(i + 1) {
            let (between, after) = (&text[token.end..next.start], &text[next.end..]);
            let swapped = format!("{before}{}{between}{}{after}", written(next), written(token));
            add(Way::Swapped, swapped, next.end);
        }
        if token.kind == Kind::Name && written(token).chars().count() > 2 {
            add(
                Way::Misspelt,
                format!("{before}{}{after}", misspelt(written(token), token.start)),
                token.end,
            );
        }
    }
    mutations
}

/// A word with a slip of the finger: a letter left out, doubled, or swapped with the next.
fn misspelt(word: &str, chance: usize) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + chance % (letters.len() - 2);
    match chance % 3 {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// Whether any part of what is told points at the lines that were changed. What is never closed is told where it opens.
fn is_there(told: &Told, sources: &Sources, program: &str, lines: [usize; 2]) -> bool {
    told.code.starts_with("unclosed")
        || told.labels.iter().any(|label| {
            let file = sources.file(label.span.file);
            let (from, to) = (file.locate(label.span.start).line, file.locate(label.span.end).line);
            file.path.as_os_str() == program && from <= lines[1] && to >= lines[0]
        })
}

#[derive(Default)]
struct Count {
    told: usize,
    once: usize,
    there: usize,
}

#[test]
fn one_wrong_token_is_one_problem_where_it_is() {
    let set = |name: &str| std::env::var(name).ok();
    let (all, show) = (set("PERSONA_ALL").is_some(), set("PERSONA_SHOW").is_some());
    let seed = set("PERSONA_SEED").and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut programs = programs();
    // Their folders have names made up in each run: in the order of their texts a seed gives one sample.
    programs.sort_by(|a, b| a.text.cmp(&b.text));
    let mut tried: Vec<Mutation> =
        programs.iter().enumerate().flat_map(|(i, program)| mutations(i, &program.text)).collect();
    if let Some(part) = set("PERSONA_ONLY") {
        let whole = |p: &Program| p.folder.join(&p.path).display().to_string();
        tried.retain(|m| whole(&programs[m.program]).contains(&part));
    }
    if !all {
        fastrand::Rng::with_seed(seed).shuffle(&mut tried);
        tried.truncate(SAMPLE);
    }
    let mut counts: BTreeMap<Way, Count> = BTreeMap::new();
    for mutation in &tried {
        let program = &programs[mutation.program];
        let texts = BTreeMap::from([(PathBuf::from(&program.path), mutation.text.clone())]);
        let started = Instant::now();
        let loaded = check(&program.folder, &Edited { disk: Disk(program.folder.clone()), texts });
        assert!(started.elapsed() < LONGEST, "{}: {:?}", program.path, started.elapsed());
        let told = loaded.problems.sorted(&loaded.sources);
        if told.is_empty() {
            continue;
        }
        let there = told.iter().any(|t| is_there(t, &loaded.sources, &program.path, mutation.lines));
        let count = counts.entry(mutation.way).or_default();
        count.told += 1;
        count.once += usize::from(told.len() == 1);
        count.there += usize::from(there);
        if show && (told.len() > 1 || !there) {
            let Mutation { way, what, lines, .. } = mutation;
            println!(
                "{}:{} `{what}` {way:?}{}",
                program.path,
                lines[0],
                if there { "" } else { " ELSEWHERE" }
            );
            for told in &told {
                println!("    {}", persona_diagnostics::render::concise(told, &loaded.sources));
            }
        }
    }
    for (way, Count { told, once, there }) in &counts {
        let share = |n: &usize| *n as f64 * 100.0 / *told as f64;
        println!("{way:?}: told of {told}, once {:.1} %, there {:.1} %", share(once), share(there));
    }
    let sum = |of: fn(&Count) -> usize| counts.values().map(of).sum::<usize>();
    let (told, once, there) = (sum(|c| c.told), sum(|c| c.once), sum(|c| c.there));
    println!(
        "of {} damaged programs {told} are told of, {once} once, {there} where they are damaged",
        tried.len()
    );
    assert!(once * 100 >= told * 97, "one problem: {once} of {told}");
    assert!(there * 100 >= told * 95, "on its line: {there} of {told}");
}
