//! A plural has not the forms of its language.

use crate::{Problem, Report, Severity, Span};

/// What the checker knows.
pub struct PluralForms {
    /// The text's key.
    pub key: String,
    /// The language.
    pub locale: String,
    /// Where it says the text.
    pub at: Span,
    /// What is odd.
    pub odd: Odd,
}

/// What is odd with the forms of a plural.
pub enum Odd {
    /// This form is not there; a number that it is for.
    Missing(&'static str, u64),
    /// No number has this form; those that the language has.
    Unused(String, Vec<&'static str>),
}

impl Problem for PluralForms {
    const CODE: &'static str = "plural-forms";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let PluralForms { key, locale, .. } = self;
        match &self.odd {
            Odd::Missing(form, number) => {
                to.headline(format!("`{key}` has no form `{form}`, which `{locale}` has for {number}"));
                to.label(self.at, format!("{number} is said in the form `other`"));
                to.paste("add it", format!("{form} = \"{{count}} …\""));
            }
            Odd::Unused(form, forms) => {
                to.headline(format!("the form `{form}` of `{key}` is never said in `{locale}`"));
                let forms: Vec<_> = forms.iter().map(|form| format!("`{form}`")).collect();
                to.label(self.at, format!("whole numbers have {} in `{locale}`", forms.join(", ")));
                to.help("remove it");
            }
        }
    }
}
