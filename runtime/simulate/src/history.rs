//! What is handed in: who there is and what happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use persona_model::{Model, Values};
use persona_value::Value;

/// Customers and all that happens to them.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Customers as they are at the beginning, by their key.
    pub customers: BTreeMap<Arc<str>, Values>,
    /// Rows of entities.
    pub entities: Vec<(Arc<str>, Values)>,
    /// What happens, in any order.
    pub changes: Vec<Change>,
}

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Change {
    /// An event, with all its fields: `id`, `at`, `received` and `customer` among them.
    Event(Arc<str>, Values),
    /// A customer's attributes are known to be so from an instant on.
    Attributes {
        /// When.
        at: Timestamp,
        /// Whose.
        customer: Arc<str>,
        /// What.
        values: Values,
    },
    /// A consent is given or taken back.
    Consent {
        /// When.
        at: Timestamp,
        /// By whom.
        customer: Arc<str>,
        /// Its name.
        consent: Arc<str>,
        /// Whether it is given.
        given: bool,
    },
}

impl Change {
    /// When it is known: an event when it has arrived.
    pub fn known(&self) -> Timestamp {
        match self {
            Change::Event(_, values) => {
                let instant = |name: &str| match value(values, name) {
                    Value::Instant(at) => Some(at),
                    _ => None,
                };
                let at = instant("at").unwrap_or(Timestamp::MIN);
                instant("received").map_or(at, |received| received.max(at))
            }
            Change::Attributes { at, .. } | Change::Consent { at, .. } => *at,
        }
    }
}

/// A value by its name; missing if it is not there.
pub(crate) fn value(values: &Values, name: &str) -> Value {
    values.iter().find(|(n, _)| **n == *name).map_or(Value::Missing, |(_, v)| v.clone())
}

/// Values over others.
pub(crate) fn set(values: &mut Values, new: &Values) {
    for (name, value) in new {
        match values.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value.clone(),
            None => values.push((name.clone(), value.clone())),
        }
    }
}

/// Every instant that a value holds.
pub(crate) fn instants(value: &Value, found: &mut Vec<Timestamp>) {
    match value {
        Value::Instant(at) => found.push(*at),
        Value::Record(fields) => fields.iter().for_each(|(_, value)| instants(value, found)),
        Value::List(items) => items.iter().for_each(|value| instants(value, found)),
        _ => {}
    }
}

/// The events of a kind, and those it unites.
pub(crate) fn kinds(model: &Model) -> impl Iterator<Item = &persona_model::Event> {
    model.events.iter().filter(|event| event.of.is_empty())
}
