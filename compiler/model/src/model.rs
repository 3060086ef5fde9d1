//! The parts of a program. Maps keep the order of declaration.

use std::collections::BTreeSet;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_template::Compiled;
use persona_value::{Field, RecordType, Type, Value};

use crate::{Doubt, Expr, Index, Length, Name, Named, Project};

mod data;
mod destination;
mod identity;
mod journey;
mod offer;
mod policy;
mod reads;
mod science;
mod source;
mod test;

pub use data::Retention;
pub use destination::{Destination, Occasion, Verb};
pub use identity::{Identity, Keep, Proposal};
pub use journey::*;
pub use offer::*;
pub use policy::*;
pub use reads::Reads;
pub use science::*;
pub use source::{Auth, Feed, FeedTarget, Fields, Location, Scheme, Signature, Source};
pub use test::*;

/// A whole program.
#[derive(Clone, Debug)]
pub struct Model {
    /// What `persona.toml` says.
    pub project: Project,
    /// The customers' attributes.
    pub customer: Customer,
    /// What customers do.
    pub events: Named<Event>,
    /// Items of lists.
    pub records: Vec<Record>,
    /// What e-mails and events refer to.
    pub entities: Named<Entity>,
    /// How long events are kept.
    pub retentions: Vec<Retention>,
    /// Where the data is.
    pub sources: Named<Source>,
    /// Where what is known goes.
    pub destinations: Named<Destination>,
    /// Which customers of several systems are one.
    pub identity: Option<Identity>,
    /// Values worked out for a customer, each after those it reads.
    pub traits: Named<Trait>,
    /// Groups of customers, each after those it reads.
    pub segments: Named<Segment>,
    /// Shares of all customers.
    pub lifecycles: Named<Lifecycle>,
    /// Values learnt from what others did.
    pub predictions: Named<Prediction>,
    /// Rows chosen for a customer.
    pub recommendations: Named<Recommendation>,
    /// Which of several ways does better.
    pub experiments: Named<Experiment>,
    /// Codes for customers.
    pub coupons: Named<Coupon>,
    /// What customers agree to.
    pub consents: Named<Consent>,
    /// Who writes.
    pub brand: Brand,
    /// Frames of e-mails.
    pub layouts: Named<Layout>,
    /// Conditional blocks.
    pub contents: Named<Content>,
    /// What is sent.
    pub emails: Named<Email>,
    /// Flows.
    pub triggers: Named<Trigger>,
    /// Sends at a time.
    pub campaigns: Named<Campaign>,
    /// What holds for every message.
    pub policy: Option<Policy>,
    /// The program's own tests.
    pub tests: Vec<Test>,
    /// Where every name is declared and used.
    pub index: Index,
    /// What of it cannot be relied on.
    pub doubt: Doubt,
}

/// A field of a customer, an event or an entity.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: Arc<str>,
    /// What it holds.
    pub ty: Type,
    /// Whether it may be missing.
    pub optional: bool,
    /// Where it is declared; none for what is built in.
    pub span: Option<Span>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Which one it is of a kind: `key` or `unique`.
    pub key: bool,
    /// Personal data.
    pub pii: bool,
    /// What it may be used for: a purpose that a consent must cover.
    pub purpose: Option<Arc<str>>,
    /// Of a reference: every source says that the row it names must exist, so that it is there.
    pub must_exist: bool,
    /// A condition over `it` that every value meets.
    pub check: Option<Expr>,
    /// A pattern that every value matches.
    pub pattern: Option<Arc<str>>,
}

/// The customers.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// In the order declared.
    pub attributes: Vec<Attribute>,
    /// Where it is declared.
    pub span: Option<Span>,
}

/// An event or a union of events.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Its own fields, without `id`, `at`, `received`, `customer`. Of a union: those all its events have.
    pub fields: Vec<Attribute>,
    /// The events it unites; empty for an event of its own.
    pub of: Vec<Arc<str>>,
    /// Where it is declared; none for what is built in.
    pub span: Option<Span>,
}

/// A record: what an item of a list is.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: Arc<str>,
    /// In the order declared.
    pub fields: Vec<Attribute>,
    /// Where its name stands.
    pub span: Span,
}

/// An entity.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// In the order declared; one is the key.
    pub fields: Vec<Attribute>,
    /// Where it is declared.
    pub span: Span,
}

/// A trait.
#[derive(Clone, Debug)]
pub struct Trait {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// What it is.
    pub value: Expr,
    /// Where its name stands.
    pub span: Span,
}

/// A segment.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its name.
    pub name: Arc<str>,
    /// What people call it: its declared label, else its name.
    pub label: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Who is in it.
    pub when: Expr,
    /// How often its table is made anew.
    pub refresh: Option<Length>,
    /// Where its name stands.
    pub span: Span,
}

/// A lifecycle: an enum-typed value of each customer.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// Its name; `stage` for the one without.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// First match wins.
    pub stages: Vec<Stage>,
    /// The stages' names as a type.
    pub ty: Type,
    /// Whether order does not matter.
    pub exclusive: bool,
    /// Where it is declared.
    pub span: Span,
}

/// A stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name.
    pub name: Arc<str>,
    /// What people call it.
    pub label: Arc<str>,
    /// The condition; none for `otherwise`.
    pub when: Option<Expr>,
    /// Where its name stands.
    pub span: Span,
}

/// A consent.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Its name.
    pub name: Arc<str>,
    /// What people agreed to.
    pub label: Arc<str>,
    /// Confirmed by e-mail.
    pub double: bool,
    /// What it covers.
    pub covers: Vec<Arc<str>>,
    /// When it ends by itself.
    pub expires: Option<Length>,
    /// Whether engagement prolongs it.
    pub without_engagement: bool,
    /// Where its name stands.
    pub span: Span,
}

/// Who writes.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// Name and text: `from`, `reply_to`, `postal_address`, `logo`, `colour` and what else is declared.
    pub properties: Vec<(Arc<str>, Arc<str>)>,
}

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Html,
    Text,
    Mjml,
    Markdown,
}

/// A body.
#[derive(Clone, Debug)]
pub struct Body {
    /// What it is written in.
    pub format: Format,
    /// Ready to render.
    pub template: Compiled,
    /// Where it is written.
    pub span: Span,
}

/// A layout.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Its name.
    pub name: Arc<str>,
    /// Its body, with `{% block content %}`.
    pub body: Body,
    /// What it reads, with where.
    pub reads_at: Reads,
}

/// A conditional block.
#[derive(Clone, Debug)]
pub struct Content {
    /// Its name.
    pub name: Arc<str>,
    /// What it is given where it is shown.
    pub parameters: Vec<Field>,
    /// The consent without which it is not shown, and where that is said.
    pub consent: Option<(Arc<str>, Span)>,
    /// First match wins; the last has no condition.
    pub cases: Vec<Case>,
    /// What the cases' texts read, with where.
    pub reads_at: Reads,
    /// Where its name stands.
    pub span: Span,
}

/// A case of a conditional block.
#[derive(Clone, Debug)]
pub struct Case {
    /// The condition; none for `otherwise`.
    pub when: Option<Expr>,
    /// What it shows in an HTML body.
    pub html: Compiled,
    /// What it shows in a subject or a text body.
    pub text: Compiled,
}

/// By whose leave an e-mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leave {
    /// To customers who gave this consent.
    Consent(Arc<str>),
    /// A receipt or an account notice: needs none.
    Transactional,
}

/// An e-mail.
#[derive(Clone, Debug)]
pub struct Email {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// By whose leave.
    pub leave: Leave,
    /// The layout's name.
    pub layout: Option<Arc<str>>,
    /// The sender, as `Name <address>`.
    pub from: Arc<str>,
    /// Where answers go, likewise.
    pub reply_to: Option<Arc<str>>,
    /// Rendered as text.
    pub subject: Compiled,
    /// Rendered as text.
    pub preheader: Option<Compiled>,
    /// What it says.
    pub body: Body,
    /// The coupon it offers, and where it says so.
    pub offer: Option<(Arc<str>, Span)>,
    /// The languages it is written in.
    pub locales: Option<Locales>,
    /// What is noted of it after it was sent; nothing if none.
    pub tracking: Option<Tracking>,
    /// What its links say of where they were followed: `campaign` and the like.
    pub utm: Vec<(Arc<str>, Arc<str>, Span)>,
    /// Attributes, traits and lifecycles that it, its layout and its blocks read.
    pub reads: BTreeSet<Arc<str>>,
    /// Segments they ask for.
    pub segments: BTreeSet<Arc<str>>,
    /// Blocks they show.
    pub blocks: BTreeSet<Arc<str>>,
    /// Entities they look into.
    pub entities: BTreeSet<Arc<str>>,
    /// What its own texts read, with where.
    pub reads_at: Reads,
    /// Recommendations they show.
    pub recommends: BTreeSet<Arc<str>>,
    /// Where its name stands.
    pub span: Span,
}

macro_rules! find {
    ($($method:ident: $field:ident -> $item:ty),* $(,)?) => {
        impl Model {
            $(
                #[doc = concat!("The one of `", stringify!($field), "` with this name.")]
                pub fn $method(&self, name: &str) -> Option<&$item> {
                    self.$field.get(name)
                }
            )*
        }
        $(
            impl Name for $item {
                fn name(&self) -> &Arc<str> {
                    &self.name
                }
            }
        )*
    };
}

find! {
    event: events -> Event,
    entity: entities -> Entity,
    source: sources -> Source,
    destination: destinations -> Destination,
    trait_: traits -> Trait,
    segment: segments -> Segment,
    lifecycle: lifecycles -> Lifecycle,
    prediction: predictions -> Prediction,
    recommendation: recommendations -> Recommendation,
    experiment: experiments -> Experiment,
    coupon: coupons -> Coupon,
    consent: consents -> Consent,
    layout: layouts -> Layout,
    content: contents -> Content,
    email: emails -> Email,
    trigger: triggers -> Trigger,
    campaign: campaigns -> Campaign,
}

impl Customer {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| &*a.name == name)
    }

    /// The name of the key.
    pub fn key(&self) -> &str {
        self.attributes.iter().find(|a| a.key).map_or("id", |a| &a.name)
    }
}

impl Lifecycle {
    /// Whether every customer is in one of its stages.
    pub fn is_total(&self) -> bool {
        self.stages.last().is_some_and(|stage| stage.when.is_none())
    }
}

impl Event {
    /// The field of this name, built in or declared.
    pub fn field(&self, name: &str) -> Option<(Type, bool)> {
        let declared = self.fields.iter().find(|f| &*f.name == name).map(|f| (f.ty.clone(), f.optional));
        declared.or_else(|| crate::EVENT_FIELDS.iter().find(|f| f.0 == name).map(|f| (f.1.clone(), false)))
    }

    /// The `unique` field.
    pub fn unique(&self) -> Option<&Attribute> {
        self.fields.iter().find(|f| f.key)
    }

    /// Its fields as a record, with those built in.
    pub fn record(&self) -> RecordType {
        let built_in = crate::EVENT_FIELDS.iter().map(|(name, ty)| persona_value::Field {
            name: (*name).into(),
            ty: ty.clone(),
            optional: false,
        });
        let declared = self.fields.iter().map(Attribute::field);
        RecordType { name: self.name.clone(), fields: declared.chain(built_in).collect() }
    }
}

impl Entity {
    /// Its fields as a record.
    pub fn record(&self) -> RecordType {
        RecordType { name: self.name.clone(), fields: self.fields.iter().map(Attribute::field).collect() }
    }

    /// The name of its key.
    pub fn key(&self) -> &str {
        self.fields.iter().find(|f| f.key).map_or("id", |f| &f.name)
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Attribute> {
        self.fields.iter().find(|f| &*f.name == name)
    }
}

impl Attribute {
    /// As a field of a record.
    pub fn field(&self) -> persona_value::Field {
        persona_value::Field { name: self.name.clone(), ty: self.ty.clone(), optional: self.optional }
    }

    /// One that is built in.
    pub fn built_in(name: &str, ty: Type, optional: bool) -> Attribute {
        Attribute {
            name: name.into(),
            ty,
            optional,
            span: None,
            docs: Vec::new(),
            key: false,
            pii: false,
            purpose: None,
            must_exist: false,
            check: None,
            pattern: None,
        }
    }
}

impl Brand {
    /// The text of this property.
    pub fn get(&self, name: &str) -> Option<&Arc<str>> {
        self.properties.iter().find(|(n, _)| &**n == name).map(|(_, v)| v)
    }

    /// As a record, for templates.
    pub fn value(&self) -> Value {
        Value::Record(self.properties.iter().map(|(n, v)| (n.clone(), Value::Text(v.clone()))).collect())
    }
}
