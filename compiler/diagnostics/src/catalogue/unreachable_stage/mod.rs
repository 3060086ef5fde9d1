//! A stage that no customer can reach.

use super::empty_segment::contradiction;
use crate::{Problem, Report, Span};

/// What the checker has proved.
pub struct UnreachableStage {
    /// The stage.
    pub name: String,
    /// Where its name stands.
    pub at: Span,
    /// The parts of its own condition that cannot hold together, if it is that.
    pub parts: Vec<Span>,
    /// Earlier stages that take everybody who would fit: their names and conditions.
    pub taken_by: Vec<(String, Span)>,
}

impl Problem for UnreachableStage {
    const CODE: &'static str = "unreachable-stage";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("no customer can ever be in stage `{}`", self.name));
        to.label(self.at, "nobody gets here");
        contradiction(to, &self.parts);
        for (name, at) in &self.taken_by {
            to.label(*at, format!("`{name}` comes first and takes them"));
        }
        if !self.taken_by.is_empty() {
            to.help("the first stage that fits wins: put the narrower one first");
        }
    }
}
