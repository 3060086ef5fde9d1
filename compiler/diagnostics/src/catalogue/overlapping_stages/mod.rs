//! Two stages of an exclusive lifecycle that take the same customer.

use crate::{Problem, Report, Span};

/// What the checker has found.
pub struct OverlappingStages {
    /// The earlier stage.
    pub first: String,
    /// Its condition.
    pub first_at: Span,
    /// The later stage.
    pub second: String,
    /// Its condition.
    pub second_at: Span,
    /// Somebody in both: "a customer with …".
    pub witness: String,
}

impl Problem for OverlappingStages {
    const CODE: &'static str = "overlapping-stages";

    fn tell(&self, to: &mut Report) {
        let (first, second) = (&self.first, &self.second);
        to.headline(format!("a customer can be in stages `{first}` and `{second}` at once"));
        to.label(self.second_at, "and so is this");
        to.label(self.first_at, "this is true of them");
        to.note(format!("for example {}", self.witness));
        to.help("the stages of an exclusive lifecycle share customers out: start one where the other ends");
        to.help("or leave `exclusive` away: then the first stage that fits wins");
    }
}
