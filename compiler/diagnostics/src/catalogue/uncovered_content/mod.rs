//! An e-mail shows what it may not by the leave it is sent by.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct UncoveredContent {
    /// The e-mail.
    pub email: String,
    /// The consent it is sent by; none if it is transactional.
    pub leave: Option<String>,
    /// Where it says so.
    pub leave_at: Span,
    /// What it shows: "the block `hero`".
    pub what: String,
    /// The consent that this needs, and where that is said; any consent if none.
    pub needs: Option<(String, Span)>,
    /// How it comes into the e-mail, from the e-mail on.
    pub way: Vec<(Span, String)>,
}

impl Problem for UncoveredContent {
    const CODE: &'static str = "uncovered-content";

    fn tell(&self, to: &mut Report) {
        let UncoveredContent { email, what, .. } = self;
        to.headline(match &self.leave {
            None => format!("`{email}` is transactional and may not carry {what}"),
            Some(leave) => format!("`{email}` is sent by leave of `{leave}`, which is not that of {what}"),
        });
        // The last step is where it stands.
        for (at, says) in self.way.iter().rev() {
            to.label(*at, says.clone());
        }
        match &self.leave {
            None => to.label(self.leave_at, "needs nobody's consent"),
            Some(leave) => to.label(self.leave_at, format!("to those who gave `{leave}`")),
        }
        match &self.needs {
            Some((consent, at)) => {
                to.label(*at, format!("for those who gave `{consent}`"));
                to.help(format!("send `{email}` by `consent {consent}`, or take {what} out of it"));
            }
            None => {
                to.note("offers and recommendations promote: a receipt with one needs a consent");
                to.help(format!("send it in an e-mail by consent, or take {what} out of `{email}`"));
            }
        }
    }
}
