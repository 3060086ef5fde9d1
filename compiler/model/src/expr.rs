//! Typed expressions.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::{Type, Value};

/// An expression with what it is.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it does.
    pub kind: ExprKind,
    /// What it gives.
    pub ty: Type,
    /// Whether that may be missing.
    pub optional: bool,
    /// Where it is written.
    pub span: Span,
}

/// What an expression does. Names are resolved: each kind of row has a variant of its own.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A mistake, told already.
    Unknown,
    /// A constant.
    Literal(Value),
    /// The instant of the evaluation.
    Now,
    /// The project's day of the evaluation.
    Today,
    /// So long before now: an instant.
    Ago(Length),
    /// An attribute of the customer.
    Attribute(Arc<str>),
    /// A trait of the customer.
    Trait(Arc<str>),
    /// The customer's stage in a lifecycle, as the stage's name.
    Stage(Arc<str>),
    /// What a model says of the customer.
    Model(Arc<str>),
    /// Whether the customer is in a segment.
    InSegment(Arc<str>),
    /// Whether the customer had the row of an entity that a recommendation looks at: within a stretch of time, or ever.
    Bought(Option<Box<Window>>),
    /// A field of the event at hand.
    EventField(Arc<str>),
    /// A field of what started the flow.
    StartField(Arc<str>),
    /// A field of the list's item at hand.
    ItemField(Arc<str>),
    /// A column of the source's row at hand, of [`Type::Raw`].
    Column(Arc<str>),
    /// The value a `check` is about.
    It,
    /// A field of the entity's row that a reference names; missing where there is no such row.
    Lookup {
        /// The reference.
        key: Box<Expr>,
        /// The entity.
        entity: Arc<str>,
        /// Its field.
        field: Arc<str>,
    },
    /// A field of a record value (`rfm.recency`).
    Field(Box<Expr>, Arc<str>),
    /// An event query over the customer's events.
    Query(Box<Query>),
    /// A summary of a list's items.
    Items(Box<Items>),
    /// True where the condition is not.
    Not(Box<Expr>),
    /// All are true.
    And(Box<Expr>, Box<Expr>),
    /// One is true.
    Or(Box<Expr>, Box<Expr>),
    /// Two values compared; false when one is missing. Both sides are of one kind (see [`Expr::ty`]).
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// One of these constants.
    OneOf(Box<Expr>, Vec<Value>),
    /// There is a value.
    IsPresent(Box<Expr>),
    /// An instant or a day lies in a window.
    Within(Box<Expr>, Box<Window>),
    /// Arithmetic on numbers of matched types.
    Arithmetic(Operation, Box<Expr>, Box<Expr>),
    /// An instant or a date moved by a length of time.
    Moved {
        /// From.
        from: Box<Expr>,
        /// By.
        by: Length,
        /// Back rather than forward.
        back: bool,
    },
    /// The first of two that is present.
    Coalesce(Box<Expr>, Box<Expr>),
    /// One of two.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A function.
    Call(Function, Vec<Expr>),
    /// A column read as the expression's type; missing where it cannot be.
    Read {
        /// Of [`Type::Raw`].
        raw: Box<Expr>,
        /// The zone whose wall clock it shows, for instants.
        zone: Option<Arc<str>>,
    },
    /// A date as the instant of its midnight in the project's zone.
    Midnight(Box<Expr>),
    /// A summary of the rows of a source's group.
    Group(Summary, Option<Box<Expr>>),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A length of time: exact seconds, or months of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// Seconds to weeks are exact: a day is 24 hours.
    Seconds(i64),
    /// Months and years.
    Months(i64),
}

/// How values are put into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Summary {
    Count,
    Any,
    None,
    Sum,
    Avg,
    Min,
    Max,
    First,
    Last,
    MostFrequent,
    Distinct,
    List,
    Rfm,
}

/// What an event query asks of each event.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The event itself.
    Event,
    /// A value over the event's fields.
    Value(Expr),
    /// A value over the items of one of its list fields.
    Items(Arc<str>, Expr),
}

/// `EVENT[.FIELD] [where …] [WINDOW]` inside a summary.
#[derive(Clone, Debug)]
pub struct Query {
    /// How the events are put into one value.
    pub summary: Summary,
    /// The event or union of events.
    pub event: Arc<str>,
    /// What of it.
    pub subject: Subject,
    /// Which.
    pub filter: Option<Expr>,
    /// Followed, or not followed, by another.
    pub sequence: Option<Sequence>,
    /// For lists: the event that takes away, and the field by which it matches.
    pub less: Option<(Arc<str>, Arc<str>)>,
    /// In which time.
    pub window: Option<Window>,
    /// For `first` and `last` of an event: the field that is asked of it.
    pub field: Option<Arc<str>>,
}

/// The second step of a sequence.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// There is one, rather than none.
    pub then: bool,
    /// The event.
    pub event: Arc<str>,
    /// Which.
    pub filter: Option<Expr>,
    /// How much later at most.
    pub within: Length,
}

/// `sum(cart, it.quantity * it.price)`.
#[derive(Clone, Debug)]
pub struct Items {
    /// How the items are put into one value.
    pub summary: Summary,
    /// Whose items.
    pub of: ItemSource,
    /// Which.
    pub filter: Option<Expr>,
    /// What of each.
    pub value: Option<Expr>,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemSource {
    /// A list trait of the customer.
    Trait(Arc<str>),
    /// A list field of the event at hand.
    EventField {
        /// The event.
        event: Arc<str>,
        /// Its field.
        field: Arc<str>,
    },
}

/// A stretch of time. Bounds are instants.
#[derive(Clone, Debug)]
pub enum Window {
    /// `(now − D, now]`, or whole local days for months.
    Last(Length),
    /// From this instant on; a missing one is the whole history.
    Since(Expr),
    /// Up to this instant, without it.
    Before(Expr),
    /// From the first on, up to the second, without it.
    Between(Expr, Expr),
}

/// The closed list of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as they are written; `docs/reference/expressions.md` describes them
pub enum Function {
    Lower,
    Upper,
    Trim,
    Length,
    Concat,
    Contains,
    StartsWith,
    EndsWith,
    Round(u32),
    Floor,
    Ceil,
    Abs,
    Year,
    Month,
    Day,
    Weekday,
    Hour,
    DaysBetween,
    Hashed,
    Masked,
}

impl Expr {
    /// What a mistake leaves: of unknown type, so that no second one is told.
    pub fn unknown(span: Span) -> Expr {
        Expr { kind: ExprKind::Unknown, ty: Type::Unknown, optional: false, span }
    }

    /// Whether its type is not known because of a mistake.
    pub fn is_unknown(&self) -> bool {
        self.ty == Type::Unknown
    }

    /// Every expression directly below this one.
    pub fn children(&self) -> Vec<&Expr> {
        fn bounds(window: &Window) -> Vec<&Expr> {
            match window {
                Window::Last(_) => vec![],
                Window::Since(a) | Window::Before(a) => vec![a],
                Window::Between(a, b) => vec![a, b],
            }
        }
        match &self.kind {
            ExprKind::Lookup { key: a, .. }
            | ExprKind::Field(a, _)
            | ExprKind::Not(a)
            | ExprKind::OneOf(a, _)
            | ExprKind::IsPresent(a)
            | ExprKind::Moved { from: a, .. }
            | ExprKind::Read { raw: a, .. }
            | ExprKind::Midnight(a) => vec![a],
            ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Compare(_, a, b)
            | ExprKind::Arithmetic(_, a, b)
            | ExprKind::Coalesce(a, b) => vec![a, b],
            ExprKind::If(a, b, c) => vec![a, b, c],
            ExprKind::Within(a, window) => std::iter::once(&**a).chain(bounds(window)).collect(),
            ExprKind::Bought(Some(window)) => bounds(window),
            ExprKind::Call(_, args) => args.iter().collect(),
            ExprKind::Group(_, value) => value.iter().map(|v| &**v).collect(),
            ExprKind::Query(query) => {
                let mut below: Vec<&Expr> = match &query.subject {
                    Subject::Event => vec![],
                    Subject::Value(value) | Subject::Items(_, value) => vec![value],
                };
                below.extend(&query.filter);
                below.extend(query.sequence.iter().flat_map(|s| &s.filter));
                below.extend(query.window.iter().flat_map(bounds));
                below
            }
            ExprKind::Items(items) => items.filter.iter().chain(&items.value).collect(),
            _ => vec![],
        }
    }

    /// This expression and all below it, outermost first.
    #[recursive::recursive]
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
