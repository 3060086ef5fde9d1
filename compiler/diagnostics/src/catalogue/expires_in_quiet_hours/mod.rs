//! A message that is of no use any more when the quiet hours end.

use crate::{Problem, Report, Severity, Span};

/// What the checker has worked out.
pub struct ExpiresInQuietHours {
    /// The e-mail or the destination.
    pub message: String,
    /// How long it may be held: `2 hours`.
    pub valid: String,
    /// Where that is said.
    pub at: Span,
    /// The quiet hours.
    pub quiet_at: Span,
    /// As they are written: `21:00 to 08:00`.
    pub quiet: String,
    /// What falls due from here on is lost: `21:00`.
    pub from: String,
    /// What falls due from here on is not: `06:00`.
    pub to: String,
    /// The time at which it always falls due, and where that is said; none where it may be any.
    pub due: Option<(String, Span)>,
    /// How long it would have to be held: `11 hours`.
    pub enough: String,
}

impl Problem for ExpiresInQuietHours {
    const CODE: &'static str = "expires-in-quiet-hours";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let ExpiresInQuietHours { message, valid, .. } = self;
        let lost = format!("between {} and {}", self.from, self.to);
        match &self.due {
            Some((due, _)) => to.headline(format!("`{message}` falls due at {due} and is never sent")),
            None => to.headline(format!("`{message}` is lost whenever it falls due {lost}")),
        }
        to.label(self.at, format!("it is held for {valid} at most"));
        to.label(self.quiet_at, "and until these hours end");
        if let Some((due, at)) = &self.due {
            to.label(*at, format!("so at {due} it is due too early"));
        }
        to.paste("let it wait until they end", format!("valid for {}", self.enough));
        to.paste("or let it go in quiet hours", format!("quiet {} local except {message}", self.quiet));
    }
}
