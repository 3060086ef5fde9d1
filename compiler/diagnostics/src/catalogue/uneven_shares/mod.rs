//! The variants of an experiment are not a whole together.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct UnevenShares {
    /// The experiment.
    pub experiment: String,
    /// What the shares come to, as `90%`.
    pub total: String,
    /// Each share, where it is written.
    pub shares: Vec<(Span, String)>,
}

impl Problem for UnevenShares {
    const CODE: &'static str = "uneven-shares";

    fn tell(&self, to: &mut Report) {
        let UnevenShares { experiment, total, .. } = self;
        to.headline(format!("the variants of `{experiment}` come to {total}, not to 100%"));
        for (at, share) in &self.shares {
            to.label(*at, share.clone());
        }
        to.help("a holdout is cut first: the variants share those who are left, all of them");
    }
}
