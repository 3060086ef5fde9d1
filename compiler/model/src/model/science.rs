//! Models, recommendations and experiments.

use std::sync::Arc;

use jiff::civil::Date;
use persona_diagnostics::Span;
use persona_template::Compiled;
use persona_value::{Decimal, Type, Value};

use super::{Body, Case, Step};
use crate::{Expr, Length, Query};

/// A summary of what comes after an instant: `any(purchase in next 14 days)`.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// What is asked of the events that come. Its window is `within`, and not its own.
    pub query: Query,
    /// How far ahead.
    pub within: Length,
    /// What the summary gives.
    pub ty: Type,
    /// Where it is written.
    pub span: Span,
}

/// A model: a value of the customer that is learnt from what others did.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// What it predicts.
    pub target: Outcome,
    /// Of whom; all customers if none. Others have its `fallback`.
    pub among: Option<Expr>,
    /// What it learns from.
    pub features: Vec<Expr>,
    /// How it learns.
    pub method: Method,
    /// From which past.
    pub history: History,
    /// Into how many parts customers are split to judge it by those it has not seen.
    pub folds: u32,
    /// What it must reach before its values are used.
    pub require: Vec<Requirement>,
    /// How often it learns anew; only when it is asked to if none.
    pub retrain: Option<Length>,
    /// The share of customers that its values are used for at first, and for how long.
    pub pilot: Option<(Decimal, Length)>,
    /// Its value where it has none.
    pub fallback: Option<Expr>,
    /// What its value is.
    pub ty: Type,
    /// Whether it may be missing: there is no `fallback`, or that may be missing.
    pub optional: bool,
    /// Where its name stands.
    pub span: Span,
}

/// What a model predicts.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// How likely it is that something happens, or does not.
    Chance(Forecast),
    /// How much.
    Amount(Forecast),
    /// Which.
    Choice(Forecast),
    /// The hour of the customer's day at which an event comes, from 0 to 23.
    Hour(Arc<str>),
}

/// How a model learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as they are written
pub enum Method {
    LogisticRegression,
    LinearRegression,
    BoostedTrees,
    /// Counts of the customer, drawn to those of all.
    ShrunkCounts,
}

/// The past that a model learns from: examples are taken from the first day on, one of every customer each `every`, as
/// long as what they are to predict lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// The first day.
    pub from: Date,
    /// The first day behind it.
    pub to: Date,
    /// The step.
    pub every: Length,
    /// So much of its end is kept for a last test.
    pub held_out: Option<Length>,
}

/// What a model must reach before its values are used.
#[derive(Clone, Debug)]
pub enum Requirement {
    /// A metric within a bound.
    Metric {
        /// Which.
        metric: Metric,
        /// Among so many of the customers, the likeliest first.
        at: Option<Decimal>,
        /// The bound; from below for metrics of which more is better.
        bound: Value,
        /// Where it is written.
        span: Span,
    },
    /// Better than something that needs no model.
    Better(Baseline),
}

/// How well a model does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as they are written; the reference describes them
pub enum Metric {
    RocAuc,
    PrAuc,
    F1,
    Precision,
    Recall,
    Lift,
    LogLoss,
    Brier,
    Rmse,
    Mae,
    R2,
    Accuracy,
    Top3,
    HoursOff,
}

/// What a model is to be better than.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// How often the customer did it before.
    Frequency,
    /// How long ago the customer did it last.
    Recency,
    /// The middle of all customers.
    Median,
    /// The same summary of as long a stretch before.
    Past,
    /// What is commonest among all.
    Popularity,
    /// What is commonest with the customer.
    Habit,
    /// One of its features by itself, or a field of one.
    Feature(usize, Option<Arc<str>>),
}

/// A recommendation: a list of an entity's rows for each customer, which may be empty.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// What is recommended.
    pub entity: Arc<str>,
    /// What tells of interest in it.
    pub signals: Vec<Signal>,
    /// How interest is put to use.
    pub method: Likeness,
    /// How many, and which not.
    pub top: Top,
    /// Those of whom nothing is known get what was bought most, in this last stretch of time if one is given. Without
    /// it they get nothing.
    pub bestsellers: Option<Option<Length>>,
    /// Where its name stands.
    pub span: Span,
}

/// An event that tells of interest in a row of an entity.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The event, or union of events.
    pub event: Arc<str>,
    /// The event's list in whose items the reference lies, if it lies in one.
    pub list: Option<Arc<str>>,
    /// The field that holds the reference.
    pub field: Arc<str>,
    /// How much it counts.
    pub weight: Decimal,
}

/// How interest in some becomes interest in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as they are written
pub enum Likeness {
    ItemSimilarity,
    UserSimilarity,
    MatrixFactorization,
}

/// How many rows, and which.
#[derive(Clone, Debug)]
pub struct Top {
    /// How many at most.
    pub count: u32,
    /// At most so many that share a field.
    pub most: Vec<(u32, Arc<str>)>,
    /// Which: a condition over the entity's fields, as [`crate::ExprKind::ItemField`].
    pub filter: Option<Expr>,
}

/// An experiment.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// What is tried.
    pub on: Tested,
    /// The share of customers who get nothing, cut first.
    pub holdout: Decimal,
    /// In the order declared; their shares are of those who are left, and make a whole.
    pub variants: Vec<Variant>,
    /// What is to be reached.
    pub goal: Forecast,
    /// Which difference is to be seen.
    pub detect: Option<Detect>,
    /// Where its name stands.
    pub span: Span,
}

/// What an experiment tries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tested {
    Email(Arc<str>),
    Trigger(Arc<str>),
    Content(Arc<str>),
    Recommendation(Arc<str>),
    Model(Arc<str>),
}

/// A way of several.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: Arc<str>,
    /// Its share.
    pub share: Decimal,
    /// What is different; nothing for what is as declared.
    pub changes: Vec<Change>,
    /// Where its name stands.
    pub span: Span,
}

/// What a variant does differently.
#[derive(Clone, Debug)]
pub enum Change {
    /// Another subject of the e-mail.
    Subject(Compiled),
    /// Another preheader.
    Preheader(Compiled),
    /// Another sender.
    From(Arc<str>),
    /// Answers go elsewhere.
    ReplyTo(Arc<str>),
    /// Another body.
    Body(Body),
    /// Another layout.
    Layout(Arc<str>),
    /// Another offer.
    Offer(Arc<str>),
    /// Other cases of the content block.
    Cases(Vec<Case>),
    /// Another step in place of the flow's first wait.
    Wait(Step),
    /// Other steps of the flow.
    Steps(Vec<Step>),
    /// Another method of the model.
    Method(Method),
    /// Another method of the recommendation.
    Likeness(Likeness),
    /// Other rows of the recommendation.
    Top(Top),
    /// Another model in its place.
    Model(Arc<str>),
}

/// Which difference an experiment is to see.
#[derive(Clone, Debug)]
pub struct Detect {
    /// The difference: points of a rate, or of the goal's own unit.
    pub difference: Decimal,
    /// How likely one that is there is seen.
    pub power: Decimal,
    /// How sure one that is seen is there.
    pub confidence: Decimal,
}

impl Outcome {
    /// What is predicted, if it is a summary.
    pub fn forecast(&self) -> Option<&Forecast> {
        match self {
            Outcome::Chance(forecast) | Outcome::Amount(forecast) | Outcome::Choice(forecast) => {
                Some(forecast)
            }
            Outcome::Hour(_) => None,
        }
    }
}
