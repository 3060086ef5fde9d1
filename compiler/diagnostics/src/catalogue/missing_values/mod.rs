//! An event or a row of a test lacks a field that is never missing.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingValues {
    /// The event or entity: `purchase`.
    pub of: String,
    /// The fields that have no value.
    pub fields: Vec<String>,
    /// Where it is named.
    pub at: Span,
    /// Where the first of them is declared.
    pub declared_at: Option<Span>,
}

impl Problem for MissingValues {
    const CODE: &'static str = "missing-values";

    fn tell(&self, to: &mut Report) {
        let fields = self.fields.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ");
        to.headline(format!("this `{}` has no {fields}", self.of));
        to.label(self.at, format!("no {fields} is given"));
        to.label_maybe(self.declared_at, "declared here, and never missing");
        let values: Vec<_> = self.fields.iter().map(|f| format!("{f}: …")).collect();
        to.paste("add", values.join("  "));
    }
}
