//! Where what is known goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use persona_diagnostics::Span;

use super::{Audience, Auth, Model};

/// A system outside that is told what becomes known: a sink for personal data.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// How it is told.
    pub method: Verb,
    /// Where.
    pub url: Arc<str>,
    /// How persona says who it is.
    pub auth: Option<Auth>,
    /// When something is sent by itself; a trigger's `call` sends, too.
    pub on: Vec<(Occasion, Span)>,
    /// The customer's attributes, traits and lifecycles that are sent, each with where that is said. Beside them goes
    /// the customer's key, and the fields of the event that it is sent on.
    pub sends: Vec<(Arc<str>, Span)>,
    /// Where its name stands.
    pub span: Span,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Verb {
    Post,
    Put,
    Patch,
}

/// When something is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A value that is sent has changed.
    Changes,
    /// A customer comes into an audience.
    Enter(Audience),
    /// A customer leaves it.
    Leave(Audience),
    /// A consent is given or withdrawn: this one, or any.
    Consent(Option<Arc<str>>),
    /// An event arrives.
    Event(Arc<str>),
}

impl Destination {
    /// The events whose fields it is told: those it is sent on, each by itself.
    pub fn events<'m>(&'m self, model: &'m Model) -> BTreeSet<&'m Arc<str>> {
        let mut events = BTreeSet::new();
        for (occasion, _) in &self.on {
            let Occasion::Event(name) = occasion else { continue };
            match model.event(name) {
                Some(union) if !union.of.is_empty() => events.extend(&union.of),
                _ => drop(events.insert(name)),
            }
        }
        events
    }
}
