//! The languages of an e-mail do not say the same.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct UnevenTranslation {
    /// The text's key.
    pub key: String,
    /// Where a language says it.
    pub at: Span,
    /// That language.
    pub locale: String,
    /// In what they differ.
    pub uneven: Uneven,
    /// Where the other language says it, and which that is.
    pub other: Option<(Span, String)>,
}

/// In what languages differ.
pub enum Uneven {
    /// These do not say it.
    Missing(Vec<String>),
    /// Only one has this placeholder: the first, or the other.
    Placeholder(String, bool),
    /// Only one has forms of a plural.
    Plural,
}

impl Problem for UnevenTranslation {
    const CODE: &'static str = "uneven-translation";

    fn tell(&self, to: &mut Report) {
        let UnevenTranslation { key, locale, .. } = self;
        let other = self.other.as_ref().map_or("", |(_, other)| other);
        match &self.uneven {
            Uneven::Missing(locales) => {
                let names: Vec<_> = locales.iter().map(|l| format!("`{l}`")).collect();
                to.headline(format!("`{key}` is said in `{locale}` and not in {}", names.join(", ")));
                to.label(self.at, format!("said in `{locale}`"));
                to.help(format!("add `{key}` to the other files, or remove it here"));
            }
            Uneven::Placeholder(name, first) => {
                let (has, lacks) = if *first { (&**locale, other) } else { (other, &**locale) };
                to.headline(format!("`{key}` prints `{{{name}}}` in `{has}` and not in `{lacks}`"));
                to.label(self.at, format!("in `{locale}`"));
                self.other.iter().for_each(|(at, other)| to.label(*at, format!("in `{other}`")));
                to.help(format!("write `{{{name}}}` in both, spelt alike"));
            }
            Uneven::Plural => {
                to.headline(format!("`{key}` has a plural in one of `{locale}` and `{other}`"));
                to.label(self.at, format!("in `{locale}`"));
                self.other.iter().for_each(|(at, other)| to.label(*at, format!("in `{other}`")));
                to.help("give it a plural in both; a language without one has the form `other` alone");
            }
        }
    }
}
