//! Killed at any moment and run again: no message is lost, none is written twice.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::help::{AT, Project, told};

/// How many customers of the project said yes a day before the run.
const CUSTOMERS: usize = 300;
/// How many kills there are; a long run sets PERSONA_KILLS=1000.
const KILLS: usize = 30;
/// How often one project's run is killed before it is left in peace.
const IN_A_ROW: usize = 3;

/// A shop with some hundred messages to send.
fn crowded() -> Project {
    let project = Project::new();
    let (mut customers, mut consents) =
        (String::from("id,email,first_name,signed_up\n"), String::from("customer_id,at,action\n"));
    for n in 0..CUSTOMERS {
        writeln!(customers, "{n},c{n}@example.com,Customer {n},2026-02-27 10:12").unwrap();
        writeln!(consents, "{n},2026-03-01 18:00,given").unwrap();
    }
    project.write("data/customers.csv", &customers);
    project.write("data/consents.csv", &consents);
    project
}

/// Starts a run and kills it: within a tenth of a second after some stretch of its work, or half the time while its messages
/// appear. Whether it was still at work.
fn kill_one(project: &Project, random: &mut fastrand::Rng) -> bool {
    let stretches = ["loading files", "reading sources", "computing", "reading customers", "rendering"];
    let delivering = random.bool();
    let stretch = if delivering { "rendering" } else { random.choice(stretches).unwrap() };
    let mut run = project.command("run", &["--at", AT]);
    let mut run = run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(run.stderr.take().unwrap()).lines();
    let _ = said.find(|line| line.as_ref().unwrap().starts_with(stretch)); // one that has nothing to do skips some
    if delivering {
        while written(project) == 0 && run.try_wait().unwrap().is_none() {}
    }
    std::thread::sleep(Duration::from_micros(random.u64(0..if delivering { 5_000 } else { 100_000 })));
    let _ = run.kill(); // it may have ended by itself
    !run.wait().unwrap().success()
}

/// How many messages have their names.
fn written(project: &Project) -> usize {
    let Ok(entries) = std::fs::read_dir(project.path("outbox")) else { return 0 };
    entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "eml")).count()
}

#[test]
fn a_run_killed_at_any_moment_is_finished_by_the_next() {
    let kills = std::env::var("PERSONA_KILLS").map_or(KILLS, |n| n.parse().unwrap());
    let undisturbed = crowded();
    undisturbed.run(AT);
    let expected = undisturbed.outbox();
    assert_eq!(expected.len(), CUSTOMERS);

    let mut random = fastrand::Rng::with_seed(7);
    let (mut killed, mut amid_delivery) = (0, 0);
    for _ in 0..kills.div_ceil(IN_A_ROW) {
        let project = crowded();
        for _ in 0..IN_A_ROW {
            killed += usize::from(kill_one(&project, &mut random));
            let written = written(&project);
            amid_delivery += usize::from(written > 0 && written < CUSTOMERS);
        }
        let last = project.run(AT);
        assert!(project.outbox() == expected, "after {killed} kills: {last:?}");
    }
    println!("{killed} of {kills} killed at work, {amid_delivery} found some messages written and some not");
    assert!(
        killed * 2 > kills && amid_delivery > 0,
        "the moments are badly chosen: {killed}, {amid_delivery}"
    );
}

#[test]
fn of_runs_started_at_once_one_does_the_work() {
    let undisturbed = crowded();
    undisturbed.run(AT);
    let project = crowded();
    let spawn = || {
        let mut run = project.command("run", &["--at", AT]);
        run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let runs: Vec<_> = (0..4).map(|_| spawn()).collect();
    let runs: Vec<_> = runs.into_iter().map(|run| run.wait_with_output().unwrap()).collect();
    let codes: Vec<_> = runs.iter().map(|run| run.status.code().unwrap()).collect();
    assert!(codes.contains(&0) && codes.iter().all(|code| matches!(code, 0 | 3)), "{codes:?}");
    for run in runs.iter().filter(|run| !run.status.success()) {
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(said.contains("another run is at work on"), "{said}");
    }
    assert!(project.outbox() == undisturbed.outbox());
}

#[test]
fn a_second_run_is_refused_while_one_is_at_work() {
    let project = Project::new();
    project.run(AT);
    let before = project.outbox();
    let lock = File::create(project.path(".persona/state.db.lock")).unwrap();
    lock.lock().unwrap();
    let started = Instant::now();
    let second = told(project.command("run", &["--at", "2026-03-05T09:00"]));
    assert_eq!((second.code, &*second.out), (Some(3), ""));
    insta::assert_snapshot!(project.without_paths(&second.err), @"error: another run is at work on HOME/shop/.persona/state.db; wait until it is done");
    assert!(started.elapsed() < Duration::from_secs(5), "at once");
    assert_eq!(project.outbox(), before);
}
