//! Whom time alone may have changed, from one instant to a later one.
//!
//! A plan looks at the clock in few places: `at > 30 days ago`, `at <= now`, the day of today. As long as none of these
//! conditions turns for any row that a customer's values are made of, the values stay. Both instants are known, so the
//! bounds are constants, and the rows that turned can be asked for where they are stored: purchases whose `at` lies between
//! 30 days before the one instant and 30 days before the other. Whoever they are of is looked at again; that a window ends
//! and nothing comes of it does no harm.
//!
//! A condition on what is computed is followed down to the rows it is computed of: the latest `at` of a group turns only
//! where one of its rows does. Where that leads nowhere, it is asked of what is computed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use persona_value::{Type, Value};

use crate::evaluate::compute;
use crate::rewrite::each_scalar;
use crate::{Aggregate, Comparison, Join, Plan, Rel, Scalar, Schema, prune};

/// The column of customers.
const CUSTOMER: &str = "customer";

/// The customers for whom a plan may give other rows at `now` than it gave at `then` of the same tables: one column,
/// `customer`, in which some are no customers at all. `who` is the plan's own column of customers. Without an answer, it may
/// be anybody.
pub fn passed(plan: &Plan, who: &str, then: Timestamp, now: Timestamp) -> Option<Plan> {
    let mut passing = Passing {
        steps: plan.steps.iter().map(|s| (&*s.name, &s.rel)).collect(),
        then,
        now,
        seen: HashSet::new(),
        turned: vec![],
        anybody: false,
    };
    passing.rel(&plan.result, Some(&who.into()));
    if passing.anybody {
        return None;
    }
    let parts: Vec<Rel> = passing.turned.into_iter().map(Turned::customers).collect();
    let result = match parts.is_empty() {
        true => {
            let key = vec![(Arc::from(CUSTOMER), Scalar::column(who))];
            plan.result.clone().filter(Scalar::Or(vec![])).project(key)
        }
        false => Rel::Union(parts),
    };
    Some(prune(Plan { steps: plan.steps.clone(), result }))
}

struct Passing<'p> {
    steps: HashMap<&'p str, &'p Rel>,
    then: Timestamp,
    now: Timestamp,
    /// Steps that were looked at, and by which column.
    seen: HashSet<(&'p str, Option<Arc<str>>)>,
    turned: Vec<Turned>,
    /// Whose values changed cannot be said.
    anybody: bool,
}

/// Rows of which a condition is not what it was.
struct Turned {
    rel: Rel,
    /// True of rows for which it turned.
    condition: Scalar,
    /// What else must hold of a row for that to matter; one of these.
    besides: Vec<Scalar>,
    /// The column of the customer.
    who: Arc<str>,
}

impl Turned {
    fn customers(self) -> Rel {
        let mut all = vec![self.condition];
        if !self.besides.contains(&Scalar::And(vec![])) {
            all.push(if self.besides.len() == 1 {
                self.besides[0].clone()
            } else {
                Scalar::Or(self.besides)
            });
        }
        let all = all.into_iter().flat_map(|part| part.conjuncts().into_iter().cloned().collect::<Vec<_>>());
        self.rel.filter(Scalar::all(all.collect())).project(vec![(CUSTOMER.into(), Scalar::Column(self.who))])
    }
}

/// A question about rows on its way down to where they are stored.
#[derive(Clone)]
struct Asked {
    condition: Scalar,
    besides: Vec<Scalar>,
    who: Arc<str>,
}

impl<'p> Passing<'p> {
    #[recursive::recursive]
    fn rel(&mut self, rel: &'p Rel, who: Option<&Arc<str>>) {
        match rel {
            Rel::Table(_) => {}
            Rel::Step { name, .. } => {
                if let Some((name, step)) = self.steps.get_key_value(&**name).map(|(n, s)| (*n, *s))
                    && self.seen.insert((name, who.cloned()))
                {
                    self.rel(step, who);
                }
            }
            Rel::Filter { input, keep } => {
                self.scalar(keep, input, who, &[]);
                self.rel(input, who);
            }
            Rel::Project { input, columns } => {
                let who = who.and_then(|who| behind(columns, who));
                columns.iter().for_each(|(_, scalar)| self.scalar(scalar, input, who, &[]));
                self.rel(input, who);
            }
            Rel::Join { left, right, on, and, .. } => {
                if let Some(and) = and
                    && self.at(and, self.then) != self.at(and, self.now)
                {
                    self.anybody = true;
                }
                let (of_left, of_right) = sides(who, left, right, on);
                self.rel(left, of_left);
                self.rel(right, of_right);
            }
            Rel::Aggregate { input, keys, .. } => self.rel(input, who.filter(|who| keys.contains(who))),
            Rel::Number { input, .. } => self.rel(input, who),
            // Everybody is ranked among all.
            Rel::Ntile { .. } => self.anybody = true,
            Rel::Union(parts) => parts.iter().for_each(|part| self.rel(part, who)),
        }
    }

    /// What of a scalar over these rows may have turned. It matters only where all of `besides` is true.
    #[recursive::recursive]
    fn scalar(&mut self, scalar: &'p Scalar, rows: &'p Rel, who: Option<&Arc<str>>, besides: &[Scalar]) {
        let (then, now) = (self.at(scalar, self.then), self.at(scalar, self.now));
        if then == now {
            return;
        }
        match scalar {
            // It was true or is: so each of its parts was or is.
            Scalar::And(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                    let mut besides = besides.to_vec();
                    besides.extend(others.map(|(_, other)| self.either(other)));
                    self.scalar(part, rows, who, &besides);
                }
            }
            Scalar::Or(_) | Scalar::Not(_) | Scalar::Coalesce(_) | Scalar::If { .. } => {
                scalar.children().into_iter().for_each(|part| self.scalar(part, rows, who, besides));
            }
            _ => {
                let condition = self.turned(&then, &now, &rows.schema());
                let mut reads = false;
                condition.columns(&mut |_| reads = true);
                let Some(who) = who.filter(|_| reads) else {
                    self.anybody = true;
                    return;
                };
                self.seek(rows, Asked { condition, besides: besides.to_vec(), who: who.clone() });
            }
        }
    }

    /// True where a scalar is at one of the instants.
    fn either(&self, scalar: &Scalar) -> Scalar {
        let (then, now) = (self.at(scalar, self.then), self.at(scalar, self.now));
        if then == now { then } else { Scalar::Or(vec![then, now]) }
    }

    /// A scalar as it was at an instant: what depends on nothing but the clock is what it was then.
    fn at(&self, scalar: &Scalar, at: Timestamp) -> Scalar {
        let mut scalar = scalar.clone();
        fix(&mut scalar, at);
        scalar
    }

    /// True of rows for which a scalar, as it was and as it is, is not the same.
    fn turned(&self, then: &Scalar, now: &Scalar, schema: &Schema) -> Scalar {
        if let Some(between) = self.between(then, now) {
            return between;
        }
        let same = match then.typed(schema).0 {
            Type::Bool => {
                let not = |s: &Scalar| Scalar::Not(Box::new(s.clone()));
                return Scalar::Or(vec![
                    Scalar::And(vec![then.clone(), not(now)]),
                    Scalar::And(vec![not(then), now.clone()]),
                ]);
            }
            _ => Scalar::compare(Comparison::Equal, then.clone(), now.clone()),
        };
        let missing = |s: &Scalar| Scalar::IsMissing(Box::new(s.clone()));
        Scalar::Not(Box::new(Scalar::Or(vec![same, Scalar::And(vec![missing(then), missing(now)])])))
    }

    /// A value compared with a bound that moved: it lies between where the bound was and where it is.
    fn between(&self, then: &Scalar, now: &Scalar) -> Option<Scalar> {
        use Comparison::{AtLeast, AtMost, Equal, Greater, Less};
        let parts = |scalar: &Scalar| -> Option<(Comparison, Scalar, Scalar)> {
            let Scalar::Compare { op, left, right } = scalar else { return None };
            let turned_round = match op {
                Equal => Equal,
                Less => Greater,
                AtMost => AtLeast,
                Greater => Less,
                AtLeast => AtMost,
            };
            match (&**left, &**right) {
                (value, Scalar::Literal { .. }) => Some((*op, value.clone(), (**right).clone())),
                (Scalar::Literal { .. }, value) => Some((turned_round, value.clone(), (**left).clone())),
                _ => None,
            }
        };
        let ((op, value, was), (_, other, is)) = (parts(then)?, parts(now)?);
        if value != other {
            return None;
        }
        let compare = |op, bound: &Scalar| Scalar::compare(op, value.clone(), bound.clone());
        if op == Equal {
            return Some(Scalar::Or(vec![compare(Equal, &was), compare(Equal, &is)]));
        }
        let less = |a: &Scalar, b: &Scalar| self.holds(&Scalar::compare(Less, a.clone(), b.clone()));
        let (low, high) = match (less(&was, &is), less(&is, &was)) {
            (true, _) => (was, is),
            (_, true) => (is, was),
            // One of them is missing.
            _ => return None,
        };
        Some(Scalar::And(match op {
            Greater | AtMost => vec![compare(Greater, &low), compare(AtMost, &high)],
            _ => vec![compare(AtLeast, &low), compare(Less, &high)],
        }))
    }

    fn holds(&self, constant: &Scalar) -> bool {
        compute(constant, &Schema::default(), &[], self.now).is_ok_and(|value| value.is_true())
    }

    /// Asks of the rows that these are made of, as far down as the question makes sense.
    #[recursive::recursive]
    fn seek(&mut self, rel: &'p Rel, mut asked: Asked) {
        let reads = columns(&asked.condition);
        match rel {
            Rel::Table(_) => self.here(rel, asked),
            Rel::Step { name, .. } => match self.steps.get(&**name).copied() {
                Some(step) => self.seek(step, asked),
                None => self.anybody = true,
            },
            Rel::Filter { input, keep } => {
                asked.besides.extend(keep.conjuncts().into_iter().map(|part| self.either(part)));
                self.seek(input, asked);
            }
            Rel::Project { input, columns } => {
                let Some(who) = behind(columns, &asked.who) else { return self.here(rel, asked) };
                let below = |scalar: &mut Scalar| {
                    each_scalar(scalar, &mut |part| {
                        if let Scalar::Column(name) = part
                            && let Some((_, value)) = columns.iter().find(|(n, _)| n == name)
                        {
                            *part = value.clone();
                        }
                    });
                };
                let mut lower = asked.clone();
                below(&mut lower.condition);
                lower.besides.iter_mut().for_each(below);
                lower.who = who.clone();
                // What is computed with the clock below has turned for itself.
                if reads_clock(&lower.condition) {
                    return self.here(rel, asked);
                }
                lower.besides.retain(|b| !reads_clock(b));
                self.seek(input, lower);
            }
            Rel::Join { kind, left, right, on, .. } => {
                let (of_left, of_right) = sides(Some(&asked.who), left, right, on);
                let side = [(&**left, of_left), (&**right, of_right)].into_iter().find_map(|(side, who)| {
                    let schema = side.schema();
                    let has = |name: &Arc<str>| schema.column(name).is_some();
                    reads.iter().all(has).then_some((side, schema, who?.clone()))
                });
                let Some((side, schema, who)) = side else { return self.here(rel, asked) };
                let without = *kind == Join::Left && std::ptr::eq(side, &**right);
                if without && self.true_of_nothing(&asked.condition, &schema) {
                    return self.here(rel, asked);
                }
                asked.besides.retain(|b| columns(b).iter().all(|name| schema.column(name).is_some()));
                self.seek(side, Asked { who, ..asked });
            }
            Rel::Aggregate { input, keys, values } => {
                let value_of = |name: &Arc<str>| values.iter().find(|(n, _)| n == name).map(|(_, v)| v);
                let mut computed: Vec<&Arc<str>> = reads.iter().filter(|r| !keys.contains(r)).collect();
                computed.dedup();
                let extreme = match &computed[..] {
                    [] => None,
                    [one] => match value_of(one) {
                        Some(Aggregate::Min(of) | Aggregate::Max(of)) => Some(((*one).clone(), of.clone())),
                        _ => return self.here(rel, asked),
                    },
                    _ => return self.here(rel, asked),
                };
                if !keys.contains(&asked.who) {
                    return self.here(rel, asked);
                }
                asked.besides.retain(|b| columns(b).iter().all(|name| keys.contains(name)));
                if let Some((value, of)) = extreme {
                    each_scalar(&mut asked.condition, &mut |part| {
                        if *part == Scalar::Column(value.clone()) {
                            *part = Scalar::Column(of.clone());
                        }
                    });
                }
                self.seek(input, asked);
            }
            Rel::Number { input, name, .. } => {
                if reads.contains(name) {
                    return self.here(rel, asked);
                }
                asked.besides.retain(|b| !columns(b).contains(name));
                self.seek(input, asked);
            }
            Rel::Ntile { .. } => self.anybody = true,
            Rel::Union(parts) => parts.iter().for_each(|part| self.seek(part, asked.clone())),
        }
    }

    /// Asks these rows themselves.
    fn here(&mut self, rel: &Rel, asked: Asked) {
        let Asked { condition, besides, who } = asked;
        let schema = rel.schema();
        let besides = besides.into_iter().filter(|b| columns(b).iter().all(|c| schema.column(c).is_some()));
        let mut all: Vec<Scalar> = Vec::new();
        for part in besides.flat_map(|b| b.conjuncts().into_iter().cloned().collect::<Vec<_>>()) {
            if !all.contains(&part) {
                all.push(part);
            }
        }
        let besides = Scalar::all(all);
        let same = |t: &&mut Turned| t.condition == condition && t.who == who && t.rel == *rel;
        match self.turned.iter_mut().find(same) {
            Some(known) if known.besides.contains(&besides) => {}
            Some(known) => known.besides.push(besides),
            None => self.turned.push(Turned { rel: rel.clone(), condition, besides: vec![besides], who }),
        }
    }

    /// Whether a condition holds of a row of which nothing is there.
    fn true_of_nothing(&self, condition: &Scalar, schema: &Schema) -> bool {
        let columns = schema.columns.iter().map(|c| crate::Column { optional: true, ..c.clone() });
        let row = vec![Value::Missing; schema.columns.len()];
        let value = compute(condition, &columns.collect(), &row, self.now);
        value.map_or(true, |value| value.is_true())
    }
}

/// Puts what depends on the clock alone in its place as a constant.
#[recursive::recursive]
fn fix(scalar: &mut Scalar, at: Timestamp) {
    if !reads_clock(scalar) {
        return;
    }
    if columns(scalar).is_empty()
        && let Ok(value) = compute(scalar, &Schema::default(), &[], at)
    {
        let ty = scalar.typed(&Schema::default()).0;
        *scalar = Scalar::Literal { value, ty };
        return;
    }
    scalar.children_mut().into_iter().for_each(|child| fix(child, at));
}

#[recursive::recursive]
fn reads_clock(scalar: &Scalar) -> bool {
    *scalar == Scalar::Now || scalar.children().into_iter().any(reads_clock)
}

fn columns(scalar: &Scalar) -> Vec<Arc<str>> {
    let mut names = Vec::new();
    scalar.columns(&mut |name| {
        if !names.contains(name) {
            names.push(name.clone());
        }
    });
    names
}

/// The column that a projected one is, if it is one.
fn behind<'r>(columns: &'r [(Arc<str>, Scalar)], name: &Arc<str>) -> Option<&'r Arc<str>> {
    match columns.iter().find(|(n, _)| n == name) {
        Some((_, Scalar::Column(of))) => Some(of),
        _ => None,
    }
}

/// The column of customers on each side of a join.
fn sides<'r>(
    who: Option<&'r Arc<str>>,
    left: &Rel,
    right: &Rel,
    on: &'r [(Arc<str>, Arc<str>)],
) -> (Option<&'r Arc<str>>, Option<&'r Arc<str>>) {
    let Some(who) = who else { return (None, None) };
    if left.schema().column(who).is_some() {
        return (Some(who), on.iter().find(|(l, _)| l == who).map(|(_, r)| r));
    }
    if right.schema().column(who).is_some() {
        return (on.iter().find(|(_, r)| r == who).map(|(l, _)| l), Some(who));
    }
    (None, None)
}
