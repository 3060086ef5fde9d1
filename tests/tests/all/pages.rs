//! Problem pages and the project's documentation: every program in them is checked, and tells what it asserts.

use std::collections::BTreeSet;
use std::path::Path;

use persona_diagnostics::catalogue::{GROUPS, PAGES, group};
use persona_tests::{Document, root};

fn assert_none(mistakes: Vec<String>) {
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}

/// A problem's page: what it is, why it matters, a program that has it, the same program mended.
#[test]
fn every_page_shows_its_problem_and_a_way_out() {
    let mut mistakes = Vec::new();
    for (code, text) in PAGES {
        let document = Document::new(format!("the page of {code}"), text);
        assert!(text.starts_with(&format!("# {code}\n\n")), "{code}: the page begins with its code");
        let programs = document.programs();
        let shows = |expected: &[persona_tests::Found]| expected.iter().any(|f| f.code == *code);
        assert!(
            programs.first().is_some_and(|(_, _, e)| shows(e)),
            "{code}: the first program has the problem"
        );
        assert!(programs.len() > 1, "{code}: the page shows a way out");
        assert!(programs[1..].iter().any(|(_, _, e)| e.is_empty()), "{code}: the way out has no problem");
        mistakes.extend(document.mistakes());
    }
    assert_none(mistakes);
}

#[test]
fn every_program_of_the_documentation_is_as_it_says() {
    let mut documents = Document::all("docs");
    documents.extend(Document::all("docs/reference"));
    documents.extend(Document::all(".").into_iter().filter(|d| d.path == "README.md"));
    assert!(
        documents.iter().map(|d| d.programs().len()).sum::<usize>() > 10,
        "the documentation has programs"
    );
    assert_none(documents.iter().flat_map(Document::mistakes).collect());
}

/// Folders, modules, pages and codes are one list.
#[test]
fn the_catalogue_is_whole() {
    let folder = root().join("compiler/diagnostics/src/catalogue");
    let mut folders = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for file in ["mod.rs", "README.md"] {
            assert!(path.join(file).is_file(), "{name} has no {file}");
        }
        let code = name.replace('_', "-");
        let text = std::fs::read_to_string(path.join("mod.rs")).unwrap();
        assert!(
            text.contains(&format!("const CODE: &'static str = \"{code}\";")),
            "{name} is another problem's folder"
        );
        folders.insert(code);
    }
    let pages: Vec<String> = PAGES.iter().map(|(code, _)| code.to_string()).collect();
    assert_eq!(
        pages,
        folders.iter().cloned().collect::<Vec<_>>(),
        "PAGES holds every folder's page, by code"
    );
    let modules = std::fs::read_to_string(folder.with_extension("rs")).unwrap();
    let modules = modules.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'));
    let modules: Vec<String> = modules.map(|m| m.replace('_', "-")).collect();
    assert_eq!(modules, pages, "every folder is a module, by name");
}

/// `persona explain` lists every problem, and once.
#[test]
fn every_problem_is_in_one_group() {
    let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
    grouped.sort_unstable();
    let codes: Vec<&str> = PAGES.iter().map(|(code, _)| *code).collect();
    assert_eq!(grouped, codes, "GROUPS holds every problem once");
}

/// What a page sends its reader to is there.
#[test]
fn pages_send_to_pages() {
    for (code, text) in PAGES {
        let Some((_, see)) = text.split_once("See also") else { continue };
        let named: Vec<&str> = see.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "{code} sends nowhere");
        for name in named {
            assert!(name != *code && group(name).is_some(), "{code} sends to `{name}`");
        }
    }
}

/// `docs/problems.md`, made from the pages: written anew with `PERSONA_UPDATE=1`.
#[test]
fn the_index_of_problems_is_up_to_date() {
    let mut index = String::from(
        "# Problems\n\n\
         What the compiler tells; `persona explain NAME` prints the same pages, `persona explain` the names.\n\
         This list is made from the pages by `PERSONA_UPDATE=1 cargo test -p persona-tests`.\n",
    );
    for (about, codes) in GROUPS {
        index.push_str(&format!("\n## {about}\n\n| problem | what it means |\n|---|---|\n"));
        for (code, text) in PAGES.iter().filter(|(code, _)| codes.contains(code)) {
            let paragraph = text.split("\n\n").nth(1).unwrap_or_default().replace('\n', " ");
            let folder = code.replace('-', "_");
            let page = format!("../compiler/diagnostics/src/catalogue/{folder}/README.md");
            index.push_str(&format!("| [{code}]({page}) | {} |\n", paragraph.replace('|', "\\|")));
        }
    }
    up_to_date(&root().join("docs/problems.md"), &index);
}

fn up_to_date(path: &Path, text: &str) {
    if std::env::var_os("PERSONA_UPDATE").is_some_and(|v| v == "1") {
        std::fs::write(path, text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, text, "{} is out of date: run this test with PERSONA_UPDATE=1", path.display());
}
