//! A value with a purpose goes where no consent covers that purpose.

use crate::{Problem, Report, Span};

/// Where a value goes.
pub enum Sink {
    /// To the customer, by leave of a consent.
    Consent {
        /// The e-mail.
        email: String,
        /// The consent.
        consent: String,
        /// Where that is declared.
        at: Span,
        /// What it covers.
        covers: Vec<String>,
    },
    /// To the customer, in a transactional e-mail.
    Transactional {
        /// The e-mail.
        email: String,
        /// Where it is declared.
        at: Span,
    },
    /// To another system, in a call.
    Call {
        /// The destination.
        destination: String,
        /// Where the call is written.
        at: Span,
        /// The consent that it names, where that is declared, and what it covers; none in a transactional call.
        consent: Option<(String, Span, Vec<String>)>,
    },
    /// To another system.
    Destination {
        /// The destination.
        name: String,
        /// Where it is declared.
        at: Span,
    },
}

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
    /// Where it goes.
    pub sink: Sink,
}

impl Problem for UncoveredPurpose {
    const CODE: &'static str = "uncovered-purpose";

    fn tell(&self, to: &mut Report) {
        let (name, purpose) = (&self.name, &self.purpose);
        to.headline(match &self.sink {
            Sink::Consent { consent, .. } => {
                format!("`{name}` is for `{purpose}`, which `{consent}` does not cover")
            }
            Sink::Transactional { email, .. } => {
                format!("`{name}` is for `{purpose}`, and `{email}` has no consent that covers it")
            }
            Sink::Call { destination, .. } | Sink::Destination { name: destination, .. } => {
                format!("`{name}` is for `{purpose}`, and no consent lets it go to `{destination}`")
            }
        });
        to.label(self.at, &self.says);
        for (at, says) in &self.path {
            to.label(*at, says);
        }
        match &self.sink {
            Sink::Consent { email, consent, at, covers } => {
                to.label(*at, format!("`{email}` is sent by this consent"));
                let covers = format!("covers {}, {purpose}", covers.join(", "));
                to.paste(format!("if people agreed to that, write in `{consent}`"), covers);
                to.help("or do without it here");
            }
            Sink::Transactional { at, .. } => {
                to.label(*at, "transactional: it may use what is for `service`, and what has no purpose");
                to.help("leave it out, or send an e-mail that has a consent");
            }
            Sink::Call { destination, at, consent: Some((consent, declared, covers)) } => {
                to.label_maybe((*at != self.at).then_some(*at), "goes to another system by this call");
                to.label(*declared, format!("`{destination}` is called by this consent"));
                let missing = [purpose, destination].into_iter().filter(|what| !covers.contains(what));
                let all: Vec<&str> = covers.iter().chain(missing).map(String::as_str).collect();
                let what = format!("if people agreed to that, write in `{consent}`");
                to.paste(what, format!("covers {}", all.join(", ")));
                to.help("or leave it out of the call");
            }
            Sink::Call { at, consent: None, .. } => {
                to.label(*at, "transactional: it may hand on what is for `service`, and what has no purpose");
                to.help("leave it out, or name a consent that covers it");
            }
            Sink::Destination { name: destination, at } => {
                to.label_maybe((*at != self.at).then_some(*at), "goes to this destination");
                to.paste(
                    "if people agreed to both, write in a consent",
                    format!("covers {purpose}, {destination}"),
                );
                to.help("or leave it out of what the destination `sends`");
            }
        }
    }
}
