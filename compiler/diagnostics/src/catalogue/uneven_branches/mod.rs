//! The parts of an `{% if %}` or a loop leave the HTML at different places.

use crate::{Problem, Report, Span};

/// What the template's checker knows.
pub struct UnevenBranches {
    /// The tag that opens the block.
    pub span: Span,
    /// What is uneven in it.
    pub uneven: Uneven,
}

/// What is uneven in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uneven {
    /// Its parts must agree.
    Parts,
    /// A loop, or what is captured, must end where it began.
    Inside,
    /// It begins in one part of a text in Markdown and ends in another.
    Markdown,
}

impl Problem for UnevenBranches {
    const CODE: &'static str = "uneven-branches";

    fn tell(&self, to: &mut Report) {
        match self.uneven {
            Uneven::Inside => {
                to.headline("the inside of this block begins outside a tag and ends inside one");
                to.label(self.span, "its end is not where it began: a tag or a quote is left open");
            }
            Uneven::Parts => {
                to.headline("the parts of this block leave the HTML at different places");
                to.label(self.span, "one part ends inside a tag or a quote that another does not open");
            }
            Uneven::Markdown => {
                to.headline("this block begins in one part of the Markdown and ends in another");
                to.label(
                    self.span,
                    "it ends, or goes on, in another item, emphasis or link than it begins in",
                );
                to.help("begin and end it in the same one, or put its tags on lines of their own");
                return;
            }
        }
        to.help("open and close each tag and each quote within one part");
    }
}
