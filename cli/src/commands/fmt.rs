//! `persona fmt`

use std::path::{Path, PathBuf};

use super::{Failure, Outcome, print};
use crate::files::replace;
use crate::output::{error, many};

/// Gives every program of a project, or one file, the one layout, and prints what changed. With `check` nothing is
/// written. A file that cannot be read or written is told and does not keep the others from being done.
pub fn fmt(project: &Path, check: bool) -> Outcome {
    let (mut changed, mut failed) = (0, 0);
    for path in programs(project)? {
        match format(&path, check) {
            Ok(false) => {}
            Ok(true) => {
                changed += 1;
                print(&format!("{}\n", path.display()))?;
            }
            Err(why) => {
                failed += 1;
                error(&why);
            }
        }
    }
    match (changed, failed) {
        (0, 0) => Ok(()),
        (_, 0) if !check => Ok(()),
        (n, 0) => Err(Failure {
            code: 1,
            message: Some(format!("{} would change: run `persona fmt`", many(n, "file"))),
        }),
        (_, n) => Err(Failure::world(format!("{} could not be formatted", many(n, "file")))),
    }
}

/// The files to format, as paths that can be opened from here.
fn programs(project: &Path) -> Result<Vec<PathBuf>, Failure> {
    let name = project.display();
    if project.is_file() {
        if project.extension().is_some_and(|e| e == "persona") {
            return Ok(vec![project.to_path_buf()]);
        }
        return Err(Failure::usage(format!("`{name}` is neither a project's folder nor a `.persona` file")));
    }
    if !persona_model::is_project(project) {
        return Err(Failure::usage(format!("there is no `{}` in `{name}`", persona_model::PROJECT_FILE)));
    }
    let paths = persona_model::programs(project)
        .map_err(|e| Failure::world(format!("the project's folder `{name}` cannot be read: {e}")))?;
    let here = |path: PathBuf| path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
    Ok(paths.into_iter().map(here).collect())
}

/// Whether the file was, or with `check` would be, changed; or why that cannot be said or done.
fn format(path: &Path, check: bool) -> Result<bool, String> {
    let text = persona_model::read(path).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
    let formatted = persona_format::format(&text);
    if formatted == text {
        return Ok(false);
    }
    if !check {
        replace(path, &formatted).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    }
    Ok(true)
}
