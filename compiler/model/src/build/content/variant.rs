//! `variant`: what is said otherwise is checked just as what it stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{duplicate_name::DuplicateName, misplaced::Misplaced};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};
use persona_value::Decimal;

use super::super::experiment::{Flows, Trial, detect, goal, is_lone_wait, shares, tested};
use super::super::scope::ContentScope;
use super::super::{Names, recommend, science, shared};
use super::block::{self, BlockShows};
use super::email::{self, Written, header};
use super::{Ground, coupon};
use crate::infer::Checker;
use crate::{Change, Coupon, Experiment, Step, Tested, Variant};

/// E-mails and blocks as they were checked; what variants show is added to what these do.
pub(super) struct Said<'s, 'g> {
    pub emails: Vec<(Written<'g>, &'s Declaration)>,
    pub blocks: BlockShows,
    pub block_scopes: BTreeMap<Arc<str>, ContentScope<'g>>,
    pub layouts: BlockShows,
}

pub(super) fn experiments(
    checker: &mut Checker,
    ground: &Ground,
    flows: &Flows,
    said: &mut Said,
) -> Vec<Experiment> {
    let mut names = Names::new("experiment");
    let mut tried: Vec<(Tested, Span)> = Vec::new();
    let mut experiments = Vec::new();
    for declaration in ground.declarations {
        let Kind::Experiment(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        let trial = tested(checker, ground.declarations, ast);
        let on = trial.zip(ast.on.as_ref()).map(|(trial, on)| (on_what(trial, on), on.span));
        if let Some((on, at)) = &on {
            // Each customer is in one variant of a thing: two experiments on it would not know of each other.
            if let Some((_, first)) = tried.iter().find(|(other, _)| other == on) {
                checker.problems.report(DuplicateName {
                    what: "experiment on".into(),
                    name: checker.written(*at),
                    again_at: *at,
                    first_at: Some(*first),
                });
            }
            tried.push((on.clone(), *at));
        }
        let shares = shares(checker, ast, name);
        let mut variants = Names::new("variant");
        let mut kept = Vec::new();
        for (variant, share) in ast.variants.iter().zip(shares) {
            let Some(name) = &variant.name else { continue };
            if !variants.add(name, checker.problems) {
                continue;
            }
            let changes = match (trial, &ast.on) {
                (Some(trial), Some(on)) => changes(checker, ground, flows, said, trial, on, variant),
                _ => Vec::new(),
            };
            if let Some(share) = share {
                kept.push(Variant { name: shared(&name.text), share, changes, span: name.span });
            }
        }
        let goal = goal(checker, ast, name);
        let detect = ast.detect.as_ref().zip(goal.as_ref()).and_then(|(d, goal)| detect(checker, d, goal));
        let holdout = holdout(checker, ast, trial);
        let (Some((on, _)), Some(goal)) = (on, goal) else { continue };
        experiments.push(Experiment {
            name: shared(&name.text),
            docs: declaration.docs.clone(),
            on,
            holdout,
            variants: kept,
            goal,
            detect,
            span: name.span,
        });
    }
    experiments
}

fn on_what(trial: Trial, on: &Name) -> Tested {
    let name = shared(&on.text);
    match trial {
        Trial::Email => Tested::Email(name),
        Trial::Trigger => Tested::Trigger(name),
        Trial::Content => Tested::Content(name),
        Trial::Recommend => Tested::Recommendation(name),
        Trial::Model => Tested::Model(name),
    }
}

/// Who gets nothing. Only what is sent can be kept from somebody.
fn holdout(checker: &mut Checker, ast: &ast::Experiment, trial: Option<Trial>) -> Decimal {
    let Some(share) = &ast.holdout else { return Decimal::ZERO };
    if let Some(trial) = trial.filter(|t| !matches!(t, Trial::Email | Trial::Trigger)) {
        checker.problems.report(Misplaced {
            headline: format!("only what is sent can be held out, and this is {}", trial.words()),
            at: share.span,
            why: "there is nothing to keep from these customers".into(),
            help: Some("remove the `holdout`, or experiment on the e-mail that shows it".into()),
        });
        return Decimal::ZERO;
    }
    science::share(checker, share, false).unwrap_or(Decimal::ZERO)
}

fn changes(
    checker: &mut Checker,
    ground: &Ground,
    flows: &Flows,
    said: &mut Said,
    trial: Trial,
    on: &Name,
    ast: &ast::Variant,
) -> Vec<Change> {
    for change in ast.changes.iter().filter(|c| !trial.changes().contains(&c.text.as_str())) {
        let all: Vec<_> = trial.changes().iter().map(|c| format!("`{c}`")).collect();
        checker.problems.report(Misplaced {
            headline: format!("`{}` is nothing that a variant of {} changes", change.text, trial.words()),
            at: change.span,
            why: format!("`{}` is {}", on.text, trial.words()),
            help: Some(format!("it can change {}", all.join(", "))),
        });
    }
    match trial {
        Trial::Email => of_email(checker, ground, said, on, ast),
        Trial::Trigger => of_trigger(checker, ground, flows, on, ast),
        Trial::Content => of_content(checker, ground, said, on, ast),
        Trial::Recommend => of_recommendation(checker, ground, on, ast),
        Trial::Model => of_model(checker, ground, on, ast),
    }
}

fn of_email(
    checker: &mut Checker,
    ground: &Ground,
    said: &mut Said,
    on: &Name,
    ast: &ast::Variant,
) -> Vec<Change> {
    let Some((written, _)) = said.emails.iter_mut().find(|(w, _)| *w.email.name == *on.text) else {
        // It was declared with a mistake, which was told.
        return Vec::new();
    };
    let mut changes = Vec::new();
    let mut scope = written.scope.clone();
    if let Some(name) = &ast.offer {
        let offer = coupon::offered(checker, ground, name).and_then(|o| ground.coupon(&o));
        if let Some(offer) = offer {
            is_as_sure(checker, ground, written, offer, name);
            changes.push(Change::Offer(offer.name.clone()));
        }
        scope = scope.with_own("offer", coupon::binding(offer));
    }
    let properties = email::properties(checker, &ast.properties);
    for (name, text) in &properties {
        changes.push(match *name {
            "subject" => Change::Subject(email::subject(checker, ground, text, &scope, &mut written.shown)),
            "preheader" => Change::Preheader(header(checker, ground, text, &scope, &mut written.shown)),
            "from" => Change::From(text.value().into()),
            "reply_to" => Change::ReplyTo(text.value().into()),
            _ => continue,
        });
    }
    checker.repeated("body", &ast.bodies.iter().map(|b| b.span).collect::<Vec<_>>());
    let written_body = ast.bodies.first();
    let body = written_body.and_then(|b| email::body(checker, ground, b, &scope, &mut written.shown));
    let layout = ast.layout.as_ref().and_then(|l| email::layout_named(checker, ground, l));
    if let Some(shown) = layout.as_ref().and_then(|l| said.layouts.get(l)) {
        written.shown.merge(shown);
    }
    let frame = layout.as_ref().or(written.email.layout.as_ref()).and_then(|l| ground.layout(l));
    if let (Some(frame), true) = (frame, body.is_some() || layout.is_some()) {
        let at = ast.layout.as_ref().map(|l| l.span).or(written_body.map(|b| b.span)).unwrap_or(ast.span);
        email::of_one_kind(checker, &on.text, frame, body.as_ref().unwrap_or(&written.email.body), at);
    }
    changes.extend(body.map(Change::Body));
    changes.extend(layout.map(Change::Layout));
    changes
}

/// What the e-mail's own templates print of its offer, another one must have, too.
fn is_as_sure(checker: &mut Checker, ground: &Ground, written: &Written, offer: &Coupon, name: &Name) {
    let own = written.email.offer.as_ref().and_then(|(own, _)| ground.coupon(own));
    let Some(own) = own.filter(|_| written.shown.values.contains_key("offer")) else { return };
    let lacks =
        match (own.when.is_none() && offer.when.is_some(), own.valid.is_some() && offer.valid.is_none()) {
            (true, _) => "not everybody may have it",
            (_, true) => "it has no end",
            _ => return,
        };
    checker.problems.report(Misplaced {
        headline: format!("`{}` cannot stand for `{}`: {lacks}", offer.name, own.name),
        at: name.span,
        why: "the e-mail prints what is sure of its own offer".into(),
        help: Some("give both coupons the same `valid` and `when`".into()),
    });
}

fn of_trigger(
    checker: &mut Checker,
    ground: &Ground,
    flows: &Flows,
    on: &Name,
    ast: &ast::Variant,
) -> Vec<Change> {
    let Some(steps) = flows.steps.get(&ast.span) else { return Vec::new() };
    let at = ast.changes.first().map_or(ast.span, |c| c.span);
    if is_lone_wait(steps) {
        let waits = |s: &Step| matches!(s, Step::Wait(..) | Step::WaitUntil(..));
        if ground.model.trigger(&on.text).is_some_and(|t| !t.steps.iter().any(waits)) {
            checker.problems.report(Misplaced {
                headline: format!("`{}` has no wait that this could stand for", on.text),
                at,
                why: "a wait alone stands for the flow's first one".into(),
                help: Some("write all steps of this variant".into()),
            });
        }
        return steps.first().cloned().map(Change::Wait).into_iter().collect();
    }
    if !super::super::journey::acts(&ast.steps) {
        let what = "this variant".to_string();
        checker.missing_member(what, "`send`: its flows would do nothing", at, "send welcome");
    }
    vec![Change::Steps(steps.clone())]
}

fn of_content(
    checker: &mut Checker,
    ground: &Ground,
    said: &mut Said,
    on: &Name,
    ast: &ast::Variant,
) -> Vec<Change> {
    if ast.cases.is_empty() {
        return Vec::new();
    }
    let Some(scope) = said.block_scopes.get(on.text.as_str()) else { return Vec::new() };
    let shown = said.blocks.entry(shared(&on.text)).or_default();
    let cases = block::cases(checker, ground, &on.text, &ast.cases, scope, shown);
    if !ast.cases.iter().any(|c| c.otherwise.is_some()) {
        let form = "otherwise \"\"\"…\"\"\"";
        let at = ast.name.as_ref().map_or(ast.span, |n| n.span);
        let lacks = "`otherwise`: some customers would see nothing";
        checker.missing_member("this variant".into(), lacks, at, form);
    }
    for parameter in scope.own_names() {
        shown.uses.names.remove(parameter);
        shown.values.remove(parameter);
        shown.reads.values.remove(parameter);
    }
    vec![Change::Cases(cases)]
}

fn of_recommendation(checker: &mut Checker, ground: &Ground, on: &Name, ast: &ast::Variant) -> Vec<Change> {
    let Some(own) = ground.model.recommendation(&on.text) else { return Vec::new() };
    let using = ast.using.as_ref().and_then(|u| recommend::likeness(checker, u)).map(Change::Likeness);
    let top = ast.top.as_ref().and_then(|t| recommend::top(checker, t, &own.entity)).map(Change::Top);
    using.into_iter().chain(top).collect()
}

fn of_model(checker: &mut Checker, ground: &Ground, on: &Name, ast: &ast::Variant) -> Vec<Change> {
    let Some(own) = ground.model.prediction(&on.text) else { return Vec::new() };
    let using = ast.using.as_ref().and_then(|u| science::method(checker, Some(u), &own.target));
    let other = ast.model.as_ref().and_then(|name| {
        let Some(other) = ground.model.prediction(&name.text) else {
            let known = ground.model.predictions.iter().map(|p| (p.name.to_string(), Some(p.span))).collect();
            checker.unknown_name("model", name, known);
            return None;
        };
        checker.refer(name, crate::Symbol::Model);
        if other.ty != own.ty || other.optional && !own.optional {
            let lacks =
                if other.ty != own.ty { "its values are of another kind" } else { "it may be missing" };
            checker.problems.report(Misplaced {
                headline: format!("`{}` cannot stand for `{}`: {lacks}", other.name, own.name),
                at: name.span,
                why: format!("`{}` gives `{}`", other.name, other.ty),
                help: Some(format!("`{}` gives `{}`", own.name, own.ty)),
            });
            return None;
        }
        Some(other.name.clone())
    });
    using.map(Change::Method).into_iter().chain(other.map(Change::Model)).collect()
}
