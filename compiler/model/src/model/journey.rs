//! Who is written to, and when.

use std::sync::Arc;

use jiff::civil::{Date, Time, Weekday};
use persona_diagnostics::Span;
use persona_template::Compiled;
use persona_value::{Field, RecordType, Type, Value};

use super::{Leave, Model, Reads};
use crate::{Expr, Length};

/// A day in seconds: how late an event may arrive and still start a flow, and how long a message may be held, where
/// nothing else is said.
pub const DAY: i64 = 86_400;

/// Customers, by a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// In this segment.
    Segment(Arc<str>),
    /// In this stage of this lifecycle.
    Stage {
        /// The lifecycle.
        lifecycle: Arc<str>,
        /// The stage.
        stage: Arc<str>,
    },
}

/// An event, where a condition over its fields and the customer's holds.
#[derive(Clone, Debug)]
pub struct EventFilter {
    /// The event or union of events.
    pub event: Arc<str>,
    /// Which.
    pub filter: Option<Expr>,
}

/// Something with the place it is written at.
#[derive(Clone, Copy, Debug)]
pub struct Placed<T> {
    /// What is written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// What starts a flow.
#[derive(Clone, Debug)]
pub enum On {
    /// An event.
    Event {
        /// Which.
        filter: EventFilter,
        /// The field whose value tells the flows of one customer apart.
        key: Option<Arc<str>>,
        /// How many seconds after it happened it may arrive; a day where nothing is said.
        late: Option<Placed<i64>>,
    },
    /// A customer comes into an audience.
    Enter(Audience),
    /// A customer leaves it.
    Leave(Audience),
    /// A customer gives a consent.
    Consent(Arc<str>),
    /// A time, for every customer.
    Schedule(Schedule),
    /// A day or an instant of the customer's own.
    Date(OnDate),
    /// A value goes up: from one present value to a higher one.
    Rises(Expr),
    /// A value comes to one of some thresholds, from below.
    Reaches(Reaches),
}

/// A day or an instant that a value of the customer names.
#[derive(Clone, Debug)]
pub struct OnDate {
    /// An attribute or a trait: a date or an instant.
    pub of: Expr,
    /// Its anniversaries rather than itself.
    pub yearly: bool,
    /// How far from it, and whether before it.
    pub distance: Option<(Length, bool)>,
    /// At which time of that day where the customer is; none: at the instant itself.
    pub at: Option<Time>,
}

/// A value and what it has to come to.
#[derive(Clone, Debug)]
pub struct Reaches {
    /// An attribute or a trait: an ordered enum or a number.
    pub of: Expr,
    /// In ascending order, none twice; of the type of the value.
    pub thresholds: Vec<Value>,
    /// Whether a customer who falls below starts a flow when they reach it again.
    pub again: bool,
}

/// A step of a flow.
#[derive(Clone, Debug)]
pub enum Step {
    /// Waits so long; ends the flow if an event comes meanwhile.
    Wait(Length, Option<EventFilter>),
    /// Waits until this time of day where the customer is.
    WaitUntil(Time, Option<EventFilter>),
    /// Sends an e-mail.
    Send {
        /// Its name.
        email: Arc<str>,
        /// Where the step is written.
        span: Span,
    },
    /// Hands something to a destination.
    Call(Call),
    /// Gives an attribute of the customer another value, as one more source of it.
    Update {
        /// Its name.
        attribute: Arc<str>,
        /// Of the attribute's type.
        value: Expr,
        /// Where the step is written.
        span: Span,
    },
    /// One of two ways.
    If(Expr, Vec<Step>, Vec<Step>),
}

/// What a destination is handed.
#[derive(Clone, Debug)]
pub struct Call {
    /// The destination.
    pub destination: Arc<str>,
    /// By whose leave.
    pub leave: Leave,
    /// Values by name, in the order written.
    pub arguments: Vec<(Arc<str>, Argument)>,
    /// What those that are templates read, with where.
    pub reads_at: Reads,
    /// Where the step is written.
    pub span: Span,
}

/// One value of a call.
#[derive(Clone, Debug)]
pub enum Argument {
    /// As it is.
    Value(Expr),
    /// A template, rendered as text.
    Text(Compiled),
}

/// A flow.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// What starts it.
    pub on: On,
    /// Where that is written.
    pub on_span: Span,
    /// What it does.
    pub steps: Vec<Step>,
    /// What ends it.
    pub exits: Vec<EventFilter>,
    /// At most one flow that sent something in this time.
    pub once_per: Option<Length>,
    /// How old the data may be that its sends are decided on.
    pub needs: Option<Placed<Length>>,
    /// How many seconds a message may be held before it is of no use; a day where nothing is said.
    pub valid: Option<Placed<i64>>,
    /// Of messages due at one instant the one of the highest priority goes first; 0 where nothing is said.
    pub priority: Option<Placed<i64>>,
    /// Flows that start for what happened before the trigger went live; none where nothing is said.
    pub backfill: Option<Placed<Backfill>>,
    /// Where its name stands.
    pub span: Span,
}

/// Which of the flows that would have started before a trigger went live are started after all.
#[derive(Clone, Copy, Debug)]
pub struct Backfill {
    /// For what happened in this time.
    pub last: Length,
    /// So many at most, the newest.
    pub most: i64,
}

/// When something goes out, by the clock where the customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// On which days.
    pub days: Days,
    /// At which time; none: at the hour at which the customer engages most.
    pub time: Option<Time>,
}

/// Days of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// The 24 hours after it is live and approved; only with the best hour.
    First,
    /// This one.
    On(Date),
    /// Each.
    Daily,
    /// Each of this name.
    Weekly(Weekday),
}

/// A send at a time.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Who; all customers if none.
    pub to: Option<Expr>,
    /// When.
    pub schedule: Schedule,
    /// Where that is written.
    pub schedule_span: Span,
    /// Over how many seconds sends are spread.
    pub spread: i64,
    /// What.
    pub email: Arc<str>,
    /// Where the `send` is written.
    pub email_span: Span,
    /// Who has to approve it before it goes out.
    pub approve: Option<Placed<Arc<str>>>,
    /// How many seconds a message may be held before it is of no use; a day where nothing is said.
    pub valid: Option<Placed<i64>>,
    /// Of messages due at one instant the one of the highest priority goes first; 0 where nothing is said.
    pub priority: Option<Placed<i64>>,
    /// Customers who did one of these since the campaign began are left out.
    pub exits: Vec<EventFilter>,
    /// Where its name stands.
    pub span: Span,
}

impl<T> Placed<T> {
    pub(crate) fn new(value: T, span: Span) -> Placed<T> {
        Placed { value, span }
    }
}

impl Audience {
    /// `segment high_value`, `stage vip`, `value champion`.
    pub fn key(&self) -> String {
        match self {
            Audience::Segment(name) => format!("segment {name}"),
            Audience::Stage { lifecycle, stage } => format!("{lifecycle} {stage}"),
        }
    }
}

impl Step {
    /// This step and all below it, in the order written.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Step)) {
        visit(self);
        if let Step::If(_, then, otherwise) = self {
            then.iter().chain(otherwise).for_each(|step| step.walk(visit));
        }
    }
}

impl Trigger {
    /// Every step, those in branches too, in the order written.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut all = Vec::new();
        self.steps.iter().for_each(|step| step.walk(&mut |step| all.push(step)));
        all
    }

    /// Whether it sends this e-mail.
    pub fn sends(&self, email: &str) -> bool {
        self.all_steps().iter().any(|step| matches!(step, Step::Send { email: sent, .. } if **sent == *email))
    }
}

impl On {
    /// What `event` is in a flow that starts so, in its messages and its conditions; none where it is nothing.
    pub fn record(&self, model: &Model) -> Option<RecordType> {
        let field = |name: &str, ty: &Type| Field { name: name.into(), ty: ty.clone(), optional: false };
        let record = |fields| Some(RecordType { name: "event".into(), fields });
        match self {
            On::Event { filter, .. } => model.event(&filter.event).map(|event| event.record()),
            On::Rises(of) => record(vec![field("from", &of.ty), field("to", &of.ty)]),
            On::Reaches(reaches) => record(vec![field("threshold", &reaches.of.ty)]),
            On::Date(date) if date.yearly => {
                record(vec![field("date", &Type::Date), field("years", &Type::Int)])
            }
            On::Date(_) => record(vec![field("date", &Type::Date)]),
            On::Enter(_) | On::Leave(_) | On::Consent(_) | On::Schedule(_) => None,
        }
    }
}
