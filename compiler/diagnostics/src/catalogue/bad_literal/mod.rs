//! A date, time, number or pattern that does not exist.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct BadLiteral {
    /// As written.
    pub written: String,
    /// Where it stands.
    pub at: Span,
    /// What is wrong: "there is no 30 February".
    pub why: String,
}

impl Problem for BadLiteral {
    const CODE: &'static str = "bad-literal";

    fn tell(&self, to: &mut Report) {
        let BadLiteral { written, why, .. } = self;
        to.headline(format!("`{written}`: {why}"));
        to.label(self.at, why.clone());
    }
}
