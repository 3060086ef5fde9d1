//! What a text with templates reads, with where.

use std::collections::BTreeMap;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_template::{Given, Mentioned, Uses};

/// What templates read by themselves, without the blocks they show: each with where it is read first.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// Attributes, traits and lifecycles by name; fields of events, records and entities as `RECORD.FIELD`.
    pub values: BTreeMap<Arc<str>, Span>,
    /// Those that are written into links.
    pub linked: BTreeMap<Arc<str>, Span>,
    /// Segments asked about.
    pub segments: BTreeMap<Arc<str>, Span>,
    /// What the blocks they show are given.
    pub given: Vec<Given>,
}

impl Reads {
    /// Adds what one template reads.
    pub(crate) fn add(&mut self, uses: &Uses) {
        for mention in &uses.mentions {
            let (names, name) = match &mention.of {
                Mentioned::Root(name) => (&mut self.values, name.clone()),
                Mentioned::Field { of, name } => (&mut self.values, format!("{of}.{name}").into()),
                Mentioned::Segment(name) => (&mut self.segments, name.clone()),
                _ => continue,
            };
            names.entry(name).or_insert(mention.at);
        }
        for (name, at) in &uses.linked {
            self.linked.entry(name.clone()).or_insert(*at);
        }
        self.given.extend(uses.given.iter().cloned());
    }

    /// Adds what another text reads.
    pub(crate) fn extend(&mut self, other: Reads) {
        for (into, from) in [
            (&mut self.values, other.values),
            (&mut self.linked, other.linked),
            (&mut self.segments, other.segments),
        ] {
            for (name, at) in from {
                into.entry(name).or_insert(at);
            }
        }
        self.given.extend(other.given);
    }
}
