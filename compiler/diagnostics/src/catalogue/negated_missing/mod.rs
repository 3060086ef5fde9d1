//! A negation is true also for those who lack the value it asks about.

use crate::{Problem, Report, Severity, Span};

/// A value that may be missing under a negation.
pub struct Lacking {
    /// As it is written: `age`.
    pub name: String,
    /// Where it is decided that it may be missing, and what is to be said there.
    pub because: Option<(Span, String)>,
}

/// What the checker knows.
pub struct NegatedMissing {
    /// Whom it takes in: `customers`, or events by their name.
    pub whom: String,
    /// The negation.
    pub at: Span,
    /// As it is written, on one line.
    pub written: String,
    /// What they may lack; at least one.
    pub lacking: Vec<Lacking>,
    /// Whether more is joined to it by `and`: what is joined by `or` then needs parentheses.
    pub within_and: bool,
}

impl Problem for NegatedMissing {
    const CODE: &'static str = "negated-missing";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let names: Vec<String> = self.lacking.iter().map(|l| format!("`{}`", l.name)).collect();
        let headline = match &self.lacking[..] {
            // A summary written out is too long for a sentence.
            [first, ..] if first.name.len() < 36 => {
                format!("a negation takes in {} with no `{}`", self.whom, first.name)
            }
            _ => format!("a negation takes in {} for whom there is no value", self.whom),
        };
        to.headline(headline);
        to.label(self.at, format!("also true where {} is missing", names.join(" or ")));
        let mut told: Vec<Span> = Vec::new();
        for (at, why) in self.lacking.iter().filter_map(|lacking| lacking.because.as_ref()) {
            if !told.contains(at) {
                told.push(*at);
                to.label(*at, why);
            }
        }
        let each = |joint: &str, is: &str| {
            let parts = self.lacking.iter().map(|l| format!(" {joint} {} is {is}", l.name));
            parts.collect::<String>()
        };
        to.paste("leave them out", format!("{}{}", self.written, each("and", "present")));
        let taken_in = format!("{}{}", self.written, each("or", "missing"));
        to.paste(
            "or say that they are meant",
            if self.within_and { format!("({taken_in})") } else { taken_in },
        );
    }
}
