//! A stage or case after one that takes everybody.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct Unreachable {
    /// What cannot be reached: "stage `active`".
    pub what: String,
    /// Where it stands.
    pub at: Span,
    /// The one that takes everybody.
    pub otherwise_at: Span,
}

impl Problem for Unreachable {
    const CODE: &'static str = "unreachable";

    fn tell(&self, to: &mut Report) {
        let what = &self.what;
        to.headline(format!("nobody can reach {what}"));
        to.label(self.at, "never reached");
        to.label(self.otherwise_at, "this takes everybody who comes so far");
        to.help("the first that fits wins: put `otherwise` last");
    }
}
