//! A source does not say where a field that is never missing comes from.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingMapping {
    /// What is fed: `purchase`.
    pub target: String,
    /// The fields that nothing feeds.
    pub fields: Vec<String>,
    /// The `feeds`.
    pub at: Span,
    /// Where the first of them is declared.
    pub declared_at: Option<Span>,
}

impl Problem for MissingMapping {
    const CODE: &'static str = "missing-mapping";

    fn tell(&self, to: &mut Report) {
        let fields = self.fields.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ");
        to.headline(format!("this source does not say where {fields} of `{}` comes from", self.target));
        to.label(self.at, "fed here");
        to.label_maybe(self.declared_at, "declared here, and never missing");
        let lines: Vec<_> = self.fields.iter().map(|f| format!("{f} = …")).collect();
        to.paste("add", lines.join("\n"));
    }
}
