//! One file a command.

pub mod build;
pub mod check;
pub mod explain;
pub mod explain_send;
pub mod fmt;
pub mod grammar;
pub mod init;
pub mod lsp;
pub mod preview;
pub mod refresh;
pub mod render;
pub mod run;
pub mod sql;
mod table;
pub mod test;

use std::path::Path;

use persona_diagnostics::Problems;
use persona_model::{Disk, Files, Loaded, Model};
use persona_run::Asked;

use crate::output;

/// Why a command failed.
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What to say; nothing where it was said already.
    pub message: Option<String>,
}

/// What a command gives.
pub type Outcome = Result<(), Failure>;

impl Failure {
    /// The program has errors, which were told.
    pub fn program() -> Failure {
        Failure { code: 1, message: None }
    }

    /// The command was used in a way it cannot be.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { code: 2, message: Some(message.into()) }
    }

    /// A target, the disk or another part of the world failed.
    pub fn world(message: impl Into<String>) -> Failure {
        Failure { code: 3, message: Some(message.into()) }
    }
}

/// A program and everything to be told of it, but for what its comments allow.
pub fn read(folder: &Path, files: &dyn Files) -> Loaded {
    let mut loaded = persona_model::load_from(folder, files);
    persona_logic::check_loaded(&mut loaded);
    persona_syntax::allow(&mut loaded.problems, &loaded.sources);
    loaded
}

/// A program without errors that this version can do what is asked with, or a failure with the problems told on
/// standard error.
pub fn load(folder: &Path, asked: Asked) -> Result<(Loaded, Model), Failure> {
    let mut loaded = read(folder, &Disk(folder.to_path_buf()));
    if loaded.problems.any_error() {
        output::problems(
            &loaded.problems,
            &loaded.sources,
            folder,
            crate::Format::Human,
            output::Stream::Err,
        );
        output::summary(&loaded);
        return Err(Failure::program());
    }
    let Some(model) = loaded.model.take() else { return Err(Failure::program()) };
    let mut not_yet = Problems::default();
    persona_run::not_yet(&model, asked, &mut not_yet);
    output::problems(&not_yet, &loaded.sources, folder, crate::Format::Human, output::Stream::Err);
    if not_yet.any_error() { Err(Failure::program()) } else { Ok((loaded, model)) }
}

/// An instant of the command line, by the project's clock.
pub fn instant(at: Option<&str>, model: &Model) -> Result<Option<jiff::Timestamp>, Failure> {
    let Some(text) = at else { return Ok(None) };
    let wrong = || {
        let zone = &model.project.timezone;
        Failure::usage(format!(
            "`{text}` is no instant: write it as 2011-12-01T09:00, by the clock of {zone}"
        ))
    };
    model.project.instant(text).map(Some).ok_or_else(wrong)
}

/// Prints to standard output; a reader that has gone away is no failure.
pub fn print(text: &str) -> Outcome {
    use std::io::Write;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::world(format!("cannot print: {e}")))
        }
        _ => Ok(()),
    }
}
