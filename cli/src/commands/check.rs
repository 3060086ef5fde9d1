//! `persona check`

use std::path::Path;

use persona_diagnostics::{Severity, catalogue, suggest};
use persona_model::{Disk, Loaded};

use super::{Failure, Outcome, print};
use crate::output::many;
use crate::progress::Shown;
use crate::{Format, fixing, output};

/// What fails beside errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deny {
    /// Every warning.
    Warnings,
    /// Warnings of this name.
    Problem(String),
}

impl std::str::FromStr for Deny {
    type Err = String;

    fn from_str(text: &str) -> Result<Deny, String> {
        let codes = || catalogue::PAGES.iter().map(|(code, _)| *code);
        if text == "warnings" {
            return Ok(Deny::Warnings);
        }
        if codes().any(|code| code == text) {
            return Ok(Deny::Problem(text.to_string()));
        }
        let nearest = suggest(text, codes().chain(["warnings"]));
        let nearest = nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
        Err(format!("it is `warnings` or the name of a problem{nearest}"))
    }
}

/// What is done about certain mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixing {
    /// Nothing.
    Off,
    /// They are mended.
    Write,
    /// What mending them would change is shown.
    Show,
}

/// Tells every problem of a program on standard output; with a target those of its data, too.
pub fn check(project: &Path, target: Option<&str>, format: Format, deny: &[Deny], fixing: Fixing) -> Outcome {
    let mut loaded = super::read(project, &Disk(project.to_path_buf()));
    let mut refused = 0;
    let mut would_change = false;
    if fixing != Fixing::Off {
        let fixed = fixing::fix(project, loaded);
        loaded = fixed.loaded;
        if fixing == Fixing::Show {
            would_change = !fixed.changes.is_empty();
            print(&fixing::patch(&fixed.changes))?;
        } else {
            let errors = fixing::write(project, &fixed.changes);
            errors.iter().for_each(|why| output::error(why));
            refused = errors.len();
            if refused > 0 {
                // Some of what was to be written was not: told is what there is.
                loaded = super::read(project, &Disk(project.to_path_buf()));
            }
        }
        if refused == 0 {
            for (path, change) in &fixed.changes {
                let done = if would_change { "would make" } else { "made" };
                output::say(&format!("{done} {} in {}", many(change.fixes, "certain fix"), path.display()));
            }
        }
    }
    let compared = target.map_or(Ok(()), |target| compare(project, target, &mut loaded));
    if fixing != Fixing::Show {
        output::problems(&loaded.problems, &loaded.sources, project, format, output::Stream::Out);
    }
    output::summary(&loaded);
    compared?;
    if refused > 0 {
        return Err(Failure::world(format!("{} could not be mended", many(refused, "file"))));
    }
    let denied = loaded.problems.iter().any(|told| {
        let named = |d: &Deny| *d == Deny::Warnings || matches!(d, Deny::Problem(code) if code == told.code);
        told.severity == Severity::Error || deny.iter().any(named)
    });
    // The process ends: to free what was read would take longer than to leave it to the system.
    std::mem::forget(loaded);
    if denied || would_change { Err(Failure::program()) } else { Ok(()) }
}

/// Adds what a target tells of the program's sources. A program with errors is not compared: what it means is not known.
fn compare(project: &Path, target: &str, loaded: &mut Loaded) -> Outcome {
    let Some(model) = loaded.model.as_ref().filter(|_| !loaded.problems.any_error()) else {
        output::say(&format!("the program has errors: the target `{target}` was not looked at"));
        return Ok(());
    };
    match persona_target::check(model, project, target, &mut Shown::new()) {
        Ok(mut found) => {
            persona_syntax::allow_more(&mut found, &loaded.sources);
            loaded.problems.extend(found);
            Ok(())
        }
        Err(error @ persona_target::Error::NoTarget(_)) => Err(Failure::usage(error.to_string())),
        Err(error) => Err(Failure::world(error.to_string())),
    }
}
