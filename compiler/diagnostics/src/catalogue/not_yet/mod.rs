//! A part of the language that this version does not carry out.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct NotYet {
    /// The word: `experiment`.
    pub what: String,
    /// Where it stands.
    pub at: Span,
}

impl Problem for NotYet {
    const CODE: &'static str = "not-yet";

    fn tell(&self, to: &mut Report) {
        let what = &self.what;
        to.headline(format!("this version of persona does not carry out `{what}` yet"));
        to.label(self.at, "read over");
        to.help("remove it, or keep it in a branch until a version that does");
    }
}
