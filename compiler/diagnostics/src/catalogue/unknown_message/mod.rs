//! Events of e-mail are asked for a message that nothing sends.

use crate::{Problem, Report, Severity, Span, suggest};

/// What the checker knows.
pub struct UnknownMessage {
    /// What is asked for: `email`, `trigger`, `campaign` or `variant`.
    pub field: String,
    /// The name as written.
    pub name: String,
    /// Where it stands.
    pub at: Span,
    /// Whether that is the name alone.
    pub alone: bool,
    /// The names there are.
    pub known: Vec<String>,
}

impl Problem for UnknownMessage {
    const CODE: &'static str = "unknown-message";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let UnknownMessage { field, name, .. } = self;
        let what = if field == "email" { "e-mail" } else { field };
        to.headline(format!("no {what} of this program is called `{name}`"));
        to.label(self.at, format!("no event has this `{field}`"));
        if let Some(nearest) = suggest(name, self.known.iter().map(String::as_str)) {
            to.help(format!("did you mean \"{nearest}\"?"));
            if self.alone {
                to.fix(self.at, format!("\"{nearest}\""), false);
            }
        }
        to.note("what was sent under a name that is gone keeps that name");
    }
}
