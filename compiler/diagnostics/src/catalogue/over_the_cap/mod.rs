//! More messages to one customer than the policy ever lets through.

use crate::{Problem, Report, Severity, Span};

/// What the checker has counted.
pub struct OverTheCap {
    /// The cap.
    pub at: Span,
    /// How many it lets through.
    pub allowed: i64,
    /// Whether it is about e-mails alone.
    pub emails: bool,
    /// In which time: `7 days`.
    pub per: String,
    /// What adds up.
    pub due: Vec<Due>,
}

/// What one campaign or flow sends to a customer in that time.
#[derive(Clone, Debug)]
pub struct Due {
    /// `campaign` or `trigger`.
    pub what: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub count: i64,
    /// Where it says when.
    pub at: Span,
}

impl Problem for OverTheCap {
    const CODE: &'static str = "over-the-cap";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let OverTheCap { allowed, per, .. } = self;
        let what = if self.emails { "emails" } else { "messages" };
        let sum: i64 = self.due.iter().map(|due| due.count).sum();
        to.headline(format!("a customer is due {sum} {what} in {per}, and the policy allows {allowed}"));
        to.label(self.at, "whatever is more than this is withheld");
        for due in &self.due {
            to.label(due.at, format!("{} `{}`: {} in {per}", due.what, due.name, due.count));
        }
        to.paste("allow as many", format!("at most {sum} {what} per {per}"));
        to.help("or send less often, or to customers whom the others do not reach");
    }
}
