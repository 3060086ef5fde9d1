//! A declaration lacks something it cannot do without.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingMember {
    /// The declaration: "the e-mail `welcome`".
    pub what: String,
    /// What it lacks: "a subject".
    pub lacks: String,
    /// Its name.
    pub at: Span,
    /// What to write.
    pub form: String,
    /// Whether that stands elsewhere, and mends all that lack it.
    pub elsewhere: bool,
}

impl Problem for MissingMember {
    const CODE: &'static str = "missing-member";

    fn tell(&self, to: &mut Report) {
        let MissingMember { what, lacks, .. } = self;
        to.headline(format!("{what} has no {lacks}"));
        to.label(self.at, format!("no {lacks} is given"));
        to.paste("add", self.form.clone());
        if self.elsewhere {
            to.cause(lacks.clone());
        }
    }
}
