//! A subject is longer than mail programs show.

use crate::{Problem, Report, Severity, Span};

/// What the checker of e-mails counted.
pub struct LongSubject {
    /// Characters that everybody gets, values not counted.
    pub length: usize,
    /// As many are shown.
    pub most: usize,
    /// The subject.
    pub at: Span,
}

impl Problem for LongSubject {
    const CODE: &'static str = "long-subject";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        to.headline("the end of this subject is cut off in most inboxes");
        to.label(self.at, format!("{} characters for everybody, without what is printed", self.length));
        to.help("say what matters first and leave the rest to the `preheader`");
        to.note(format!("a wide window shows about {} characters, a phone about 40", self.most));
    }
}
