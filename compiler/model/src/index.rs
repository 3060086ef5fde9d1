//! Where every name is declared and used, for whoever asks about a place: editors, renames, documents.
//!
//! Names are noted where they are resolved, with one line: `checker.refer(&name, Symbol::Email)`.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::Type;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// The customers themselves.
    Customer,
    /// An attribute of the customer.
    Attribute(Arc<str>),
    /// A trait.
    Trait(Arc<str>),
    /// A lifecycle; `stage` for the one without a name.
    Lifecycle(Arc<str>),
    /// A stage of a lifecycle.
    Stage {
        /// The lifecycle.
        of: Arc<str>,
        /// The stage.
        name: Arc<str>,
    },
    /// A segment.
    Segment(Arc<str>),
    /// An event, built in or declared, or a union of events.
    Event(Arc<str>),
    /// A record.
    Record(Arc<str>),
    /// An entity.
    Entity(Arc<str>),
    /// A field of an event, a record or an entity: these have one namespace.
    Field {
        /// What it belongs to.
        of: Arc<str>,
        /// The field.
        name: Arc<str>,
    },
    /// A value of an enum.
    Value {
        /// The attribute or field whose enum it is.
        of: Arc<str>,
        /// The value.
        name: Arc<str>,
    },
    /// A source.
    Source(Arc<str>),
    /// A destination.
    Destination(Arc<str>),
    /// A consent.
    Consent(Arc<str>),
    /// A property of the brand.
    Property(Arc<str>),
    /// A layout.
    Layout(Arc<str>),
    /// A content block.
    Content(Arc<str>),
    /// An e-mail.
    Email(Arc<str>),
    /// A coupon.
    Coupon(Arc<str>),
    /// A model.
    Model(Arc<str>),
    /// A recommendation.
    Recommendation(Arc<str>),
    /// An experiment.
    Experiment(Arc<str>),
    /// A trigger.
    Trigger(Arc<str>),
    /// A campaign.
    Campaign(Arc<str>),
    /// A variable of one template.
    Variable {
        /// Its name.
        name: Arc<str>,
        /// Where it is first assigned.
        first: Span,
    },
}

impl Symbol {
    /// The name by itself.
    pub fn name(&self) -> &str {
        match self {
            Symbol::Customer => "customer",
            Symbol::Attribute(name)
            | Symbol::Trait(name)
            | Symbol::Lifecycle(name)
            | Symbol::Segment(name)
            | Symbol::Event(name)
            | Symbol::Record(name)
            | Symbol::Entity(name)
            | Symbol::Source(name)
            | Symbol::Destination(name)
            | Symbol::Consent(name)
            | Symbol::Property(name)
            | Symbol::Layout(name)
            | Symbol::Content(name)
            | Symbol::Email(name)
            | Symbol::Coupon(name)
            | Symbol::Model(name)
            | Symbol::Recommendation(name)
            | Symbol::Experiment(name)
            | Symbol::Trigger(name)
            | Symbol::Campaign(name)
            | Symbol::Stage { name, .. }
            | Symbol::Field { name, .. }
            | Symbol::Value { name, .. }
            | Symbol::Variable { name, .. } => name,
        }
    }

    /// What it is, in a reader's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Symbol::Customer => "customer",
            Symbol::Attribute(_) => "attribute",
            Symbol::Trait(_) => "trait",
            Symbol::Lifecycle(_) => "lifecycle",
            Symbol::Stage { .. } => "stage",
            Symbol::Segment(_) => "segment",
            Symbol::Event(_) => "event",
            Symbol::Record(_) => "record",
            Symbol::Entity(_) => "entity",
            Symbol::Field { .. } => "field",
            Symbol::Value { .. } => "value",
            Symbol::Source(_) => "source",
            Symbol::Destination(_) => "destination",
            Symbol::Consent(_) => "consent",
            Symbol::Property(_) => "property of the brand",
            Symbol::Layout(_) => "layout",
            Symbol::Content(_) => "content block",
            Symbol::Email(_) => "e-mail",
            Symbol::Coupon(_) => "coupon",
            Symbol::Model(_) => "model",
            Symbol::Recommendation(_) => "recommendation",
            Symbol::Experiment(_) => "experiment",
            Symbol::Trigger(_) => "trigger",
            Symbol::Campaign(_) => "campaign",
            Symbol::Variable { .. } => "variable",
        }
    }
}

/// A name where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The word.
    pub at: Span,
    /// What it stands for.
    pub to: Symbol,
    /// What it holds there, if it is a value, and whether it may be missing there.
    pub holds: Option<(Type, bool)>,
}

/// A name where it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What is declared.
    pub symbol: Symbol,
    /// Its name; the keyword of what has none.
    pub at: Span,
    /// The whole declaration, field or stage.
    pub whole: Span,
    /// Its comment.
    pub docs: Vec<String>,
    /// What it holds, if it is a value, and whether that may be missing.
    pub holds: Option<(Type, bool)>,
}

/// Where every name of a program is declared and used.
#[derive(Clone, Debug, Default)]
pub struct Index {
    references: Vec<Reference>,
    definitions: Vec<Definition>,
}

impl Index {
    pub(crate) fn refer(&mut self, at: Span, to: Symbol, holds: Option<(Type, bool)>) {
        self.references.push(Reference { at, to, holds });
    }

    pub(crate) fn define(&mut self, definition: Definition) {
        self.definitions.push(definition);
    }

    /// Sorts what was noted: a body looked at twice says everything twice.
    pub(crate) fn finish(&mut self) {
        let place = |at: Span| (at.file, at.start, at.end);
        self.references.sort_by(|a, b| (place(a.at), &a.to).cmp(&(place(b.at), &b.to)));
        self.references.dedup_by(|a, b| a.at == b.at && a.to == b.to);
        self.definitions.sort_by_key(|d| place(d.at));
    }

    /// Every name where it is used, by file and place. A word that stands for several things is there several times:
    /// a field that all events of a union have, a template's `event` where different events send it.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Every name where it is declared, by file and place.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// Where a symbol is declared; nowhere if it is built in.
    pub fn definition(&self, symbol: &Symbol) -> Option<&Definition> {
        self.definitions.iter().find(|d| d.symbol == *symbol)
    }

    /// Where a symbol is used.
    pub fn uses<'a>(&'a self, symbol: &'a Symbol) -> impl Iterator<Item = &'a Reference> {
        self.references.iter().filter(move |r| r.to == *symbol)
    }
}
