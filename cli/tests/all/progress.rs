//! Bars for people, lines for logs.

use std::process::Command;

use crate::help::{AT, Project, told};

/// Runs the command on a terminal.
fn on_a_terminal(command: Command) -> Command {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
    script.current_dir(crate::help::repository()).env_remove("NO_COLOR").env("TERM", "xterm");
    script
}

#[test]
fn a_pipe_gets_plain_lines() {
    let run = Project::new().run(AT);
    insta::assert_snapshot!(run.err, @"
    loading files: 3
    reading sources: 11
    computing traits, segments and stages
    reading customers
    rendering: 2
    delivering: 2
");
    assert!(!run.out.contains('\x1b'));
}

#[test]
fn a_terminal_gets_bars_that_go_away() {
    let project = Project::new();
    let run = told(on_a_terminal(project.command("run", &["--at", AT])));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out.contains("reading sources \u{2588}") || run.out.contains("reading sources \u{2591}"),
        "{:?}",
        run.out
    );
    assert!(!run.out.contains("reading sources: "), "no plain line beside a bar");
    assert!(run.out.contains("2 messages in "));
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let project = Project::new();
    let run = project.command("run", &["--at", "yesterday"]);
    let terminal = told(on_a_terminal(run));
    assert!(terminal.out.contains("\x1b[31;1merror\x1b[0m: "), "{:?}", terminal.out);
    let mut plain = on_a_terminal(project.command("run", &["--at", "yesterday"]));
    plain.env("NO_COLOR", "1");
    let plain = told(plain);
    assert!(plain.out.contains("error: ") && !plain.out.contains('\x1b'), "{:?}", plain.out);
    assert_eq!(plain.code, Some(2));
}
