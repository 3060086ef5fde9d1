//! What is asked of a column of groups, where a customer may have no group.

use std::collections::HashMap;
use std::sync::Arc;

use persona_value::Value;

use crate::{Aggregate, Plan, Rel, Scalar};

/// What a plan asks of a column, wherever it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Only its value with zero for none: `coalesce(c, 0)`.
    OrZero,
    /// Only whether it is there.
    Presence,
    /// Both of these.
    Count,
    /// Anything.
    Value,
}

/// Every column that any scalar of a plan reads; one that is merely handed on under its own name is not read.
pub fn uses(plan: &Plan) -> HashMap<Arc<str>, Use> {
    let mut found = HashMap::new();
    plan.steps.iter().for_each(|step| of_rel(&step.rel, &mut found));
    of_rel(&plan.result, &mut found);
    // What the result gives, everybody may read.
    for column in plan.result.schema().columns {
        found.insert(column.name, Use::Value);
    }
    found
}

#[recursive::recursive]
fn of_rel(rel: &Rel, found: &mut HashMap<Arc<str>, Use>) {
    let value = |name: &Arc<str>, found: &mut HashMap<Arc<str>, Use>| {
        found.insert(name.clone(), Use::Value);
    };
    match rel {
        Rel::Table(_) | Rel::Step { .. } => {}
        Rel::Filter { input, keep } => {
            of_scalar(keep, found);
            of_rel(input, found);
        }
        Rel::Project { input, columns } => {
            for (name, scalar) in columns {
                if *scalar != Scalar::Column(name.clone()) {
                    of_scalar(scalar, found);
                }
            }
            of_rel(input, found);
        }
        Rel::Join { left, right, on, and, .. } => {
            on.iter().for_each(|(l, r)| [l, r].into_iter().for_each(|name| value(name, found)));
            and.iter().for_each(|and| of_scalar(and, found));
            of_rel(left, found);
            of_rel(right, found);
        }
        Rel::Aggregate { input, keys, values } => {
            let read = keys.iter().chain(values.iter().filter_map(|(_, a)| Aggregate::column(a)));
            read.for_each(|name| value(name, found));
            of_rel(input, found);
        }
        Rel::Number { input, per, order, .. } => {
            per.iter().chain(order.iter().map(|o| &o.column)).for_each(|name| value(name, found));
            of_rel(input, found);
        }
        Rel::Ntile { input, order, .. } => {
            order.iter().for_each(|o| value(&o.column, found));
            of_rel(input, found);
        }
        Rel::Union(parts) => parts.iter().for_each(|part| of_rel(part, found)),
    }
}

#[recursive::recursive]
fn of_scalar(scalar: &Scalar, found: &mut HashMap<Arc<str>, Use>) {
    let (name, use_) = match scalar {
        Scalar::Column(name) => (name, Use::Value),
        Scalar::IsMissing(inner) => match &**inner {
            Scalar::Column(name) => (name, Use::Presence),
            other => return of_scalar(other, found),
        },
        Scalar::Coalesce(options) => match &options[..] {
            [Scalar::Column(name), zero] if is_zero(zero) => (name, Use::OrZero),
            options => return options.iter().for_each(|o| of_scalar(o, found)),
        },
        other => return other.children().into_iter().for_each(|child| of_scalar(child, found)),
    };
    let known = found.entry(name.clone()).or_insert(use_);
    *known = match (*known, use_) {
        (a, b) if a == b => a,
        (Use::Value, _) | (_, Use::Value) => Use::Value,
        _ => Use::Count,
    };
}

fn is_zero(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Literal { value: Value::Int(n), .. } => *n == 0,
        Scalar::Literal { value: Value::Decimal(d), .. } => *d == persona_value::Decimal::ZERO,
        _ => false,
    }
}
