//! A file that the program names cannot be read.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct FileNotFound {
    /// The path as written.
    pub path: String,
    /// Where it is named.
    pub at: Span,
    /// What the system says.
    pub why: String,
    /// The folder it was looked for in.
    pub looked_in: String,
}

impl Problem for FileNotFound {
    const CODE: &'static str = "file-not-found";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("cannot read the file `{}`", self.path));
        to.label(self.at, self.why.clone());
        to.note(format!("paths are relative to {}", self.looked_in));
    }
}
