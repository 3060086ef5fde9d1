//! `persona preview`

use std::path::Path;

use persona_preview::{Asked, Server};
use persona_run::Asked as Wanted;

use super::{Failure, Outcome, instant, print, read};
use crate::output;
use crate::progress::Shown;

/// Serves a live page of all e-mails until it is stopped.
pub fn preview(project: &Path, port: u16, at: Option<&str>, target: Option<&str>) -> Outcome {
    let first = read(project, &persona_model::Disk(project.to_path_buf()));
    let at = match &first.model {
        Some(model) => instant(at, model)?,
        // Whatever is wrong is shown on the page; an instant needs the project's clock.
        None if at.is_some() => return Err(broken(project)),
        None => None,
    };
    let server = Server::listen(port).map_err(Failure::world)?;
    print(&format!("{}\n", server.address()))?;
    output::say("the page follows the project's files; stop it with Ctrl-C");
    let model = || {
        let mut loaded = read(project, &persona_model::Disk(project.to_path_buf()));
        if loaded.problems.any_error() {
            return Err(output::plain(&loaded.problems, &loaded.sources));
        }
        let Some(model) = loaded.model.take() else { return Err("there is no program".into()) };
        let mut not_yet = persona_diagnostics::Problems::default();
        persona_run::not_yet(&model, Wanted::Run, &mut not_yet);
        if not_yet.any_error() { Err(output::plain(&not_yet, &loaded.sources)) } else { Ok(model) }
    };
    server.serve(&Asked { folder: project, target, at }, &model, &mut Shown::new(), &|| false);
    Ok(())
}

/// A program with errors, told.
fn broken(project: &Path) -> Failure {
    match super::load(project, Wanted::Run) {
        Err(failure) => failure,
        Ok(_) => Failure::program(),
    }
}
