//! A name that is no value of an enum or no stage of a lifecycle.

use crate::{Problem, Report, Span, suggest};

/// What the checker knows.
pub struct UnknownValue {
    /// The name as written.
    pub name: String,
    /// Where it stands.
    pub at: Span,
    /// The enum or lifecycle: `tier`.
    pub of: String,
    /// Its values.
    pub values: Vec<String>,
    /// Where it is declared.
    pub declared_at: Option<Span>,
}

impl Problem for UnknownValue {
    const CODE: &'static str = "unknown-value";

    fn tell(&self, to: &mut Report) {
        let UnknownValue { name, of, values, .. } = self;
        to.headline(format!("`{name}` is not a value of `{of}`"));
        to.cause(format!("{name} of {of}"));
        to.label(self.at, "not one of its values");
        to.label_maybe(self.declared_at, format!("`{of}` is declared here"));
        match suggest(name, values.iter().map(String::as_str)) {
            Some(nearest) => to.did_you_mean(self.at, Some(nearest)),
            None if values.is_empty() => to.note(format!("`{of}` has no values that could be read")),
            None => to.note(format!("it is one of {}", values.join(", "))),
        }
    }
}
