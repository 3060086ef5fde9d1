//! A filter goes down to the rows it is about.
//!
//! Who is in one segment need not be worked out for everybody: `count(e in last 30 days) >= 2` keeps only customers that
//! have a group with enough events, `any` those that have one, `none` those that have none. What is joined to every
//! customer and then filtered becomes a semi-join, an anti-join, or an inner join; what is only looked for is not grouped.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use persona_value::Value;

use super::each_scalar;
use crate::{Aggregate, Comparison, Join, Plan, Rel, Scalar, Schema, Step};

type Names = BTreeSet<Arc<str>>;

/// Filters as far down as they go, and joins that bring no more than the filters ask for.
pub fn narrow(plan: Plan) -> Plan {
    let Plan { steps, result } = plan;
    let mut done: Vec<Step> = Vec::new();
    for Step { name, rel } in steps {
        let rel = Narrowing::over(&done).rel(rel);
        done.push(Step { name, rel });
    }
    let result = Narrowing::over(&done).rel(result);
    Plan { steps: done, result }
}

struct Narrowing<'s> {
    steps: HashMap<&'s str, &'s Rel>,
}

impl<'s> Narrowing<'s> {
    fn over(steps: &'s [Step]) -> Narrowing<'s> {
        Narrowing { steps: steps.iter().map(|s| (&*s.name, &s.rel)).collect() }
    }

    /// The relation with every filter in it pushed down.
    fn rel(&self, rel: Rel) -> Rel {
        let needed = rel.schema().columns.into_iter().map(|c| c.name).collect();
        self.sift(vec![], rel, &needed)
    }

    /// The rows of a relation that meet these conditions, with (at least) the needed columns.
    #[recursive::recursive]
    fn sift(&self, conditions: Vec<Scalar>, rel: Rel, needed: &Names) -> Rel {
        match rel {
            Rel::Filter { input, keep } => {
                let all = parts(keep).into_iter().chain(conditions).collect();
                self.sift(all, *input, needed)
            }
            Rel::Project { input, columns } => self.project(conditions, *input, columns, needed),
            Rel::Join { kind: Join::Left, left, right, on, and: None } => {
                self.left_join(conditions, *left, *right, on, needed)
            }
            Rel::Join { kind, left, right, on, and } => {
                let of_left = names(&left.schema());
                let (below, above): (Vec<_>, Vec<_>) =
                    conditions.into_iter().partition(|c| reads(c).is_subset(&of_left));
                let mut wanted = with(needed, &above);
                wanted.extend(on.iter().map(|(l, _)| l.clone()));
                and.iter().for_each(|and| wanted.extend(reads(and)));
                let left = Box::new(self.sift(below, *left, &wanted));
                let right = Box::new(self.rel(*right));
                filtered(Rel::Join { kind, left, right, on, and }, above)
            }
            Rel::Aggregate { input, keys, values } => {
                let input = Box::new(self.rel(*input));
                filtered(Rel::Aggregate { input, keys, values }, conditions)
            }
            Rel::Number { input, per, order, name } => {
                let input = Box::new(self.rel(*input));
                filtered(Rel::Number { input, per, order, name }, conditions)
            }
            Rel::Ntile { input, buckets, order, name } => {
                let input = Box::new(self.rel(*input));
                filtered(Rel::Ntile { input, buckets, order, name }, conditions)
            }
            Rel::Union(parts) => {
                let part = |part: Rel| self.sift(conditions.clone(), part, needed);
                Rel::Union(parts.into_iter().map(part).collect())
            }
            Rel::Table(_) | Rel::Step { .. } => filtered(rel, conditions),
        }
    }

    /// Conditions on what is computed become conditions on what it is computed from, unless it would be computed twice.
    fn project(
        &self,
        conditions: Vec<Scalar>,
        input: Rel,
        columns: Vec<(Arc<str>, Scalar)>,
        needed: &Names,
    ) -> Rel {
        let computed =
            |name: &Arc<str>| columns.iter().any(|(n, s)| n == name && !matches!(s, Scalar::Column(_)));
        let twice = |c: &Scalar| reads(c).iter().any(|name| needed.contains(name) && computed(name));
        // All or none: two filters where there was one are no gain.
        let (above, mut below) = match conditions.iter().any(twice) {
            true => (conditions, vec![]),
            false => (vec![], conditions),
        };
        for condition in &mut below {
            each_scalar(condition, &mut |part| {
                if let Scalar::Column(name) = part
                    && let Some((_, value)) = columns.iter().find(|(n, _)| n == name)
                {
                    *part = value.clone();
                }
            });
        }
        let below = below.into_iter().flat_map(parts).collect();
        let kept_for = with(needed, &above);
        let kept: Vec<_> = columns.into_iter().filter(|(name, _)| kept_for.contains(name)).collect();
        let wanted = kept.iter().flat_map(|(_, scalar)| reads(scalar)).collect();
        filtered(self.sift(below, input, &wanted).project(kept), above)
    }

    fn left_join(
        &self,
        conditions: Vec<Scalar>,
        left: Rel,
        right: Rel,
        on: Vec<(Arc<str>, Arc<str>)>,
        needed: &Names,
    ) -> Rel {
        let schema = right.schema();
        let of_right = names(&schema);
        let (about, beside): (Vec<_>, Vec<_>) =
            conditions.into_iter().partition(|c| !reads(c).is_disjoint(&of_right));
        let unread = needed.is_disjoint(&of_right);
        let alone = about.iter().all(|c| reads(c).is_subset(&of_right));
        let by_key = matches!(&on[..], [(_, key)] if self.at_most_one(&right, key));
        let mut wanted = needed.clone();
        wanted.extend(on.iter().map(|(l, _)| l.clone()));
        let left_for = |about: &[Scalar]| self.sift(beside, left, &with(&wanted, about));
        // Nobody asks: whoever has at most one partner has no more rows with it than without.
        if about.is_empty() && unread && by_key {
            return left_for(&[]);
        }
        if unread && matches!(&about[..], [only] if is_absent(only, &schema)) {
            let partners = self.looked_for(self.rel(right), &on);
            return left_for(&[]).join(Join::Anti, partners, on);
        }
        let rejects = about.iter().any(|c| false_without(c, &of_right));
        if rejects && unread && alone && by_key {
            let about: Vec<Scalar> = about.into_iter().filter_map(|c| of_partner(c, &schema)).collect();
            let left = left_for(&[]);
            if let [only] = &about[..]
                && let Some((with, without)) = self.extreme(only, &right, &on)
            {
                let found = left.join(Join::Semi, with, on.clone());
                return without.into_iter().fold(found, |rel, rows| rel.join(Join::Anti, rows, on.clone()));
            }
            let partners = match about.is_empty() {
                true => self.looked_for(self.rel(right), &on),
                false => self.sift(about, right, &of_right),
            };
            return left.join(Join::Semi, partners, on);
        }
        let left = left_for(&about);
        if rejects {
            let (alone, both): (Vec<_>, Vec<_>) =
                about.into_iter().partition(|c| reads(c).is_subset(&of_right));
            let alone = alone.into_iter().filter_map(|c| of_partner(c, &schema)).collect();
            let partners = self.sift(alone, right, &of_right);
            return filtered(left.join(Join::Inner, partners, on), both);
        }
        filtered(left.join(Join::Left, self.rel(right), on), about)
    }

    /// Partners of which only the key counts: rows need not be grouped to be found.
    fn looked_for(&self, partners: Rel, on: &[(Arc<str>, Arc<str>)]) -> Rel {
        let [(_, key)] = on else { return partners };
        let grouped = match &partners {
            Rel::Step { name, .. } => self.steps.get(&**name).copied(),
            other => Some(other),
        };
        match grouped {
            Some(Rel::Aggregate { input, keys, .. }) if matches!(&keys[..], [k] if k == key) => {
                (**input).clone().project(vec![(key.clone(), Scalar::Column(key.clone()))])
            }
            _ => partners,
        }
    }

    /// The latest of a group is before an instant where one of its rows is and none is not; it is after where one is. So
    /// no group need be made: rows to look for, and rows that must not be there.
    fn extreme(
        &self,
        condition: &Scalar,
        partners: &Rel,
        on: &[(Arc<str>, Arc<str>)],
    ) -> Option<(Rel, Option<Rel>)> {
        let Scalar::Compare { op, left, right } = condition else { return None };
        let (Scalar::Column(name), true) = (&**left, reads(right).is_empty()) else { return None };
        let Rel::Step { name: step, .. } = partners else { return None };
        let Some(Rel::Aggregate { input, keys, values }) = self.steps.get(&**step) else { return None };
        let ([(_, key)], [grouped]) = (on, &keys[..]) else { return None };
        let (_, value) = values.iter().find(|(n, _)| n == name)?;
        let rows = |op: Comparison, of: &Arc<str>| {
            let meets =
                Scalar::Compare { op, left: Box::new(Scalar::Column(of.clone())), right: right.clone() };
            let rows = (**input).clone().filter(meets);
            self.rel(rows.project(vec![(key.clone(), Scalar::Column(key.clone()))]))
        };
        if grouped != key {
            return None;
        }
        let (of, beyond) = match (value, op) {
            (Aggregate::Max(of), Comparison::Greater | Comparison::AtLeast) => (of, None),
            (Aggregate::Min(of), Comparison::Less | Comparison::AtMost) => (of, None),
            (Aggregate::Max(of), Comparison::Less) => (of, Some(Comparison::AtLeast)),
            (Aggregate::Max(of), Comparison::AtMost) => (of, Some(Comparison::Greater)),
            (Aggregate::Min(of), Comparison::Greater) => (of, Some(Comparison::AtMost)),
            (Aggregate::Min(of), Comparison::AtLeast) => (of, Some(Comparison::Less)),
            _ => return None,
        };
        Some((rows(*op, of), beyond.map(|op| rows(op, of))))
    }

    /// Whether no two rows have the same value in this column.
    fn at_most_one(&self, rel: &Rel, column: &Arc<str>) -> bool {
        match rel {
            Rel::Step { name, .. } => {
                self.steps.get(&**name).is_some_and(|rel| self.at_most_one(rel, column))
            }
            Rel::Filter { input, .. } => self.at_most_one(input, column),
            Rel::Project { input, columns } => columns.iter().any(|(name, scalar)| match scalar {
                Scalar::Column(of) => name == column && self.at_most_one(input, of),
                _ => false,
            }),
            Rel::Aggregate { keys, .. } => matches!(&keys[..], [key] if key == column),
            _ => false,
        }
    }
}

fn filtered(rel: Rel, conditions: Vec<Scalar>) -> Rel {
    if conditions.is_empty() { rel } else { rel.filter(Scalar::all(conditions)) }
}

/// What must all hold for a condition to: `not (a or not b)` is `not a`, and `b`.
fn parts(condition: Scalar) -> Vec<Scalar> {
    let not = |part: Scalar| Scalar::Not(Box::new(part));
    match condition {
        Scalar::And(all) => all.into_iter().flat_map(parts).collect(),
        Scalar::Not(inner) => match *inner {
            Scalar::Not(twice) => parts(*twice),
            Scalar::Or(any) => any.into_iter().flat_map(|part| parts(not(part))).collect(),
            other => vec![not(other)],
        },
        other => vec![other],
    }
}

fn names(schema: &Schema) -> Names {
    schema.columns.iter().map(|c| c.name.clone()).collect()
}

fn reads(scalar: &Scalar) -> Names {
    let mut names = Names::new();
    scalar.columns(&mut |name| {
        names.insert(name.clone());
    });
    names
}

fn with(needed: &Names, conditions: &[Scalar]) -> Names {
    needed.iter().cloned().chain(conditions.iter().flat_map(reads)).collect()
}

/// Whether a condition says that there is no partner: a column is missing that each partner has.
fn is_absent(condition: &Scalar, partners: &Schema) -> bool {
    let Scalar::IsMissing(inner) = condition else { return false };
    let Scalar::Column(name) = &**inner else { return false };
    partners.column(name).is_some_and(|c| !c.optional)
}

/// A condition as it is for partners that are there; nothing, if it is true of each of them.
fn of_partner(mut condition: Scalar, partners: &Schema) -> Option<Scalar> {
    let there = |scalar: &Scalar| match scalar {
        Scalar::Column(name) => partners.column(name).is_some_and(|c| !c.optional),
        _ => false,
    };
    if let Scalar::Not(inner) = &condition
        && let Scalar::IsMissing(value) = &**inner
        && there(value)
    {
        return None;
    }
    each_scalar(&mut condition, &mut |part| {
        if let Scalar::Coalesce(options) = part
            && options.first().is_some_and(there)
        {
            *part = options.remove(0);
        }
    });
    Some(condition)
}

/// Whether a condition is surely false where all these columns are missing.
fn false_without(condition: &Scalar, columns: &Names) -> bool {
    match condition {
        Scalar::And(parts) => parts.iter().any(|p| false_without(p, columns)),
        Scalar::Or(parts) => parts.iter().all(|p| false_without(p, columns)),
        Scalar::Not(inner) => match &**inner {
            Scalar::IsMissing(value) => missing_without(value, columns),
            _ => false,
        },
        Scalar::Compare { op, left, right } => {
            let missing = |side: &Scalar| missing_without(side, columns);
            let known =
                || Some(holds(*op, &constant_without(left, columns)?, &constant_without(right, columns)?));
            missing(left) || missing(right) || known() == Some(false)
        }
        Scalar::OneOf { value, .. } => missing_without(value, columns),
        Scalar::Column(_) => missing_without(condition, columns),
        _ => false,
    }
}

/// Whether a value is surely missing where all these columns are.
fn missing_without(value: &Scalar, columns: &Names) -> bool {
    match value {
        Scalar::Column(name) => columns.contains(name),
        Scalar::Coalesce(options) => options.iter().all(|o| missing_without(o, columns)),
        Scalar::Arithmetic { left, right, .. } => {
            missing_without(left, columns) || missing_without(right, columns)
        }
        Scalar::Shift { instant, .. }
        | Scalar::LocalDate { instant, .. }
        | Scalar::LocalHour { instant, .. } => missing_without(instant, columns),
        Scalar::AddDays { date, .. } | Scalar::AddMonths { date, .. } | Scalar::StartOfDay { date, .. } => {
            missing_without(date, columns)
        }
        Scalar::Rank { value, .. } => missing_without(value, columns),
        _ => false,
    }
}

/// The constant a value is where all these columns are missing, if it is one.
fn constant_without(value: &Scalar, columns: &Names) -> Option<Value> {
    match value {
        Scalar::Literal { value, .. } => Some(value.clone()),
        Scalar::Coalesce(options) => {
            constant_without(options.iter().find(|o| !missing_without(o, columns))?, columns)
        }
        _ => None,
    }
}

/// Whether a comparison of two constants of one kind surely holds; of others nothing is said, so it may.
fn holds(op: Comparison, left: &Value, right: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.cmp(b),
        _ => return true,
    };
    match op {
        Comparison::Equal => order == Equal,
        Comparison::Less => order == Less,
        Comparison::AtMost => order != Greater,
        Comparison::Greater => order == Greater,
        Comparison::AtLeast => order != Less,
    }
}
