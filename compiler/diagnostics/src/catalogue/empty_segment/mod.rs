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
    /// Whether somebody could be in it for one instant: when something happened just so long ago.
    pub instant: bool,
}

impl Problem for EmptySegment {
    const CODE: &'static str = "empty-segment";

    fn tell(&self, to: &mut Report) {
        if self.instant {
            to.headline(format!("customers are in segment `{}` for one instant at most", self.name));
            to.label(self.at, "to be in it, something must have happened just so long ago, to the second");
            if let [first @ .., last] = &self.parts[..] {
                first.iter().for_each(|part| to.label(*part, "here begins"));
                to.label(*last, "what ends here");
            }
            to.help("let the two stretches of time overlap, or lie apart");
            return;
        }
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
