//! A campaign to nobody.

use super::empty_segment::contradiction;
use crate::{Problem, Report, Span};

/// What the checker has proved.
pub struct EmptyAudience {
    /// The campaign.
    pub name: String,
    /// Where its name stands.
    pub at: Span,
    /// The parts of its condition that cannot hold together.
    pub parts: Vec<Span>,
}

impl Problem for EmptyAudience {
    const CODE: &'static str = "empty-audience";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("the campaign `{}` goes to nobody", self.name));
        to.label(self.at, "never sent");
        contradiction(to, &self.parts);
    }
}
