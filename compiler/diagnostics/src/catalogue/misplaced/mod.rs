//! Something that means nothing where it stands.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct Misplaced {
    /// The sentence.
    pub headline: String,
    /// Where it stands.
    pub at: Span,
    /// What it would need.
    pub why: String,
    /// A remedy.
    pub help: Option<String>,
}

impl Problem for Misplaced {
    const CODE: &'static str = "misplaced";

    fn tell(&self, to: &mut Report) {
        to.headline(self.headline.clone());
        to.label(self.at, self.why.clone());
        if let Some(help) = &self.help {
            to.help(help.clone());
        }
    }
}
