//! An e-mail or a call that names no consent and is not transactional.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingConsent {
    /// What: "the e-mail `summer`".
    pub what: String,
    /// Its name.
    pub at: Span,
    /// The consents there are, and where each is declared.
    pub consents: Vec<(String, Span)>,
}

/// Of more consents than this, only the names are shown.
const SHOWN: usize = 3;

impl Problem for MissingConsent {
    const CODE: &'static str = "missing-consent";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("{} names no consent to send it", self.what));
        to.label(self.at, "this would reach customers who have not agreed");
        let names = self.consents.iter().map(|(name, _)| format!("consent {name}")).collect::<Vec<_>>();
        match &self.consents[..] {
            [] => to.paste(
                "declare what people agree to, and name it here",
                "consent marketing \"Offers and news by e-mail\" { covers email }",
            ),
            [(_, declared_at)] => {
                to.label(*declared_at, "people agree to this one");
                to.paste("name the consent it needs", names.join("\n"));
            }
            several => {
                for (_, declared_at) in several.iter().take(SHOWN) {
                    to.label(*declared_at, "people agree to this");
                }
                to.paste("name the consent it needs, one of", names.join("\n"));
            }
        }
        to.paste("or, for a receipt or an account notice, write", "transactional");
    }
}
