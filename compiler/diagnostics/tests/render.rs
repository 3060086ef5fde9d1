//! One problem in every format.
#![allow(clippy::unwrap_used)] // these are tests

use std::path::Path;

use persona_diagnostics::catalogue::{repeated_member::RepeatedMember, unknown_name::UnknownName};
use persona_diagnostics::render::{Style, concise, github, human, json, sarif};
use persona_diagnostics::{Problems, Sources, Span, Told};

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
    let line = github(&problems.sorted(&sources)[0], &sources, Path::new(""));
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.starts_with(
        "::error file=segments.persona,line=2,endLine=2,col=18,endColumn=22,title=unknown-name::"
    ));
    assert!(line.ends_with("called `teir`%0Adid you mean `tier`?"), "{line}");
}

#[test]
fn for_scanners_a_sarif_document_with_the_problems_pages() {
    let (problems, sources) = problem();
    let document = sarif(&problems.sorted(&sources), problems.allowed(), &sources, Path::new(""), "1.2.3");
    let run = &document["runs"][0];
    assert_eq!(document["version"], "2.1.0");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "unknown-name");
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "unknown-name");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startColumn"], 18);
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "`tier` is declared here");
}

#[test]
fn of_a_line_of_ten_thousand_characters_a_part_is_shown() {
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
    insta::assert_snapshot!(drawn);
    assert!(drawn.lines().all(|line| line.chars().count() <= Style::PLAIN.width));
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
    problems.retain(|_, _| false);
    assert!(!problems.any_at(at) && problems.is_empty());
    problems.extend(again);
    assert!(problems.any_at(at));
}

/// A problem at a part of a file, with a second label.
fn at(text: &str, first: &str, second: &str) -> (Told, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("my shop/ünï,code%.persona", text);
    let place = |part: &str| {
        let start = text.find(part).unwrap();
        Span::new(file, start, start + part.len())
    };
    let mut problems = Problems::default();
    problems.report(UnknownName {
        what: "attribute or trait".into(),
        name: first.into(),
        at: place(first),
        nearest: Some((second.into(), Some(place(second)))),
        available: vec![],
    });
    (problems.sorted(&sources).remove(0), sources)
}

/// Columns count characters, in every format alike: not bytes, not the columns of a terminal.
#[test]
fn columns_count_characters() {
    for (text, line, column) in [
        ("日本 = teir tier", 1, 6),
        ("\t\tteir tier", 1, 3),
        ("é\u{301}👩‍👩 teir tier", 1, 7),
        ("a\r\n\tteir tier\r\n", 2, 2),
        ("\u{feff}teir tier", 1, 1),
    ] {
        let (told, sources) = at(text, "teir", "tier");
        let place = format!("{line}:{column}");
        assert!(human(&told, &sources, Style::PLAIN).contains(&format!("persona:{place} ]")), "{text:?}");
        assert!(concise(&told, &sources).contains(&format!("persona:{place}: ")), "{text:?}");
        let object = json(&told, &sources);
        assert_eq!((&object["line"], &object["column"]), (&line.into(), &column.into()), "{text:?}");
        assert_eq!(
            (&object["end_line"], &object["end_column"]),
            (&line.into(), &(column + 4).into()),
            "{text:?}"
        );
        assert!(
            github(&told, &sources, Path::new(""))
                .contains(&format!("line={line},endLine={line},col={column},")),
            "{text:?}"
        );
    }
}

/// Wide characters, tabulators and ends of lines of other systems are drawn in their place.
#[test]
fn what_is_drawn_stands_under_what_is_told_about() {
    let (told, sources) = at("\u{feff}日本\t= teir + tier\r\n", "teir", "tier");
    insta::assert_snapshot!(human(&told, &sources, Style::PLAIN));
    let (told, sources) = at("teir\u{1b}[31m\u{202e} + tier", "teir", "tier");
    let drawn = human(&told, &sources, Style::PLAIN);
    assert!(!drawn.contains('\u{1b}') && !drawn.contains('\u{202e}'), "{drawn}");
}

/// An empty file, a place behind the last character, a place over several lines.
#[test]
fn places_at_the_edges_are_drawn() {
    for (text, start, end) in [
        ("", 0, 0),
        ("a", 1, 1),
        ("a\n", 2, 2),
        ("a\nb\n", 0, 4),
        ("a\r\n\r\nb", 0, 6),
        ("ä", 1, 9),
        ("\n\n", 0, 1),
    ] {
        let mut sources = Sources::default();
        let file = sources.add("a.persona", text);
        let mut problems = Problems::default();
        let (again_at, first_at) = (Span::new(file, start, end), Span::new(file, 0, 0));
        problems.report(RepeatedMember { what: "x".into(), again_at, first_at });
        let drawn = human(&problems.sorted(&sources)[0], &sources, Style::PLAIN);
        assert!(drawn.contains("given again here"), "{text:?}: {drawn}");
    }
}

/// Forty columns are enough for words; names that cannot be broken are left whole.
#[test]
fn on_a_narrow_terminal() {
    let text =
        "segment a_rather_long_name { when teir == gold and tier == silver and signed_up in last 30 days }\n";
    let (told, sources) = at(text, "teir", "tier");
    let drawn = human(&told, &sources, Style { width: 40, ..Style::PLAIN });
    insta::assert_snapshot!(drawn);
    assert!(drawn.lines().all(|line| line.chars().count() <= 40 || line.contains("persona:")), "{drawn}");
    insta::assert_snapshot!(human(&told, &sources, Style { width: 80, unicode: false, color: false }));
}

/// A sentence with everything in it that GitHub reads as its own.
#[test]
fn for_github_names_and_words_are_escaped() {
    let (told, sources) = at("teir%,:: tier", "teir%,::", "tier");
    let line = github(&told, &sources, Path::new(""));
    assert!(line.starts_with("::error file=my shop/ünï%2Ccode%25.persona,line=1,"), "{line}");
    assert!(line.contains("called `teir%25,::`%0A"), "{line}");
}
