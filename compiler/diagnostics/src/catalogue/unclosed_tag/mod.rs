//! `{{` or `{%` without its closing braces.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub struct UnclosedTag {
    /// The braces that open it: `{{` or `{%`.
    pub braces: &'static str,
    /// Where they stand.
    pub span: Span,
    /// Where the closing braces are missing: before the next tag, else at the end of the line.
    pub before: Span,
}

impl Problem for UnclosedTag {
    const CODE: &'static str = "unclosed-tag";

    fn tell(&self, to: &mut Report) {
        let (open, close) = (self.braces, if self.braces == "{{" { "}}" } else { "%}" });
        to.headline(format!("this `{open}` is never closed"));
        to.label(self.span, "opened here");
        to.label(self.before, format!("`{close}` is missing before this"));
        to.fix(self.before, format!(" {close}"), false);
    }
}
