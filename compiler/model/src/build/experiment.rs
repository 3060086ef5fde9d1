//! `experiment`: what is tried on whom, and how it is judged. What its variants say is looked at beside what they
//! stand for, in `content/variant.rs`.

use std::collections::HashMap;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{misplaced::Misplaced, uneven_shares::UnevenShares};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};
use persona_value::{Decimal, Type, Value};

use super::content::Parameters;
use super::science;
use super::step::{Around, Flow};
use crate::infer::{Checker, Row};
use crate::presence::Presence;
use crate::{Detect, Expr, ExprKind, Forecast, Model, Step, Summary, Symbol, Trigger};

/// What can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    Email,
    Trigger,
    Content,
    Recommend,
    Model,
}

impl Trial {
    pub fn words(self) -> &'static str {
        match self {
            Trial::Email => "an e-mail",
            Trial::Trigger => "a trigger",
            Trial::Content => "a content block",
            Trial::Recommend => "a recommendation",
            Trial::Model => "a model",
        }
    }

    fn keyword(self) -> &'static str {
        match self {
            Trial::Email => "email",
            Trial::Trigger => "trigger",
            Trial::Content => "content",
            Trial::Recommend => "recommend",
            Trial::Model => "model",
        }
    }

    /// What a variant of it can change.
    pub fn changes(self) -> &'static [&'static str] {
        match self {
            Trial::Email => &["subject", "preheader", "body", "layout", "offer", "from", "reply_to"],
            Trial::Trigger => &["wait", "send", "if", "call", "update"],
            Trial::Content => &["when", "otherwise"],
            Trial::Recommend => &["using", "top"],
            Trial::Model => &["using", "model"],
        }
    }

    pub fn symbol(self) -> fn(std::sync::Arc<str>) -> Symbol {
        match self {
            Trial::Email => Symbol::Email,
            Trial::Trigger => Symbol::Trigger,
            Trial::Content => Symbol::Content,
            Trial::Recommend => Symbol::Recommendation,
            Trial::Model => Symbol::Model,
        }
    }
}

/// What a declaration is, if it can be tried, and its name.
fn trial(declaration: &Declaration) -> Option<(Trial, &Name)> {
    let (trial, name) = match &declaration.kind {
        Kind::Email(ast) => (Trial::Email, &ast.name),
        Kind::Trigger(ast) => (Trial::Trigger, &ast.name),
        Kind::Content { name, .. } => (Trial::Content, name),
        Kind::Recommend(ast) => (Trial::Recommend, &ast.name),
        Kind::Model(ast) => (Trial::Model, &ast.name),
        _ => return None,
    };
    Some((trial, name.as_ref()?))
}

/// Everything of this name that can be tried.
fn trials(declarations: &[&Declaration], ast: &ast::Experiment) -> Vec<Trial> {
    let Some(on) = &ast.on else { return Vec::new() };
    let named = declarations.iter().filter_map(|d| trial(d)).filter(|(_, name)| name.text == on.text);
    let kind = ast.on_kind.as_ref().map(|k| k.text.as_str());
    let mut found: Vec<Trial> =
        named.map(|(trial, _)| trial).filter(|t| kind.is_none_or(|k| k == t.keyword())).collect();
    found.dedup();
    found
}

/// What an experiment is on; told where that is nothing, or several things.
pub(super) fn tested(
    checker: &mut Checker,
    declarations: &[&Declaration],
    ast: &ast::Experiment,
) -> Option<Trial> {
    let on = ast.on.as_ref()?;
    match &trials(declarations, ast)[..] {
        [one] => {
            checker.refer(on, one.symbol());
            Some(*one)
        }
        [] => {
            let all = declarations.iter().filter_map(|d| trial(d));
            let kind = ast.on_kind.as_ref().map(|k| k.text.as_str());
            let all = all.filter(|(t, _)| kind.is_none_or(|k| k == t.keyword()));
            let candidates = all.map(|(_, name)| (name.text.clone(), Some(name.span))).collect();
            checker.unknown_name(
                kind.unwrap_or("e-mail, trigger, block, recommendation or model"),
                on,
                candidates,
            );
            None
        }
        [first, second, ..] => {
            checker.problems.report(Misplaced {
                headline: format!("`{}` is {} and {}", on.text, first.words(), second.words()),
                at: on.span,
                why: "which of them is tried?".into(),
                help: Some(format!("write `on {} {}`", first.keyword(), on.text)),
            });
            None
        }
    }
}

/// The steps that variants have in place of a flow's own.
#[derive(Default)]
pub(super) struct Flows {
    /// By where the variant is written.
    pub steps: HashMap<Span, Vec<Step>>,
    /// The flows as they are with them: what they send is sent for the same reason.
    pub shadows: Vec<Trigger>,
}

pub(super) fn flows(
    checker: &mut Checker,
    declarations: &[&Declaration],
    parameters: &Parameters,
    model: &Model,
) -> Flows {
    let presence = Presence::of(model);
    let around = Around::of(checker, declarations, model, &presence, parameters);
    let mut flows = Flows::default();
    for declaration in declarations {
        let Kind::Experiment(ast) = &declaration.kind else { continue };
        if trials(declarations, ast) != [Trial::Trigger] {
            continue;
        }
        let trigger = ast.on.as_ref().and_then(|on| model.trigger(&on.text));
        for variant in ast.variants.iter().filter(|v| !v.steps.is_empty()) {
            let flow = Flow::of(&around, trigger.map(|t| &t.on));
            let steps = flow.steps(checker, &variant.steps);
            if let Some(trigger) = trigger
                && !is_lone_wait(&steps)
            {
                flows.shadows.push(Trigger { steps: steps.clone(), ..trigger.clone() });
            }
            flows.steps.insert(variant.span, steps);
        }
    }
    flows
}

/// A single wait stands for the flow's first one.
pub(super) fn is_lone_wait(steps: &[Step]) -> bool {
    matches!(steps, [Step::Wait(..) | Step::WaitUntil(..)])
}

/// What is to be reached.
pub(super) fn goal(checker: &mut Checker, ast: &ast::Experiment, name: &Name) -> Option<Forecast> {
    let Some((_, goal)) = &ast.goal else {
        let what = format!("the experiment `{}`", name.text);
        checker.missing_member(
            what,
            "`goal`: what is to be reached",
            name.span,
            "goal any(purchase in next 3 days)",
        );
        return None;
    };
    let goal = checker.forecast(goal, "an experiment's goal")?;
    let is_rate = matches!(goal.query.summary, Summary::Any | Summary::None);
    let number = matches!(&goal.ty, Type::Int | Type::Decimal | Type::Money(_) | Type::Percent);
    if !is_rate && !number {
        checker.problems.report(Misplaced {
            headline: "a goal is how many reach something, or how much they do".into(),
            at: goal.span,
            why: "of this there is no mean".into(),
            help: Some("write `any(…)`, `count(…)` or `sum(…)`".into()),
        });
        return None;
    }
    Some(goal)
}

pub(super) fn detect(checker: &mut Checker, ast: &ast::Detect, goal: &Forecast) -> Option<Detect> {
    let written = ast.difference.as_ref()?;
    let value = checker.expression(written, &[Row::Customer]);
    let unit = match (&goal.query.summary, &goal.ty) {
        (Summary::Any | Summary::None, _) => Type::Percent,
        (_, Type::Int) => Type::Decimal,
        (_, ty) => ty.clone(),
    };
    let Expr { kind, .. } = checker.assign(value, &unit, "detect", Some(goal.span));
    let difference = match kind {
        ExprKind::Literal(Value::Decimal(n)) => Some(n),
        ExprKind::Literal(Value::Int(n)) => Some(Decimal::from(n)),
        _ => None,
    };
    let difference = difference.filter(|n| {
        let fits = *n > Decimal::ZERO && (unit != Type::Percent || *n < Decimal::from(1));
        if !fits {
            let text = checker.written(written.span());
            checker.bad_literal(&text, written.span(), "a difference is more than nothing and less than all");
        }
        fits
    });
    let power = ast.power.as_ref().and_then(|p| science::share(checker, p, false));
    let confidence = ast.confidence.as_ref().and_then(|c| {
        let share = science::share(checker, c, false)?;
        if share.to_f64() >= 0.5 {
            return Some(share);
        }
        checker.bad_literal(&format!("{}%", c.number), c.span, "to be less than half sure is to guess");
        None
    });
    Some(Detect { difference: difference?, power: power?, confidence: confidence? })
}

/// The share of each variant: together they are a whole.
pub(super) fn shares(checker: &mut Checker, ast: &ast::Experiment, name: &Name) -> Vec<Option<Decimal>> {
    let mut shares = Vec::new();
    for variant in &ast.variants {
        shares.push(variant.share.as_ref().and_then(|s| science::share(checker, s, true)));
    }
    if ast.variants.len() < 2 {
        let what = format!("the experiment `{}`", name.text);
        checker.missing_member(what, "second variant: nothing is compared", name.span, "variant control 50%");
        return shares;
    }
    let total = shares.iter().try_fold(Decimal::ZERO, |sum, share| sum.add((*share)?).ok());
    if let Some(total) = total.filter(|t| *t != Decimal::from(1)) {
        let written = ast.variants.iter().filter_map(|v| v.share.as_ref());
        let total = total.mul(Decimal::from(100)).unwrap_or(total);
        checker.problems.report(UnevenShares {
            experiment: name.text.clone(),
            total: format!("{total}%"),
            shares: written.map(|s| (s.span, format!("{}%", s.number))).collect(),
        });
    }
    shares
}
