//! An image has no words to stand for it.

use crate::{Problem, Report, Severity, Span};

/// What the reader of a body's images knows.
pub struct ImageWithoutAlt {
    /// `img` or `mj-image`.
    pub element: String,
    /// Where it is opened.
    pub at: Span,
}

impl Problem for ImageWithoutAlt {
    const CODE: &'static str = "image-without-alt";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        to.headline("this image says nothing to those who do not see it");
        to.label(self.at, format!("`<{}>` has no `alt`", self.element));
        to.help(
            "say in `alt=\"…\"` what it shows; many mail programs load no images until they are asked to",
        );
        to.paste("if it is an ornament, say that there is nothing to miss", "alt=\"\"");
        to.fix(self.at.after(), " alt=\"\"", false);
    }
}
