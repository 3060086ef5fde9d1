//! Files as disks hold them: whatever lies in a project's folder, there is an answer.

#![allow(clippy::unwrap_used)] // these are tests

use std::fs;
use std::path::Path;

use persona_model::load;

const TOML: &str = "[project]\nname = \"shop\"\n";
const CUSTOMER: &str = "customer { id: string key  email: email? }\n";

/// What is told of a project with one more file.
fn told(write: impl FnOnce(&Path)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("persona.toml"), TOML).unwrap();
    fs::write(folder.path().join("shop.persona"), CUSTOMER).unwrap();
    write(folder.path());
    let loaded = load(folder.path());
    let label = |told: &persona_diagnostics::Told| told.notes.join(" ");
    loaded.problems.iter().map(|told| format!("{} {}", told.headline, label(told))).collect()
}

#[test]
fn files_that_are_no_text() {
    let one = told(|folder| fs::write(folder.join("x.persona"), [b'a', 0xFF, 0xFE]).unwrap());
    assert_eq!(one.len(), 1, "{one:?}");
    assert!(one[0].starts_with("cannot read `x.persona`"), "{one:?}");
    let one = told(|folder| fs::write(folder.join("x.persona"), "trait x = 1\0").unwrap());
    assert_eq!(one.len(), 1, "{one:?}");
}

#[test]
fn marks_and_ends_of_lines_of_other_systems() {
    let nothing: Vec<String> = Vec::new();
    assert_eq!(
        told(|folder| fs::write(folder.join("x.persona"), "\u{feff}trait x = 1\r\ntrait y = x\r\n").unwrap()),
        nothing
    );
    assert_eq!(told(|folder| fs::write(folder.join("x.persona"), "").unwrap()), nothing);
    assert_eq!(told(|folder| fs::write(folder.join("x.persona"), "\u{feff}").unwrap()), nothing);
}

#[test]
fn folders_called_like_programs() {
    let nothing: Vec<String> = Vec::new();
    let inside = |folder: &Path| {
        fs::create_dir(folder.join("x.persona")).unwrap();
        fs::write(folder.join("x.persona/y.persona"), "trait x = 1").unwrap();
    };
    assert_eq!(told(inside), nothing);
    let template = |folder: &Path| {
        fs::create_dir(folder.join("mail.html")).unwrap();
        fs::write(folder.join("x.persona"), "layout l { body html file \"mail.html\" }").unwrap();
    };
    let one = told(template);
    assert_eq!(one.len(), 1, "{one:?}");
    assert!(one[0].contains("mail.html"), "{one:?}");
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_in_circles() {
    use std::os::unix::fs::symlink;
    let nothing: Vec<String> = Vec::new();
    assert_eq!(told(|folder| symlink(folder, folder.join("around")).unwrap()), nothing);
    for to in ["x.persona", "nothing", "/dev/zero", "/"] {
        let one = told(|folder| symlink(to, folder.join("x.persona")).unwrap());
        assert_eq!(one.len(), 1, "{to}: {one:?}");
        assert!(one[0].starts_with("cannot read `x.persona`"), "{to}: {one:?}");
    }
}

/// Nobody waits for what a pipe might say.
#[cfg(unix)]
#[test]
fn pipes_are_not_read() {
    let made = |folder: &Path| {
        let pipe = folder.join("x.persona");
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    };
    let one = told(made);
    assert!(one.len() == 1 && one[0].starts_with("cannot read `x.persona`"), "{one:?}");
}
