//! A part of the language that this version reads over without harm.

use crate::{Problem, Report, Severity, Span};

/// What the checker knows.
pub struct NoEffectYet {
    /// The word: `track`.
    pub what: String,
    /// Where it stands.
    pub at: Span,
}

impl Problem for NoEffectYet {
    const CODE: &'static str = "no-effect-yet";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let what = &self.what;
        to.headline(format!("`{what}` has no effect in this version of persona"));
        to.label(self.at, "read over");
    }
}
