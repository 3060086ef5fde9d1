//! A line of a test happens before one that stands above it.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct OutOfOrder {
    /// Its date and time.
    pub at: Span,
    /// The line above that happens later.
    pub after: Span,
}

impl Problem for OutOfOrder {
    const CODE: &'static str = "out-of-order";

    fn tell(&self, to: &mut Report) {
        to.headline("this happens before what stands above it");
        to.label(self.at, "earlier than the line above");
        to.label(self.after, "this happens later, and stands first");
        to.help("write what happens in the order in which it happens");
    }
}
