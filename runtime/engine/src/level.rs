//! Values that rise, and those that reach something.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use persona_model::{Expr, ExprKind, On, Trigger};
use persona_value::{Type, Value};

use crate::decide::Run;
use crate::{Facts, Level, Levels, ask, hash};

/// The customers whose value went up as the trigger asks, with what `event` is then. What values are now is noted for the run
/// after this one.
pub(crate) fn moved(run: &mut Run, trigger: &Trigger) -> Vec<(Arc<str>, Value)> {
    let (of, thresholds, again) = match &trigger.on {
        On::Rises(of) => (of, None, true),
        On::Reaches(reaches) => (&reaches.of, Some(&reaches.thresholds[..]), reaches.again),
        _ => return Vec::new(),
    };
    let asked = hash::definition(&(thresholds.is_some(), thresholds));
    let definition = ask::value_definition(run.world.model, of, &asked);
    let before = run.state.levels.get(&trigger.name).filter(|levels| levels.definition == definition);
    let mut changed = BTreeMap::new();
    let mut moved = Vec::new();
    for (customer, facts) in &run.world.facts {
        let value = value(facts, of);
        let was = before.and_then(|levels| levels.customers.get(customer));
        let nothing = Level { value: Value::Missing, reached: Value::Missing };
        let then = was.unwrap_or(&nothing);
        let mut reached = then.reached.clone();
        match thresholds {
            // Of a value that is watched for the first time nothing is known of before.
            None => {
                if before.is_some() && compare(&of.ty, &then.value, &value) == Some(Ordering::Less) {
                    let event = [("from", then.value.clone()), ("to", value.clone())];
                    moved.push((customer.clone(), record(event)));
                }
            }
            Some(thresholds) => {
                let at_least = |value: &Value, least: &Value| {
                    compare(&of.ty, value, least).is_some_and(|order| order != Ordering::Less)
                };
                let passed = thresholds.iter().rfind(|t| at_least(&value, t) && !at_least(&then.value, t));
                if let Some(threshold) = passed {
                    let new = again || !at_least(&reached, threshold);
                    if before.is_some() && new {
                        moved.push((customer.clone(), record([("threshold", threshold.clone())])));
                    }
                    if !at_least(&reached, threshold) {
                        reached = threshold.clone();
                    }
                }
            }
        }
        let now = Level { value, reached };
        if was != Some(&now) {
            changed.insert(customer.clone(), now);
        }
    }
    if before.is_none() || !changed.is_empty() {
        let levels = Levels { definition, customers: changed };
        run.decisions.levels.insert(trigger.name.clone(), levels);
    }
    moved
}

/// An attribute's or a trait's value.
pub(crate) fn value(facts: &Facts, of: &Expr) -> Value {
    let found = match &of.kind {
        ExprKind::Attribute(name) | ExprKind::Trait(name) => facts.values.get(name).cloned(),
        _ => None,
    };
    found.unwrap_or(Value::Missing)
}

/// How two present values of one type compare.
fn compare(ty: &Type, a: &Value, b: &Value) -> Option<Ordering> {
    match (ty, a, b) {
        (Type::Enum(ty), Value::Text(a), Value::Text(b)) => {
            let rank = |value: &Arc<str>| ty.values.iter().position(|v| v == value);
            Some(rank(a)?.cmp(&rank(b)?))
        }
        (_, Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (_, Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (_, Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (_, Value::Instant(a), Value::Instant(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Record(fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect())
}
