//! A part of an e-mail's template that nobody reads to whom the e-mail is sent.

use crate::{Problem, Report, Severity, Span};

/// What the checker has proved.
pub struct ExcludedBranch {
    /// The part's condition; of `else`, its tag.
    pub at: Span,
    /// All that send the e-mail: "campaign" or "trigger", its name, where it says to whom.
    pub senders: Vec<(String, String, Span)>,
}

impl Problem for ExcludedBranch {
    const CODE: &'static str = "excluded-branch";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        to.headline("nobody to whom this e-mail is sent is ever shown this part");
        to.label(self.at, "never shown");
        for (what, name, at) in &self.senders {
            to.label(*at, format!("{what} `{name}` sends it to nobody who would be"));
        }
        to.help("leave the part out, or send the e-mail to more customers");
    }
}
