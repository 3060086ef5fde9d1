//! Two things of different kinds stand where they must be of one kind.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct TypeMismatch {
    /// The sentence: "a point in time cannot be compared with a length of time".
    pub headline: String,
    /// Places and what stands there; the first is where it is told.
    pub labels: Vec<(Span, String)>,
    /// A remedy and its code.
    pub help: Option<(String, String)>,
}

impl Problem for TypeMismatch {
    const CODE: &'static str = "type-mismatch";

    fn tell(&self, to: &mut Report) {
        to.headline(self.headline.clone());
        for (span, text) in &self.labels {
            to.label(*span, text.clone());
        }
        if let Some((text, code)) = &self.help {
            to.paste(text.clone(), code.clone());
        }
    }
}
