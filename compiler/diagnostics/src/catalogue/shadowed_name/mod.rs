//! A name that means two things, of which the nearer one is taken.

use crate::{Problem, Report, Severity, Span};

/// What the checker knows.
pub struct ShadowedName {
    /// The name.
    pub name: String,
    /// Where it is written.
    pub at: Span,
    /// What it is taken for: ``the field of `purchase` ``.
    pub taken: String,
    /// Where that is declared.
    pub taken_at: Option<Span>,
    /// What it hides: `the attribute of the customer`.
    pub hidden: String,
    /// Where that is declared.
    pub hidden_at: Option<Span>,
    /// How to write each so that it is clear, with what it then is.
    pub instead: Vec<(String, String)>,
}

impl Problem for ShadowedName {
    const CODE: &'static str = "shadowed-name";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        to.headline(format!("`{}` is {} here, and hides {}", self.name, self.taken, self.hidden));
        to.label(self.at, format!("taken for {}", self.taken));
        to.label_maybe(self.taken_at, "declared here");
        to.label_maybe(self.hidden_at, "hidden there");
        for (what, code) in &self.instead {
            to.paste(what, code);
        }
    }
}
