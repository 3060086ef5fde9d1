//! A model's history leaves no room for what it is to predict.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct ShortHistory {
    /// The history.
    pub at: Span,
    /// How many days it has.
    pub days: i64,
    /// What is predicted, and how many days ahead.
    pub ahead: Option<(Span, i64)>,
    /// What is held out, and how many days that is.
    pub held_out: Option<(Span, i64)>,
    /// Whether there is nothing to learn from, rather than nothing to be tested by.
    pub to_learn: bool,
}

impl Problem for ShortHistory {
    const CODE: &'static str = "short-history";

    fn tell(&self, to: &mut Report) {
        to.headline(if self.to_learn {
            "this history is too short to learn anything from"
        } else {
            "no example of this history lies in the days that are held out"
        });
        to.label(self.at, format!("{} days", self.days));
        if let Some((at, days)) = self.ahead {
            to.label(at, format!("each example needs the {days} days behind it"));
        }
        if let Some((at, days)) = self.held_out {
            to.label(at, format!("the last {days} days are kept for the test"));
        }
        to.help(if self.to_learn {
            "begin the history earlier, or hold out less of it"
        } else {
            "hold out more days than are predicted, or take examples more often"
        });
    }
}
