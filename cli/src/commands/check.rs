//! `persona check`

use std::io::stdout;
use std::path::Path;

use persona_diagnostics::Severity;

use super::{Failure, Outcome};
use crate::{Deny, Format, output};

/// Tells every problem of a program on standard output.
pub fn check(project: &Path, format: Format, deny: Option<Deny>) -> Outcome {
    let loaded = persona_model::load(project);
    output::problems(&loaded.problems, &loaded.sources, format, &mut stdout().lock());
    output::summary(&loaded);
    let denied = deny == Some(Deny::Warnings) && loaded.problems.count(Severity::Warning) > 0;
    if loaded.problems.any_error() || denied { Err(Failure::program()) } else { Ok(()) }
}
