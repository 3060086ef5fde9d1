//! Other customers: who scores four of five does so among others.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_model::{Expr, ExprKind, Query, Subject, Summary};
use persona_value::{Decimal, Value};

use super::{Occurrence, missing_cell, pick};
use crate::cells::Question;
use crate::family::Model;
use crate::key::key;
use crate::lower::Lowering;
use crate::term::{Of, SetId};

/// A customer's scores, and who else there is.
#[derive(Default)]
pub(super) struct Crowd {
    pub scores: Vec<(Arc<str>, i64)>,
    pub others: Vec<Vec<Occurrence>>,
}

/// What the customer scores by some events: 1 to 5 each, if it is asked for.
struct Scores {
    of: String,
    set: SetId,
    field: Arc<str>,
    recency: Option<i64>,
    frequency: Option<i64>,
    monetary: Option<i64>,
}

/// Four others, so that everybody is a fifth. None where there are scores of two kinds at once.
pub(super) fn gather(
    lowering: &Lowering,
    question: &Question,
    model: &Model,
    now: Timestamp,
    events: &mut Vec<Occurrence>,
    of_set: impl Fn(SetId, &[Occurrence]) -> Vec<usize>,
) -> Option<Crowd> {
    let mut found: Option<Scores> = None;
    let mut crowd = Crowd::default();
    for (place, variable) in question.variables.iter().enumerate() {
        let term = &lowering.terms[variable.term];
        let Of::Summary { set, query, .. } = &term.of else { continue };
        let (Summary::Rfm, Some(name)) = (query.summary, &query.field) else { continue };
        if of_set(*set, events).is_empty() {
            continue;
        }
        let cells = model.domains[place] & !missing_cell(variable);
        let Value::Int(score) = pick(variable, cells, &term.ty, term.grain, now)? else { return None };
        let Subject::Value(Expr { kind: ExprKind::EventField(field), span, .. }) = &query.subject else {
            return None;
        };
        let whole = Query { field: None, ..(**query).clone() };
        let kind = ExprKind::Query(Box::new(whole));
        let of = key(&Expr { kind, ty: term.ty.clone(), optional: true, span: *span });
        let scores = found.get_or_insert_with(|| Scores {
            of: of.clone(),
            set: *set,
            field: field.clone(),
            recency: None,
            frequency: None,
            monetary: None,
        });
        if scores.of != of {
            return None;
        }
        match &**name {
            "recency" => scores.recency = Some(score),
            "frequency" => scores.frequency = Some(score),
            _ => scores.monetary = Some(score),
        }
        crowd.scores.push((name.clone(), score));
    }
    let Some(scores) = found else { return Some(crowd) };
    // With two events there is room for somebody with fewer.
    let own = of_set(scores.set, events);
    if own.len() == 1 {
        events.push(events[own[0]].clone());
    }
    let own = of_set(scores.set, events);
    for at in &own {
        spend(&mut events[*at], &scores.field, 100);
    }
    let latest = own.iter().map(|at| &events[*at]).max_by_key(|e| e.at)?.clone();
    let count = own.len();
    for rank in 1..5 {
        // Who ranks below the customer's score did less, the rest did more.
        let order =
            |score: Option<i64>| if rank < score.unwrap_or(3) { Ordering::Less } else { Ordering::Greater };
        let minutes = SignedDuration::from_mins(rank);
        let at = match order(scores.recency) {
            Ordering::Less => latest.at.checked_sub(minutes).ok()?,
            _ => latest.at.checked_add(minutes).ok()?.min(now),
        };
        let number = if order(scores.frequency).is_lt() { 1 } else { count + 1 };
        let spent = if order(scores.monetary).is_lt() { 50 } else { 100 * i64::try_from(count).ok()? + 50 };
        let mut done = vec![Occurrence { at, ..latest.clone() }; number];
        for (nth, event) in done.iter_mut().enumerate() {
            spend(event, &scores.field, if nth == 0 { spent } else { 0 });
        }
        crowd.others.push(done);
    }
    Some(crowd)
}

fn spend(event: &mut Occurrence, field: &str, amount: i64) {
    if let Some(given) = event.fields.iter_mut().find(|f| *f.name == *field) {
        given.value = match given.ty {
            persona_value::Type::Int => Value::Int(amount),
            _ => Value::Decimal(Decimal::from(amount)),
        };
    }
}
