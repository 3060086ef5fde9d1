//! `campaign`: to whom, when, what.

use jiff::civil::Weekday;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{self, Declaration, Name, ScheduleDay};

use super::journey::{date, exact, priority, time, unkeyed, valid};
use super::shared;
use crate::infer::{Checker, Row};
use crate::{Campaign, Days, Placed, Schedule};

pub(super) fn campaign(
    checker: &mut Checker,
    declaration: &Declaration,
    name: &Name,
    ast: &ast::Campaign,
) -> Option<Campaign> {
    let what = || format!("the campaign `{}`", name.text);
    let to = ast.to.as_ref().map(|to| checker.condition(to, &[Row::Customer]));
    if ast.to.is_none() {
        checker.missing_member(what(), "audience", name.span, "to in high_value");
    }
    let schedule = match &ast.schedule {
        None => {
            checker.missing_member(what(), "time", name.span, "every monday at 09:00");
            None
        }
        Some(written) => schedule(checker, written),
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
    let spread = ast.spread.as_ref().and_then(|s| exact(checker, s, "sends are spread over an exact time"));
    let approve = ast.approve.as_ref().and_then(|by| {
        let who = by.value();
        if who.trim().is_empty() {
            checker.bad_literal(&who, by.span, "somebody has to approve it");
            return None;
        }
        Some(Placed::new(who.into(), by.span))
    });
    let valid = valid(checker, ast.valid);
    let priority = priority(checker, ast.priority.as_ref());
    let exits = ast.exits.iter().filter_map(|e| unkeyed(checker, e, &[Row::Customer])).collect();
    let email = ast.sends.first().cloned().flatten()?;
    Some(Campaign {
        name: shared(&name.text),
        docs: declaration.docs.clone(),
        to,
        schedule: schedule?,
        schedule_span: ast.schedule.as_ref()?.span,
        spread: spread.unwrap_or(0),
        email: shared(&email.text),
        email_span: email.span,
        approve,
        valid,
        priority,
        exits,
        span: name.span,
    })
}

pub(super) fn schedule(checker: &mut Checker, ast: &ast::Schedule) -> Option<Schedule> {
    let days = match &ast.day {
        None => Some(Days::First),
        Some(ScheduleDay::Date(day)) => date(checker, day).map(Days::On),
        Some(ScheduleDay::Every(day)) => day.as_ref().and_then(|day| days(&day.text)),
    };
    let time = ast.time.as_ref().map(|at| time(checker, at));
    match time {
        _ if ast.best_hour => Some(Schedule { days: days?, time: None }),
        Some(time) => Some(Schedule { days: days?, time: Some(time?) }),
        // A mistake, told already.
        None => None,
    }
}

fn days(day: &str) -> Option<Days> {
    use Weekday::*;
    let weekday = match day {
        "day" => return Some(Days::Daily),
        "monday" => Monday,
        "tuesday" => Tuesday,
        "wednesday" => Wednesday,
        "thursday" => Thursday,
        "friday" => Friday,
        "saturday" => Saturday,
        "sunday" => Sunday,
        _ => return None,
    };
    Some(Days::Weekly(weekday))
}
