//! A part of an `{% if %}` after its `{% else %}`.

use crate::{Problem, Report, Severity, Span};

/// What the template's reader knows.
pub struct UnreachableBranch {
    /// The tag that opens the part: `{% elsif … %}` or a second `{% else %}`.
    pub span: Span,
    /// The `{% else %}` before it.
    pub otherwise_at: Span,
}

impl Problem for UnreachableBranch {
    const CODE: &'static str = "unreachable-branch";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        to.headline("this part is never printed: an `{% else %}` stands before it");
        to.label(self.span, "never reached");
        to.label(self.otherwise_at, "this takes everyone who is left");
    }
}
