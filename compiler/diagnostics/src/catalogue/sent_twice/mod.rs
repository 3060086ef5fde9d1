//! One e-mail sent twice at one moment of a flow.

use crate::{Problem, Report, Severity, Span};

/// What the checker has found.
pub struct SentTwice {
    /// The e-mail.
    pub email: String,
    /// The second step that sends it.
    pub again_at: Span,
    /// The first one.
    pub first_at: Span,
    /// Somebody who takes both: "a customer with …"; none where everybody does who comes to one of them.
    pub witness: Option<String>,
}

impl Problem for SentTwice {
    const CODE: &'static str = "sent-twice";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let email = &self.email;
        to.headline(format!("`{email}` is sent twice at the same moment"));
        to.label(self.again_at, "sent again here");
        to.label(self.first_at, "sent here, and nothing waits between the two");
        if let Some(witness) = &self.witness {
            to.note(format!("for example to {witness}"));
        }
        to.help("remove one of the two, or send another e-mail");
        to.paste("or let some time pass between them", "wait 1 day");
    }
}
