//! One problem in every format.

use persona_diagnostics::catalogue::unknown_name::UnknownName;
use persona_diagnostics::render::{Style, concise, github, human, json, sarif};
use persona_diagnostics::{Problems, Sources, Span};

/// A name misspelt in one file and declared in another.
fn problem() -> (Problems, Sources) {
    let mut sources = Sources::default();
    let customer = sources.add("customer.persona", "customer { tier: enum { a, b } }\n");
    let segment = sources.add("segments.persona", "// ünïcode\nsegment x { when teir == a }\n");
    let at = |file, needle: &str| {
        let start = sources.file(file).text.find(needle).unwrap_or(0);
        Span::new(file, start, start + needle.len())
    };
    let mut problems = Problems::default();
    problems.report(UnknownName {
        what: "attribute or trait".into(),
        name: "teir".into(),
        at: at(segment, "teir"),
        nearest: Some(("tier".into(), Some(at(customer, "tier")))),
        available: vec![],
    });
    (problems, sources)
}

#[test]
fn for_people_with_an_excerpt_of_each_file() {
    let (problems, sources) = problem();
    let told = problems.sorted(&sources);
    insta::assert_snapshot!(human(&told[0], &sources, Style::PLAIN));
}

#[test]
fn for_logs_a_line() {
    let (problems, sources) = problem();
    let told = problems.sorted(&sources);
    let line = concise(&told[0], &sources);
    assert_eq!(
        line,
        "segments.persona:2:18: error[unknown-name]: there is no attribute or trait called `teir`"
    );
}

#[test]
fn for_programs_an_object() {
    let (problems, sources) = problem();
    let object = json(&problems.sorted(&sources)[0], &sources);
    assert_eq!(object["code"], "unknown-name");
    assert_eq!(
        (&object["line"], &object["column"], &object["end_column"]),
        (&2.into(), &18.into(), &22.into())
    );
    assert_eq!(object["labels"][1]["file"], "customer.persona");
    assert_eq!(object["help"][0], "did you mean `tier`?");
}

#[test]
fn for_github_a_command_that_cannot_be_broken_by_its_text() {
    let (problems, sources) = problem();
    let line = github(&problems.sorted(&sources)[0], &sources);
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.starts_with(
        "::error file=segments.persona,line=2,endLine=2,col=18,endColumn=22,title=unknown-name::"
    ));
    assert!(line.ends_with("called `teir`%0Adid you mean `tier`?"), "{line}");
}

#[test]
fn for_scanners_a_sarif_document_with_the_problems_pages() {
    let (problems, sources) = problem();
    let document = sarif(&problems.sorted(&sources), problems.allowed(), &sources, "1.2.3");
    let run = &document["runs"][0];
    assert_eq!(document["version"], "2.1.0");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "unknown-name");
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "unknown-name");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startColumn"], 18);
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "`tier` is declared here");
}

#[test]
fn a_line_of_ten_thousand_characters_is_not_shown() {
    let mut sources = Sources::default();
    let file = sources.add("long.persona", format!("trait x = {}teir\n", "1 + ".repeat(2_500)));
    let mut problems = Problems::default();
    problems.report(UnknownName {
        what: "attribute or trait".into(),
        name: "teir".into(),
        at: Span::new(file, 10_010, 10_014),
        nearest: None,
        available: vec!["`tier`".into()],
    });
    let drawn = human(&problems.sorted(&sources)[0], &sources, Style::PLAIN);
    assert!(drawn.contains("long.persona:1:10011: "), "{drawn}");
    assert!(drawn.len() < 500, "{drawn}");
}

/// What is asked for every name of a program must not look through all problems.
#[test]
fn places_with_problems_are_found_again() {
    let (mut problems, sources) = problem();
    let at = problems.sorted(&sources)[0].span().unwrap();
    assert!(problems.any_at(at) && problems.any_in(at));
    assert!(problems.any_in(Span { start: 0, ..at }) && !problems.any_at(Span { start: 0, ..at }));
    assert!(!problems.any_in(Span { end: at.end - 1, ..at }));
    let again = problems.clone();
    problems.retain_after(0, |_| false);
    assert!(!problems.any_at(at) && problems.is_empty());
    problems.extend(again);
    assert!(problems.any_at(at));
}
