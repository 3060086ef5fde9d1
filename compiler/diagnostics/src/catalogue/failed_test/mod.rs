//! A program's own test expects something that is not so.

use crate::{Problem, Report, Span};

/// What the test runner knows.
pub struct FailedTest {
    /// What the test shows.
    pub test: String,
    /// Where it begins.
    pub test_at: Span,
    /// Of whom something is expected.
    pub customer: String,
    /// What.
    pub missed: Missed,
    /// Where that is written.
    pub at: Span,
    /// What was instead: `it is sent at 2026-03-01 11:20`.
    pub instead: String,
    /// All that happened to the customer, in order.
    pub happened: Vec<Line>,
    /// Values that the test leaves out and that may not be missing: `tier: bronze`.
    pub assumed: Vec<String>,
}

/// What was expected.
pub enum Missed {
    /// A message, and when.
    Gets {
        /// Which.
        message: String,
        /// At which time, if one is said.
        at: Option<String>,
    },
    /// That a message never comes.
    Never {
        /// Which.
        message: String,
    },
    /// A condition.
    Holds {
        /// At which time.
        at: String,
    },
}

/// Something that happened.
pub struct Line {
    /// When: `2026-03-01 11:20`.
    pub at: String,
    /// By which trigger or campaign; none for what the test says.
    pub by: Option<String>,
    /// What.
    pub what: String,
}

impl FailedTest {
    /// What happened, as lines of text beneath one another.
    pub fn timeline(&self) -> String {
        let mut lines = vec![format!("  what happened to {}:", self.customer)];
        let width = self.happened.iter().filter_map(|line| line.by.as_ref()).map(|by| by.chars().count());
        let width = width.max().unwrap_or(0);
        let mut last = "";
        for line in &self.happened {
            let at = if line.at == last { " ".repeat(line.at.len()) } else { line.at.clone() };
            let what = match &line.by {
                Some(by) => format!("  {by:width$}  {}", line.what),
                None => format!("  {}", line.what),
            };
            lines.push(format!("    {at}{what}"));
            last = &line.at;
        }
        if self.happened.is_empty() {
            lines.push("    nothing".to_string());
        }
        if !self.assumed.is_empty() {
            lines.push(format!("  left out by the test, and taken to be: {}", self.assumed.join(", ")));
        }
        lines.join("\n") + "\n"
    }
}

impl Problem for FailedTest {
    const CODE: &'static str = "failed-test";

    fn tell(&self, to: &mut Report) {
        let who = &self.customer;
        to.headline(match &self.missed {
            Missed::Gets { message, at: None } => format!("{who} does not get `{message}`"),
            Missed::Gets { message, at: Some(at) } => format!("{who} does not get `{message}` at {at}"),
            Missed::Never { message } => format!("{who} gets `{message}`"),
            Missed::Holds { at } => format!("what is expected of {who} at {at} is not so"),
        });
        to.label(self.at, &self.instead);
        to.label(self.test_at, format!("in the test \"{}\"", self.test));
        for line in &self.happened {
            let by = line.by.as_ref().map_or_else(String::new, |by| format!("{by}: "));
            to.note(format!("{} {by}{}", line.at, line.what));
        }
        if !self.assumed.is_empty() {
            to.note(format!("left out by the test, and taken to be: {}", self.assumed.join(", ")));
        }
    }
}
