//! What happens to customers: triggers, campaigns, the policy, and tests of them.

use persona_diagnostics::Span;

use super::{Expr, Length, Name, Text};

/// An event, told apart by a field, where a condition holds.
#[derive(Clone, Debug)]
pub struct EventFilter {
    /// The event.
    pub event: Option<Name>,
    /// `by order_id`.
    pub by: Option<Name>,
    /// `where …`.
    pub filter: Option<Expr>,
}

/// What starts a flow.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum On {
    /// With `late within` behind it.
    Event(EventFilter, Option<Length>),
    Enter(Option<Name>),
    Leave(Option<Name>),
    Consent(Option<Name>),
    Every(Schedule),
    Date(OnDate),
    Change(Change),
}

/// `3 days before anniversary of birthday at 08:00 local`.
#[derive(Clone, Debug)]
pub struct OnDate {
    /// How far from the date, and whether before it.
    pub distance: Option<(Length, bool)>,
    /// Its anniversaries rather than itself.
    pub yearly: bool,
    /// The attribute or trait that is the date.
    pub of: Option<Name>,
    /// At which time of that day.
    pub at: Option<Clock>,
}

/// `tier rises`, `net_spend reaches any of 500 GBP, 1000 GBP again`.
#[derive(Clone, Debug)]
pub struct Change {
    /// The attribute or trait.
    pub of: Option<Name>,
    /// What it reaches; none where it rises.
    pub reaches: Option<Vec<Expr>>,
    /// `again`.
    pub again: bool,
}

/// A step of a flow.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Step {
    Wait { span: Span, length: Option<Length>, until: Option<Clock>, unless: Option<EventFilter> },
    Send { span: Span, email: Option<Name> },
    Call(Call),
    Update { span: Span, attribute: Option<Name>, value: Expr },
    If { span: Span, condition: Expr, then: Vec<Step>, otherwise: Vec<Step> },
}

/// `call DESTINATION { … }`.
#[derive(Clone, Debug)]
pub struct Call {
    /// The whole of it.
    pub span: Span,
    /// Whom it calls.
    pub destination: Option<Name>,
    /// `consent NAME`.
    pub consent: Option<Name>,
    /// `transactional`.
    pub transactional: Option<Span>,
    /// What it hands over.
    pub arguments: Vec<(Name, Expr)>,
}

/// `09:00`; also a date, as written.
#[derive(Clone, Debug)]
pub struct Clock {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A number as written.
pub type Number = Clock;

/// `trigger`.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// Its name.
    pub name: Option<Name>,
    /// What starts it; all that are written.
    pub on: Vec<(Span, On)>,
    /// What it does.
    pub steps: Vec<Step>,
    /// `exit on`.
    pub exits: Vec<EventFilter>,
    /// `once per`.
    pub once_per: Option<Length>,
    /// `needs fresh within`.
    pub needs: Option<Length>,
    /// `valid for`.
    pub valid: Option<Length>,
    /// `priority`.
    pub priority: Option<Number>,
    /// `backfill`.
    pub backfill: Option<Backfill>,
}

/// `backfill last 7 days at most 1000`.
#[derive(Clone, Debug)]
pub struct Backfill {
    /// The whole of it.
    pub span: Span,
    /// How far back.
    pub last: Option<Length>,
    /// How many flows.
    pub most: Option<Number>,
}

/// `campaign`.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its name.
    pub name: Option<Name>,
    /// Who.
    pub to: Option<Expr>,
    /// When.
    pub schedule: Option<Schedule>,
    /// Over how long the sends are spread.
    pub spread: Option<Length>,
    /// What.
    pub sends: Vec<Option<Name>>,
    /// `approve by`.
    pub approve: Option<Text>,
    /// `valid for`.
    pub valid: Option<Length>,
    /// `priority`.
    pub priority: Option<Number>,
    /// `exit on`.
    pub exits: Vec<EventFilter>,
}

/// When a campaign goes out.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The whole of it.
    pub span: Span,
    /// On which day; none for `at best_hour` by itself.
    pub day: Option<ScheduleDay>,
    /// At which time of the day.
    pub time: Option<Clock>,
    /// `best_hour` rather than a time.
    pub best_hour: bool,
}

/// On which day a campaign goes out.
#[derive(Clone, Debug)]
pub enum ScheduleDay {
    /// `2026-06-21`.
    Date(Clock),
    /// `every monday`; nothing where a mistake stands.
    Every(Option<Name>),
}

/// `policy`.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its keyword.
    pub keyword: Span,
    /// `quiet`; all that are written.
    pub quiet: Vec<Quiet>,
    /// `at most`.
    pub caps: Vec<Cap>,
    /// `one of`.
    pub one_of: Vec<OneOf>,
    /// `warm up`; all that are written.
    pub warm_up: Vec<WarmUp>,
    /// `pause at`.
    pub pauses: Vec<Pause>,
}

/// `quiet 21:00 to 08:00 local`.
#[derive(Clone, Debug)]
pub struct Quiet {
    /// The whole of it.
    pub span: Span,
    /// When it begins.
    pub from: Option<Clock>,
    /// When it ends.
    pub to: Option<Clock>,
    /// Messages it does not hold.
    pub except: Vec<Name>,
}

/// `at most 3 emails per 7 days except transactional`.
#[derive(Clone, Debug)]
pub struct Cap {
    /// The whole of it.
    pub span: Span,
    /// How many.
    pub most: Option<Number>,
    /// What is counted: `emails` or `messages`.
    pub counted: Option<Name>,
    /// In which time.
    pub per: Option<Length>,
    /// Messages that are neither counted nor withheld.
    pub except: Vec<Name>,
}

/// `one of tier_reward, thank_you per 1 day`.
#[derive(Clone, Debug)]
pub struct OneOf {
    /// The whole of it.
    pub span: Span,
    /// Of which messages.
    pub messages: Vec<Name>,
    /// In which time.
    pub per: Option<Length>,
}

/// `warm up from 200 per day doubling every 2 days`.
#[derive(Clone, Debug)]
pub struct WarmUp {
    /// The whole of it.
    pub span: Span,
    /// How many on the first day.
    pub from: Option<Number>,
    /// How often that doubles.
    pub doubling: Option<Length>,
}

/// `pause at complaint rate 0.3% per 7 days`.
#[derive(Clone, Debug)]
pub struct Pause {
    /// The whole of it.
    pub span: Span,
    /// `complaint` or `bounce`.
    pub of: Option<Name>,
    /// The share of what was sent, before its `%`.
    pub rate: Option<Number>,
    /// In which time.
    pub per: Option<Length>,
}

/// `test`.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its keyword.
    pub keyword: Span,
    /// What it shows.
    pub label: Option<Text>,
    /// Its lines, in order.
    pub lines: Vec<TestLine>,
}

/// A line of a test.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum TestLine {
    /// `ada = customer { … }`.
    Customer { name: Name, values: Vec<TestValue> },
    /// `product { … }`.
    Row { entity: Option<Name>, values: Vec<TestValue> },
    /// `ada in variant urgent`.
    Variant { who: Option<Name>, variant: Option<Name> },
    /// `2026-03-01 10:00 ada cart_add { … }`.
    Event { at: Moment, who: Option<Name>, event: Option<Name>, values: Vec<TestValue> },
    /// `2026-03-01 10:00 ada gives marketing`.
    Consent { at: Moment, who: Option<Name>, gives: bool, consent: Option<Name> },
    /// `expect ada …`.
    Expect { who: Option<Name>, expectation: Expectation, at: Option<Moment> },
}

/// A date and a time of day, as written.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Both of them.
    pub span: Span,
    /// The date.
    pub date: Option<Clock>,
    /// The time.
    pub time: Option<Clock>,
}

/// What is expected of a customer.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// `gets cart_reminder`.
    Gets(Option<Name>),
    /// `never gets cart_reminder`.
    Never(Option<Name>),
    /// `stage == active`, `in vip`.
    Holds(Expr),
}

/// `price: 20 GBP`.
#[derive(Clone, Debug)]
pub struct TestValue {
    /// The field.
    pub field: Name,
    /// Its value.
    pub value: TestContent,
}

/// The value of a field in a test.
#[derive(Clone, Debug)]
pub enum TestContent {
    /// A value.
    Value(Expr),
    /// `[{ sku: "A1" }]`: items.
    Items(Span, Vec<Vec<TestValue>>),
}
