//! `persona test`

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use persona_diagnostics::catalogue::failed_test::FailedTest;
use persona_diagnostics::{Problems, Sources};
use persona_model::Test;
use persona_run::Asked;
use persona_simulate::Program;
use persona_simulate::test::{self, Outcome as Ran};

use super::{Failure, Outcome, load, print};
use crate::output::many;
use crate::{Format, output};

/// Runs a program's own tests: all, or those whose names hold a text.
pub fn test(project: &Path, format: Format, name: Option<&str>) -> Outcome {
    let (loaded, model) = load(project, Asked::Test)?;
    let wanted =
        |test: &&Test| name.is_none_or(|name| test.label.to_lowercase().contains(&name.to_lowercase()));
    let tests: Vec<&Test> = model.tests.iter().filter(wanted).collect();
    if tests.is_empty() {
        return match name.filter(|_| !model.tests.is_empty()) {
            Some(name) => Err(Failure::usage(format!("no test has `{name}` in its name"))),
            None => {
                output::say("this project has no tests: `persona explain failed-test` shows one");
                Ok(())
            }
        };
    }
    let began = Instant::now();
    let program = Program::new(&model);
    let ran = run(&program, &tests).map_err(Failure::world)?;
    let took = began.elapsed();
    let mut failed = 0;
    let mut problems = Problems::default();
    for (test, outcome) in tests.iter().zip(&ran) {
        let facts = facts(&program, test, outcome, &loaded.sources);
        failed += usize::from(!facts.is_empty());
        if let Format::Human = format {
            let verdict = if facts.is_empty() { "ok    " } else { "FAILED" };
            print(&format!("{verdict}  {}\n", test.label))?;
            for facts in facts {
                let timeline = facts.timeline();
                output::failure(facts, &timeline, &loaded.sources);
            }
        } else {
            facts.into_iter().for_each(|facts| problems.report(facts));
        }
    }
    output::problems(&problems, &loaded.sources, project, format, output::Stream::Out);
    let time = format!("in {} ms", took.as_millis());
    match failed {
        0 => output::say(&format!("{} passed {time}", many(tests.len(), "test"))),
        n => output::say(&format!("{n} of {} failed {time}", many(tests.len(), "test"))),
    }
    if failed > 0 { Err(Failure::program()) } else { Ok(()) }
}

/// The tests' outcomes, in their order; as many at a time as the machine can.
fn run(program: &Program, tests: &[&Test]) -> Result<Vec<Ran>, String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut ran = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(test) = tests.get(index) else { return ran };
            ran.push((index, test::run(program, test)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(tests.len());
    let bug = |what: &dyn std::fmt::Display| format!("this is a bug of persona, please report it: {what}");
    let ran = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join()).collect::<Result<Vec<_>, _>>()
    });
    let ran = ran.map_err(|_| bug(&"a test did not come to its end"))?;
    let mut ran: Vec<_> = ran.into_iter().flatten().collect();
    ran.sort_by_key(|(index, _)| *index);
    ran.into_iter().map(|(_, outcome)| outcome.map_err(|error| bug(&error))).collect()
}

fn facts(program: &Program, test: &Test, outcome: &Ran, sources: &Sources) -> Vec<FailedTest> {
    let failures = outcome.failures.iter();
    failures.filter_map(|missed| test::problem(&program.model, test, outcome, missed, sources)).collect()
}
