//! Something that is neither true nor false stands where a condition must.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct NotACondition {
    /// Where it stands.
    pub at: Span,
    /// As written.
    pub written: String,
    /// What it is: "money".
    pub is: String,
    /// Whether it may be missing.
    pub optional: bool,
}

impl Problem for NotACondition {
    const CODE: &'static str = "not-a-condition";

    fn tell(&self, to: &mut Report) {
        let NotACondition { written, is, .. } = self;
        to.headline(format!("`{written}` is {is}, not a condition"));
        to.label(self.at, format!("this is {is}; a condition is true or false"));
        if self.optional {
            to.paste("to ask whether there is one, write", format!("{written} is present"));
        } else {
            to.help("compare it with something");
        }
    }
}
