//! A case of a block or a branch of a flow that no customer can reach.

use super::empty_segment::contradiction;
use crate::{Problem, Report, Severity, Span};

/// What the checker has proved.
pub struct UnreachableCase {
    /// What it is: "case", "branch".
    pub what: String,
    /// Its condition; of `else`, its tag.
    pub at: Span,
    /// Whether it is for all who are left: `else`.
    pub rest: bool,
    /// The parts of the condition that cannot hold together, if it is that.
    pub parts: Vec<Span>,
    /// Earlier ones that take everybody who would fit.
    pub taken_by: Vec<Span>,
}

impl Problem for UnreachableCase {
    const CODE: &'static str = "unreachable-case";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        to.headline(format!("no customer can ever reach this {}", self.what));
        to.label(self.at, "nobody gets here");
        if self.parts.len() > 1 {
            contradiction(to, &self.parts);
        }
        for at in &self.taken_by {
            to.label(*at, "this comes first and takes them");
        }
        if self.rest {
            to.help("leave it out: nobody is left for it");
        } else if !self.taken_by.is_empty() {
            to.help("the first that fits wins: put the narrower one first");
        }
    }
}
