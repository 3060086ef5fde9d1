//! `trigger` and `campaign`.

use std::collections::HashSet;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};
use persona_value::Type;

use super::{Names, shared};
use crate::infer::{Checker, Row, clock};
use crate::{Audience, Campaign, EventFilter, Length, Model, On, Schedule, Step, Symbol, Trigger};

/// Flows and campaigns, but for whether the e-mails they send exist: e-mails are looked at after them.
pub(super) fn build(checker: &mut Checker, declarations: &[&Declaration], model: &mut Model) {
    let mut triggers = Names::new("trigger");
    let mut campaigns = Names::new("campaign");
    for declaration in declarations {
        match &declaration.kind {
            Kind::Trigger(ast) => {
                if let Some(name) = &ast.name
                    && triggers.add(name, checker.problems)
                    && let Some(trigger) = trigger(checker, declaration, name, ast, model)
                {
                    model.triggers.push(trigger);
                }
            }
            Kind::Campaign(ast) => {
                if let Some(name) = &ast.name
                    && campaigns.add(name, checker.problems)
                    && let Some(campaign) = campaign(checker, declaration, name, ast)
                {
                    model.campaigns.push(campaign);
                }
            }
            _ => {}
        }
    }
}

fn trigger(
    checker: &mut Checker,
    declaration: &Declaration,
    name: &Name,
    ast: &ast::Trigger,
    model: &Model,
) -> Option<Trigger> {
    let what = || format!("the trigger `{}`", name.text);
    checker.later(&ast.later, &[]);
    checker.repeated("on", &ast.on.iter().map(|(span, _)| *span).collect::<Vec<_>>());
    let on = match ast.on.first() {
        Some((_, on)) => self::on(checker, on, model),
        None => {
            checker.missing_member(what(), "start", name.span, "on purchase");
            None
        }
    };
    if ast.steps.is_empty() {
        checker.missing_member(what(), "step", name.span, "send welcome");
    } else if !sends(&ast.steps) && ast.later.is_empty() {
        checker.missing_member(what(), "`send`: its flows would do nothing", name.span, "send welcome");
    }
    let steps = steps(checker, &ast.steps);
    let exits = ast.exits.iter().filter_map(|e| filter(checker, e)).collect();
    let once_per = ast.once_per.as_ref().and_then(|o| checker.length(o));
    let docs = declaration.docs.clone();
    Some(Trigger { name: shared(&name.text), docs, on: on?, steps, exits, once_per, span: name.span })
}

fn on(checker: &mut Checker, on: &ast::On, model: &Model) -> Option<On> {
    match on {
        ast::On::Event(ast) => {
            let found = filter(checker, ast)?;
            let key = match &ast.by {
                Some(by) => {
                    let event = checker.events.iter().find(|e| e.name == found.event)?.clone();
                    if event.field(&by.text).is_none() {
                        let candidates = event.fields.iter().map(|f| (f.name.to_string(), f.span)).collect();
                        checker.unknown_name(&format!("field of `{}`", event.name), by, candidates);
                        return None;
                    }
                    checker.refer_field(&event.name, by);
                    Some(shared(&by.text))
                }
                None => None,
            };
            Some(On::Event(found, key))
        }
        ast::On::Enter(name) => audience(checker, name.as_ref()?).map(On::Enter),
        ast::On::Leave(name) => audience(checker, name.as_ref()?).map(On::Leave),
        ast::On::Consent(name) => {
            let name = name.as_ref()?;
            match model.consent(&name.text) {
                Some(consent) => {
                    checker.refer(name, Symbol::Consent);
                    Some(On::Consent(consent.name.clone()))
                }
                None => {
                    let candidates =
                        model.consents.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
                    checker.unknown_name("consent", name, candidates);
                    None
                }
            }
        }
        ast::On::Later(keyword) => {
            checker.later(std::slice::from_ref(keyword), &[]);
            None
        }
    }
}

/// A segment or a stage by its name.
pub(super) fn audience(checker: &mut Checker, name: &Name) -> Option<Audience> {
    let segments = checker.segments.iter().filter(|s| *s.name == *name.text);
    let mut found: Vec<Audience> = segments.map(|s| Audience::Segment(s.name.clone())).collect();
    for (lifecycle, stage, _) in stages(checker) {
        if **stage == *name.text {
            found.push(Audience::Stage { lifecycle: lifecycle.clone(), stage: stage.clone() });
        }
    }
    match found.len() {
        0 => {
            let segments = checker.segments.iter().map(|s| (s.name.to_string(), Some(s.span)));
            let stages = stages(checker).map(|(_, stage, span)| (stage.to_string(), Some(span)));
            let candidates = segments.chain(stages).collect();
            checker.unknown_name("segment or stage", name, candidates);
            None
        }
        1 => {
            let found = found.pop()?;
            match &found {
                Audience::Segment(_) => checker.refer(name, Symbol::Segment),
                Audience::Stage { lifecycle, .. } => {
                    checker.refer(name, |name| Symbol::Stage { of: lifecycle.clone(), name });
                }
            }
            Some(found)
        }
        _ => {
            let headline = format!("`{}` is both a segment and a stage, or a stage twice", name.text);
            let why = "which one is meant?".to_string();
            let help = Some("give one of them another name".to_string());
            checker.problems.report(Misplaced { headline, at: name.span, why, help });
            None
        }
    }
}

/// Every stage, with its lifecycle and where that is declared.
fn stages<'c>(checker: &'c Checker) -> impl Iterator<Item = (&'c Arc<str>, &'c Arc<str>, Span)> {
    checker.lifecycles.iter().flat_map(|(lifecycle, ty)| {
        let values = if let Type::Enum(stages) = ty { &stages.values[..] } else { &[] };
        values.iter().map(|stage| (&lifecycle.name, stage, lifecycle.span))
    })
}

fn filter(checker: &mut Checker, ast: &ast::EventFilter) -> Option<EventFilter> {
    let event = checker.event_name(ast.event.as_ref()?)?;
    let rows = [Row::Customer, Row::Event(event.clone())];
    let filter = ast.filter.as_ref().map(|f| checker.condition(f, &rows));
    Some(EventFilter { event, filter })
}

pub(super) fn steps(checker: &mut Checker, ast: &[ast::Step]) -> Vec<Step> {
    let mut steps = Vec::new();
    for step in ast {
        match step {
            ast::Step::Wait { length: Some(length), unless, .. } => {
                let unless = unless.as_ref().and_then(|u| filter(checker, u));
                match checker.length(length) {
                    Some(Length::Months(_)) => exact(checker, "a wait is an exact time", length.span),
                    Some(length) => steps.push(Step::Wait(length, unless)),
                    None => {}
                }
            }
            ast::Step::Wait { until: Some(until), unless, .. } => {
                let unless = unless.as_ref().and_then(|u| filter(checker, u));
                if let Some(time) = time(checker, until) {
                    steps.push(Step::WaitUntil(time, unless));
                }
            }
            ast::Step::Wait { .. } => {}
            ast::Step::Send { email: Some(email), .. } => steps.push(Step::Send(shared(&email.text))),
            ast::Step::Send { .. } => {}
            ast::Step::If { condition, then, otherwise, .. } => {
                let condition = checker.condition(condition, &[Row::Customer]);
                let then = self::steps(checker, then);
                let otherwise = self::steps(checker, otherwise);
                steps.push(Step::If(condition, then, otherwise));
            }
            ast::Step::Later(keyword) => checker.later(std::slice::from_ref(keyword), &[]),
        }
    }
    steps
}

/// Tells that months will not do.
fn exact(checker: &mut Checker, headline: &str, at: Span) {
    let headline = headline.to_string();
    let why = "months and years differ in length".to_string();
    let help = Some("write it in days or weeks".to_string());
    checker.problems.report(Misplaced { headline, at, why, help });
}

/// Whether a flow can send anything, or has a step that this version reads over.
pub(super) fn sends(steps: &[ast::Step]) -> bool {
    steps.iter().any(|step| match step {
        ast::Step::Send { .. } | ast::Step::Later(_) => true,
        ast::Step::If { then, otherwise, .. } => sends(then) || sends(otherwise),
        ast::Step::Wait { .. } => false,
    })
}

fn time(checker: &mut Checker, ast: &ast::Clock) -> Option<jiff::civil::Time> {
    let time = clock(&ast.text);
    if time.is_none() {
        checker.bad_literal(&ast.text, ast.span, "the day has no such time");
    }
    time
}

fn campaign(
    checker: &mut Checker,
    declaration: &Declaration,
    name: &Name,
    ast: &ast::Campaign,
) -> Option<Campaign> {
    let what = || format!("the campaign `{}`", name.text);
    checker.later(&ast.later, &[]);
    let to = ast.to.as_ref().map(|to| checker.condition(to, &[Row::Customer]));
    if ast.to.is_none() {
        checker.missing_member(what(), "audience", name.span, "to in high_value");
    }
    let schedule = match &ast.schedule {
        None => {
            // `at best_hour` was told as not carried out yet; it is a time all the same.
            if ast.later.is_empty() {
                checker.missing_member(what(), "time", name.span, "every monday at 09:00");
            }
            None
        }
        Some(ast::Schedule::Once { date, time, .. }) => match (date, time) {
            (Some(date), Some(at)) => {
                let day: Option<jiff::civil::Date> = date.text.parse().ok();
                if day.is_none() {
                    checker.bad_literal(&date.text, date.span, "the calendar has no such day");
                }
                self::time(checker, at).and_then(|t| Some(Schedule::Once(day?.to_datetime(t))))
            }
            _ => None,
        },
        Some(ast::Schedule::Every { day, time, .. }) => match (day, time) {
            (Some(day), Some(at)) => self::time(checker, at).and_then(|t| weekday(&day.text, t)),
            _ => None,
        },
    };
    if ast.sends.is_empty() {
        checker.missing_member(what(), "e-mail", name.span, "send summer");
    }
    if let [_, Some(second), ..] = &ast.sends[..] {
        let headline = "a campaign sends one e-mail".to_string();
        let why = "this is a second one".to_string();
        let help = Some("make it a campaign of its own, or a trigger with steps".to_string());
        checker.problems.report(Misplaced { headline, at: second.span, why, help });
    }
    let spread = match ast.spread.as_ref().map(|s| (s, checker.length(s))) {
        Some((_, Some(Length::Seconds(seconds)))) => seconds,
        Some((written, Some(Length::Months(_)))) => {
            exact(checker, "sends are spread over an exact time", written.span);
            0
        }
        _ => 0,
    };
    let email = ast.sends.first().cloned().flatten()?;
    let (name, span) = (shared(&name.text), name.span);
    let docs = declaration.docs.clone();
    Some(Campaign { name, docs, to, schedule: schedule?, spread, email: shared(&email.text), span })
}

fn weekday(day: &str, time: jiff::civil::Time) -> Option<Schedule> {
    use jiff::civil::Weekday::*;
    let day = match day {
        "day" => return Some(Schedule::Daily(time)),
        "monday" => Monday,
        "tuesday" => Tuesday,
        "wednesday" => Wednesday,
        "thursday" => Thursday,
        "friday" => Friday,
        "saturday" => Saturday,
        "sunday" => Sunday,
        _ => return None,
    };
    Some(Schedule::Weekly(day, time))
}

/// Whether every e-mail that is sent is declared.
pub(super) fn emails(checker: &mut Checker, declarations: &[&Declaration]) {
    // Those declared with a mistake are not in the model, and are declared all the same.
    let declared: Vec<(String, Option<Span>)> = declarations
        .iter()
        .filter_map(|d| match &d.kind {
            Kind::Email(ast) => ast.name.as_ref().map(|n| (n.text.clone(), Some(n.span))),
            _ => None,
        })
        .collect();
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
    let names: HashSet<&str> = declared.iter().map(|(name, _)| name.as_str()).collect();
    for name in sent {
        if !names.contains(name.text.as_str()) {
            checker.unknown_name("e-mail", &name, declared.clone());
        } else {
            checker.refer(&name, Symbol::Email);
        }
    }
}
