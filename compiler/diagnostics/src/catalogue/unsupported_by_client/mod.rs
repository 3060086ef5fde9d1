//! A template uses what a mail program the project writes for does not show.

use crate::{Problem, Report, Severity, Span};

/// What the table of clients says.
pub struct UnsupportedByClient {
    /// What is used: `the property `border-radius``.
    pub what: String,
    /// Where it is first.
    pub at: Span,
    /// Families of mail programs that do not support it, each with its platforms; none named where it is all of them.
    pub clients: Vec<(String, String)>,
    /// The month of the test.
    pub tested: String,
}

impl Problem for UnsupportedByClient {
    const CODE: &'static str = "unsupported-by-client";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let families: Vec<&str> = self.clients.iter().map(|(family, _)| family.as_str()).collect();
        let families = match families.as_slice() {
            [one] => one.to_string(),
            [one, other] => format!("{one} and {other}"),
            [one, others @ ..] => format!("{one} and {} others", others.len()),
            [] => String::new(),
        };
        to.headline(format!("{families} cannot show {}", self.what));
        let named = self.clients.iter().map(|(family, platforms)| match &**platforms {
            "" => family.clone(),
            platforms => format!("{family} ({platforms})"),
        });
        to.label(self.at, format!("not in {}", named.collect::<Vec<_>>().join(", ")));
        to.paste(
            "see that the e-mail reads well without it, then allow it above the line",
            format!("{{% # persona: allow {}, it is an ornament %}}", Self::CODE),
        );
        to.note(format!("tested by Can I email, {}", self.tested));
    }
}
