//! A declaration says a thing twice that can be said once.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct RepeatedMember {
    /// The member: `body`.
    pub what: String,
    /// The second one.
    pub again_at: Span,
    /// The first one.
    pub first_at: Span,
}

impl Problem for RepeatedMember {
    const CODE: &'static str = "repeated-member";

    fn tell(&self, to: &mut Report) {
        let what = &self.what;
        to.headline(format!("`{what}` is given twice"));
        to.label(self.again_at, "given again here");
        to.label(self.first_at, "first given here");
        to.help("keep one of them");
    }
}
