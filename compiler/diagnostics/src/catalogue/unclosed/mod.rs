//! A bracket, a string or a tag is opened and never closed.

use crate::{Problem, Report, Span};

/// What the parser knows.
pub struct Unclosed {
    /// What opens: `{`, `"`, `{{`.
    pub what: String,
    /// What would close it.
    pub closing: String,
    /// Where it opens.
    pub opened_at: Span,
    /// Where at the latest it should be closed, if that is known.
    pub missing_at: Option<Span>,
}

impl Problem for Unclosed {
    const CODE: &'static str = "unclosed";

    fn tell(&self, to: &mut Report) {
        let Unclosed { what, closing, .. } = self;
        to.headline(format!("this `{what}` is never closed"));
        to.label(self.opened_at, "opened here");
        to.label_maybe(self.missing_at, format!("`{closing}` is missing before here"));
        if let Some(at) = self.missing_at {
            to.fix(at, closing.clone(), false);
        }
    }
}
