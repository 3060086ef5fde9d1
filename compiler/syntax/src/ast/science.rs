//! Models, recommendations and experiments.

use persona_diagnostics::Span;

use super::{Body, Case, Clock, Expr, Length, Name, Property, Share, Step, Window};

/// `model`.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Its name.
    pub name: Option<Name>,
    /// What it predicts; all that are written.
    pub predict: Option<(Span, Predict)>,
    /// Of whom; all customers if none.
    pub among: Option<(Span, Option<Expr>)>,
    /// What it learns from.
    pub features: Option<(Span, Vec<Expr>)>,
    /// The method.
    pub using: Option<Name>,
    /// The stretch of the past that it learns from.
    pub history: Option<History>,
    /// How it is judged.
    pub validate: Option<Validate>,
    /// What it must reach before it is used.
    pub require: Vec<Requirement>,
    /// How often it learns anew.
    pub retrain: Option<Retrain>,
    /// `pilot 10% for 14 days`.
    pub pilot: Option<Pilot>,
    /// Its value where there is none.
    pub fallback: Option<Expr>,
}

/// What a model predicts.
#[derive(Clone, Debug)]
pub enum Predict {
    /// A summary of what comes.
    Value(Expr),
    /// The hour of the day at which an event comes.
    HourOf(Option<Name>),
}

/// `history 2011-03-01 to 2011-09-01 every 30 days`.
#[derive(Clone, Debug)]
pub struct History {
    /// The whole of it.
    pub span: Span,
    /// From this day.
    pub from: Option<Clock>,
    /// To this one.
    pub to: Option<Clock>,
    /// An example of every customer so often.
    pub every: Option<Length>,
}

/// `validate 5 folds, last 60 days held out`.
#[derive(Clone, Debug)]
pub struct Validate {
    /// The whole of it.
    pub span: Span,
    /// In how many parts customers are split, as written.
    pub folds: Option<Name>,
    /// How much of the history is kept for a last test.
    pub held_out: Option<Length>,
}

/// `f1 at 20% >= 0.30`, `better than frequency`.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The whole of it.
    pub span: Span,
    /// The metric, or what it is to be better than.
    pub name: Option<Name>,
    /// Whether it is to be better than that.
    pub better: bool,
    /// `at 20%`.
    pub at: Option<Share>,
    /// Whether the bound is one from below: `>=` or `>`.
    pub least: bool,
    /// The bound.
    pub bound: Option<Expr>,
}

/// `retrain every week`.
#[derive(Clone, Debug)]
pub struct Retrain {
    /// The whole of it.
    pub span: Span,
    /// `2 weeks`.
    pub every: Option<Length>,
    /// `week`.
    pub word: Option<Name>,
}

/// `pilot 10% for 14 days`.
#[derive(Clone, Debug)]
pub struct Pilot {
    /// The whole of it.
    pub span: Span,
    /// Of how many customers its values are used at first.
    pub share: Option<Share>,
    /// For how long.
    pub length: Option<Length>,
}

/// `recommend`.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// Its name.
    pub name: Option<Name>,
    /// What is recommended, and what tells of interest in it; all that are written.
    pub signals: Vec<Signals>,
    /// The method.
    pub using: Option<Name>,
    /// How many, and which not.
    pub top: Option<Top>,
    /// What those get of whom nothing is known: the window of the bestsellers.
    pub bestsellers: Option<(Span, Option<Window>)>,
}

/// `product from purchase.lines.sku weight 5, product_view.sku`.
#[derive(Clone, Debug)]
pub struct Signals {
    /// The whole of it.
    pub span: Span,
    /// The entity.
    pub entity: Option<Name>,
    /// What tells of interest in it.
    pub of: Vec<Signal>,
}

/// `purchase.lines.sku weight 5`.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The whole of it.
    pub span: Span,
    /// The event and its fields.
    pub path: Vec<Name>,
    /// How much it counts, as written.
    pub weight: Option<Name>,
}

/// `top 4 at most 2 per category where in_stock`.
#[derive(Clone, Debug)]
pub struct Top {
    /// The whole of it.
    pub span: Span,
    /// How many, as written.
    pub count: Option<Name>,
    /// At most so many that share a field.
    pub most: Vec<MostPer>,
    /// Which.
    pub filter: Option<Expr>,
}

/// `at most 2 per category`.
#[derive(Clone, Debug)]
pub struct MostPer {
    /// How many, as written.
    pub count: Option<Name>,
    /// The field.
    pub field: Option<Name>,
}

/// `experiment`.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Its name.
    pub name: Option<Name>,
    /// What is tried.
    pub on: Option<Name>,
    /// What kind of declaration that is, if it says so: `email welcome`.
    pub on_kind: Option<Name>,
    /// `holdout 5%`.
    pub holdout: Option<Share>,
    /// Its variants.
    pub variants: Vec<Variant>,
    /// What is to be reached.
    pub goal: Option<(Span, Expr)>,
    /// Which difference is to be seen.
    pub detect: Option<Detect>,
}

/// `variant urgent 50% { subject "…" }`.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The whole of it.
    pub span: Span,
    /// Its name.
    pub name: Option<Name>,
    /// Its share of the customers.
    pub share: Option<Share>,
    /// `subject`, `preheader`, `from`, `reply_to`.
    pub properties: Vec<Property>,
    /// Its bodies; all that are written.
    pub bodies: Vec<Body>,
    /// `layout NAME`.
    pub layout: Option<Name>,
    /// `offer NAME`.
    pub offer: Option<Name>,
    /// `using METHOD`.
    pub using: Option<Name>,
    /// `model NAME`.
    pub model: Option<Name>,
    /// Another `top`.
    pub top: Option<Top>,
    /// Cases of a content block.
    pub cases: Vec<Case>,
    /// Steps of a flow.
    pub steps: Vec<Step>,
    /// Each change with its keyword.
    pub changes: Vec<Name>,
}

/// `detect 2% with power 80% at 95% confidence`.
#[derive(Clone, Debug)]
pub struct Detect {
    /// The whole of it.
    pub span: Span,
    /// The difference.
    pub difference: Option<Expr>,
    /// How likely one that is there is seen.
    pub power: Option<Share>,
    /// How sure one that is seen is there.
    pub confidence: Option<Share>,
}
