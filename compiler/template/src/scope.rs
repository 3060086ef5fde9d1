//! What names mean where a template is rendered: the checker's view of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::{EnumType, Field, RecordType, Type};

/// What one name stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// What it holds.
    pub ty: Type,
    /// Whether it may be missing here. An audience that guarantees it makes this false.
    pub optional: bool,
    /// Where it is declared, if that lies in the program.
    pub declared_at: Option<Span>,
}

/// The names of the place a template is rendered in.
///
/// `customer` is a record of all attributes and traits, which are also names of their own. A template that was checked is
/// known by what it asked here ([`crate::Kept`]): a new question belongs there, too.
pub trait Scope {
    /// What a root name stands for: an attribute, a trait, `customer`, `event`, `stage`, `offer`, a recommendation.
    fn lookup(&self, name: &str) -> Option<Binding>;
    /// Every root name, for "did you mean".
    fn names(&self) -> Vec<String>;
    /// The fields behind a reference to this entity.
    fn entity(&self, name: &str) -> Option<Arc<RecordType>>;
    /// Whether every reference to this entity is sure to find its row.
    fn entity_must_exist(&self, name: &str) -> bool;
    /// The segment of this name, or with this label: its name.
    fn segment(&self, name_or_label: &str) -> Option<String>;
    /// Every segment's name and label, for "did you mean".
    fn segment_names(&self) -> Vec<String>;
    /// The parameters of the content block of this name; `None` if there is no such block.
    fn block(&self, name: &str) -> Option<Vec<Field>>;
    /// Every content block's name, for "did you mean".
    fn block_names(&self) -> Vec<String>;
    /// What the text of this key has to be given; `Some(None)` where there may be such a text, and nobody knows.
    fn wording(&self, _key: &str) -> Option<Option<Wording>> {
        None
    }
    /// The key of every text, for "did you mean".
    fn wording_keys(&self) -> Vec<String> {
        Vec::new()
    }
    /// Paths of values that are sure to be there wherever this is rendered: `first_name`, `event.coupon`.
    fn present(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }
    /// Paths of values that every customer in this segment has.
    fn members_have(&self, _segment: &str) -> BTreeSet<String> {
        BTreeSet::new()
    }
    /// Who sends this to customers who lack the value of this path: where that is written, and what is to be said there.
    fn sent_without(&self, _path: &str) -> Option<(Span, String)> {
        None
    }
}

/// A text of which each language has one: `{{ "greeting" | t: name: first_name }}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// The names in it: `{name}`.
    pub placeholders: BTreeSet<String>,
    /// Whether it has a form for each number, chosen by `count`.
    pub plural: bool,
}

/// What a template reads, by name. The model draws dependencies and privacy labels from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Root names; an attribute written `customer.x` is `x`.
    pub names: BTreeSet<String>,
    /// Segments asked about.
    pub segments: BTreeSet<String>,
    /// Content blocks rendered.
    pub blocks: BTreeSet<String>,
    /// Entities whose rows are looked up.
    pub entities: BTreeSet<String>,
    /// Placeholders left for others to fill: `content` for `{% block content %}`.
    pub placeholders: BTreeSet<String>,
    /// What is written into addresses: a root name, or `RECORD.FIELD` for a field, and where that is first.
    pub linked: BTreeMap<Arc<str>, Span>,
    /// What content blocks are given.
    pub given: Vec<Given>,
    /// Every name that was understood, where it stands; one that is looked at twice is there twice.
    pub mentions: Vec<Mention>,
}

/// A value given to a content block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The block.
    pub block: Arc<str>,
    /// Its parameter.
    pub parameter: Arc<str>,
    /// What the value is made of: root names, and fields as `RECORD.FIELD`.
    pub from: BTreeSet<Arc<str>>,
    /// Where it is written.
    pub at: Span,
}

/// A name in a template, where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The word itself, without quotes; the label of a segment with them.
    pub at: Span,
    /// What it stands for.
    pub of: Mentioned,
    /// What it holds, if it is a value, and whether that may be missing here.
    pub holds: Option<(Type, bool)>,
}

/// What a name in a template stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mentioned {
    /// A root name; an attribute written `customer.x` is `x`.
    Root(Arc<str>),
    /// A field.
    Field {
        /// The name of the record or entity it belongs to.
        of: Arc<str>,
        /// Its own.
        name: Arc<str>,
    },
    /// A value of an enum.
    Value {
        /// The enum.
        of: Arc<EnumType>,
        /// The value.
        name: Arc<str>,
    },
    /// A segment, by its name; what is written may be its label.
    Segment(Arc<str>),
    /// A content block.
    Block(Arc<str>),
    /// A variable of the template's own.
    Variable {
        /// Its name.
        name: Arc<str>,
        /// Where it is first assigned, or its loop's head.
        first: Span,
    },
}
