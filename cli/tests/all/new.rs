//! A new project does everything at once.

use std::fs;

use crate::help::{AT, Project, persona, told};

#[test]
fn a_new_project_checks_builds_and_runs() {
    let project = Project::new();
    let check = told(project.command("check", &["--deny", "warnings"]));
    assert_eq!((check.code, &*check.out, &*check.err), (Some(0), "", "no problems in 1 file\n"));

    let build = told(project.command("build", &["--target", "dev"]));
    assert_eq!((build.code, &*build.err), (Some(0), ""), "{build:?}");
    assert!(fs::read_to_string(project.path("build/dev/refresh.sql")).unwrap().contains("CREATE"));
    assert!(build.out.contains("  timers          segment loyal\n"), "{}", build.out);
    let manifest = fs::read_to_string(project.path("build/dev/manifest.json")).unwrap();
    assert!(manifest.contains("\"cost\": \"timers\""), "{manifest}");

    let run = project.run(AT);
    let mut written: Vec<_> = project.mails().into_iter().map(|m| (m.to, m.subject)).collect();
    written.sort();
    let mail = |to: &str, subject: &str| (to.to_string(), subject.to_string());
    assert_eq!(
        written,
        [mail("ada@example.com", "Welcome, Ada"), mail("ben@example.com", "Welcome, friend")]
    );
    assert!(run.out.contains("withheld: no address"), "{}", run.out);
    // What the page names is there.
    assert!(run.out.contains(&format!("2 messages in {}", project.path("outbox").display())), "{}", run.out);

    let before = project.outbox();
    let again = project.run(AT);
    assert!(again.out.ends_with("\nno message was due\n\nnothing new to deliver\n"), "{}", again.out);
    assert_eq!(project.outbox(), before);
}

#[test]
fn the_folder_is_the_current_one_unless_named() {
    let project = Project::new();
    let mut here = persona(&["check"]);
    here.current_dir(&project.folder);
    assert_eq!(told(here).code, Some(0));
}

#[test]
fn a_build_takes_the_place_of_the_one_before_whole() {
    let project = Project::new();
    let build = || assert_eq!(told(project.command("build", &["--target", "dev"])).code, Some(0));
    build();
    assert!(project.path("build/dev/segments/loyal.sql").exists());
    project.replace("shop.persona", "segment loyal ", "segment faithful ");
    project.replace("shop.persona", "in loyal", "in faithful");
    project.replace("content/welcome.html", "in loyal", "in faithful");
    build();
    let names = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(project.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("build/dev/segments"), ["faithful.sql"], "nothing of the older build is left");
    assert_eq!(names("build"), ["dev"], "no draft is left");

    // A program with a mistake leaves the last good build alone.
    project.replace("shop.persona", "orders_90d >= 3", "orders_9d >= 3");
    let failed = told(project.command("build", &["--target", "dev"]));
    assert_eq!(failed.code, Some(1));
    assert_eq!(names("build/dev/segments"), ["faithful.sql"]);
}
