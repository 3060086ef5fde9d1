//! The project's `persona.toml` cannot be used.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct ProjectFile {
    /// The sentence.
    pub headline: String,
    /// Where, if it is a place in the file.
    pub at: Option<Span>,
    /// What is wrong there.
    pub why: String,
    /// A remedy.
    pub help: Option<String>,
}

impl Problem for ProjectFile {
    const CODE: &'static str = "project-file";

    fn tell(&self, to: &mut Report) {
        to.headline(self.headline.clone());
        to.label_maybe(self.at, self.why.clone());
        if self.at.is_none() {
            to.note(self.why.clone());
        }
        if let Some(help) = &self.help {
            to.help(help.clone());
        }
    }
}
