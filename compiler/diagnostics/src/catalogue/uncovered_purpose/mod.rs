//! A value with a purpose is used for an e-mail whose consent does not cover that purpose.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct UncoveredPurpose {
    /// The attribute.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Where it is used.
    pub at: Span,
    /// What is to be said there.
    pub says: String,
    /// The way from the attribute to there.
    pub path: Vec<(Span, String)>,
    /// The e-mail, and where it is declared.
    pub email: (String, Span),
    /// Its consent, where that is declared and what it covers; none where it is transactional.
    pub consent: Option<(String, Span, Vec<String>)>,
}

impl Problem for UncoveredPurpose {
    const CODE: &'static str = "uncovered-purpose";

    fn tell(&self, to: &mut Report) {
        let (name, purpose) = (&self.name, &self.purpose);
        let (email, email_at) = &self.email;
        to.headline(match &self.consent {
            Some((consent, ..)) => format!("`{name}` is for `{purpose}`, which `{consent}` does not cover"),
            None => format!("`{name}` is for `{purpose}`, and `{email}` has no consent that covers it"),
        });
        to.label(self.at, &self.says);
        for (at, says) in &self.path {
            to.label(*at, says);
        }
        match &self.consent {
            Some((consent, at, covers)) => {
                to.label(*at, format!("`{email}` is sent by this consent"));
                let mut all = covers.clone();
                all.push(purpose.clone());
                let list = format!("covers {}", all.join(", "));
                to.paste(format!("if people agreed to that, write in `{consent}`"), list);
                to.help("or do without it here");
            }
            None => {
                to.label(
                    *email_at,
                    "transactional: it may use what is for `service`, and what has no purpose",
                );
                to.help("leave it out, or send an e-mail that has a consent");
            }
        }
    }
}
