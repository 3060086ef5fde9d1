//! `persona build`

use std::path::Path;

use persona_build::{Files, Form, Options};
use persona_run::Asked;

use super::sql::bug;
use super::{Failure, Outcome, load, print};
use crate::output;

/// Writes a target's SQL into `build/TARGET`, or a project of dbt's into `build/TARGET-dbt`: all of it, or nothing.
pub fn build(project: &Path, target: &str, form: Form) -> Outcome {
    let (_, model) = load(project, Asked::Tables)?;
    let declared =
        persona_run::choose(&model.project, Some(target)).map_err(|e| Failure::usage(e.to_string()))?;
    let dialect = persona_run::dialect(&declared);
    let schema = persona_run::schema(Some(&declared));
    let options = Options { target: target.to_string(), dialect, schema };
    let files = persona_build::files(&model, form, &options).map_err(bug)?;
    let (name, what) = match form {
        Form::Plain => (target.to_string(), format!("{dialect} SQL")),
        Form::Dbt => (format!("{target}-dbt"), format!("a dbt project for {dialect}")),
    };
    let folder = project.join("build").join(name);
    let failed = |e: std::io::Error| Failure::world(format!("cannot write {}: {e}", folder.display()));
    replace(&folder, &files).map_err(failed)?;
    print(&format!("{} of {what} in {}\n", output::many(files.len(), "file"), folder.display()))
}

/// Puts a folder in the place of an older one, whole.
fn replace(folder: &Path, files: &Files) -> std::io::Result<()> {
    let draft = folder.with_extension("new");
    let old = folder.with_extension("old");
    for left in [&draft, &old] {
        if left.exists() {
            std::fs::remove_dir_all(left)?;
        }
    }
    for (path, text) in files {
        let path = draft.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    if folder.exists() {
        std::fs::rename(folder, &old)?;
    }
    std::fs::rename(&draft, folder)?;
    if old.exists() { std::fs::remove_dir_all(old) } else { Ok(()) }
}
