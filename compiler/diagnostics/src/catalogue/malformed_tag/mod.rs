//! A tag whose inside does not read as its kind demands.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub struct MalformedTag {
    /// The tag: `{{ … }}`, `{% for … %}`.
    pub tag: String,
    /// What stands where something else belongs; `None` at the tag's end.
    pub found: Option<String>,
    /// Where.
    pub span: Span,
    /// What belongs there: "the name of a filter".
    pub expected: String,
    /// What to write instead, where a habit of other languages explains the mistake.
    pub help: Option<String>,
    /// The whole as it is to be written, where that is known.
    pub instead: Option<String>,
}

impl Problem for MalformedTag {
    const CODE: &'static str = "malformed-tag";

    fn tell(&self, to: &mut Report) {
        let MalformedTag { tag, expected, .. } = self;
        match &self.found {
            Some(found) => {
                let short: String = found.chars().take(24).collect();
                to.headline(format!("`{short}` does not belong here in `{tag}`"));
            }
            None => to.headline(format!("`{tag}` ends too early")),
        }
        to.label(self.span, format!("{expected} belongs here"));
        match (&self.help, &self.instead) {
            (help, Some(instead)) => to.paste(help.as_deref().unwrap_or("write it like this"), instead),
            (Some(help), None) => to.help(help),
            (None, None) => {}
        }
    }
}
