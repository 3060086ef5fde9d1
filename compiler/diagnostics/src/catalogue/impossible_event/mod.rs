//! A filter that no event passes.

use super::empty_segment::contradiction;
use crate::{Problem, Report, Span};

/// What the checker has proved.
pub struct ImpossibleEvent {
    /// The event.
    pub event: String,
    /// The filter.
    pub at: Span,
    /// Whether the event would start a flow, rather than end one.
    pub starts: bool,
    /// Whether the event itself is what the filter rules out.
    pub by_itself: bool,
    /// The parts of the filter that cannot hold together.
    pub parts: Vec<Span>,
}

impl Problem for ImpossibleEvent {
    const CODE: &'static str = "impossible-event";

    fn tell(&self, to: &mut Report) {
        let event = &self.event;
        match (self.starts, self.by_itself) {
            (true, true) => to.headline(format!("a `{event}` rules itself out, so this flow never starts")),
            (true, false) => {
                to.headline(format!("no `{event}` can pass this filter, so the flow never starts"))
            }
            (false, _) => to.headline(format!("no `{event}` can pass this filter")),
        }
        match &self.parts[..] {
            [only] if self.by_itself => to.label(*only, format!("the `{event}` itself has happened by then")),
            [] | [_] => to.label(self.at, "never true"),
            parts => contradiction(to, parts),
        }
        if self.by_itself {
            to.help(format!("count the `{event}` that starts the flow as well: one more than before it"));
        }
    }
}
