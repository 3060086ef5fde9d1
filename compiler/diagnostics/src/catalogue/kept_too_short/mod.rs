//! A query looks further back than its events are kept.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct KeptTooShort {
    /// The event: `product_view`.
    pub event: String,
    /// How far back the query looks: `365 days`.
    pub looks_back: String,
    /// The query.
    pub at: Span,
    /// How long its events are kept: `25 days`.
    pub kept: String,
    /// Where that is said.
    pub kept_at: Span,
}

impl Problem for KeptTooShort {
    const CODE: &'static str = "kept-too-short";

    fn tell(&self, to: &mut Report) {
        let KeptTooShort { event, looks_back, kept, .. } = self;
        to.headline(format!("this looks back {looks_back}, but `{event}` is kept {kept}"));
        to.label(self.at, format!("looks back {looks_back}"));
        to.label(self.kept_at, format!("kept {kept}, then erased"));
        to.paste("keep these events longer", format!("retain {event} {looks_back}"));
        to.help(format!("or look back no further than {kept}"));
    }
}
