//! `| raw` on a value that is not the author's own HTML.

use crate::{Problem, Report, Span};

/// What the template's checker knows.
pub struct RawData {
    /// The value as written: `first_name`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The filter.
    pub filter_at: Span,
}

impl Problem for RawData {
    const CODE: &'static str = "raw-data";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("`{}` comes from data and cannot be printed as HTML", self.name));
        to.label(self.filter_at, "this would print it without making it safe");
        to.label(self.span, "anyone could have written this");
        to.help("remove `| raw`: values are made safe where they are printed");
        to.note("`raw` is for your own HTML: captured parts of the template, and text in quotes");
    }
}
