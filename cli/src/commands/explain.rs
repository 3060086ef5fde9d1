//! `persona explain`

use persona_diagnostics::catalogue::PAGES;
use persona_diagnostics::suggest;

use super::{Failure, Outcome, print};

/// Prints a problem's page, or the list of all.
pub fn explain(problem: Option<&str>) -> Outcome {
    let Some(name) = problem else {
        let mut names: Vec<&str> = PAGES.iter().map(|(code, _)| *code).collect();
        names.sort_unstable();
        return print(&format!("{}\n", names.join("\n")));
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
