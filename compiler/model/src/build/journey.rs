//! `trigger`: what each member says.

use std::collections::HashSet;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};

use super::campaign::campaign;
use super::content::Parameters;
use super::step::{Around, Flow};
use super::{Names, shared, start};
use crate::infer::{Checker, Row, clock};
use crate::presence::Presence;
use crate::{Backfill, EventFilter, Length, Model, On, Placed, Symbol, Trigger};

/// Flows and campaigns, but for whether the e-mails they send exist: e-mails are looked at after them.
pub(super) fn build(
    checker: &mut Checker,
    declarations: &[&Declaration],
    parameters: &Parameters,
    model: &mut Model,
) {
    let mut names = Names::new("trigger");
    let mut campaigns = Names::new("campaign");
    let (mut triggers, mut sends) = (Vec::new(), Vec::new());
    let declared: &Model = model;
    let presence = Presence::of(declared);
    let around = Around::of(checker, declarations, declared, &presence, parameters);
    for declaration in declarations {
        match &declaration.kind {
            Kind::Trigger(ast) => {
                if let Some(name) = &ast.name
                    && names.add(name, checker.problems)
                {
                    triggers.extend(trigger(checker, declaration, name, ast, &around));
                }
            }
            Kind::Campaign(ast) => {
                if let Some(name) = &ast.name
                    && campaigns.add(name, checker.problems)
                {
                    sends.extend(campaign(checker, declaration, name, ast));
                }
            }
            _ => {}
        }
    }
    model.triggers = triggers.into();
    model.campaigns = sends.into();
}

fn trigger(
    checker: &mut Checker,
    declaration: &Declaration,
    name: &Name,
    ast: &ast::Trigger,
    around: &Around,
) -> Option<Trigger> {
    let what = || format!("the trigger `{}`", name.text);
    checker.repeated("on", &ast.on.iter().map(|(span, _)| *span).collect::<Vec<_>>());
    let on = match ast.on.first() {
        Some((_, on)) => start::on(checker, on, around.model),
        None => {
            checker.missing_member(what(), "start", name.span, "on purchase");
            None
        }
    };
    if ast.steps.is_empty() {
        checker.missing_member(what(), "step", name.span, "send welcome");
    } else if !acts(&ast.steps) {
        let lacks = "`send`: its flows would do nothing";
        checker.missing_member(what(), lacks, name.span, "send welcome");
    }
    let flow = Flow::of(around, on.as_ref());
    let steps = flow.steps(checker, &ast.steps);
    let rows = flow.rows();
    let exits = ast.exits.iter().filter_map(|e| unkeyed(checker, e, &rows)).collect();
    let once_per = ast.once_per.as_ref().and_then(|o| checker.length(o));
    let needs = ast.needs.and_then(|n| Some(Placed::new(checker.length(&n)?, n.span)));
    let valid = valid(checker, ast.valid);
    let priority = priority(checker, ast.priority.as_ref());
    let backfill = ast.backfill.as_ref().and_then(|b| backfill(checker, b, on.as_ref()));
    Some(Trigger {
        name: shared(&name.text),
        docs: declaration.docs.clone(),
        on: on?,
        on_span: ast.on.first()?.0,
        steps,
        exits,
        once_per,
        needs,
        valid,
        priority,
        backfill,
        span: name.span,
    })
}

/// Whether a flow can send, call or change anything.
pub(super) fn acts(steps: &[ast::Step]) -> bool {
    steps.iter().any(|step| match step {
        ast::Step::Send { .. } | ast::Step::Call(_) | ast::Step::Update { .. } => true,
        ast::Step::If { then, otherwise, .. } => acts(then) || acts(otherwise),
        ast::Step::Wait { .. } => false,
    })
}

/// Flows that start for the past: they need a past to start for.
fn backfill(checker: &mut Checker, ast: &ast::Backfill, on: Option<&On>) -> Option<Placed<Backfill>> {
    let last = ast.last.as_ref().and_then(|l| checker.length(l));
    let most = ast.most.as_ref().and_then(|m| at_least_one(checker, m, "flows"));
    if let Some(On::Schedule(_)) = on {
        checker.problems.report(Misplaced {
            headline: "a time that comes round has no past to start flows for".into(),
            at: ast.span,
            why: "flows of this trigger start for everybody, at a time".into(),
            help: Some("leave `backfill` out, or write `on` an event, a segment or a stage".into()),
        });
        return None;
    }
    Some(Placed::new(Backfill { last: last?, most: most? }, ast.span))
}

/// An event that ends something, of which no key is asked.
pub(super) fn unkeyed(checker: &mut Checker, ast: &ast::EventFilter, rows: &[Row]) -> Option<EventFilter> {
    if let Some(by) = &ast.by {
        checker.problems.report(Misplaced {
            headline: "only what starts a flow is told apart by a field".into(),
            at: by.span,
            why: "flows are told apart where they start".into(),
            help: Some(format!("write `on EVENT by {}`", by.text)),
        });
    }
    filter(checker, ast, rows)
}

/// An event and its condition, which reads these rows too.
pub(super) fn filter(checker: &mut Checker, ast: &ast::EventFilter, rows: &[Row]) -> Option<EventFilter> {
    let event = checker.event_name(ast.event.as_ref()?)?;
    let rows = [rows, &[Row::Event(event.clone())]].concat();
    let filter = ast.filter.as_ref().map(|f| checker.condition(f, &rows));
    Some(EventFilter { event, filter })
}

/// So many seconds, since months will not do.
pub(super) fn exact(checker: &mut Checker, length: &ast::Length, headline: &str) -> Option<i64> {
    match checker.length(length)? {
        Length::Seconds(seconds) => Some(seconds),
        Length::Months(_) => {
            let headline = headline.to_string();
            let why = "months and years differ in length".to_string();
            let help = Some("write it in days or weeks".to_string());
            checker.problems.report(Misplaced { headline, at: length.span, why, help });
            None
        }
    }
}

pub(super) fn valid(checker: &mut Checker, ast: Option<ast::Length>) -> Option<Placed<i64>> {
    let ast = ast?;
    Some(Placed::new(exact(checker, &ast, "a message is of use for an exact time")?, ast.span))
}

pub(super) fn priority(checker: &mut Checker, ast: Option<&ast::Number>) -> Option<Placed<i64>> {
    let ast = ast?;
    match ast.text.parse() {
        Ok(priority) => Some(Placed::new(priority, ast.span)),
        Err(_) => {
            checker.bad_literal(&ast.text, ast.span, "a priority is a whole number");
            None
        }
    }
}

/// How many of something there may be.
pub(super) fn at_least_one(checker: &mut Checker, ast: &ast::Number, of: &str) -> Option<i64> {
    let number = ast.text.parse().ok().filter(|n| *n > 0);
    if number.is_none() {
        let why = format!("the number of {of} is a whole one, at least 1");
        checker.bad_literal(&ast.text, ast.span, &why);
    }
    number
}

/// A time of day.
pub(super) fn time(checker: &mut Checker, ast: &ast::Clock) -> Option<jiff::civil::Time> {
    let time = clock(&ast.text);
    if time.is_none() {
        checker.bad_literal(&ast.text, ast.span, "the day has no such time");
    }
    time
}

/// A day of the calendar.
pub(super) fn date(checker: &mut Checker, ast: &ast::Clock) -> Option<jiff::civil::Date> {
    let date = ast.text.parse().ok();
    if date.is_none() {
        checker.bad_literal(&ast.text, ast.span, "the calendar has no such day");
    }
    date
}

/// The names that declarations of a kind give; those declared with a mistake are not in the model, and are declared all the same.
pub(super) fn declared<'a>(
    declarations: &'a [&'a Declaration],
    name: impl Fn(&'a Kind) -> Option<&'a Name>,
) -> Vec<(String, Option<Span>)> {
    let names = declarations.iter().filter_map(|d| name(&d.kind));
    names.map(|name| (name.text.clone(), Some(name.span))).collect()
}

/// Every e-mail that is declared.
pub(super) fn declared_emails(declarations: &[&Declaration]) -> Vec<(String, Option<Span>)> {
    declared(declarations, |kind| match kind {
        Kind::Email(ast) => ast.name.as_ref(),
        _ => None,
    })
}

/// Whether every e-mail that is sent is declared.
pub(super) fn emails(checker: &mut Checker, declarations: &[&Declaration]) {
    let declared = declared_emails(declarations);
    let names: HashSet<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
    let mut sent: Vec<Name> = Vec::new();
    fn collect(steps: &[ast::Step], sent: &mut Vec<Name>) {
        for step in steps {
            match step {
                ast::Step::Send { email, .. } => sent.extend(email.clone()),
                ast::Step::If { then, otherwise, .. } => {
                    collect(then, sent);
                    collect(otherwise, sent);
                }
                _ => {}
            }
        }
    }
    for declaration in declarations {
        match &declaration.kind {
            Kind::Trigger(ast) => collect(&ast.steps, &mut sent),
            Kind::Experiment(ast) => ast.variants.iter().for_each(|v| collect(&v.steps, &mut sent)),
            Kind::Campaign(ast) => sent.extend(ast.sends.iter().flatten().cloned()),
            _ => {}
        }
    }
    for name in sent {
        if !names.contains(name.text.as_str()) {
            checker.unknown_name("e-mail", &name, declared.clone());
        } else {
            checker.refer(&name, Symbol::Email);
        }
    }
}
