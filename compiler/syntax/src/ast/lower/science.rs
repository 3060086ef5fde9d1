//! Tree to models, recommendations and experiments.

use super::cursor::{Cursor, a_length, length, name, name_ref, named};
use super::expression::{condition, expressions, first, window};
use super::journey::steps;
use super::offer::shares;
use super::part::{body, case, properties};
use crate::Kind;
use crate::ast::*;

/// The first number directly below, as it is written.
fn number(node: &Cursor) -> Option<Name> {
    let token = node.tokens().find(|t| t.kind() == Kind::Number)?;
    Some(Name { text: token.text().to_string(), span: node.token_span(&token) })
}

fn using(node: &Cursor) -> Option<Name> {
    node.child(Kind::Using).and_then(|u| name_ref(&u))
}

pub(super) fn prediction(node: &Cursor) -> Prediction {
    Prediction {
        name: named(node),
        predict: node.child(Kind::Predict).map(|p| {
            let what = match p.child(Kind::HourOf) {
                Some(hour) => Predict::HourOf(name_ref(&hour)),
                None => Predict::Value(condition(&p)),
            };
            (p.span(), what)
        }),
        among: node.child(Kind::Among).map(|a| (a.span(), a.child(Kind::Where).map(|w| condition(&w)))),
        features: node.child(Kind::Features).map(|f| (f.span(), expressions(&f))),
        using: using(node),
        history: node.child(Kind::History).map(|h| history(&h)),
        validate: node.child(Kind::Validate).map(|v| Validate {
            span: v.span(),
            folds: v.child(Kind::Folds).and_then(|f| number(&f)),
            held_out: v.child(Kind::HeldOut).and_then(|h| a_length(&h)),
        }),
        require: node
            .child(Kind::Require)
            .map_or(Vec::new(), |r| r.all(Kind::Requirement).map(|r| requirement(&r)).collect()),
        retrain: node.child(Kind::Retrain).map(|r| Retrain {
            span: r.span(),
            every: a_length(&r),
            word: r
                .tokens()
                .filter(|t| t.kind() == Kind::Name)
                .nth(2)
                .map(|t| Name { text: t.text().to_string(), span: r.token_span(&t) }),
        }),
        pilot: node.child(Kind::Pilot).map(|p| Pilot {
            span: p.span(),
            share: shares(&p).next(),
            length: p.all(Kind::Quantity).nth(1).and_then(|l| length(&l)),
        }),
        fallback: node.child(Kind::Fallback).map(|f| condition(&f)),
    }
}

fn history(node: &Cursor) -> History {
    let mut days = node.tokens().filter(|t| t.kind() == Kind::Date);
    let mut day = || days.next().map(|t| Clock { text: t.text().to_string(), span: node.token_span(&t) });
    History { span: node.span(), from: day(), to: day(), every: a_length(node) }
}

fn requirement(node: &Cursor) -> Requirement {
    let sign = |kinds: &[Kind]| node.tokens().any(|t| kinds.contains(&t.kind()));
    let words: Vec<String> = node.words().collect();
    let has_at = words.iter().any(|w| w == "at");
    Requirement {
        span: node.span(),
        name: name_ref(node),
        better: words.first().is_some_and(|w| w == "better"),
        at: if has_at { shares(node).next() } else { None },
        least: sign(&[Kind::AtLeast, Kind::Greater]),
        bound: expressions(node).into_iter().rfind(|e| !matches!(e, Expr::Name(_))),
    }
}

pub(super) fn recommendation(node: &Cursor) -> Recommendation {
    let signals = |s: Cursor| Signals {
        span: s.span(),
        entity: name_ref(&s),
        of: s.all(Kind::Signal).map(|s| signal(&s)).collect(),
    };
    Recommendation {
        name: named(node),
        signals: node.all(Kind::Signals).map(signals).collect(),
        using: using(node),
        top: node.child(Kind::Top).map(|t| top(&t)),
        bestsellers: node
            .child(Kind::Bestsellers)
            .map(|b| (b.span(), b.child(Kind::Window).map(|w| window(&w)))),
    }
}

fn signal(node: &Cursor) -> Signal {
    let path = node.all(Kind::NameRef).filter_map(|n| name(&n)).collect();
    Signal { span: node.span(), path, weight: number(node) }
}

fn top(node: &Cursor) -> Top {
    let most = |m: Cursor| MostPer { count: number(&m), field: name_ref(&m) };
    Top {
        span: node.span(),
        count: number(node),
        most: node.all(Kind::MostPer).map(most).collect(),
        filter: node.child(Kind::Where).map(|w| condition(&w)),
    }
}

pub(super) fn experiment(node: &Cursor) -> Experiment {
    let tested = node.child(Kind::Tested);
    Experiment {
        name: named(node),
        on: tested.as_ref().and_then(name_ref),
        on_kind: tested.as_ref().and_then(name),
        holdout: node.child(Kind::Holdout).and_then(|h| shares(&h).next()),
        variants: node.all(Kind::Variant).map(|v| variant(&v)).collect(),
        goal: node.child(Kind::Goal).map(|g| (g.span(), condition(&g))),
        detect: node.child(Kind::Detect).map(|d| detect(&d)),
    }
}

fn variant(node: &Cursor) -> Variant {
    let changes = node.children().filter(|c| !matches!(c.kind(), Kind::Named | Kind::Quantity | Kind::Error));
    Variant {
        span: node.span(),
        name: named(node),
        share: shares(node).next(),
        properties: properties(node),
        bodies: node.all(Kind::Body).map(|b| body(&b)).collect(),
        layout: node.child(Kind::LayoutRef).and_then(|l| name_ref(&l)),
        offer: node.child(Kind::OfferRef).and_then(|o| name_ref(&o)),
        using: using(node),
        model: node.child(Kind::ModelRef).and_then(|m| name_ref(&m)),
        top: node.child(Kind::Top).map(|t| top(&t)),
        cases: node.all(Kind::Case).map(|c| case(&c)).collect(),
        steps: steps(node),
        changes: changes.filter_map(|c| c.first_word()).collect(),
    }
}

fn detect(node: &Cursor) -> Detect {
    let mut shares: Vec<Share> = shares(node).collect();
    // What stands behind `power` and before `confidence` are the last two.
    let confidence = shares.pop();
    let power = shares.pop();
    Detect { span: node.span(), difference: first(node), power, confidence }
}
