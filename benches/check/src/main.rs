//! How long a big project takes, beside what users have. `scripts/bench` runs it and provides the peers.
//!
//!   persona-bench-check PERSONA [PYTHON PYTHON]
//!
//! PERSONA is the command; the first PYTHON is of an environment with dbt in it, the second of one with prqlc and
//! sqlglot. Without them, persona is measured alone. `PERSONA_SEED` chooses another project.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a measurement that cannot be made ends here

mod dbt;
mod editor;
mod project;
mod queries;
mod templates;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use project::{Project, WHOLE};

/// The one of the command, whose editor is measured in this process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let persona = arguments.next().expect("usage: persona-bench-check PERSONA [PYTHON PYTHON]");
    let peers = arguments.next().zip(arguments.next());
    let seed = std::env::var("PERSONA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let folder = tempfile::tempdir().unwrap();

    let project = Project::new(seed, WHOLE);
    let quarter = Project::new(seed, WHOLE / 4);
    let (shop, small) = (folder.path().join("shop"), folder.path().join("small"));
    write(&shop, &project.files);
    write(&small, &quarter.files);
    println!(
        "seed {seed}: {} programs, {} declarations, {} templates, {} kB\n",
        project.count(&["persona"]),
        project.declarations,
        project.count(&["html", "mjml"]),
        project.files.values().map(String::len).sum::<usize>() / 1000
    );

    let check = |folder: &Path| {
        median(9, || {
            let mut command = Command::new(&persona);
            run(command.arg("check").arg(folder));
        })
    };
    let cold = check(&shop);
    row("persona check, cold", cold, None);
    row("  a quarter of the project, times four", check(&small) * 4, None);
    let keystroke = editor::keystrokes(&shop, &project);
    row("a keystroke that makes a mistake, until told", keystroke.mistake, None);
    row("a keystroke that mends it", keystroke.mended, None);
    row("then the logic of all, when nobody types", keystroke.judged, None);
    let (segment, sql) = queries::segments(&shop);
    row("a segment to SQL", segment, None);

    let Some((dbt, python)) = peers else { return };
    let dbt = std::path::absolute(dbt).unwrap();
    let models = folder.path().join("dbt");
    write(&models, &dbt::project(seed, project.declarations));
    let parse = median(3, || {
        let _ = std::fs::remove_dir_all(models.join("target"));
        let mut command = Command::new(&dbt);
        run(command
            .args(["-m", "dbt.cli.main", "parse", "--no-partial-parse", "--profiles-dir", "."])
            .current_dir(&models));
    });
    row(
        &format!("dbt parse, cold, {} models", project.declarations),
        parse,
        Some((cold, "persona check, cold")),
    );
    let query = folder.path().join("segment.sql");
    std::fs::write(&query, sql).unwrap();
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers.py");
    for line in run(Command::new(&python).arg(peers).arg(&query)).lines() {
        let (name, microseconds) = line.split_once(' ').expect("a name and a time");
        let time = Duration::from_micros(microseconds.parse().expect("a number"));
        row(&format!("{name}, one query"), time, Some((segment, "a segment to SQL")));
    }
}

fn write(folder: &Path, files: &BTreeMap<PathBuf, String>) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// What a command prints; one that fails ends the measurement.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The median time of so many runs.
fn median(runs: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[runs / 2]
}

/// One line of the table; with what it is compared to, how many times as long it takes.
fn row(what: &str, time: Duration, than: Option<(Duration, &str)>) {
    let ratio = than.map_or(String::new(), |(other, name)| {
        format!("  {:.0} times {name}", time.as_secs_f64() / other.as_secs_f64())
    });
    println!("{what:<45} {:>12.3} ms{ratio}", time.as_secs_f64() * 1000.0);
}
