//! Killed at any moment and run again: no message is lost, none is written twice.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::File;
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

#[test]
fn a_run_killed_at_any_moment_is_finished_by_the_next() {
    let kills = std::env::var("PERSONA_KILLS").map_or(KILLS, |n| n.parse().unwrap());
    let undisturbed = crowded();
    let started = Instant::now();
    undisturbed.run(AT);
    let length = started.elapsed();
    let expected = undisturbed.outbox();
    assert_eq!(expected.len(), CUSTOMERS);

    let mut random = fastrand::Rng::with_seed(7);
    let (mut killed, mut left_work) = (0, BTreeMap::from([("nothing", 0), ("some", 0), ("all", 0)]));
    for _ in 0..kills.div_ceil(IN_A_ROW) {
        let project = crowded();
        for _ in 0..IN_A_ROW {
            let mut run = project.command("run", &["--at", AT]);
            let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(length.mul_f64(random.f64() * 1.1));
            let _ = run.kill(); // it may have ended by itself
            killed += usize::from(!run.wait().unwrap().success());
            let written = project.outbox().keys().filter(|name| name.ends_with(".eml")).count();
            let amount = if written == 0 {
                "nothing"
            } else if written < CUSTOMERS {
                "some"
            } else {
                "all"
            };
            *left_work.get_mut(amount).unwrap() += 1;
        }
        let last = project.run(AT);
        assert!(project.outbox() == expected, "after {killed} kills: {last:?}");
        project.run(AT);
        assert!(project.outbox() == expected, "a run too many after {killed} kills");
    }
    // Else the moments were badly chosen, and this shows little.
    println!("{killed} killed; written when stopped: {left_work:?}");
    assert!(
        killed * 2 > kills && left_work["nothing"] > 0 && left_work["nothing"] < kills,
        "{killed}, {left_work:?}"
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
