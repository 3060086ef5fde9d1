//! A value that some customers lack is printed without saying what to print then.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingFallback {
    /// The value as it is written in the template: `first_name`.
    pub name: String,
    /// Where it is printed.
    pub printed_at: Span,
    /// Where it is decided that it may be missing, if that lies in the program, and what is to be said there.
    pub because: Option<(Span, String)>,
    /// Where somebody says to whom this is sent, and that some of these have none.
    pub sent_without: Option<(Span, String)>,
    /// What to write there, with a value of its kind to stand in: `{{ spend | money | default: "…" }}`.
    pub instead: String,
    /// How to print a part only where the value is present, if a condition can ask for it.
    pub only_where: Option<String>,
}

impl Problem for MissingFallback {
    const CODE: &'static str = "missing-fallback";

    fn tell(&self, to: &mut Report) {
        to.headline(format!("`{}` may be missing, and nothing says what to print then", self.name));
        to.label(self.printed_at, "printed here");
        if let Some((at, why)) = &self.because {
            to.label(*at, why);
        }
        if let Some((at, why)) = &self.sent_without {
            to.label(*at, why);
        }
        to.paste("say what to print instead", &self.instead);
        if let Some(only_where) = &self.only_where {
            to.paste("or print this part only where it is present", only_where);
        }
    }
}
