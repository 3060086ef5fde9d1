//! A part of a condition that changes nothing.

use crate::{Problem, Report, Severity, Span};

/// What the checker has proved.
pub struct ImpliedCondition {
    /// The part that changes nothing.
    pub at: Span,
    /// The parts that say it already; none where it is true, or false, of every customer.
    pub by: Vec<Span>,
    /// Whether `and` joins them, rather than `or`.
    pub and: bool,
    /// The parts of which one is always true, where `or` joins them and none is so alone.
    pub joined: Vec<Span>,
}

impl Problem for ImpliedCondition {
    const CODE: &'static str = "implied-condition";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        match (self.by.is_empty(), self.and) {
            (true, true) if !self.joined.is_empty() => {
                to.headline("this condition is true of every customer");
                to.label(self.at, "always true");
                if let [first @ .., last] = &self.joined[..] {
                    for part in first {
                        to.label(*part, "whoever does not meet this");
                    }
                    to.label(*last, "meets this");
                }
                to.help("where all of them are meant, join them with `and`");
            }
            (true, true) => {
                to.headline("this condition is true of every customer");
                to.label(self.at, "always true");
                to.help("leave it out, or correct what it compares with");
            }
            (true, false) => {
                to.headline("this condition is true of no customer");
                to.label(self.at, "never true");
                to.help("leave it out, or correct what it compares with");
            }
            (false, and) => {
                to.headline("this condition changes nothing: it follows from what stands beside it");
                to.label(
                    self.at,
                    if and { "always true where the rest is" } else { "nobody is added by this" },
                );
                for by in &self.by {
                    let who =
                        if and { "whoever meets this meets that as well" } else { "this takes them already" };
                    to.label(*by, who);
                }
                to.help("leave it out, or correct what it compares with");
            }
        }
    }
}
