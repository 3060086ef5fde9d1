//! `persona refresh` as its users meet it.

use std::process::Stdio;
use std::time::Instant;

use crate::help::{Project, told};

const MONDAY: &str = "2026-03-02T09:00";
const FRIDAY: &str = "2026-03-06T09:00";

const CODE: &str = "\"code\":\"small-audience\"";
const LOG: &str = "SELECT CAST(kept AS TEXT) FROM persona.membership_log AS kept";

/// All that is kept but for how long it took.
fn state(project: &Project) -> Vec<Vec<String>> {
    let mut database = project.duckdb(Some("shop.duckdb"));
    let tables = [
        "SELECT CAST(kept AS TEXT) FROM persona.membership AS kept",
        LOG,
        "SELECT CAST(kept AS TEXT) FROM persona.audience_size AS kept",
        "SELECT CAST((refreshed_at, program, entered, exited) AS TEXT) FROM persona.refresh_history",
    ];
    tables
        .iter()
        .flat_map(|sql| {
            let mut rows = database.rows(sql);
            rows.sort();
            rows
        })
        .collect()
}

#[test]
fn a_refresh_that_is_killed_leaves_the_old_state_or_the_new_one() {
    let done = |project: &Project, at: &str| {
        let refresh = told(project.command("refresh", &["--at", at]));
        assert_eq!(refresh.code, Some(0), "{refresh:?}");
    };
    let mut project = Project::new();
    done(&project, MONDAY);
    let old = state(&project);
    let finished = Project::new();
    done(&finished, MONDAY);
    let begun = Instant::now();
    done(&finished, FRIDAY);
    // How long it takes depends on the machine: it is killed at parts of that.
    let whole = begun.elapsed();
    let new = state(&finished);
    assert_ne!(old, new);

    let mut random = fastrand::Rng::with_seed(11);
    let mut killed = 0;
    for _ in 0..12 {
        let mut refresh = project.command("refresh", &["--at", FRIDAY]);
        let mut refresh = refresh.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole.mul_f64(random.f64()));
        let _ = refresh.kill(); // it may have ended by itself
        killed += usize::from(!refresh.wait().unwrap().success());
        let found = state(&project);
        assert!(found == old || found == new, "after {killed} kills: {found:#?}");
        if found == new {
            if killed > 0 {
                break;
            }
            // It was done before it could be killed: once more from the start.
            project = Project::new();
            done(&project, MONDAY);
        }
    }
    assert!(killed > 0, "none was killed at work");
    done(&project, FRIDAY);
    let log = |project: &Project| {
        let mut rows = project.duckdb(Some("shop.duckdb")).rows(LOG);
        rows.sort();
        rows
    };
    assert_eq!(log(&project), log(&finished), "what is finished is as if nothing had happened");
}

#[test]
fn small_audiences_are_told_and_a_comment_keeps_one_quiet() {
    let project = Project::new();
    project.replace("persona.toml", "min_audience = 1 ", "min_audience = 1000 ");
    let all = told(project.command("refresh", &["--at", MONDAY, "--format", "json"]));
    assert_eq!(all.code, Some(0), "{all:?}");
    let small = all.err.matches(CODE).count();
    assert!(small > 0, "{all:?}");
    let last = all.out.lines().last().unwrap();
    assert!(last.contains("\"type\":\"refresh\"") && last.contains("\"kept\":true"), "{last}");
    let program = std::fs::read_to_string(project.path("shop.persona")).unwrap();
    let segment = program.lines().find(|line| line.starts_with("segment ")).unwrap();
    project.replace(
        "shop.persona",
        segment,
        &format!("// persona: allow small-audience, a pilot\n{segment}"),
    );
    let quiet = told(project.command("refresh", &["--at", MONDAY, "--format", "json"]));
    assert_eq!(quiet.err.matches(CODE).count(), small - 1, "{quiet:?}");
    let check = told(project.command("check", &["--deny", "warnings"]));
    assert_eq!(check.code, Some(0), "without data it is not known whether the comment is needed: {check:?}");
}

#[test]
fn a_refresh_goes_on_from_the_one_before_unless_it_is_asked_not_to() {
    let refresh = |project: &Project, at: &str, more: &[&str]| -> String {
        let told = told(project.command("refresh", &[&["--at", at, "--format", "json"], more].concat()));
        assert_eq!(told.code, Some(0), "{told:?}");
        told.out.lines().last().unwrap().to_string()
    };
    let (project, whole) = (Project::new(), Project::new());
    let first = refresh(&project, MONDAY, &[]);
    assert!(first.contains("\"mode\":\"full\"") && first.contains("it is the first refresh here"), "{first}");
    refresh(&whole, MONDAY, &[]);
    let dry = refresh(&project, FRIDAY, &["--dry-run"]);
    let next = refresh(&project, FRIDAY, &[]);
    for told in [&dry, &next] {
        assert!(told.contains("\"mode\":\"incremental\"") && told.contains("\"examined\":"), "{told}");
    }
    let all = refresh(&whole, FRIDAY, &["--full"]);
    assert!(all.contains("\"mode\":\"full\"") && all.contains("it was asked for"), "{all}");
    assert_eq!(state(&project), state(&whole));
    // What is no longer as it was read is read again.
    let run = told(project.command("run", &["--at", FRIDAY]));
    assert_eq!(run.code, Some(0), "{run:?}");
    let after = refresh(&project, FRIDAY, &[]);
    assert!(after.contains("not those of the last refresh"), "{after}");
}
