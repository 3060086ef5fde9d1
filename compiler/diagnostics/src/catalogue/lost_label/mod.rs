//! A value is written into an attribute that does not say what the value is.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct LostLabel {
    /// The attribute or field that is labelled.
    pub name: String,
    /// What it is for; none if it is personal data.
    pub purpose: Option<String>,
    /// Where it is written into the attribute, or decides that something is.
    pub at: Span,
    /// Whether it decides, rather than being written itself.
    pub decides: bool,
    /// The way from what is labelled to there.
    pub path: Vec<(Span, String)>,
    /// The attribute that gets it.
    pub into: String,
    /// Where that is declared.
    pub into_at: Option<Span>,
}

impl Problem for LostLabel {
    const CODE: &'static str = "lost-label";

    fn tell(&self, to: &mut Report) {
        let (name, into) = (&self.name, &self.into);
        let label = self.purpose.as_ref().map_or("pii".to_string(), |purpose| format!("purpose {purpose}"));
        to.headline(match &self.purpose {
            None => format!("`{name}` is personal data, and `{into}` does not say so"),
            Some(purpose) => format!("`{name}` is for `{purpose}`, and `{into}` does not say so"),
        });
        let does = if self.decides { "decides here what is written into" } else { "written here into" };
        to.label(self.at, format!("{does} `{into}`"));
        for (at, says) in &self.path {
            to.label(*at, says);
        }
        to.label_maybe(self.into_at, format!("declared without `{label}` here"));
        to.paste(format!("write behind the type of `{into}`"), &label);
        if self.purpose.is_none() {
            to.help(format!("or write a hash of it: `hashed({name})`"));
        } else {
            to.help("or do without it here");
        }
    }
}
