//! `persona check`: what it mends, what it is told to fail on, and what comments allow.

use std::process::Command;

use serde_json::Value;

use crate::help::{Project, Told, told};

const CUSTOMER: &str = "customer { id: string key  email: email  tier: enum { a, b }  country: string? }\n";

/// A project with one program of its own.
fn project(program: &str) -> Project {
    let project = Project::new();
    project.write("shop.persona", &format!("{CUSTOMER}{program}"));
    project
}

fn read(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.path(path)).unwrap()
}

fn check(project: &Project, arguments: &[&str]) -> Told {
    told(project.command("check", arguments))
}

const SLIPS: &str = "segment x { whn tier = a }\r\nsegment y { when tier == a && country == \"é\" }\r\n";
const MENDED: &str = "segment x { when tier == a }\r\nsegment y { when tier == a and country == \"é\" }\r\n";

#[test]
fn it_mends_what_is_certain_and_tells_the_rest() {
    let project = project(&format!("{SLIPS}segment z {{ when contry == \"é\" }}\r\n"));
    let patch = check(&project, &["--fix", "--dry-run"]);
    assert_eq!(patch.code, Some(1), "{patch:?}");
    assert!(patch.err.starts_with("would make 3 certain fixes in shop.persona\n1 error"), "{}", patch.err);
    assert!(read(&project, "shop.persona").contains("whn"), "nothing is written");

    let fixed = check(&project, &["--fix", "--format", "concise"]);
    assert_eq!(fixed.code, Some(1), "{fixed:?}");
    assert!(fixed.out.starts_with("shop.persona:4:18: error[unknown-name]"), "{}", fixed.out);
    assert_eq!(fixed.out.lines().count(), 1, "{}", fixed.out);
    assert!(fixed.err.starts_with("made 3 certain fixes in shop.persona\n"), "{}", fixed.err);
    let text = read(&project, "shop.persona");
    assert_eq!(text, format!("{CUSTOMER}{MENDED}segment z {{ when contry == \"é\" }}\r\n"));

    let again = check(&project, &["--fix"]);
    assert!(!again.err.contains("made"), "{}", again.err);
    assert_eq!(read(&project, "shop.persona"), text);
}

/// The patch of a dry run does what `--fix` does.
#[test]
fn a_dry_run_is_a_patch() {
    let project = project(SLIPS);
    let patch = check(&project, &["--fix", "--dry-run"]).out;
    project.write("the.patch", &patch);
    let mut git = Command::new("git");
    let applied = git.args(["apply", "the.patch"]).current_dir(&project.folder).status().unwrap();
    assert!(applied.success(), "{patch}");
    assert_eq!(read(&project, "shop.persona"), format!("{CUSTOMER}{MENDED}"));
}

#[test]
fn warnings_can_be_denied_all_or_by_name() {
    let project = project("");
    project.write(
        "shop.persona",
        "customer { id: string key  email: email  country: string }\ncontent greeting {\n  otherwise \"\"\"{% if \
         country == \"GB\" %}Hello{% else %}Hi{% else %}Salut{% endif %}\"\"\"\n}\n",
    );
    let code = |arguments: &[&str]| check(&project, arguments).code;
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--deny", "warnings"]), Some(1));
    assert_eq!(code(&["--deny", "unreachable-branch"]), Some(1));
    assert_eq!(code(&["--deny", "always-true"]), Some(0));
    let wrong = check(&project, &["--deny", "always-tru"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("did you mean `always-true`?"), "{}", wrong.err);
}

#[test]
fn an_allowed_warning_is_told_to_scanners_alone() {
    let project = project("");
    project.write(
        "shop.persona",
        "customer { id: string key  email: email  country: string }\ncontent greeting {\n  // persona: allow \
         unreachable-branch, French comes later\n  otherwise \"\"\"{% if country == \"GB\" %}Hello{% else %}Hi\
         {% else %}Salut{% endif %}\"\"\"\n}\n",
    );
    let json = check(&project, &["--deny", "warnings", "--format", "json"]);
    assert_eq!((json.code, json.out.as_str()), (Some(0), ""), "{json:?}");
    assert_eq!(json.err, "no problems in 1 file\n");
    let sarif: Value = serde_json::from_str(&check(&project, &["--format", "sarif"]).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ruleId"], "unreachable-branch");
    let suppression = &results[0]["suppressions"][0];
    assert_eq!(
        (&suppression["kind"], &suppression["justification"]),
        (&"inSource".into(), &"French comes later".into())
    );
}

/// What terminals can show: colours only where they are wanted, plain characters where the locale has no others, lines
/// no wider than the terminal.
#[test]
fn it_is_drawn_for_the_terminal_at_hand() {
    let project = project("segment x { when contry == \"é\" }\n");
    let shown = |set: &[(&str, &str)]| {
        let mut command = project.command("check", &[]);
        for name in ["CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"] {
            command.env_remove(name);
        }
        command.envs(set.iter().copied());
        told(command).out
    };
    let plain = shown(&[]);
    assert!(!plain.contains('\u{1b}') && plain.contains('╰'), "{plain}");
    assert!(shown(&[("CLICOLOR_FORCE", "1")]).contains('\u{1b}'));
    assert_eq!(shown(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
    assert_eq!(shown(&[("TERM", "dumb")]), plain);
    for locale in ["C", "POSIX", "en_US.ISO-8859-1", "de_DE"] {
        assert!(!shown(&[("LC_ALL", locale)]).contains(['╰', '─', '│']), "{locale}");
    }
    for locale in ["en_US.UTF-8", "C.utf8"] {
        assert_eq!(shown(&[("LC_ALL", locale)]), plain, "{locale}");
    }
    let narrow = shown(&[("COLUMNS", "40")]);
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
}

/// Of very many problems people are shown the first; programs are told all.
#[test]
fn nobody_reads_a_thousand_excerpts() {
    let program: String = (0..120).map(|n| format!("segment s{n} {{ when contry{n} == \"x\" }}\n")).collect();
    let project = project(&program);
    let shown = check(&project, &[]).out;
    assert_eq!(shown.matches("[unknown-name] Error").count(), 50);
    assert!(shown.trim_end().ends_with("and 70 more problems: `--format concise` tells all"), "{shown}");
    for format in ["json", "concise", "github"] {
        assert_eq!(check(&project, &["--format", format]).out.lines().count(), 120, "{format}");
    }
    let sarif: Value = serde_json::from_str(&check(&project, &["--format", "sarif"]).out).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 120);
}

/// What the data tells comes in every format, and fails like the rest.
#[test]
fn it_compares_sources_with_a_target() {
    let project = Project::new();
    project.write(
        "visits.persona",
        "event visit { page: string? }\nsource visits {\n  table \"raw.visits\"\n  feeds visit { customer = who  at = at }\n}\n",
    );
    project
        .duckdb(Some("shop.duckdb"))
        .script("CREATE SCHEMA raw; CREATE TABLE raw.visits (whom TEXT, \"at\" TIMESTAMPTZ)");
    let toml = read(&project, "persona.toml");
    assert!(toml.contains("[targets.dev]") && toml.contains("shop.duckdb"), "{toml}");

    assert_eq!(check(&project, &[]).code, Some(0), "without a target there is no data");
    let told = check(&project, &["--target", "dev", "--format", "concise"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert_eq!(told.out, "visits.persona:4:28: error[unknown-column]: `raw.visits` has no column `who`\n");
    let json: Value =
        serde_json::from_str(&check(&project, &["--target", "dev", "--format", "json"]).out).unwrap();
    assert_eq!((json["code"].as_str(), json["line"].as_i64()), (Some("unknown-column"), Some(4)));
    let sarif: Value =
        serde_json::from_str(&check(&project, &["--target", "dev", "--format", "sarif"]).out).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-column");
    let github = check(&project, &["--target", "dev", "--format", "github"]).out;
    assert!(github.starts_with("::error ") && github.contains("unknown-column"), "{github}");

    let nowhere = check(&project, &["--target", "production"]);
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
    assert!(nowhere.err.contains("`persona.toml` has no target `production`"), "{}", nowhere.err);

    project.replace("visits.persona", "= who", "= whom");
    let told = check(&project, &["--target", "dev", "--deny", "warnings"]);
    assert_eq!((told.code, &*told.out), (Some(0), ""), "{told:?}");
}
