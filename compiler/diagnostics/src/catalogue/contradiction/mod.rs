//! Two expectations of a test of which one must fail.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct Contradiction {
    /// Of whom both are expected.
    pub who: String,
    /// The message.
    pub message: String,
    /// Where it is expected that they get it.
    pub gets_at: Span,
    /// Where it is expected that they never do.
    pub never_at: Span,
}

impl Problem for Contradiction {
    const CODE: &'static str = "contradiction";

    fn tell(&self, to: &mut Report) {
        let Contradiction { who, message, .. } = self;
        to.headline(format!("`{who}` cannot get `{message}` and never get it"));
        to.label(self.never_at, "never, to the end of the test");
        to.label(self.gets_at, "and here they get it");
        to.help("keep the one that is meant: no program meets both");
    }
}
