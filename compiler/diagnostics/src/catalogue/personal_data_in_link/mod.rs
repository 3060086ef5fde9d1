//! Personal data is written into a link.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct PersonalDataInLink {
    /// The value.
    pub name: String,
    /// Where it is printed.
    pub at: Span,
    /// The way from the attribute to there.
    pub path: Vec<(Span, String)>,
}

impl Problem for PersonalDataInLink {
    const CODE: &'static str = "personal-data-in-link";

    fn tell(&self, to: &mut Report) {
        let name = &self.name;
        to.headline(format!("`{name}` is personal data, and would be part of a link"));
        to.label(self.at, "everyone on the way of a link reads it");
        for (at, says) in &self.path {
            to.label(*at, says);
        }
        to.paste("to tell customers apart, write", format!("{{{{ {name} | hashed }}}}"));
        to.help("or leave it out: links are counted by customer without it");
    }
}
