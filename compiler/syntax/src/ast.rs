//! What a file says, as plain data with places. Lowered from the tree; what a mistake left out is `None` or
//! [`Expr::Missing`], and starts no further problem.

mod destination;
mod identity;
mod journey;
mod lower;
mod offer;
mod science;
mod source;

use std::sync::{Arc, OnceLock};

use persona_diagnostics::{FileId, Span};
use rowan::GreenNode;

pub use journey::*;

use crate::SyntaxNode;

pub use destination::*;
pub use identity::*;
pub use offer::*;
pub use science::*;
pub use source::*;

/// A parsed file.
#[derive(Clone, Debug)]
pub struct File {
    id: FileId,
    green: GreenNode,
    /// Lowered when they are first asked for, and shared by every clone.
    declarations: Arc<OnceLock<Vec<Declaration>>>,
}

impl File {
    pub(crate) fn new(id: FileId, green: GreenNode) -> File {
        File { id, green, declarations: Arc::default() }
    }

    /// The lossless tree.
    pub fn tree(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.green.clone())
    }

    /// The file it is of.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// Its declarations, in order.
    pub fn declarations(&self) -> &[Declaration] {
        self.declarations.get_or_init(|| lower::declarations(self.id, &self.tree()))
    }
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A string or text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What is between the quotes, as written.
    pub raw: String,
    /// Where that is, without the quotes.
    pub span: Span,
    /// The same with them.
    pub quoted: Span,
    /// Whether backslashes escape: in `"…"`, not in `"""…"""`.
    pub escapes: bool,
}

impl Text {
    /// The text meant: escapes resolved.
    pub fn value(&self) -> String {
        if !self.escapes {
            return self.raw.clone();
        }
        let mut value = String::with_capacity(self.raw.len());
        let mut chars = self.raw.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => value.push('\n'),
                    Some('t') => value.push('\t'),
                    Some(c) => value.push(c),
                    None => value.push('\\'),
                },
                c => value.push(c),
            }
        }
        value
    }
}

/// `30 days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// How many.
    pub count: i64,
    /// Of what.
    pub unit: Unit,
    /// Where it stands.
    pub span: Span,
}

/// Units of time. Seconds to weeks are exact, months and years are of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A declaration with the comment before it.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The whole of it.
    pub span: Span,
    /// The lines of its `///` comment.
    pub docs: Vec<String>,
    /// What it declares.
    pub kind: DeclarationKind,
}

/// What is declared.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // each is its rule of the grammar
pub enum DeclarationKind {
    Customer {
        keyword: Span,
        fields: Vec<Field>,
    },
    Record {
        name: Option<Name>,
        fields: Vec<Field>,
    },
    Event {
        name: Option<Name>,
        fields: Vec<Field>,
    },
    EventUnion {
        name: Option<Name>,
        of: Vec<Name>,
    },
    Entity {
        name: Option<Name>,
        fields: Vec<Field>,
    },
    Retain {
        keyword: Span,
        event: Option<Name>,
        length: Option<Length>,
    },
    Source(Box<Source>),
    Destination(Box<Destination>),
    Identity(Identity),
    Trait {
        name: Option<Name>,
        label: Option<Text>,
        value: Expr,
    },
    Segment {
        name: Option<Name>,
        label: Option<Text>,
        when: Option<Expr>,
        refresh: Option<Length>,
    },
    Lifecycle {
        keyword: Span,
        name: Option<Name>,
        exclusive: bool,
        stages: Vec<Stage>,
    },
    Consent(Consent),
    Brand {
        keyword: Span,
        properties: Vec<Property>,
    },
    Layout {
        name: Option<Name>,
        body: Option<Body>,
    },
    Content {
        name: Option<Name>,
        /// What it is given where it is shown.
        parameters: Vec<Parameter>,
        /// Without whose leave it may not be shown.
        consent: Option<Name>,
        cases: Vec<Case>,
    },
    Email(Box<Email>),
    Coupon(Coupon),
    Model(Box<Prediction>),
    Recommend(Box<Recommendation>),
    Experiment(Box<Experiment>),
    Trigger(Trigger),
    Campaign(Campaign),
    Policy(Policy),
    Test(Test),
}

/// `NAME: TYPE MODIFIERS`.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type, unless a mistake stands there.
    pub ty: Option<TypeRef>,
    /// What else is said of it.
    pub modifiers: Vec<Modifier>,
    /// Its `///` comment.
    pub docs: Vec<String>,
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeRef {
    /// The whole of it.
    pub span: Span,
    /// What is written.
    pub kind: TypeKind,
    /// `?`.
    pub optional: bool,
}

/// A type without its `?`.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `string`, `list<line>`, `money<EUR>`.
    Named {
        /// The word.
        name: Name,
        /// What stands in `< >`.
        of: Option<Box<TypeRef>>,
    },
    /// `enum { a < b }`.
    Enum {
        /// Its values.
        values: Vec<Name>,
        /// Whether `<` stands between them.
        ordered: bool,
    },
}

/// A field's modifier.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Modifier {
    Key(Span),
    Unique(Span),
    Pii(Span),
    Matches(Text),
    Check(Expr),
    Purpose(Name),
}

/// `stage NAME when …`.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name.
    pub name: Option<Name>,
    /// What people read.
    pub label: Option<Text>,
    /// The condition; none for `otherwise`.
    pub when: Option<Expr>,
    /// Whether it is the `otherwise`.
    pub otherwise: Option<Span>,
}

/// `consent`.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Its name.
    pub name: Option<Name>,
    /// What people read.
    pub label: Option<Text>,
    /// `opt in double`.
    pub double: bool,
    /// `covers email, profiling`.
    pub covers: Vec<Name>,
    /// `expires after 24 months`.
    pub expires: Option<Length>,
    /// `without engagement`.
    pub without_engagement: bool,
}

/// `NAME "text"`.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name.
    pub name: Name,
    /// Its text.
    pub value: Option<Text>,
}

/// `body html file "…"`, `body text """…"""`.
#[derive(Clone, Debug)]
pub struct Body {
    /// The whole of it.
    pub span: Span,
    /// `html`, `text`, `markdown` or `mjml`.
    pub format: Option<Name>,
    /// Whether the text is a file's path.
    pub is_file: bool,
    /// The path or the body.
    pub text: Option<Text>,
}

/// `when CONDITION """…"""` or `otherwise """…"""`.
#[derive(Clone, Debug)]
pub struct Case {
    /// The whole of it.
    pub span: Span,
    /// The condition; none for `otherwise`.
    pub when: Option<Expr>,
    /// Whether it is the `otherwise`.
    pub otherwise: Option<Span>,
    /// What it shows.
    pub text: Option<Text>,
}

/// `email`.
#[derive(Clone, Debug)]
pub struct Email {
    /// Its name.
    pub name: Option<Name>,
    /// `consent NAME`.
    pub consent: Option<Name>,
    /// `transactional`.
    pub transactional: Option<Span>,
    /// `layout NAME`.
    pub layout: Option<Name>,
    /// `subject`, `preheader`, `from`, `reply_to`.
    pub properties: Vec<Property>,
    /// Its body; all that are written.
    pub bodies: Vec<Body>,
    /// `offer NAME`.
    pub offer: Option<Name>,
    /// The languages it is written in.
    pub locales: Option<Locales>,
    /// Where the words of each language lie.
    pub strings: Option<Text>,
    /// `opens`, `clicks`.
    pub tracked: Vec<Name>,
    /// What its links say of where they were followed.
    pub utm: Vec<UtmTag>,
}

/// An expression.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // the variants are the grammar's rules
pub enum Expr {
    /// A mistake stood here and was told.
    Missing(Span),
    Name(Name),
    Member(Box<Expr>, Name),
    Call {
        function: Name,
        args: Vec<Expr>,
        span: Span,
    },
    Query(Box<Query>),
    Number(String, Span),
    Percent(String, Span),
    Money {
        amount: String,
        currency: Name,
        span: Span,
    },
    Length(Length),
    Ago(Length, Span),
    Text(Text),
    Date(String, Span),
    Time(String, Span),
    Timestamp(String, Span),
    /// A place in a JSON document: `$.customer.id`.
    Path(String, Span),
    Bool(bool, Span),
    Now(Span),
    Today(Span),
    List(Vec<Expr>, Span),
    Not(Box<Expr>, Span),
    Negate(Box<Expr>, Span),
    Binary {
        op: Op,
        left: Box<Expr>,
        right: Box<Expr>,
        op_span: Span,
    },
    In {
        value: Box<Expr>,
        list: Box<Expr>,
        negated: bool,
        span: Span,
    },
    InSegment {
        segment: Option<Name>,
        span: Span,
    },
    Is {
        value: Box<Expr>,
        present: bool,
        span: Span,
    },
    Within {
        value: Box<Expr>,
        window: Box<Window>,
        span: Span,
    },
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
        span: Span,
    },
}

/// Operators of two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Op {
    And,
    Or,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Add,
    Subtract,
    Multiply,
    Divide,
    Coalesce,
}

/// `EVENT[.FIELD] [where …] [then|without EVENT within D | less EVENT by FIELD] [WINDOW]`.
#[derive(Clone, Debug)]
pub struct Query {
    /// The whole of it.
    pub span: Span,
    /// The event, and the field if one is named.
    pub subject: Expr,
    /// Which events.
    pub filter: Option<Expr>,
    /// A second step.
    pub sequence: Option<Sequence>,
    /// `less cart_remove by sku`.
    pub less: Option<Less>,
    /// In which time.
    pub window: Option<Window>,
}

/// `then|without EVENT [where …] within D`.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// `then` rather than `without`.
    pub then: bool,
    /// The second event.
    pub event: Option<Name>,
    /// Which of them.
    pub filter: Option<Expr>,
    /// How much later at most.
    pub within: Option<Length>,
}

/// `less EVENT by FIELD`.
#[derive(Clone, Debug)]
pub struct Less {
    /// What takes away.
    pub event: Option<Name>,
    /// By which field items are matched.
    pub by: Option<Name>,
}

/// A stretch of time.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Window {
    Last(Option<Length>, Span),
    Next(Option<Length>, Span),
    Since(Expr, Span),
    Before(Expr, Span),
    Between(Expr, Expr, Span),
}

impl Expr {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Expr::Name(name) => name.span,
            Expr::Member(base, name) => base.span().to(name.span),
            Expr::Query(query) => query.span,
            Expr::Length(length) => length.span,
            Expr::Text(text) => text.quoted,
            Expr::Binary { left, right, .. } => left.span().to(right.span()),
            Expr::Missing(span)
            | Expr::Call { span, .. }
            | Expr::Number(_, span)
            | Expr::Percent(_, span)
            | Expr::Money { span, .. }
            | Expr::Ago(_, span)
            | Expr::Date(_, span)
            | Expr::Time(_, span)
            | Expr::Timestamp(_, span)
            | Expr::Path(_, span)
            | Expr::Bool(_, span)
            | Expr::Now(span)
            | Expr::Today(span)
            | Expr::List(_, span)
            | Expr::Not(_, span)
            | Expr::Negate(_, span)
            | Expr::In { span, .. }
            | Expr::InSegment { span, .. }
            | Expr::Is { span, .. }
            | Expr::Within { span, .. }
            | Expr::If { span, .. } => *span,
        }
    }
}
