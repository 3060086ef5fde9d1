//! Something else was expected here.

use crate::{Fix, Problem, Report, Span};

/// What the parser knows.
pub struct SyntaxError {
    /// What would have been right: "`:` and a type".
    pub expected: String,
    /// What stands there; none where the line or the file ends.
    pub found: Option<String>,
    /// The token found, or the last one before the gap.
    pub at: Span,
    /// How to mend it, where that is known.
    pub hint: Option<String>,
    /// How the form at hand is written, from the grammar's comments.
    pub form: Option<String>,
    /// What to write instead, where nothing else can be meant.
    pub fix: Option<Fix>,
}

impl Problem for SyntaxError {
    const CODE: &'static str = "syntax-error";

    fn tell(&self, to: &mut Report) {
        let expected = &self.expected;
        match &self.found {
            Some(found) => {
                let found: String = found.lines().next().unwrap_or("").chars().take(30).collect();
                to.headline(format!("expected {expected}, found `{found}`"));
                to.label(self.at, format!("expected {expected} here"));
            }
            None => {
                to.headline(format!("expected {expected}"));
                to.label(self.at, format!("expected {expected} after this"));
            }
        }
        if let Some(hint) = &self.hint {
            to.help(hint.clone());
        }
        if let Some(form) = &self.form {
            to.paste("it is written like this", form.clone());
        }
        if let Some(fix) = &self.fix {
            to.fix(fix.span, fix.text.clone(), fix.certain);
        }
    }
}
