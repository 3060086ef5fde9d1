//! A segment whose condition no customer can meet.

use crate::{Problem, Report, Span};

/// What the checker has proved.
pub struct EmptySegment {
    /// The segment.
    pub name: String,
    /// Where its name stands.
    pub at: Span,
    /// The parts of its condition that cannot hold together; one by itself, if that suffices.
    pub parts: Vec<Span>,
}

impl Problem for EmptySegment {
    const CODE: &'static str = "empty-segment";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("no customer can ever be in segment `{}`", self.name));
        to.label(self.at, "this segment stays empty");
        contradiction(to, &self.parts);
    }
}

/// Labels parts that cannot hold together.
pub(crate) fn contradiction(to: &mut Report, parts: &[Span]) {
    match parts {
        [] => {}
        [only] => to.label(*only, "nobody can meet this"),
        [first, between @ .., last] => {
            // Read from top to bottom, the labels are one sentence.
            to.label(*first, "whoever meets this");
            for part in between {
                to.label(*part, "and this");
            }
            to.label(*last, "never meets this");
            to.help("where either is enough, join them with `or`");
        }
    }
}
