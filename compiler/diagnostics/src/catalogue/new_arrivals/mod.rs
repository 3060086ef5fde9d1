//! "Not once in N days" that also takes in who only just arrived.

use crate::{Problem, Report, Severity, Span};

/// What the checker has found.
pub struct NewArrivals {
    /// The condition.
    pub at: Span,
    /// The event that did not happen.
    pub event: String,
    /// For how long: `60 days`.
    pub ago: String,
    /// The attribute that says since when somebody is a customer.
    pub arrived: String,
    /// Where it is declared.
    pub arrived_at: Option<Span>,
    /// Somebody who only just arrived: "a customer with …".
    pub witness: String,
}

impl Problem for NewArrivals {
    const CODE: &'static str = "new-arrivals";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let NewArrivals { event, ago, arrived, .. } = self;
        to.headline(format!("no `{event}` in {ago} is also true of who only just arrived"));
        to.label(self.at, format!("whoever came less than {ago} ago had less time than that"));
        to.label_maybe(self.arrived_at, "this says since when somebody is a customer");
        to.note(format!("for example {}", self.witness));
        let leave_out = format!(" and not ({arrived} in last {ago})");
        to.paste("leave them out", leave_out.trim_start());
        to.fix(self.at.after(), leave_out, false);
    }
}
