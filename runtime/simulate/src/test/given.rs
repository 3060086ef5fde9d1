//! What a test begins with: its lines as a history, and the values it leaves out.

use std::sync::Arc;

use jiff::civil::Time;
use jiff::{SignedDuration, Span, Timestamp};
use persona_model::{Attribute, Expected, Happens, Model, Test, TestCustomer, Values};
use persona_value::{Type, Value};

use crate::history::value;
use crate::{Change, History};

/// A test as a history.
pub(super) struct Given {
    pub history: History,
    /// The customers' keys, in the order of [`Test::customers`].
    pub keys: Vec<Arc<str>>,
    /// The beginning of the day of the first line.
    pub start: Timestamp,
    /// The last line.
    pub end: Timestamp,
    /// Values that are left out and may not be missing.
    pub assumed: Vec<(Arc<str>, Arc<str>, Value)>,
}

impl Given {
    pub fn of(model: &Model, test: &Test) -> Given {
        let happen = test.happenings.iter().map(|happening| happening.at);
        let expected = test.expectations.iter().filter_map(|expectation| match &expectation.what {
            Expected::Gets(_, at) => *at,
            Expected::Never(_) => None,
            Expected::Holds(_, at) => Some(*at),
        });
        let lines: Vec<Timestamp> = happen.chain(expected).collect();
        // A test without any instant is on no day in particular.
        let first = lines.iter().min().copied().unwrap_or(Timestamp::UNIX_EPOCH);
        let end = lines.iter().max().copied().unwrap_or(first);
        let start = midnight(model, first);
        let mut given =
            Given { history: History::default(), keys: Vec::new(), start, end, assumed: Vec::new() };
        for customer in &test.customers {
            given.customer(model, customer, first);
        }
        for row in &test.rows {
            let fields = model.entity(&row.entity).map(|e| &e.fields[..]).unwrap_or_default();
            let values = given.whole(model, fields, &row.values, &row.entity, first);
            given.history.entities.push((row.entity.clone(), values));
        }
        for (index, happening) in test.happenings.iter().enumerate() {
            let customer = given.keys[happening.who].clone();
            let at = happening.at;
            let consent = |consent: &Arc<str>, given| Change::Consent {
                at,
                customer: customer.clone(),
                consent: consent.clone(),
                given,
            };
            given.history.changes.push(match &happening.what {
                Happens::Event(event, values) => {
                    let values = items(model, event, values, first);
                    Change::Event(event.clone(), fields(model, event, &values, index, at, &customer))
                }
                Happens::Change(values) => {
                    Change::Attributes { at, customer: customer.clone(), values: values.clone() }
                }
                Happens::Gives(name) => consent(name, true),
                Happens::Withdraws(name) => consent(name, false),
            });
        }
        given
    }

    fn customer(&mut self, model: &Model, customer: &TestCustomer, first: Timestamp) {
        let key = model.customer.key();
        let id = match value(&customer.values, key) {
            Value::Text(id) => id,
            _ => customer.name.clone(),
        };
        let mut values = customer.values.clone();
        values.retain(|(name, _)| **name != *key);
        values.push((key.into(), Value::Text(id.clone())));
        let values = self.whole(model, &model.customer.attributes, &values, &customer.name, first);
        self.history.customers.insert(id.clone(), values);
        for consent in &customer.consents {
            self.history.changes.push(Change::Consent {
                at: self.start.checked_sub(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MIN),
                customer: id.clone(),
                consent: consent.clone(),
                given: true,
            });
        }
        self.keys.push(id);
    }

    /// Values with those that are left out and may not be missing.
    fn whole(
        &mut self,
        model: &Model,
        declared: &[Attribute],
        values: &Values,
        whose: &Arc<str>,
        first: Timestamp,
    ) -> Values {
        let mut values = values.clone();
        for attribute in declared {
            let left_out = !values.iter().any(|(name, _)| *name == attribute.name);
            if left_out && !attribute.optional {
                let assumed = neutral(model, &attribute.name, &attribute.ty, whose, first);
                self.assumed.push((whose.clone(), attribute.name.clone(), assumed.clone()));
                values.push((attribute.name.clone(), assumed));
            }
        }
        values
    }
}

/// An event's values, the items of its lists with what they leave out.
fn items(model: &Model, event: &Arc<str>, values: &Values, first: Timestamp) -> Values {
    let mut values = values.clone();
    let declared = model.event(event).map(|event| &event.fields[..]).unwrap_or_default();
    for (name, value) in &mut values {
        let record = declared.iter().find(|field| field.name == *name).and_then(|field| match &field.ty {
            Type::List(item) => match &**item {
                Type::Record(record) => Some(record),
                _ => None,
            },
            _ => None,
        });
        let (Some(record), Value::List(items)) = (record, value) else { continue };
        for item in items {
            let field = |field: &persona_value::Field| {
                let given = item.field(&field.name).clone();
                let left_out = given.is_missing() && !field.optional;
                let value = if left_out { neutral(model, &field.name, &field.ty, "", first) } else { given };
                (field.name.clone(), value)
            };
            *item = Value::Record(record.fields.iter().map(field).collect());
        }
    }
    values
}

/// What stands for a value of which nothing is said.
fn neutral(model: &Model, name: &Arc<str>, ty: &Type, whose: &str, first: Timestamp) -> Value {
    let year_before = model.project.zone.to_datetime(first).saturating_sub(Span::new().years(1));
    match ty {
        Type::Bool => Value::Bool(false),
        Type::Int | Type::Duration => Value::Int(0),
        Type::Decimal | Type::Money(_) | Type::Percent => Value::Decimal(0.into()),
        Type::Email => Value::text(format!("{whose}@example.com")),
        Type::Url => Value::text("https://example.com/"),
        Type::Locale => Value::text("en"),
        Type::Timezone => Value::Text(model.project.timezone.clone()),
        Type::Date => Value::Date(year_before.date()),
        Type::Time => Value::Time(Time::midnight()),
        Type::Timestamp => {
            let zone = &model.project.zone;
            Value::Instant(zone.to_ambiguous_timestamp(year_before).compatible().unwrap_or(first))
        }
        Type::Enum(of) => of.values.first().map_or(Value::Missing, |value| Value::Text(value.clone())),
        Type::List(_) => Value::List(Vec::new()),
        Type::Text | Type::Entity(_) => Value::Text(name.clone()),
        Type::Record(_) | Type::Raw | Type::Unknown => Value::Missing,
    }
}

/// An event with all its fields. An event that nothing tells from others has its place in the test as its id.
fn fields(
    model: &Model,
    event: &str,
    values: &Values,
    index: usize,
    at: Timestamp,
    customer: &Arc<str>,
) -> Values {
    let declared = model.event(event);
    let unique = declared.and_then(|event| event.unique()).map(|field| value(values, &field.name));
    let id = match unique.unwrap_or_else(|| value(values, "id")) {
        Value::Text(id) => id,
        Value::Int(id) => id.to_string().into(),
        _ => format!("{:05}", index + 1).into(),
    };
    let received = match value(values, "received") {
        Value::Instant(received) => received,
        _ => at,
    };
    let built_in = [
        ("id", Value::Text(id)),
        ("at", Value::Instant(at)),
        ("received", Value::Instant(received)),
        ("customer", Value::Text(customer.clone())),
    ];
    let own = values.iter().filter(|(name, _)| !built_in.iter().any(|(built_in, _)| *built_in == &**name));
    let own: Vec<_> = own.cloned().collect();
    built_in.into_iter().map(|(name, value)| (Arc::from(name), value)).chain(own).collect()
}

fn midnight(model: &Model, at: Timestamp) -> Timestamp {
    let zone = &model.project.zone;
    let day = zone.to_datetime(at).date().to_datetime(Time::midnight());
    zone.to_ambiguous_timestamp(day).compatible().unwrap_or(at)
}
