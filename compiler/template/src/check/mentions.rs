//! Names noted where they stand, for editors.

use persona_diagnostics::Span;
use persona_value::Type;

use super::Checker;
use super::value::Typed;
use crate::kind::Kind;
use crate::scope::{Mention, Mentioned};
use crate::tree::Name;

impl Checker<'_> {
    /// A name that was understood. Where it is written in quotes, the word inside of them is meant; of a label, which
    /// is no name, all that is written.
    pub(super) fn mention(&mut self, at: Span, of: Mentioned, holds: Option<(Type, bool)>) {
        let at = match &of {
            Mentioned::Root(name)
            | Mentioned::Field { name, .. }
            | Mentioned::Value { name, .. }
            | Mentioned::Block(name)
            | Mentioned::Segment(name)
            | Mentioned::Variable { name, .. } => word(at, name),
        };
        self.uses.mentions.push(Mention { at, of, holds });
    }

    /// A name of a value.
    pub(super) fn mention_value(&mut self, at: Span, of: Mentioned, typed: &Typed) {
        let holds = match &typed.kind {
            Kind::Data(Type::Unknown) => None,
            Kind::Data(ty) => Some((ty.clone(), typed.missing.is_some())),
            _ => None,
        };
        self.mention(at, of, holds);
    }

    /// A variable; the first time is where it comes from.
    pub(super) fn mention_variable(&mut self, name: &Name, slot: usize, typed: &Typed) {
        let first = *self.origins.entry(slot).or_insert(name.span);
        let of = Mentioned::Variable { name: name.text.clone(), first };
        self.mention_value(name.span, of, typed);
    }
}

/// `"hero"` without its quotes.
fn word(at: Span, name: &str) -> Span {
    let quoted = (at.end - at.start) as usize == name.len() + 2;
    if quoted { Span { start: at.start + 1, end: at.end - 1, ..at } } else { at }
}
