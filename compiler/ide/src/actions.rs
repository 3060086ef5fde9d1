//! What mends a problem.

use persona_diagnostics::{Code, Span, Told};

use crate::{Analysis, Edit};

/// A change that mends a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub title: String,
    /// The problem's name, and where it is told.
    pub mends: (Code, Option<Span>),
    /// What to change.
    pub edits: Vec<Edit>,
    /// Whether it is certain to be right.
    pub certain: bool,
}

/// The fixes of the problems that are told in, or change something in, this stretch of a file.
pub fn actions(analysis: &Analysis, stretch: Span) -> Vec<Action> {
    analysis.problems.iter().filter_map(|told| action(analysis, told, stretch)).collect()
}

fn action(analysis: &Analysis, told: &Told, stretch: Span) -> Option<Action> {
    let touches = |at: Span| at.file == stretch.file && at.start <= stretch.end && stretch.start <= at.end;
    let fix = told.fix.as_ref()?;
    if !touches(fix.span) && !told.span().is_some_and(touches) {
        return None;
    }
    let old = analysis.sources.text(fix.span);
    let title = match (old.is_empty(), fix.text.is_empty()) {
        (_, true) => format!("Remove `{}`", short(old)),
        (true, false) => format!("Insert `{}`", short(&fix.text)),
        (false, false) => format!("Replace `{}` by `{}`", short(old), short(&fix.text)),
    };
    let edits = vec![Edit { at: fix.span, text: fix.text.clone() }];
    Some(Action { title, mends: (told.code, told.span()), edits, certain: fix.certain })
}

/// A line of it.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
