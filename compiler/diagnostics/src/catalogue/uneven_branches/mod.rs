//! The parts of an `{% if %}` or a loop leave the HTML at different places.

use crate::{Problem, Report, Span};

/// What the template's checker knows.
pub struct UnevenBranches {
    /// The tag that opens the block.
    pub span: Span,
    /// Whether it is a loop or captured, which must end where it began; else its parts must agree.
    pub repeats: bool,
}

impl Problem for UnevenBranches {
    const CODE: &'static str = "uneven-branches";

    fn tell(&self, to: &mut Report) {
        if self.repeats {
            to.headline("the inside of this block begins outside a tag and ends inside one");
            to.label(self.span, "its end is not where it began: a tag or a quote is left open");
        } else {
            to.headline("the parts of this block leave the HTML at different places");
            to.label(self.span, "one part ends inside a tag or a quote that another does not open");
        }
        to.help("open and close each tag and each quote within one part");
    }
}
