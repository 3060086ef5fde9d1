//! `model` and `recommend`.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{
    bound_direction::BoundDirection, misplaced::Misplaced, short_history::ShortHistory,
    type_mismatch::TypeMismatch,
};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};
use persona_value::{Decimal, Type, Value};

use super::shared;
use crate::infer::ahead::Foretold;
use crate::infer::{Checker, Row, describe};
use crate::{
    Baseline, Expr, ExprKind, Forecast, History, Length, Method, Metric, Outcome, Prediction, Requirement,
    Summary,
};

const DAY: i64 = 86_400;

/// What a model predicts decides how it can learn and how it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Chance,
    Amount,
    Choice,
    Hour,
}

impl Sort {
    fn of(target: &Outcome) -> Sort {
        match target {
            Outcome::Chance(_) => Sort::Chance,
            Outcome::Amount(_) => Sort::Amount,
            Outcome::Choice(_) => Sort::Choice,
            Outcome::Hour(_) => Sort::Hour,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Sort::Chance => "how likely something is",
            Sort::Amount => "how much",
            Sort::Choice => "which",
            Sort::Hour => "an hour",
        }
    }

    /// The methods for it, the one that is meant if none is named first.
    fn methods(self) -> &'static [(&'static str, Method)] {
        match self {
            Sort::Chance => &[
                ("logistic_regression", Method::LogisticRegression),
                ("boosted_trees", Method::BoostedTrees),
            ],
            Sort::Amount => {
                &[("linear_regression", Method::LinearRegression), ("boosted_trees", Method::BoostedTrees)]
            }
            Sort::Choice | Sort::Hour => &[("shrunk_counts", Method::ShrunkCounts)],
        }
    }

    fn metrics(self) -> &'static [(&'static str, Metric)] {
        match self {
            Sort::Chance => &[
                ("roc_auc", Metric::RocAuc),
                ("pr_auc", Metric::PrAuc),
                ("f1", Metric::F1),
                ("precision", Metric::Precision),
                ("recall", Metric::Recall),
                ("lift", Metric::Lift),
                ("log_loss", Metric::LogLoss),
                ("brier", Metric::Brier),
            ],
            Sort::Amount => &[("rmse", Metric::Rmse), ("mae", Metric::Mae), ("r2", Metric::R2)],
            Sort::Choice => &[("accuracy", Metric::Accuracy), ("top3", Metric::Top3)],
            Sort::Hour => &[("hours_off", Metric::HoursOff)],
        }
    }

    fn baselines(self) -> &'static [(&'static str, Baseline)] {
        match self {
            Sort::Chance => &[("frequency", Baseline::Frequency), ("recency", Baseline::Recency)],
            Sort::Amount => &[("median", Baseline::Median), ("past", Baseline::Past)],
            Sort::Choice | Sort::Hour => &[("popularity", Baseline::Popularity), ("habit", Baseline::Habit)],
        }
    }

    /// Every metric there is, with what it judges.
    fn of_metric(name: &str) -> Option<Sort> {
        let all = [Sort::Chance, Sort::Amount, Sort::Choice, Sort::Hour];
        all.into_iter().find(|s| s.metrics().iter().any(|(n, _)| *n == name))
    }
}

impl Metric {
    /// Whether less of it is better.
    fn is_error(self) -> bool {
        matches!(self, Metric::LogLoss | Metric::Brier | Metric::Rmse | Metric::Mae | Metric::HoursOff)
    }

    /// Whether it is of those whom the model puts first, so many.
    fn has_cut(self) -> bool {
        matches!(self, Metric::F1 | Metric::Precision | Metric::Recall | Metric::Lift)
    }

    /// Whether it lies between 0 and 1.
    fn is_share(self) -> bool {
        !matches!(
            self,
            Metric::Lift | Metric::LogLoss | Metric::Rmse | Metric::Mae | Metric::R2 | Metric::HoursOff
        )
    }
}

/// The names of models, so that any expression can use them.
pub(super) fn collect(checker: &mut Checker, name: &Name, ast: &ast::Prediction) {
    let waiting = match &ast.predict {
        Some((_, predict)) => Foretold::Waiting(predict.clone()),
        None => Foretold::Done(Type::Unknown, None),
    };
    checker.models.insert(shared(&name.text), (name.span, waiting));
    if ast.fallback.is_none() {
        checker.without_fallback.insert(shared(&name.text));
    }
}

pub(super) fn predictions(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Prediction> {
    let mut predictions = Vec::new();
    for declaration in declarations {
        let Kind::Model(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if checker.models.get(name.text.as_str()).is_none_or(|(span, _)| *span != name.span) {
            continue;
        }
        predictions.extend(prediction(checker, declaration, ast, name));
    }
    predictions
}

fn prediction(
    checker: &mut Checker,
    declaration: &Declaration,
    ast: &ast::Prediction,
    name: &Name,
) -> Option<Prediction> {
    let what = || format!("the model `{}`", name.text);
    if ast.predict.is_none() {
        let form = "predict any(purchase in next 14 days)";
        checker.missing_member(what(), "what it predicts", name.span, form);
    }
    let key = shared(&name.text);
    let ty = checker.model_type(&key);
    let target = target(checker, ast, &key);
    let sort = target.as_ref().map(Sort::of);
    let among = ast.among.as_ref().and_then(|(_, who)| who.as_ref());
    let among = among.map(|who| checker.condition(who, &[Row::Customer]));
    let features = ast.features.iter().flat_map(|(_, all)| all).collect::<Vec<_>>();
    let features: Vec<Expr> = features.into_iter().filter_map(|f| feature(checker, f)).collect();
    for (at, again) in features.iter().enumerate() {
        let sources = checker.sources;
        let words = |feature: &Expr| sources.text(feature.span).split_whitespace();
        if let Some(first) = features[..at].iter().find(|first| words(first).eq(words(again))) {
            let what = checker.written(again.span);
            checker.repeated(&what, &[first.span, again.span]);
        }
    }
    let method = target.as_ref().and_then(|t| method(checker, ast.using.as_ref(), t));
    match (&ast.features, method) {
        (None, Some(method)) if method != Method::ShrunkCounts => {
            let form = "from count(purchase in last 30 days)";
            checker.missing_member(what(), "`from`: what it learns from", name.span, form);
        }
        (Some((at, _)), Some(Method::ShrunkCounts)) => {
            checker.problems.report(Misplaced {
                headline: "`shrunk_counts` reads nothing but the events it predicts".into(),
                at: *at,
                why: "so nothing of this is used".into(),
                help: Some("remove the `from`".into()),
            });
        }
        _ => {}
    }
    if ast.history.is_none() {
        let form = "history 2011-03-01 to 2011-09-01 every 30 days";
        checker.missing_member(what(), "`history`: the past it learns from", name.span, form);
    }
    let (folds, held_out) = validate(checker, ast);
    let history = ast.history.as_ref().and_then(|h| history(checker, h, held_out));
    let ahead = target.as_ref().and_then(Outcome::forecast);
    if let (Some(history), Some(written)) = (&history, &ast.history) {
        has_room(checker, ast, history, written, ahead);
    }
    let require = sort.map(|sort| requirements(checker, ast, sort, &ty, &features)).unwrap_or_default();
    let retrain = ast.retrain.as_ref().and_then(|r| retrain(checker, r));
    let pilot = ast.pilot.as_ref().and_then(|p| pilot(checker, p));
    let fallback = ast.fallback.as_ref().map(|value| {
        let value = checker.expression(value, &[Row::Customer]);
        let declared_at = ast.predict.as_ref().map(|(at, _)| *at);
        checker.assign(value, &ty, &name.text, declared_at)
    });
    let outside =
        |value: &Value| matches!(value, Value::Decimal(d) if !(Decimal::ZERO..=Decimal::from(1)).contains(d));
    if let (Some(Sort::Chance), Some(Expr { kind: ExprKind::Literal(value), span, .. })) = (sort, &fallback)
        && outside(value)
    {
        let (written, at) = (checker.written(*span), *span);
        checker.bad_literal(&written, at, "how likely something is lies between 0% and 100%");
    }
    let optional = fallback.as_ref().is_none_or(|f| f.optional);
    Some(Prediction {
        name: key,
        docs: declaration.docs.clone(),
        target: target?,
        among,
        features,
        method: method?,
        history: history?,
        folds,
        require,
        retrain,
        pilot,
        fallback,
        ty,
        optional,
        span: name.span,
    })
}

/// What a model predicts, as its type was worked out.
fn target(checker: &mut Checker, ast: &ast::Prediction, name: &Arc<str>) -> Option<Outcome> {
    if let Some((_, ast::Predict::HourOf(event))) = &ast.predict {
        let event = event.as_ref()?;
        let event = checker.events.get(&event.text)?;
        return Some(Outcome::Hour(event.name.clone()));
    }
    let Some((_, Foretold::Done(ty, Some(forecast)))) = checker.models.get(name) else { return None };
    if *ty == Type::Unknown {
        return None;
    }
    let forecast: Forecast = (**forecast).clone();
    Some(match forecast.query.summary {
        Summary::Any | Summary::None => Outcome::Chance(forecast),
        Summary::MostFrequent => Outcome::Choice(forecast),
        _ => Outcome::Amount(forecast),
    })
}

/// A value that a model can learn from: a number, a condition, or one of some names.
fn feature(checker: &mut Checker, ast: &ast::Expr) -> Option<Expr> {
    let value = checker.expression(ast, &[Row::Customer]);
    let fits = match &value.ty {
        Type::Unknown => return None,
        Type::Record(record) => *record.name == *"rfm",
        Type::List(_) | Type::Email | Type::Url | Type::Raw => false,
        _ => true,
    };
    if !fits {
        let headline = format!("a model does not learn from {}", describe(&value.ty));
        let labels = vec![(value.span, format!("this is {}", describe(&value.ty)))];
        let help = matches!(value.ty, Type::List(_)).then(|| {
            ("learn from how many there are".to_string(), format!("count({})", checker.written(value.span)))
        });
        checker.problems.report(TypeMismatch { headline, labels, help });
        return None;
    }
    Some(value)
}

/// The method that is named, or the usual one.
pub(super) fn method(checker: &mut Checker, using: Option<&Name>, target: &Outcome) -> Option<Method> {
    let sort = Sort::of(target);
    let Some(using) = using else { return sort.methods().first().map(|(_, m)| *m) };
    if let Some((_, method)) = sort.methods().iter().find(|(n, _)| *n == using.text) {
        return Some(*method);
    }
    let candidates = sort.methods().iter().map(|(n, _)| (n.to_string(), None)).collect();
    checker.unknown_name(&format!("method to predict {}", sort.words()), using, candidates);
    None
}

/// How many parts customers are split into, and what is kept for a last test.
fn validate(checker: &mut Checker, ast: &ast::Prediction) -> (u32, Option<Length>) {
    const USUAL: u32 = 5;
    let Some(validate) = &ast.validate else { return (USUAL, None) };
    let folds = match &validate.folds {
        Some(written) => match written.text.parse() {
            Ok(folds @ 2..=20) => folds,
            _ => {
                checker.bad_literal(&written.text, written.span, "customers are split into 2 to 20 folds");
                USUAL
            }
        },
        None => USUAL,
    };
    (folds, validate.held_out.as_ref().and_then(|l| checker.length(l)))
}

fn history(checker: &mut Checker, ast: &ast::History, held_out: Option<Length>) -> Option<History> {
    let mut day = |written: &Option<ast::Clock>| {
        let written = written.as_ref()?;
        let day: Option<jiff::civil::Date> = written.text.parse().ok();
        if day.is_none() {
            checker.bad_literal(&written.text, written.span, "the calendar has no such day");
        }
        day
    };
    let (from, to) = (day(&ast.from), day(&ast.to));
    let every = ast.every.as_ref().and_then(|e| checker.length(e));
    let (from, to, every) = (from?, to?, every?);
    if from >= to {
        checker.problems.report(Misplaced {
            headline: "this history ends before it begins".into(),
            at: ast.span,
            why: format!("{to} is not after {from}"),
            help: Some(format!("write `history {to} to {from}`, if these are its ends")),
        });
        return None;
    }
    Some(History { from, to, every, held_out })
}

/// So many days at most.
fn days(length: Length) -> i64 {
    match length {
        Length::Seconds(seconds) => (seconds + DAY - 1) / DAY,
        Length::Months(months) => months * 31,
    }
}

/// Whether there is an example to learn from, and one to be tested by: what each is to predict lies in its own part.
fn has_room(
    checker: &mut Checker,
    ast: &ast::Prediction,
    history: &History,
    written: &ast::History,
    ahead: Option<&Forecast>,
) {
    let ahead_days = ahead.map_or(0, |f| days(f.within));
    let held_out = history.held_out.map_or(0, days);
    let whole = i64::from((history.to - history.from).get_days());
    // The examples for learning end before the part that is held out begins.
    let learns = ahead_days <= whole - held_out;
    // The last example that can be judged must lie in that part.
    let last = (whole - ahead_days).max(0) / days(history.every).max(1) * days(history.every).max(1);
    let tests = held_out == 0 || last >= whole - held_out;
    if learns && tests {
        return;
    }
    checker.problems.report(ShortHistory {
        at: written.span,
        days: whole,
        ahead: ahead.map(|f| (f.span, ahead_days)),
        held_out: ast.validate.as_ref().filter(|_| held_out > 0).map(|v| (v.span, held_out)),
        to_learn: !learns,
    });
}

fn requirements(
    checker: &mut Checker,
    ast: &ast::Prediction,
    sort: Sort,
    ty: &Type,
    features: &[Expr],
) -> Vec<Requirement> {
    ast.require
        .iter()
        .filter_map(|r| match r.better {
            true => baseline(checker, r.name.as_ref()?, sort, features).map(Requirement::Better),
            false => metric(checker, r, sort, ty),
        })
        .collect()
}

fn baseline(checker: &mut Checker, name: &Name, sort: Sort, features: &[Expr]) -> Option<Baseline> {
    if let Some((_, baseline)) = sort.baselines().iter().find(|(n, _)| *n == name.text) {
        return Some(baseline.clone());
    }
    let named = |f: &Expr| match &f.kind {
        ExprKind::Trait(n) | ExprKind::Attribute(n) => Some(n.clone()),
        _ => None,
    };
    for (at, feature) in features.iter().enumerate() {
        if named(feature).is_some_and(|n| *n == *name.text) && !matches!(feature.ty, Type::Record(_)) {
            checker.refer_value(name.span, feature);
            return Some(Baseline::Feature(at, None));
        }
        if let Type::Record(record) = &feature.ty
            && let Some(field) = record.field(&name.text)
        {
            return Some(Baseline::Feature(at, Some(field.name.clone())));
        }
    }
    let mut candidates: Vec<(String, Option<Span>)> =
        sort.baselines().iter().map(|(n, _)| (n.to_string(), None)).collect();
    candidates.extend(features.iter().filter_map(|f| named(f).map(|n| (n.to_string(), None))));
    checker.unknown_name("rule that needs no model, or feature", name, candidates);
    None
}

fn metric(checker: &mut Checker, ast: &ast::Requirement, sort: Sort, ty: &Type) -> Option<Requirement> {
    let name = ast.name.as_ref()?;
    let Some((_, metric)) = sort.metrics().iter().find(|(n, _)| *n == name.text) else {
        match Sort::of_metric(&name.text) {
            Some(other) => {
                let names: Vec<_> = sort.metrics().iter().map(|(n, _)| format!("`{n}`")).collect();
                checker.problems.report(Misplaced {
                    headline: format!("`{}` judges {}, not {}", name.text, other.words(), sort.words()),
                    at: name.span,
                    why: format!("this model predicts {}", sort.words()),
                    help: Some(format!("here there is {}", names.join(", "))),
                });
            }
            None => {
                let candidates = sort.metrics().iter().map(|(n, _)| (n.to_string(), None)).collect();
                checker.unknown_name("metric", name, candidates);
            }
        }
        return None;
    };
    let at = match (&ast.at, metric.has_cut()) {
        (Some(share), true) => Some(self::share(checker, share, false)?),
        (None, false) => None,
        (None, true) => {
            checker.problems.report(Misplaced {
                headline: format!("`{}` is of so many customers, and nothing says how many", name.text),
                at: name.span,
                why: "the likeliest first, up to how many?".into(),
                help: Some(format!("write `{} at 20% >= …`", name.text)),
            });
            return None;
        }
        (Some(share), false) => {
            checker.problems.report(Misplaced {
                headline: format!("`{}` is of all customers", name.text),
                at: share.span,
                why: "so there is no share of them".into(),
                help: Some("remove the `at`".into()),
            });
            return None;
        }
    };
    let written = ast.bound.as_ref()?;
    if ast.least == metric.is_error() {
        let better = if metric.is_error() { "less" } else { "more" };
        let sign = if metric.is_error() { "<=" } else { ">=" };
        let bound = checker.written(written.span());
        checker.problems.report(BoundDirection {
            metric: name.text.clone(),
            at: ast.span,
            better,
            instead: format!("{} {sign} {bound}", name.text),
        });
        return None;
    }
    let value = checker.expression(written, &[Row::Customer]);
    // An error of money is money.
    let unit = match metric {
        Metric::Rmse | Metric::Mae => ty.clone(),
        _ if metric.is_share() && value.ty == Type::Percent => Type::Percent,
        _ => Type::Decimal,
    };
    let value = checker.assign(value, &unit, &name.text, None);
    let ExprKind::Literal(bound) = value.kind else { return None };
    let number = match &bound {
        Value::Decimal(number) => *number,
        Value::Int(number) => Decimal::from(*number),
        _ => return None,
    };
    let too_much = metric.is_share() && number > Decimal::from(1);
    if too_much || number < Decimal::ZERO {
        let why = if metric.is_share() { "it lies between 0 and 1" } else { "it is never less than 0" };
        checker.bad_literal(&checker.written(written.span()), written.span(), why);
        return None;
    }
    Some(Requirement::Metric { metric: *metric, at, bound, span: ast.span })
}

fn retrain(checker: &mut Checker, ast: &ast::Retrain) -> Option<Length> {
    match (&ast.every, &ast.word) {
        (Some(length), _) => checker.length(length),
        (None, Some(word)) => match word.text.as_str() {
            "day" => Some(Length::Seconds(DAY)),
            "week" => Some(Length::Seconds(7 * DAY)),
            "month" => Some(Length::Months(1)),
            _ => None,
        },
        (None, None) => None,
    }
}

fn pilot(checker: &mut Checker, ast: &ast::Pilot) -> Option<(Decimal, Length)> {
    let share = ast.share.as_ref().and_then(|s| share(checker, s, false));
    let length = ast.length.as_ref().and_then(|l| checker.length(l));
    Some((share?, length?))
}

/// A share between nothing and all; `whole` may be all.
pub(super) fn share(checker: &mut Checker, ast: &ast::Share, whole: bool) -> Option<Decimal> {
    let number: Option<Decimal> = ast.number.parse().ok();
    let hundred = Decimal::from(100);
    match number {
        Some(n) if n > Decimal::ZERO && (n < hundred || whole && n == hundred) => n.div(hundred).ok(),
        _ => {
            let why = if whole {
                "a share is more than 0% and at most 100%"
            } else {
                "a share is more than 0% and less than 100%"
            };
            checker.bad_literal(&format!("{}%", ast.number), ast.span, why);
            None
        }
    }
}
