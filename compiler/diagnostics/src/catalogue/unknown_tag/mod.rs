//! `{% … %}` with a word that is no tag.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub struct UnknownTag {
    /// The word.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The nearest tag there is.
    pub suggestion: Option<String>,
}

impl Problem for UnknownTag {
    const CODE: &'static str = "unknown-tag";

    fn tell(&self, to: &mut Report) {
        if self.name.is_empty() {
            to.headline("this tag has no name");
        } else {
            to.headline(format!("there is no tag called `{}`", self.name));
        }
        to.label(self.span, "not a tag");
        to.did_you_mean(self.span, self.suggestion.as_deref());
        if self.suggestion.is_none() {
            to.help("to print a value, write `{{ … }}`");
        }
    }
}
