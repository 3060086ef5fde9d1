//! Random programs over random histories: the reference evaluator against the engines. No difference is allowed.
//!
//! A case is a shop, a history of it, and some sixty declarations. Each of them, with those it reads, is a program; all of
//! a case are compiled, staged and asked for together, and of one case in eight also one by one. `PERSONA_SEED=7` starts at
//! that seed, `PERSONA_CASES=1000` runs so many cases; without them, a minute's worth.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::{Duration, Instant};

use persona_dialects::engine::Engine;
use persona_dialects::random::{self, Size};
use persona_dialects::{Case, program, reference, shrink};

/// Enough declarations that making the tables costs little beside them, and customers for each to be of somebody.
const SIZE: Size = Size { declarations: 60, customers: 24 };

/// What a run checked.
#[derive(Default, Debug)]
struct Tally {
    cases: usize,
    /// Declarations, each with all it reads.
    programs: usize,
    pairs: usize,
    values: usize,
    telling: usize,
}

/// Why a case fails, if it does.
fn failure(engine: &mut Engine, case: &Case, tally: &mut Tally) -> Option<String> {
    let model =
        program::compile(&case.program, &case.zone).unwrap_or_else(|e| panic!("{e:?}\n{}", case.program));
    let expected = match reference::answer(&model, case) {
        Ok(answer) => answer,
        Err(words) => return Some(words),
    };
    let found = match engine.answer(&model, case) {
        Ok(answer) => answer,
        Err(words) => return Some(words),
    };
    tally.cases += 1;
    tally.programs += model.traits.len() + model.segments.len() + model.lifecycles.len();
    tally.pairs += expected.pairs();
    tally.values += expected.values();
    tally.telling += expected.telling();
    let differences = expected.differences(&found);
    (!differences.is_empty()).then(|| differences.iter().take(8).map(|d| format!("{d}\n")).collect())
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))
}

/// Runs the cases of seeds from PERSONA_SEED on, every `step`th, and fails with the first few that differ.
fn run(mut engine: Engine, first: u64, step: u64, cases: u64, size: Size) -> Tally {
    let mut tally = Tally::default();
    let start = number("PERSONA_SEED", 1);
    let cases = number("PERSONA_CASES", cases);
    let mut failed = Vec::new();
    for seed in (start + first..start + cases).step_by(step as usize) {
        let case = random::case(seed, size);
        let Some(words) = failure(&mut engine, &case, &mut tally) else { continue };
        failed.push(small(&mut engine, seed, case, &words));
        if failed.len() == 4 {
            break;
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    tally
}

/// What is wrong with a case, and the case made small.
fn small(engine: &mut Engine, seed: u64, case: Case, words: &str) -> String {
    let kind = kind_of(words);
    let mut same = |case: &Case| {
        failure(engine, case, &mut Tally::default()).is_some_and(|words| kind_of(&words) == kind)
    };
    let small = shrink::shrink(case, Duration::from_secs(number("PERSONA_SHRINK", 30)), &mut same);
    let shown = failure(engine, &small, &mut Tally::default()).unwrap_or_default();
    format!(
        "seed {seed} on {}: {}\nmade small: {shown}\nkeep it as a file in tests/dialects/regressions:\n{}",
        engine.target,
        words.lines().next().unwrap_or_default(),
        small.to_text()
    )
}

/// What a case must stay while it is made small: a difference of values, or a refusal in the same words but for names.
fn kind_of(words: &str) -> String {
    if words.contains("the evaluator has") {
        return "difference".into();
    }
    let line = words.lines().next().unwrap_or_default();
    let line = line.split_once(": ").map_or(line, |(_, rest)| rest);
    let mut kind: String = line.split(['`', '"']).step_by(2).collect();
    kind.retain(|c| !c.is_ascii_digit());
    kind
}

#[test]
fn duckdb_has_what_the_evaluator_has() {
    let before = Instant::now();
    let halves = [0, 1].map(|half| std::thread::spawn(move || run(Engine::duckdb(), half, 2, 170, SIZE)));
    for half in halves {
        let tally = half.join().unwrap_or_else(|words| std::panic::resume_unwind(words));
        println!("{tally:?} in {:.1?}", before.elapsed());
        assert!(tally.telling * 5 > tally.pairs, "most values are missing, false or 0: {tally:?}");
    }
}

#[test]
fn postgres_has_what_the_evaluator_has() {
    let before = Instant::now();
    let tally = run(Engine::postgres(), 0, 1, 20, SIZE);
    println!("{tally:?} in {:.1?}", before.elapsed());
}

/// Spark, which `scripts/setup --spark` installs, takes minutes: a longer run.
#[test]
#[ignore = "a longer run: docs/quality.md"]
fn databricks_has_what_the_evaluator_has() {
    let before = Instant::now();
    let tally = run(Engine::databricks(), 0, 1, 20, Size { declarations: 12, customers: 30 });
    println!("{tally:?} in {:.1?}", before.elapsed());
}

/// Random programs are of use only as far as the front end takes them.
#[test]
fn most_random_declarations_are_right() {
    let (taken, errors) = random::taken(number("PERSONA_SEED", 1), 300);
    assert!(taken > 200, "{taken} of 300 taken:\n{}", errors.join("\n"));
}
