//! Leaves out of a plan every column that nothing reads, so that SQL shows, and a warehouse scans, only what counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::{Aggregate, Column, Plan, Rel, Scalar, Schema, Table};

type Names = BTreeSet<Arc<str>>;

/// The same result from fewer columns. Steps that nothing reads are left out too.
pub fn prune(plan: Plan) -> Plan {
    let mut read: BTreeMap<Arc<str>, Names> = BTreeMap::new();
    let all = names(&plan.result.schema());
    let mut result = keep(plan.result, &all, &mut read);
    let mut steps = Vec::new();
    for mut step in plan.steps.into_iter().rev() {
        let Some(wanted) = read.get(&step.name).cloned() else { continue };
        step.rel = keep(step.rel, &wanted, &mut read);
        steps.push(step);
    }
    steps.reverse();
    // What is known of a step is what it now gives.
    let mut schemas: BTreeMap<Arc<str>, Schema> = BTreeMap::new();
    for step in &mut steps {
        retype(&mut step.rel, &schemas);
        schemas.insert(step.name.clone(), step.rel.schema());
    }
    retype(&mut result, &schemas);
    Plan { steps, result }
}

fn names(schema: &Schema) -> Names {
    schema.columns.iter().map(|c| c.name.clone()).collect()
}

/// The relation with (at least) the wanted columns.
#[recursive::recursive]
fn keep(rel: Rel, wanted: &Names, read: &mut BTreeMap<Arc<str>, Names>) -> Rel {
    match rel {
        Rel::Table(Table { place, schema }) => Rel::Table(Table { place, schema: only(schema, wanted) }),
        Rel::Step { name, schema } => {
            read.entry(name.clone()).or_default().extend(wanted.iter().cloned());
            Rel::Step { name, schema: only(schema, wanted) }
        }
        Rel::Filter { input, keep: condition } => {
            let mut below = wanted.clone();
            columns(&condition, &mut below);
            Rel::Filter { input: Box::new(keep(*input, &below, read)), keep: condition }
        }
        Rel::Project { input, columns: given } => {
            let kept: Vec<_> = given.into_iter().filter(|(name, _)| wanted.contains(name)).collect();
            let mut below = Names::new();
            kept.iter().for_each(|(_, scalar)| columns(scalar, &mut below));
            Rel::Project { input: Box::new(keep(*input, &below, read)), columns: kept }
        }
        Rel::Join { kind, left, right, on, and } => {
            let mut below = wanted.clone();
            on.iter().for_each(|(l, r)| below.extend([l.clone(), r.clone()]));
            and.iter().for_each(|a| columns(a, &mut below));
            let side = |rel: &Rel, below: &Names| -> Names {
                names(&rel.schema()).intersection(below).cloned().collect()
            };
            let (of_left, of_right) = (side(&left, &below), side(&right, &below));
            let (left, right) = (keep(*left, &of_left, read), keep(*right, &of_right, read));
            Rel::Join { kind, left: Box::new(left), right: Box::new(right), on, and }
        }
        Rel::Aggregate { input, keys, values } => {
            // Without keys and values, nothing would say that this is one row.
            let counts =
                |at: usize| at == 0 && keys.is_empty() && !values.iter().any(|(n, _)| wanted.contains(n));
            let values: Vec<_> = values
                .iter()
                .enumerate()
                .filter(|(at, (name, _))| wanted.contains(name) || counts(*at))
                .map(|(_, value)| value.clone())
                .collect();
            let mut below: Names = keys.iter().cloned().collect();
            below.extend(values.iter().filter_map(|(_, a)| Aggregate::column(a).cloned()));
            Rel::Aggregate { input: Box::new(keep(*input, &below, read)), keys, values }
        }
        Rel::Number { input, per, order, name } => {
            let mut below = without(wanted, &name);
            below.extend(per.iter().cloned());
            below.extend(order.iter().map(|o| o.column.clone()));
            Rel::Number { input: Box::new(keep(*input, &below, read)), per, order, name }
        }
        Rel::Ntile { input, buckets, order, name } => {
            let mut below = without(wanted, &name);
            below.extend(order.iter().map(|o| o.column.clone()));
            Rel::Ntile { input: Box::new(keep(*input, &below, read)), buckets, order, name }
        }
        // The parts of a union stay alike: each becomes just the wanted columns, in one order.
        Rel::Union(parts) => {
            let Some(first) = parts.first() else { return Rel::Union(parts) };
            let order: Vec<Arc<str>> = first.schema().columns.into_iter().map(|c| c.name).collect();
            let order: Vec<Arc<str>> = order.into_iter().filter(|c| wanted.contains(c)).collect();
            let part = |rel: Rel, read: &mut _| {
                let rel = keep(rel, wanted, read);
                let same = rel.schema().columns.iter().map(|c| &c.name).eq(order.iter());
                match rel {
                    rel @ Rel::Project { .. } if same => rel,
                    rel => {
                        rel.project(order.iter().map(|c| (c.clone(), Scalar::Column(c.clone()))).collect())
                    }
                }
            };
            Rel::Union(parts.into_iter().map(|rel| part(rel, read)).collect())
        }
    }
}

fn without(wanted: &Names, name: &Arc<str>) -> Names {
    wanted.iter().filter(|w| *w != name).cloned().collect()
}

/// A relation keeps at least one column, or it would have no rows to count.
fn only(schema: Schema, wanted: &Names) -> Schema {
    let kept: Vec<Column> = schema.columns.iter().filter(|c| wanted.contains(&c.name)).cloned().collect();
    if kept.is_empty() {
        Schema { columns: schema.columns.into_iter().take(1).collect() }
    } else {
        Schema { columns: kept }
    }
}

/// The columns a scalar reads.
fn columns(scalar: &Scalar, found: &mut Names) {
    scalar.columns(&mut |name| {
        found.insert(name.clone());
    });
}

/// Gives each mention of a step the columns the step now has.
#[recursive::recursive]
fn retype(rel: &mut Rel, schemas: &BTreeMap<Arc<str>, Schema>) {
    match rel {
        Rel::Table(_) => {}
        Rel::Step { name, schema } => {
            if let Some(known) = schemas.get(name) {
                *schema = known.clone();
            }
        }
        Rel::Filter { input, .. }
        | Rel::Project { input, .. }
        | Rel::Aggregate { input, .. }
        | Rel::Number { input, .. }
        | Rel::Ntile { input, .. } => retype(input, schemas),
        Rel::Join { left, right, .. } => {
            retype(left, schemas);
            retype(right, schemas);
        }
        Rel::Union(parts) => parts.iter_mut().for_each(|p| retype(p, schemas)),
    }
}
