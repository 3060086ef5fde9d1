//! Messages that the policy is sure to withhold: what one customer is due adds up to more than a cap lets through.
//!
//! Only what is certain counts. Campaigns by the calendar count where some customer is in all their audiences, as long as
//! these do not move with time or with what a customer does; of a flow, the steps that everybody takes who stays in it. How
//! often events start flows, nobody knows.

use jiff::Span as Stretch;
use jiff::civil::Date;
use persona_diagnostics::catalogue::implied_condition::ImpliedCondition;
use persona_diagnostics::catalogue::over_the_cap::{Due, OverTheCap};
use persona_diagnostics::{Problems, Span};
use persona_model::{Cap, Days, Expr, ExprKind, Leave, Length, Model, On, Policy, Schedule, Step, Trigger};

use crate::ask::Logic;
use crate::describe::length;

const DAY: i64 = 86_400;
/// Days of a cap that are looked at.
const MOST_DAYS: i64 = 366;

pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    let model = logic.model;
    let Some(policy) = &model.policy else { return };
    for (at, cap) in policy.caps.iter().enumerate() {
        let others = policy.caps.iter().enumerate().filter(|(other, _)| *other != at);
        let within = others.filter(|(other, by)| suffices(by, cap) && (*other < at || !suffices(cap, by)));
        let by: Vec<Span> = within.map(|(_, by)| by.span).take(1).collect();
        if !by.is_empty() {
            problems.report(ImpliedCondition { at: cap.span, by, and: true, joined: vec![] });
            continue;
        }
        for trigger in &model.triggers {
            if let Some(count) = by_flow(model, policy, cap, trigger) {
                let due =
                    Due { what: "trigger".into(), name: trigger.name.to_string(), count, at: trigger.span };
                problems.report(over(cap, vec![due]));
            }
        }
        if let Some(due) = by_calendar(logic, cap) {
            problems.report(over(cap, due));
        }
    }
}

/// Whether a cap lets through no more than another one, in all of its time, and of all that the other counts.
fn suffices(cap: &Cap, other: &Cap) -> bool {
    let (long, short) = match (cap.per, other.per) {
        (Length::Seconds(long), Length::Seconds(short)) => (long, short),
        (Length::Months(long), Length::Months(short)) => (long, short),
        _ => return false,
    };
    let counts_all = cap.except.messages.iter().all(|m| other.except.messages.contains(m))
        && (!cap.except.transactional || other.except.transactional)
        && (!cap.emails || other.emails);
    cap.most <= other.most && long >= short && counts_all
}

fn over(cap: &Cap, due: Vec<Due>) -> OverTheCap {
    let per = match cap.per {
        Length::Seconds(seconds) => length(seconds),
        Length::Months(1) => "1 month".into(),
        Length::Months(months) => format!("{months} months"),
    };
    OverTheCap { at: cap.span, allowed: cap.most, emails: cap.emails, per, due }
}

/// Whether an e-mail counts.
fn counts(model: &Model, cap: &Cap, email: &str) -> bool {
    model.email(email).is_some_and(|e| !cap.except.holds(email, matches!(e.leave, Leave::Transactional)))
}

/// How many messages of one flow fall into the time of a cap, if these are too many.
fn by_flow(model: &Model, policy: &Policy, cap: &Cap, trigger: &Trigger) -> Option<i64> {
    let per = match cap.per {
        Length::Seconds(seconds) => seconds,
        Length::Months(months) => months.checked_mul(28 * DAY)?,
    };
    let mut sent: Vec<i64> = Vec::new();
    let mut now = 0_i64;
    for step in &trigger.steps {
        match step {
            Step::Send { email, .. } if counts(model, cap, email) => sent.push(now),
            Step::Call(call) => {
                let transactional = matches!(call.leave, Leave::Transactional);
                if !cap.emails && !cap.except.holds(&call.destination, transactional) {
                    sent.push(now);
                }
            }
            other => now = now.checked_add(longest(std::slice::from_ref(other))?)?,
        }
    }
    // Quiet hours may part what else lies close together.
    let held = if policy.quiet.is_some() { DAY } else { 0 };
    let together = |from: i64, to: i64| to == from || to - from + held < per;
    let most =
        (0..sent.len()).map(|at| sent[at..].iter().filter(|to| together(sent[at], **to)).count()).max()?;
    i64::try_from(most).ok().filter(|most| *most > cap.most)
}

/// How long some steps take at most.
fn longest(steps: &[Step]) -> Option<i64> {
    let mut total = 0_i64;
    for step in steps {
        let own = match step {
            Step::Wait(Length::Seconds(seconds), _) => *seconds,
            Step::Wait(Length::Months(months), _) => months.checked_mul(31 * DAY)?,
            Step::WaitUntil(..) => DAY,
            Step::If(_, then, otherwise) => longest(then)?.max(longest(otherwise)?),
            Step::Send { .. } | Step::Call(_) | Step::Update { .. } => 0,
        };
        total = total.checked_add(own)?;
    }
    Some(total)
}

/// Something that goes out by the calendar.
struct Regular<'m> {
    due: Due,
    schedule: Schedule,
    to: Option<&'m Expr>,
    /// Messages each time.
    messages: i64,
}

/// What goes out by the calendar to one customer in the time of a cap, if that is too much.
fn by_calendar(logic: &mut Logic, cap: &Cap) -> Option<Vec<Due>> {
    let model = logic.model;
    let days = match cap.per {
        Length::Seconds(seconds) => seconds / DAY,
        Length::Months(months) => months.checked_mul(28)?,
    };
    if !(1..=MOST_DAYS).contains(&days) {
        return None;
    }
    let regular = regular(model, cap);
    let mut starts: Vec<Date> = Vec::new();
    let weeks = Date::new(2026, 1, 5).ok()?;
    starts.extend((0..7).filter_map(|day| weeks.checked_add(Stretch::new().days(day)).ok()));
    for one in &regular {
        if let Days::On(date) = one.schedule.days {
            starts.extend((0..days).filter_map(|day| date.checked_sub(Stretch::new().days(day)).ok()));
        }
    }
    let due = |one: &Regular, start: Date| one.messages * times(one.schedule.days, start, days);
    let total = |start: &Date| regular.iter().map(|one| due(one, *start)).sum::<i64>();
    let start = starts.into_iter().max_by_key(total)?;
    if total(&start) <= cap.most {
        return None;
    }
    let mut chosen: Vec<&Regular> = Vec::new();
    let mut by_count: Vec<&Regular> = regular.iter().filter(|one| due(one, start) > 0).collect();
    by_count.sort_by_key(|one| std::cmp::Reverse(due(one, start)));
    for one in by_count {
        let together = chosen.iter().copied().chain([one]);
        let asked: Vec<(&Expr, bool)> = together.filter_map(|one| Some((one.to?, true))).collect();
        if asked.is_empty() || logic.witness(&asked).is_some() {
            chosen.push(one);
        }
    }
    let sum: i64 = chosen.iter().map(|one| due(one, start)).sum();
    let dues = chosen.iter().map(|one| Due { count: due(one, start), ..one.due.clone() });
    (sum > cap.most).then(|| dues.collect())
}

fn regular<'m>(model: &'m Model, cap: &Cap) -> Vec<Regular<'m>> {
    let mut found = Vec::new();
    for campaign in &model.campaigns {
        let to = campaign.to.as_ref();
        if counts(model, cap, &campaign.email)
            && campaign.exits.is_empty()
            && to.is_none_or(|to| is_steady(model, to))
        {
            let due = Due {
                what: "campaign".into(),
                name: campaign.name.to_string(),
                count: 0,
                at: campaign.schedule_span,
            };
            found.push(Regular { due, schedule: campaign.schedule, to, messages: 1 });
        }
    }
    for trigger in &model.triggers {
        let On::Schedule(schedule) = &trigger.on else { continue };
        let sends = |step: &Step| matches!(step, Step::Send { email, .. } if counts(model, cap, email));
        let messages = trigger.steps.iter().filter(|step| sends(step)).count();
        let at_once = trigger.steps.iter().all(|step| matches!(step, Step::Send { .. }));
        if at_once && trigger.once_per.is_none() && messages > 0 {
            let due =
                Due { what: "trigger".into(), name: trigger.name.to_string(), count: 0, at: trigger.on_span };
            let messages = i64::try_from(messages).unwrap_or(0);
            found.push(Regular { due, schedule: *schedule, to: None, messages });
        }
    }
    found
}

/// How often a schedule comes round in so many days.
fn times(schedule: Days, start: Date, days: i64) -> i64 {
    let day = |at: i64| start.checked_add(Stretch::new().days(at)).ok();
    match schedule {
        Days::Daily => days,
        Days::Weekly(weekday) => {
            let on = |at: &i64| day(*at).is_some_and(|date| date.weekday() == weekday);
            i64::try_from((0..days).filter(on).count()).unwrap_or(0)
        }
        Days::On(date) => i64::from(start <= date && day(days - 1).is_some_and(|last| date <= last)),
        Days::First => 0,
    }
}

/// Whether a condition stays as it is while time passes and the customer does things.
pub(crate) fn is_steady(model: &Model, condition: &Expr) -> bool {
    let mut steady = true;
    condition.walk(&mut |expr| {
        steady &= match &expr.kind {
            ExprKind::InSegment(name) => model.segment(name).is_some_and(|s| is_steady(model, &s.when)),
            ExprKind::Stage(name) => model.lifecycle(name).is_some_and(|lifecycle| {
                lifecycle.stages.iter().filter_map(|s| s.when.as_ref()).all(|when| is_steady(model, when))
            }),
            ExprKind::Trait(name) => model.trait_(name).is_some_and(|t| is_steady(model, &t.value)),
            ExprKind::Attribute(_)
            | ExprKind::Literal(_)
            | ExprKind::Not(_)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Compare(..)
            | ExprKind::OneOf(..)
            | ExprKind::IsPresent(_)
            | ExprKind::Arithmetic(..)
            | ExprKind::Coalesce(..)
            | ExprKind::If(..) => true,
            _ => false,
        };
    });
    steady
}
