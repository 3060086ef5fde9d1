//! A value between two cases that neither of them takes.

use crate::{Problem, Report, Severity, Span};

/// What the checker has found.
pub struct MissedBoundary {
    /// The value, as it is written: `59`.
    pub value: String,
    /// Of what, if it has a name.
    pub name: Option<String>,
    /// The condition of one case.
    pub first_at: Span,
    /// The condition of a later one.
    pub second_at: Span,
    /// Somebody in neither: "a customer with …".
    pub witness: String,
}

impl Problem for MissedBoundary {
    const CODE: &'static str = "missed-boundary";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let value = &self.value;
        let of = self.name.as_ref().map_or(String::new(), |name| format!("`{name}` "));
        to.headline(format!("{of}{value} falls between two cases").trim_start().to_string());
        to.label(self.second_at, format!("this leaves out {value}"));
        to.label(self.first_at, "and so does this");
        to.note(format!("for example {} is in neither", self.witness));
        to.help("let one of the two take it: `>=` or `<=`");
    }
}
