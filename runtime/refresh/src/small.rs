//! Audiences that are too small to learn from: how many in each segment, stage and content branch are active and can be
//! reached.

use std::sync::Arc;

use persona_diagnostics::catalogue::small_audience::SmallAudience;
use persona_diagnostics::{Problems, Span};
use persona_model::{Expr, ExprKind, FeedTarget, Length, Model, Query, Subject, Summary, Window};
use persona_plan::lower::{Output, Profiles};
use persona_plan::refresh::profile;
use persona_plan::{Aggregate, Comparison, Join, Plan, Rel, Scalar, prune};
use persona_target::{Session, whole};
use persona_value::{Type, Value};

use crate::Error;

/// Who did nothing for so long is not active: a year.
const ACTIVE: Length = Length::Seconds(365 * 86_400);

/// What happens to customers rather than being done by them.
const NOT_DONE: [&str; 6] =
    ["email_sent", "email_delivered", "email_bounce", "email_complaint", "unsubscribe", "email_suppressed"];

/// A part of a program that some customers see.
struct Part<'m> {
    what: String,
    at: Span,
    who: Who<'m>,
}

enum Who<'m> {
    Segment(&'m Arc<str>),
    Stage(&'m Arc<str>, &'m Arc<str>),
    /// The first of these that holds is the last: the cases up to one. Of `otherwise` none of them holds.
    Branch(Vec<&'m Expr>, bool),
}

/// Everything that is counted.
fn parts(model: &Model) -> Vec<Part<'_>> {
    let segments = model.segments.iter().map(|s| Part {
        what: format!("segment `{}`", s.name),
        at: s.span,
        who: Who::Segment(&s.name),
    });
    let stages = model.lifecycles.iter().flat_map(|l| {
        l.stages.iter().map(move |s| Part {
            what: format!("stage `{}`", s.name),
            at: s.span,
            who: Who::Stage(&l.name, &s.name),
        })
    });
    // What a block is given differs from place to place: of such a block nobody can say who sees what.
    let contents = model.contents.iter().filter(|c| c.parameters.is_empty());
    let branches = contents.flat_map(|c| {
        c.cases.iter().enumerate().map(move |(at, case)| {
            let conditions = c.cases[..=at].iter().filter_map(|case| case.when.as_ref()).collect();
            Part {
                what: format!("case {} of `{}`", at + 1, c.name),
                at: case.when.as_ref().map_or(c.span, |when| when.span),
                who: Who::Branch(conditions, case.when.is_some()),
            }
        })
    });
    segments.chain(stages).chain(branches).collect()
}

/// Tells of each part with fewer active and reachable customers than the project asks for. `counts` are those of the
/// parts in order; where one is missing, nobody is there.
pub fn tell(model: &Model, counts: &[i64], problems: &mut Problems) {
    let least = model.project.min_audience;
    for (at, part) in parts(model).into_iter().enumerate() {
        let size = counts.get(at).map_or(0, |n| u64::try_from(*n).unwrap_or(0));
        if size < least {
            problems.report(SmallAudience { what: part.what, size, least, at: part.at });
        }
    }
}

/// How many active and reachable customers each part has.
pub(crate) fn count(session: &mut Session) -> Result<Vec<i64>, Error> {
    let Some(plan) = counting(session.model) else { return Ok(vec![]) };
    let rows = session.query(&plan)?;
    Ok(rows.rows.first().map(|row| row.iter().map(whole).collect()).unwrap_or_default())
}

/// One row, a column a part.
fn counting(model: &Model) -> Option<Plan> {
    let parts = parts(model);
    let at = parts.first()?.at;
    // Values of the customer are called as users like.
    let mut prefix = "counted_".to_string();
    let values = model.customer.attributes.iter().map(|a| &a.name);
    let values = values.chain(model.traits.iter().map(|t| &t.name));
    let values = values.chain(model.lifecycles.iter().map(|l| &l.name));
    while values.clone().any(|name| name.to_lowercase().starts_with(&prefix)) {
        prefix.push('_');
    }
    let mut outputs: Vec<Output> = Vec::new();
    let mut output = |value: Expr| -> Scalar {
        let name: Arc<str> = format!("{prefix}{}", outputs.len() + 1).into();
        outputs.push(Output { name: name.clone(), value });
        Scalar::Column(name)
    };
    let did: Vec<Scalar> = done(model).into_iter().map(|event| output(any(event, at))).collect();
    let active = if did.is_empty() { Scalar::And(vec![]) } else { Scalar::Or(did) };
    let mut conditions: Vec<Vec<Scalar>> = Vec::new();
    for part in &parts {
        conditions.push(match &part.who {
            Who::Branch(all, _) => all.iter().map(|when| output((*when).clone())).collect(),
            _ => vec![],
        });
    }
    let Plan { steps, result } = Profiles::outputs(model, &outputs);
    let key = model.customer.key();
    let known: Arc<str> = format!("{prefix}customer").into();

    // What the profile says already.
    let place = |at: usize| -> Arc<str> { format!("{prefix}part_{at}").into() };
    let reach: Arc<str> = format!("{prefix}reachable").into();
    let mut columns = vec![(known.clone(), Scalar::column(key)), (reach.clone(), reachable(model))];
    for (at, part) in parts.iter().enumerate() {
        match &part.who {
            Who::Segment(name) => columns.push((place(at), Scalar::column(format!("in_{name}")))),
            Who::Stage(lifecycle, stage) => {
                let ty = model.lifecycle(lifecycle).map_or(Type::Text, |l| l.ty.clone());
                let stage = Scalar::literal(Value::Text((*stage).clone()), ty);
                let value = Scalar::Column((*lifecycle).clone());
                columns.push((place(at), Scalar::compare(Comparison::Equal, value, stage)));
            }
            Who::Branch(..) => {}
        }
    }
    let rel = result.join(Join::Inner, profile(model).project(columns), vec![(key.into(), known)]);
    let rel = rel.filter(Scalar::And(vec![Scalar::Column(reach), active]));
    let not = |scalar: &Scalar| Scalar::Not(Box::new(scalar.clone()));
    let counted = parts.iter().enumerate().map(|(at, part)| {
        let inside = match (&part.who, conditions[at].split_last()) {
            (Who::Branch(_, true), Some((own, before))) => {
                Scalar::And(std::iter::once(own.clone()).chain(before.iter().map(not)).collect())
            }
            (Who::Branch(..), _) => Scalar::And(conditions[at].iter().map(not).collect()),
            _ => Scalar::Column(place(at)),
        };
        let one = Scalar::If {
            condition: Box::new(inside),
            then: Box::new(Scalar::int(1)),
            otherwise: Box::new(Scalar::int(0)),
        };
        (Arc::from(format!("{prefix}one_{at}")), one)
    });
    let counted = rel.project(counted.collect());
    let sums = (0..parts.len()).map(|at| {
        let of = Aggregate::Sum(format!("{prefix}one_{at}").into());
        (Arc::from(format!("{prefix}sum_{at}")), of)
    });
    let result = Rel::Aggregate { input: Box::new(counted), keys: vec![], values: sums.collect() };
    Some(prune(Plan { steps, result }))
}

/// The events that a source feeds and that customers do.
fn done(model: &Model) -> Vec<&Arc<str>> {
    let feeds = model.sources.iter().filter(|s| s.location.is_at_rest()).flat_map(|s| &s.feeds);
    let mut events: Vec<&Arc<str>> = feeds
        .filter_map(|feed| match &feed.target {
            FeedTarget::Event(event) if !NOT_DONE.contains(&&**event) => Some(event),
            _ => None,
        })
        .collect();
    events.sort();
    events.dedup();
    events
}

/// `any(EVENT in last 365 days)`
fn any(event: &Arc<str>, span: Span) -> Expr {
    let query = Query {
        summary: Summary::Any,
        event: event.clone(),
        subject: Subject::Event,
        filter: None,
        sequence: None,
        less: None,
        window: Some(Window::Last(ACTIVE)),
        field: None,
    };
    Expr { kind: ExprKind::Query(Box::new(query)), ty: Type::Bool, optional: false, span }
}

/// Has an address that is not suppressed, and has given some consent, if there is one to give.
fn reachable(model: &Model) -> Scalar {
    let missing = |name: &str| Scalar::IsMissing(Box::new(Scalar::column(name)));
    let address = model.customer.attributes.iter().filter(|a| a.ty == Type::Email);
    let mut all = vec![missing("suppressed")];
    match address.min_by_key(|a| &*a.name != "email") {
        Some(address) => all.push(Scalar::Not(Box::new(missing(&address.name)))),
        None => all.push(Scalar::Or(vec![])),
    }
    if !model.consents.is_empty() {
        let given = model.consents.iter().map(|c| Scalar::column(format!("consent_{}", c.name)));
        all.push(Scalar::Or(given.collect()));
    }
    Scalar::And(all)
}
