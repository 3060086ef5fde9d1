//! A model's gate bounds a metric from the side on which everything is good.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct BoundDirection {
    /// The metric.
    pub metric: String,
    /// The whole requirement.
    pub at: Span,
    /// "less" or "more": what is better.
    pub better: &'static str,
    /// The requirement the other way round.
    pub instead: String,
}

impl Problem for BoundDirection {
    const CODE: &'static str = "bound-direction";

    fn tell(&self, to: &mut Report) {
        let BoundDirection { metric, better, .. } = self;
        to.headline(format!("{better} `{metric}` is better, and this asks for the opposite"));
        to.label(self.at, format!("{better} is better"));
        to.paste("bound it from the other side", &self.instead);
    }
}
