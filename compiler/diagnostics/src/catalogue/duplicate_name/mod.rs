//! Two declarations give one name.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct DuplicateName {
    /// What is declared: "segment".
    pub what: String,
    /// The name.
    pub name: String,
    /// The second declaration.
    pub again_at: Span,
    /// The first one; none where it is built in.
    pub first_at: Option<Span>,
}

impl Problem for DuplicateName {
    const CODE: &'static str = "duplicate-name";

    fn tell(&self, to: &mut Report) {
        let DuplicateName { what, name, .. } = self;
        to.headline(format!("the {what} `{name}` is declared twice"));
        to.label(self.again_at, "declared again here");
        match self.first_at {
            Some(first) => to.label(first, "first declared here"),
            None => to.note(format!("`{name}` is built in")),
        }
        to.help("give one of them another name, or remove it");
    }
}
