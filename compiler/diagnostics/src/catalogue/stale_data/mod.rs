//! A trigger needs fresher data than it can get.

use crate::{Problem, Report, Span};

/// What decides how old data may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promise {
    /// What a source promises, or does not.
    Fresh {
        /// The source.
        source: String,
    },
    /// How often a segment is refreshed.
    Refresh {
        /// The segment.
        segment: String,
    },
}

/// What the checker knows.
pub struct StaleData {
    /// The trigger.
    pub trigger: String,
    /// How fresh its data must be.
    pub needs: String,
    /// Where it says so.
    pub at: Span,
    /// How old what it reads may be; none where nothing says so.
    pub oldest: Option<String>,
    /// The way from the trigger to what is so old.
    pub path: Vec<(Span, String)>,
    /// What decides that.
    pub promise: Option<Promise>,
}

impl Problem for StaleData {
    const CODE: &'static str = "stale-data";

    fn tell(&self, to: &mut Report) {
        let (trigger, needs) = (&self.trigger, &self.needs);
        to.headline(match &self.oldest {
            Some(oldest) => format!("what `{trigger}` reads may be {oldest} old, and it needs {needs}"),
            None => format!("nothing promises `{trigger}` the fresh data that it needs"),
        });
        to.label(self.at, format!("no older than {needs}, it says here"));
        for (at, says) in &self.path {
            to.label(*at, says);
        }
        match &self.promise {
            Some(Promise::Fresh { source }) => {
                to.paste(
                    format!("if it holds, promise it in the source `{source}`"),
                    format!("fresh within {needs}"),
                );
            }
            Some(Promise::Refresh { segment }) => {
                to.paste(
                    format!("refresh the segment `{segment}` more often"),
                    format!("refresh every {needs}"),
                );
            }
            None => {}
        }
        if let Some(oldest) = &self.oldest {
            to.paste("or ask for no more than there is", format!("needs fresh within {oldest}"));
        }
    }
}
