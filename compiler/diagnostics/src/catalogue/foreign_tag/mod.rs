//! A merge tag of another provider, which would be sent as it stands.

use crate::{Problem, Report, Span};

/// What the template's checker knows.
pub struct ForeignTag {
    /// As written: `*|FNAME|*`.
    pub written: String,
    /// Where.
    pub at: Span,
    /// What to write for it, if that is known.
    pub instead: Option<String>,
}

impl Problem for ForeignTag {
    const CODE: &'static str = "foreign-tag";

    fn tell(&self, to: &mut Report) {
        let short: String = self.written.chars().take(32).collect();
        to.headline(format!("`{short}` is another provider's, and would be sent as it stands"));
        to.label(self.at, "nothing puts a value in its place");
        match &self.instead {
            Some(instead) => to.paste("write it like this", instead),
            None => to.help("a value is printed by `{{ name }}`"),
        };
    }
}
