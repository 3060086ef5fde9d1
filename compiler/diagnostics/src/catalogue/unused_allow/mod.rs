//! A comment that allows a warning which is not there.

use crate::{Problem, Report, Severity, Span};

/// What the reader of comments knows.
pub struct UnusedAllow {
    /// The warning it names.
    pub code: String,
    /// The comment.
    pub at: Span,
}

impl Problem for UnusedAllow {
    const CODE: &'static str = "unused-allow";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let code = &self.code;
        to.headline(format!("nothing here needs `{code}` to be allowed"));
        to.label(self.at, "allows nothing");
        to.help("remove it, or move it to what it is about");
        // Not certain: it may have been meant for another place, and its reason would be lost.
        to.fix(self.at, "", false);
    }
}
