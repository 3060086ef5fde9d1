//! A customer made of the values that a search found.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use persona_model::{Attribute, Expr, ExprKind, Query, Subject, Summary};
use persona_value::{Decimal, RecordType, Type, Value};

use crate::cells::{Cell, Cells, Question, Variable};
use crate::family::{Families, Model, Region};
use crate::lower::Lowering;
use crate::point::{ONE, Point};
use crate::term::{Of, SetId};

mod crowd;

/// Somebody of whom a condition is true at an instant.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    pub now: Timestamp,
    /// Every attribute, and whether a condition asked for it.
    pub attributes: Vec<Given>,
    pub events: Vec<Occurrence>,
    /// Whether a condition asked for events themselves, and not only for what the customer scores by them.
    pub counted: bool,
    /// Scores among all customers, by name.
    pub scores: Vec<(Arc<str>, i64)>,
    /// The other customers these scores need, each by what they did.
    pub others: Vec<Vec<Occurrence>>,
}

/// A value, and whether a condition asked for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    pub name: Arc<str>,
    pub ty: Type,
    pub value: Value,
    pub asked: bool,
}

/// Something the customer did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Occurrence {
    pub event: Arc<str>,
    pub at: Timestamp,
    pub fields: Vec<Given>,
    /// The region it lies in, and that region's family.
    family: usize,
    region: usize,
}

/// Events that a witness has at most: nobody reads of more, and who needs more is not shown.
const MOST_EVENTS: u64 = 400;
/// What the customer is called.
pub(crate) const ID: &str = "ada";

/// The customer of these values; none where some of them cannot be made up.
pub(crate) fn build(
    lowering: &Lowering,
    question: &Question,
    families: &Families,
    model: &Model,
    now: Timestamp,
) -> Option<Witness> {
    let program = lowering.model;
    let mut asked: HashMap<&str, Value> = HashMap::new();
    for (place, variable) in question.variables.iter().enumerate() {
        let term = &lowering.terms[variable.term];
        if let Of::Attribute(name) = &term.of {
            asked.insert(name, pick(variable, model.domains[place], &term.ty, term.grain, now)?);
        }
    }
    let given = |attribute: &Attribute| {
        let (value, is_asked) = match asked.get(&*attribute.name) {
            Some(value) => (value.clone(), true),
            None if attribute.optional => (Value::Missing, false),
            None => (neutral(&attribute.ty, now), false),
        };
        Given { name: attribute.name.clone(), ty: attribute.ty.clone(), value, asked: is_asked }
    };
    let mut attributes: Vec<Given> = program.customer.attributes.iter().map(given).collect();
    for given in &mut attributes {
        // The key is the row's name here.
        if *given.name == *program.customer.key() {
            (given.value, given.asked) = (Value::text(ID), false);
        }
    }
    let mut events = Vec::new();
    for (at, (family, numbers)) in families.families.iter().zip(&model.events).enumerate() {
        let Some(regions) = &family.regions else { continue };
        for (place, (region, number)) in regions.iter().zip(numbers).enumerate() {
            if *number == 0 {
                continue;
            }
            if events.len() as u64 + number > MOST_EVENTS {
                return None;
            }
            let occurrence = occurrence(lowering, region, (at, place), now)?;
            events.extend((0..*number).map(|_| occurrence.clone()));
        }
    }
    let mut aim = Aim { lowering, families, aimed: HashSet::new() };
    for (place, variable) in question.variables.iter().enumerate() {
        let term = &lowering.terms[variable.term];
        let Of::Summary { set, query, zero, .. } = &term.of else { continue };
        let own = aim.of_set(*set, &events);
        if own.is_empty() || query.summary == Summary::Rfm {
            continue;
        }
        let mut cells = model.domains[place];
        if !zero {
            cells &= !missing_cell(variable);
        }
        let target = pick(variable, cells, &term.ty, term.grain, now)?;
        aim.at(&target, query, &own, &mut events);
    }
    let of_set = |set: SetId, events: &[Occurrence]| {
        Aim { lowering, families, aimed: HashSet::new() }.of_set(set, events)
    };
    let crowd = crowd::gather(lowering, question, model, now, &mut events, of_set)?;
    let term = |variable: &Variable| &lowering.terms[variable.term].of;
    let counted = question.variables.iter().any(|v| match term(v) {
        Of::Count(_) => true,
        Of::Summary { query, .. } => query.summary != Summary::Rfm,
        _ => false,
    });
    events.sort_by_key(|e| e.at);
    let crowd::Crowd { scores, others } = crowd;
    Some(Witness { now, attributes, events, counted, scores, others })
}

fn occurrence(
    lowering: &Lowering,
    region: &Region,
    (family, place): (usize, usize),
    now: Timestamp,
) -> Option<Occurrence> {
    let program = lowering.model;
    let mut asked: HashMap<&str, (Value, bool)> = HashMap::new();
    for (variable, cells) in region.fields.iter() {
        let term = &lowering.terms[variable.term];
        if let Of::Field(field) = &term.of {
            let value = pick(variable, *cells, &term.ty, term.grain, now)?;
            asked.insert(field, (value, !variable.points.is_empty()));
        }
    }
    let Some((Value::Instant(at), _)) = asked.get("at") else { return None };
    let declared = program.event(&region.leaf)?;
    let field = |attribute: &Attribute| {
        let (value, asked) = match asked.get(&*attribute.name) {
            Some(value) => value.clone(),
            None if attribute.optional => (Value::Missing, false),
            None => (neutral(&attribute.ty, now), false),
        };
        Given { name: attribute.name.clone(), ty: attribute.ty.clone(), value, asked }
    };
    let fields = declared.fields.iter().filter(|f| !matches!(f.ty, Type::List(_))).map(field).collect();
    Some(Occurrence { event: region.leaf.clone(), at: *at, fields, family, region: place })
}

/// Gives fields of events such values that summaries of them are what was found.
struct Aim<'a, 'm> {
    lowering: &'a Lowering<'m>,
    families: &'a Families<'a>,
    /// Events and fields that a summary has given a value.
    aimed: HashSet<(usize, Arc<str>)>,
}

impl Aim<'_, '_> {
    fn region(&self, event: &Occurrence) -> Option<&Region> {
        self.families.families.get(event.family)?.regions.as_ref()?.get(event.region)
    }

    /// The events that lie in a set.
    fn of_set(&self, set: SetId, events: &[Occurrence]) -> Vec<usize> {
        let inside = |event: &Occurrence| {
            let bit = self.families.families[event.family].sets.iter().position(|s| *s == set);
            let region = self.region(event);
            bit.zip(region).is_some_and(|(bit, region)| region.within >> bit & 1 == 1)
        };
        (0..events.len()).filter(|at| inside(&events[*at])).collect()
    }

    /// Whether a field of an event may have this value and the event still lies where it does.
    fn allows(&self, event: &Occurrence, field: &str, value: &Value) -> bool {
        let Some(region) = self.region(event) else { return false };
        let own = |of: &Of| matches!(of, Of::Field(name) if **name == *field);
        let known = region.fields.iter().find(|(v, _)| own(&self.lowering.terms[v.term].of));
        let Some((variable, cells)) = known else { return true };
        let Some(point) = Point::of(value) else { return false };
        let orders: Option<Vec<_>> = variable.points.iter().map(|p| point.order(p)).collect();
        let Some(orders) = orders else { return false };
        let listed = matches!(self.lowering.terms[variable.term].ty, Type::Enum(_) | Type::Bool);
        let fits = |cell: &Cell| match cell {
            Cell::Missing => false,
            Cell::Value(wanted) if listed => orders.iter().zip(wanted).any(|(a, b)| a.is_eq() && b.is_eq()),
            Cell::Value(wanted) => orders == *wanted,
        };
        variable.cells.iter().enumerate().any(|(at, cell)| cells >> at & 1 == 1 && fits(cell))
    }

    fn give(&mut self, events: &mut [Occurrence], at: usize, field: &Arc<str>, value: Value) -> bool {
        if self.aimed.contains(&(at, field.clone())) || !self.allows(&events[at], field, &value) {
            return false;
        }
        let Some(given) = events[at].fields.iter_mut().find(|f| f.name == *field) else { return false };
        (given.value, given.asked) = (value, true);
        self.aimed.insert((at, field.clone()));
        true
    }

    fn at(&mut self, target: &Value, query: &Query, own: &[usize], events: &mut [Occurrence]) {
        let field = match (&query.subject, &query.field) {
            (Subject::Value(Expr { kind: ExprKind::EventField(field), .. }), _) => field.clone(),
            (Subject::Event, Some(field)) => field.clone(),
            _ => return,
        };
        if query.summary != Summary::Sum {
            for at in own {
                self.give(events, *at, &field, target.clone());
            }
            return;
        }
        let value = |event: &Occurrence| {
            let given = event.fields.iter().find(|f| f.name == field);
            given.and_then(|g| number(&g.value)).unwrap_or(Decimal::ZERO).units()
        };
        let Some(wanted) = number(target).map(Decimal::units) else { return };
        let made = |units: i128| match target {
            Value::Int(_) => i64::try_from(units / ONE).map_or(Value::Missing, Value::Int),
            _ => Decimal::from_units(units).map_or(Value::Missing, Value::Decimal),
        };
        // As much each, in whole numbers; then one of them takes what is left of it.
        let each = wanted / i128::try_from(own.len()).unwrap_or(1) / ONE * ONE;
        let mut last = None;
        for at in own.iter().rev() {
            if Some(*at) != own.first().copied() && self.give(events, *at, &field, made(each)) {
                last = Some(*at);
            }
        }
        let candidates = own.iter().copied().chain(last);
        for at in candidates {
            let others: i128 = own.iter().filter(|o| **o != at).map(|o| value(&events[*o])).sum();
            let left = wanted - others;
            if left < 0 && wanted >= 0 {
                continue;
            }
            self.aimed.remove(&(at, field.clone()));
            if self.give(events, at, &field, made(left)) {
                return;
            }
        }
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(whole) => Some(Decimal::from(*whole)),
        Value::Decimal(decimal) => Some(*decimal),
        _ => None,
    }
}

pub(crate) fn missing_cell(variable: &Variable) -> Cells {
    variable.cells.iter().position(|c| *c == Cell::Missing).map_or(0, |at| 1 << at)
}

/// The plainest value in these cells: one that is there, and a round one.
pub(crate) fn pick(
    variable: &Variable,
    cells: Cells,
    ty: &Type,
    grain: Option<i128>,
    now: Timestamp,
) -> Option<Value> {
    let open = variable.cells.iter().enumerate().filter(|(at, _)| cells >> at & 1 == 1);
    let values = open.filter_map(|(_, cell)| value_in(cell, variable, ty, grain, now));
    let values: Vec<Value> = values.collect();
    let plain = match ty {
        // The latest: what is long ago is stranger than what was yesterday.
        Type::Timestamp | Type::Date => {
            let time = |v: &Value| match v {
                Value::Instant(t) if *t > now => (0, 0),
                Value::Instant(t) if *t == now => (1, 0),
                Value::Instant(t) => (2, t.as_second()),
                Value::Date(d) => (0, i64::from(d.year()) * 400 + i64::from(d.day_of_year())),
                _ => (0, 0),
            };
            values.iter().filter(|v| !v.is_missing()).max_by_key(|v| time(v))
        }
        _ => values.iter().find(|v| !v.is_missing()),
    };
    plain.or(values.first()).cloned()
}

/// A value that compares with the points as the cell says.
fn value_in(
    cell: &Cell,
    variable: &Variable,
    ty: &Type,
    grain: Option<i128>,
    now: Timestamp,
) -> Option<Value> {
    let Cell::Value(orders) = cell else { return Some(Value::Missing) };
    let placed = || orders.iter().zip(&variable.points);
    if let Some((_, equal)) = placed().find(|(order, _)| order.is_eq()) {
        return equal.value(ty);
    }
    let above = placed().filter(|(o, _)| o.is_gt()).map(|(_, p)| p).max();
    let below = placed().filter(|(o, _)| o.is_lt()).map(|(_, p)| p).min();
    match ty {
        Type::Int | Type::Decimal | Type::Money(_) | Type::Percent | Type::Duration => {
            let units = |p: &Point| match p {
                Point::Number(units) => Some(*units),
                _ => None,
            };
            let (above, below) = (above.and_then(units), below.and_then(units));
            let grain = grain.unwrap_or(1);
            let least = above.map(|a| (a.div_euclid(grain) + 1) * grain);
            let value = match (least, below) {
                (None, None) => 0,
                (None, Some(below)) if below > 0 => 0,
                (None, Some(below)) => ((below - 1).div_euclid(ONE)) * ONE,
                (Some(least), below) => {
                    let round = (least + ONE - 1).div_euclid(ONE) * ONE;
                    let small = (least + 9_999_999).div_euclid(10_000_000) * 10_000_000;
                    let fits = |v: &i128| below.is_none_or(|b| *v < b);
                    [round, small, least].into_iter().find(fits)?
                }
            };
            Point::Number(value).value(ty)
        }
        Type::Timestamp => {
            let instant = |p: &Point| match p {
                Point::Instant(at) => Some(*at),
                _ => None,
            };
            between_instants(above.and_then(instant), below.and_then(instant), now).map(Value::Instant)
        }
        Type::Date => {
            let date = |p: &Point| match p {
                Point::Date(date) => Some(*date),
                _ => None,
            };
            match (above.and_then(date), below.and_then(date)) {
                (_, Some(below)) => below.yesterday().ok(),
                (Some(above), None) => above.tomorrow().ok(),
                (None, None) => Some(Offset::UTC.to_datetime(now).date()),
            }
            .map(Value::Date)
        }
        ty if ty.is_text() => {
            let text = |p: &Point| match p {
                Point::Text(text) => Some(text.clone()),
                _ => None,
            };
            let (above, below) = (above.and_then(text), below.and_then(text));
            let fits =
                |v: &str| above.as_deref().is_none_or(|a| v > a) && below.as_deref().is_none_or(|b| v < b);
            let next = above.as_deref().map(|a| format!("{a} "));
            let tries = ["another".to_string(), "x".into(), "A".into()].into_iter().chain(next);
            tries.into_iter().find(|v| fits(v)).map(Value::text)
        }
        _ => Some(neutral(ty, now)),
    }
}

/// A round instant between two, both left out.
fn between_instants(above: Option<Timestamp>, below: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let back = |from: Timestamp, seconds: i64| from.checked_sub(SignedDuration::from_secs(seconds)).ok();
    let fits = |at: &Timestamp| above.is_none_or(|a| *at > a) && below.is_none_or(|b| *at < b);
    // Nothing is so plain as a number of days before now, then of hours, minutes, seconds.
    let edge = below.unwrap_or(now).min(now);
    let past = now.duration_since(edge).as_secs().max(0);
    for unit in [86_400, 3_600, 60, 1] {
        let steps = past / unit;
        let candidates = [steps + 1, steps];
        let found = candidates.iter().filter_map(|n| back(now, n * unit)).find(fits);
        if found.is_some() {
            return found;
        }
    }
    // After now, or closer together.
    let after = above.and_then(|a| a.checked_add(SignedDuration::from_secs(86_400)).ok()).filter(fits);
    after.or_else(|| {
        let (above, below) = (above?, below?);
        let half = below.duration_since(above) / 2;
        above.checked_add(half).ok().filter(fits)
    })
}

/// A value that says nothing.
pub(crate) fn neutral(ty: &Type, now: Timestamp) -> Value {
    let year = SignedDuration::from_hours(24 * 365);
    let before = now.checked_sub(year).unwrap_or(now);
    match ty {
        Type::Bool => Value::Bool(false),
        Type::Int | Type::Duration => Value::Int(1),
        Type::Decimal | Type::Money(_) | Type::Percent => Value::Decimal(Decimal::from(1)),
        Type::Email => Value::text("ada@example.com"),
        Type::Url => Value::text("https://example.com"),
        Type::Locale => Value::text("en"),
        Type::Timezone => Value::text("UTC"),
        Type::Enum(values) => values.values.first().map_or(Value::Missing, |v| Value::Text(v.clone())),
        Type::Date => Value::Date(Offset::UTC.to_datetime(before).date()),
        Type::Timestamp => Value::Instant(before),
        Type::Time => Value::Time(jiff::civil::Time::midnight()),
        Type::List(_) => Value::List(vec![]),
        Type::Record(record) => record_of(record, now),
        Type::Text | Type::Entity(_) | Type::Raw | Type::Unknown => Value::text("x"),
    }
}

fn record_of(record: &RecordType, now: Timestamp) -> Value {
    let field = |f: &persona_value::Field| (f.name.clone(), neutral(&f.ty, now));
    Value::Record(record.fields.iter().map(field).collect())
}
