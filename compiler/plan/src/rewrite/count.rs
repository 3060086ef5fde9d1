//! A count that is asked for its value is not also asked whether it is there.
//!
//! `count(e) >= 2` reads a missing count as zero, `none(e)` asks whether it is missing. Where both are asked of one column,
//! *missing* becomes *zero*: then the column may as well hold a zero, and it can be computed beside others.

use std::collections::HashSet;
use std::sync::Arc;

use super::uses::{Use, uses};
use super::{each_scalar, map_scalars};
use crate::{Aggregate, Comparison, Plan, Rel, Scalar};

/// Counts of groups that are asked for both are asked only for their value.
pub fn count(mut plan: Plan) -> Plan {
    let asked = uses(&plan);
    let counts = plan.steps.iter().filter_map(|step| match &step.rel {
        Rel::Aggregate { values, .. } => Some(values),
        _ => None,
    });
    let counts = counts.flatten().filter(|(_, value)| *value == Aggregate::Count);
    let both: HashSet<Arc<str>> =
        counts.map(|(name, _)| name).filter(|name| asked.get(*name) == Some(&Use::Count)).cloned().collect();
    if both.is_empty() {
        return plan;
    }
    let mut of_value = |scalar: &mut Scalar| each_scalar(scalar, &mut |part| is_zero(part, &both));
    plan.steps.iter_mut().for_each(|step| map_scalars(&mut step.rel, &mut of_value));
    map_scalars(&mut plan.result, &mut of_value);
    plan
}

fn is_zero(scalar: &mut Scalar, counts: &HashSet<Arc<str>>) {
    let Scalar::IsMissing(inner) = scalar else { return };
    let Scalar::Column(name) = &**inner else { return };
    if counts.contains(name) {
        let value = Scalar::Coalesce(vec![Scalar::Column(name.clone()), Scalar::int(0)]);
        *scalar = Scalar::compare(Comparison::Equal, value, Scalar::int(0));
    }
}
