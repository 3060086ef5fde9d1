//! `{{` or `{%` without its closing braces.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub struct UnclosedTag {
    /// The braces that open it: `{{` or `{%`.
    pub braces: &'static str,
    /// Where they stand.
    pub span: Span,
    /// Where the closing braces are missing; if half of them is there, that half.
    pub before: Span,
    /// What the tag says up to there, without its braces.
    pub inside: String,
}

impl Problem for UnclosedTag {
    const CODE: &'static str = "unclosed-tag";

    fn tell(&self, to: &mut Report) {
        let (open, close) = (self.braces, if self.braces == "{{" { "}}" } else { "%}" });
        to.headline(format!("this `{open}` is never closed"));
        to.label(self.span, "opened here");
        if self.before.start < self.before.end {
            to.label(self.before, format!("this is half of `{close}`"));
            to.fix(self.before, close, false);
        } else {
            to.label(self.before, format!("`{close}` is missing here"));
            to.fix(self.before, format!(" {close}"), false);
        }
        to.paste("close it", format!("{open} {} {close}", self.inside));
    }
}
