//! "Not once in N days" that also takes in who only just arrived.

use std::sync::Arc;

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::new_arrivals::NewArrivals;
use persona_model::{Expr, ExprKind, Length, Window};
use persona_value::Type;

use crate::ask::{Logic, conjuncts};
use crate::describe::{describe, length};
use crate::lower::at_least;
use crate::point::{Point, Test};
use crate::term::{Formula, Of};

/// Words by which the attribute that says since when somebody is a customer is known.
const ARRIVED: &[&str] = &[
    "signed_up",
    "signup",
    "sign_up",
    "created",
    "registered",
    "joined",
    "subscribed",
    "first_seen",
    "customer_since",
    "member_since",
];

/// Segments, stages and campaigns.
pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    let model = logic.model;
    let is_moment = |ty: &Type| matches!(ty, Type::Timestamp | Type::Date);
    let named = |name: &str| ARRIVED.iter().any(|word| name.starts_with(word));
    let arrived = model.customer.attributes.iter().find(|a| is_moment(&a.ty) && named(&a.name));
    let Some(arrived) = arrived else { return };
    for segment in &model.segments {
        one(logic, &arrived.name, &segment.when, &[], problems);
    }
    // Those of an exclusive lifecycle have a stage for everybody, also for who just arrived.
    for lifecycle in model.lifecycles.iter().filter(|l| !l.exclusive) {
        let mut earlier: Vec<(&Expr, bool)> = Vec::new();
        for when in lifecycle.stages.iter().filter_map(|s| s.when.as_ref()) {
            one(logic, &arrived.name, when, &earlier, problems);
            earlier.push((when, false));
        }
    }
    for campaign in &model.campaigns {
        if let Some(to) = &campaign.to {
            one(logic, &arrived.name, to, &[], problems);
        }
    }
}

fn one(
    logic: &mut Logic,
    arrived: &Arc<str>,
    condition: &Expr,
    also: &[(&Expr, bool)],
    problems: &mut Problems,
) {
    // Whoever asks when somebody arrived has thought of it.
    let mut asks = false;
    condition.walk(&mut |e| asks |= matches!(&e.kind, ExprKind::Attribute(name) if name == arrived));
    if asks {
        return;
    }
    for part in conjuncts(condition) {
        let Some((ago, event)) = not_once(logic, part) else { continue };
        // Somebody who came within that time and did nothing yet.
        let term = logic.lowering.attribute(arrived);
        let bound = match (logic.lowering.terms[term].ty == Type::Date, ago) {
            (true, Length::Seconds(s)) => Point::Day { months: 0, days: -s / 86_400 },
            (true, Length::Months(months)) => Point::Day { months, days: 0 },
            (false, Length::Seconds(s)) => Point::Ago(s),
            (false, Length::Months(months)) => Point::Start { months, days: 1 },
        };
        let recent = Formula::Is(term, Test::Range(Some((bound, false)), None), true);
        let mut asked = vec![(condition, true)];
        asked.extend(also);
        let Some(witness) = logic.witness_with(&asked, &[Arc::new(recent)]) else { continue };
        if !witness.events.is_empty() {
            continue;
        }
        let ago = match ago {
            Length::Seconds(s) => length(s),
            Length::Months(1) => "1 month".into(),
            Length::Months(n) if n % 12 == 0 => format!("{} year{}", n / 12, if n == 12 { "" } else { "s" }),
            Length::Months(n) => format!("{n} months"),
        };
        problems.report(NewArrivals {
            at: part.span,
            event,
            ago,
            arrived: arrived.to_string(),
            arrived_at: logic.model.customer.attribute(arrived).and_then(|a| a.span),
            witness: describe(&witness),
        });
    }
}

/// The event that a condition rules out, and for how long, if that is what it says.
fn not_once(logic: &mut Logic, part: &Expr) -> Option<(Length, String)> {
    let formula = logic.truth(part);
    let Formula::Is(term, ..) = &*formula else { return None };
    let Of::Count(set) = logic.lowering.terms[*term].of else { return None };
    let once = Arc::new(Formula::Is(*term, at_least(1), true));
    if !logic.impossible(&[formula.clone(), once]) {
        return None;
    }
    let set = &logic.lowering.sets[set];
    let ago = match (&set.window, &set.at[..]) {
        (Some(Window::Last(length)), []) => *length,
        (None, [Test::Range(Some((Point::Ago(seconds), _)), _)]) => Length::Seconds(*seconds),
        _ => return None,
    };
    Some((ago, set.event.to_string()))
}
