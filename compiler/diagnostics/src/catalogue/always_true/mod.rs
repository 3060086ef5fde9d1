//! A condition that is always true, because a list is never missing.

use crate::{Problem, Report, Severity, Span};

/// What the template's checker knows.
pub struct AlwaysTrue {
    /// The list as written: `cart`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

impl Problem for AlwaysTrue {
    const CODE: &'static str = "always-true";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let name = &self.name;
        to.headline(format!("`{name}` is a list and always there, so this is always true"));
        to.label(self.span, "true even when the list is empty");
        to.paste("to ask whether it holds anything, write", format!("{{% if {name} != empty %}}"));
        to.fix(self.span.after(), " != empty", false);
    }
}
