//! An e-mail or a call that names no consent and is not transactional.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingConsent {
    /// What: "the e-mail `summer`".
    pub what: String,
    /// Its name.
    pub at: Span,
    /// The consents there are.
    pub consents: Vec<String>,
}

impl Problem for MissingConsent {
    const CODE: &'static str = "missing-consent";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("{} names no consent to send it", self.what));
        to.label(self.at, "this would reach customers who have not agreed");
        let consent = self.consents.first().map_or("marketing", String::as_str);
        to.paste("name the consent it needs", format!("consent {consent}"));
        to.paste("or, for a receipt or an account notice, write", "transactional");
    }
}
