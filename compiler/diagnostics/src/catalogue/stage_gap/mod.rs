//! A customer whom no stage of an exclusive lifecycle takes.

use crate::{Problem, Report, Span};

/// What the checker has found.
pub struct StageGap {
    /// The lifecycle.
    pub name: String,
    /// Where it is declared.
    pub at: Span,
    /// The last stage.
    pub last_at: Option<Span>,
    /// Somebody in none of them: "a customer with …".
    pub witness: String,
}

impl Problem for StageGap {
    const CODE: &'static str = "stage-gap";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("some customers are in no stage of the lifecycle `{}`", self.name));
        to.label(self.at, "its stages do not take everybody");
        to.note(format!("for example {}", self.witness));
        to.label_maybe(self.last_at, "a stage is missing, here or before");
        to.paste("give the others a stage as well", "stage others otherwise");
    }
}
