//! `persona explain`

use persona_diagnostics::catalogue::{GROUPS, PAGES};
use persona_diagnostics::suggest;

use super::{Failure, Outcome, print};

/// Prints a problem's page, or the list of all.
pub fn explain(problem: Option<&str>) -> Outcome {
    let Some(name) = problem else {
        return print(&list());
    };
    let name = name.trim_matches(['[', ']']);
    match PAGES.iter().find(|(code, _)| *code == name) {
        Some((_, page)) => print(page),
        None => {
            let nearest = suggest(name, PAGES.iter().map(|(code, _)| *code));
            let nearest = nearest.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            Err(Failure::usage(format!("there is no problem called `{name}`{nearest}")))
        }
    }
}

/// Every problem by what it is about, with what its page begins with.
fn list() -> String {
    let width = PAGES.iter().map(|(code, _)| code.len()).max().unwrap_or_default();
    let mut list = String::new();
    for (about, codes) in GROUPS {
        list.push_str(&format!("{about}\n"));
        for (code, page) in PAGES.iter().filter(|(code, _)| codes.contains(code)) {
            list.push_str(&format!("  {code:width$}  {}\n", summary(page)));
        }
        list.push('\n');
    }
    list.push_str(
        "`persona explain NAME` says more of one: why it matters, and a program that has it, mended.\n",
    );
    list
}

/// The first sentence of a page, up to its colon if it has one.
fn summary(page: &str) -> String {
    let paragraph = page.split("\n\n").nth(1).unwrap_or_default().replace('\n', " ");
    let end = [". ", ": "].iter().filter_map(|stop| paragraph.find(stop)).min();
    paragraph[..end.unwrap_or(paragraph.len())].trim_end_matches('.').to_string()
}
