//! Declarations that need each other to be worked out.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct Cycle {
    /// The names in order; the last needs the first.
    pub names: Vec<String>,
    /// Where each is declared.
    pub at: Vec<Span>,
}

impl Problem for Cycle {
    const CODE: &'static str = "cycle";

    fn tell(&self, to: &mut Report) {
        let path = self
            .names
            .iter()
            .chain(self.names.first())
            .map(|n| format!("`{n}`"))
            .collect::<Vec<_>>()
            .join(" → ");
        to.headline(match self.names.as_slice() {
            [only] => format!("`{only}` is defined by itself"),
            _ => format!("these are defined by each other: {path}"),
        });
        for (name, span) in self.names.iter().zip(&self.at) {
            to.label(*span, format!("`{name}` needs the next one"));
        }
        to.help("break the circle: define one of them without the others");
    }
}
