//! A body is longer than a mail program shows.

use crate::{Problem, Report, Severity, Span};

/// What the checker of e-mails counted.
pub struct ClippedBody {
    /// The e-mail's name.
    pub email: String,
    /// Bytes that somebody can get, values not counted.
    pub length: usize,
    /// As many are shown.
    pub most: usize,
    /// The body.
    pub at: Span,
    /// Its layout, with how much of it that is.
    pub layout: Option<(Span, usize)>,
}

impl Problem for ClippedBody {
    const CODE: &'static str = "clipped-body";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let kilobytes = |bytes: usize| bytes.div_ceil(1024);
        to.headline(format!("Gmail cuts off the end of `{}`", self.email));
        to.label(self.at, format!("{} KB can be sent, without what is printed", kilobytes(self.length)));
        if let Some((layout, length)) = self.layout {
            to.label(layout, format!("{} KB of it are the layout", kilobytes(length)));
        }
        to.help("leave out what can be read on a page: comments, unused styles, the last of many products");
        to.note(format!(
            "Gmail shows {} KB of HTML and hides the rest behind a link, the way out of the list with it",
            self.most / 1024
        ));
    }
}
