//! What is grouped by the same key from the same rows is read and grouped once.
//!
//! `count(purchase in last 30 days)` and `sum(purchase.total in last 1 year)` become one step: the purchases of the last
//! year, grouped once; what is asked of fewer of them is computed of those alone (`count` of 1 or nothing). Only rows
//! that somebody asks for are read: what all ask for stays in the filter, and of their windows the longest.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use persona_value::{Type, Value};

use super::uses::{Use, uses};
use crate::{Aggregate, Comparison, Join, Plan, Rel, Scalar, Schema, Step};

/// More conditions than this are not tried on every row before it is grouped.
const ALTERNATIVES: usize = 8;
const DAY: i64 = 86_400;

/// One step for all that group the same rows by the same key and are joined side by side.
pub fn share(plan: Plan) -> Plan {
    let uses = uses(&plan);
    let mut taken = Taken::of(&plan);
    let mut sharing = Sharing { steps: HashMap::new(), uses, made: HashMap::new(), gone: HashSet::new() };
    for (at, step) in plan.steps.iter().enumerate() {
        if let Some(grouped) = Grouped::of(&step.rel) {
            sharing.steps.insert(step.name.clone(), (at, grouped));
        }
    }
    let rels: Vec<Rel> = plan.steps.iter().map(|s| sharing.visit(&s.rel, &mut taken)).collect();
    let result = sharing.visit(&plan.result, &mut taken);
    let Sharing { mut made, gone, .. } = sharing;
    let mut steps = Vec::new();
    for (at, (step, rel)) in plan.steps.iter().zip(rels).enumerate() {
        // It stands where the first of them stood: after all that its rows are made of.
        match made.remove(&at) {
            Some(shared) => steps.push(shared),
            None if gone.contains(&at) => {}
            None => steps.push(Step { name: step.name.clone(), rel }),
        }
    }
    Plan { steps, result }
}

/// Rows, which of them are kept, and what is computed of them for each value of a key.
struct Grouped<'p> {
    rows: &'p Rel,
    keep: Vec<&'p Scalar>,
    key: (&'p Arc<str>, &'p Scalar),
    columns: &'p [(Arc<str>, Scalar)],
    values: &'p [(Arc<str>, Aggregate)],
}

impl<'p> Grouped<'p> {
    fn of(rel: &'p Rel) -> Option<Grouped<'p>> {
        let Rel::Aggregate { input, keys, values } = rel else { return None };
        let (Rel::Project { input, columns }, [key]) = (&**input, &keys[..]) else { return None };
        let (_, of) = columns.iter().find(|(name, _)| name == key)?;
        let (rows, keep) = match &**input {
            Rel::Filter { input, keep } => (&**input, keep.conjuncts()),
            rows => (rows, vec![]),
        };
        Some(Grouped { rows, keep, key: (key, of), columns, values })
    }

    fn shares_with(&self, other: &Grouped) -> bool {
        self.key.1 == other.key.1 && self.rows == other.rows
    }
}

struct Sharing<'p> {
    /// Steps that group rows, and where they stand.
    steps: HashMap<Arc<str>, (usize, Grouped<'p>)>,
    uses: HashMap<Arc<str>, Use>,
    /// What stands in the place of a step.
    made: HashMap<usize, Step>,
    gone: HashSet<usize>,
}

/// One more relation beside those on its left.
struct Beside<'p> {
    kind: Join,
    right: &'p Rel,
    on: &'p [(Arc<str>, Arc<str>)],
    and: &'p Option<Scalar>,
}

impl<'p> Sharing<'p> {
    #[recursive::recursive]
    fn visit(&mut self, rel: &'p Rel, taken: &mut Taken) -> Rel {
        let mut below = |input: &'p Rel| Box::new(self.visit(input, taken));
        match rel {
            Rel::Table(_) | Rel::Step { .. } => rel.clone(),
            Rel::Filter { input, keep } => Rel::Filter { input: below(input), keep: keep.clone() },
            Rel::Project { input, columns } => Rel::Project { input: below(input), columns: columns.clone() },
            Rel::Aggregate { input, keys, values } => {
                Rel::Aggregate { input: below(input), keys: keys.clone(), values: values.clone() }
            }
            Rel::Number { input, per, order, name } => Rel::Number {
                input: below(input),
                per: per.clone(),
                order: order.clone(),
                name: name.clone(),
            },
            Rel::Ntile { input, buckets, order, name } => Rel::Ntile {
                input: below(input),
                buckets: *buckets,
                order: order.clone(),
                name: name.clone(),
            },
            Rel::Union(parts) => Rel::Union(parts.iter().map(|p| *below(p)).collect()),
            Rel::Join { .. } => self.chain(rel, taken),
        }
    }

    /// Joins one upon the other: what shares rows is joined once.
    fn chain(&mut self, rel: &'p Rel, taken: &mut Taken) -> Rel {
        let mut beside = Vec::new();
        let mut base = rel;
        while let Rel::Join { kind, left, right, on, and } = base {
            beside.push(Beside { kind: *kind, right, on, and });
            base = left;
        }
        beside.reverse();
        let mut rel = self.visit(base, taken);
        let mut joined = vec![false; beside.len()];
        for at in 0..beside.len() {
            if joined[at] {
                continue;
            }
            let Beside { kind, right, on, and } = &beside[at];
            let together: Vec<usize> = (at..beside.len())
                .filter(|&other| self.together(&beside[at], &beside[other], taken))
                .collect();
            if together.len() < 2 {
                let right = Box::new(self.visit(right, taken));
                let (on, and) = (on.to_vec(), (*and).clone());
                rel = Rel::Join { kind: *kind, left: Box::new(rel), right, on, and };
                continue;
            }
            together.iter().for_each(|&other| joined[other] = true);
            let names: Vec<&Arc<str>> = together.iter().filter_map(|&t| step_of(&beside[t])).collect();
            let (name, key) = taken.name_for(&names);
            let step = self.together_as(&names, name.clone(), key.clone());
            let right = Rel::Step { name, schema: step.rel.schema() };
            let places: Vec<usize> =
                names.iter().filter_map(|n| self.steps.get(*n)).map(|(at, _)| *at).collect();
            self.made.insert(places.iter().copied().min().unwrap_or(0), step);
            self.gone.extend(places);
            rel = rel.join(Join::Left, right, vec![(on[0].0.clone(), key)]);
        }
        rel
    }

    /// Whether two relations on the right are groups of the same rows beside the same column.
    fn together(&self, a: &Beside, b: &Beside, taken: &Taken) -> bool {
        let plain = |j: &Beside| j.kind == Join::Left && j.and.is_none() && j.on.len() == 1;
        let (Some(x), Some(y)) = (step_of(a), step_of(b)) else { return false };
        let once = |name| taken.mentions.get(name) == Some(&1);
        let (Some((_, of_a)), Some((_, of_b))) = (self.steps.get(x), self.steps.get(y)) else { return false };
        let by_key = |j: &Beside, of: &Grouped| j.on[0].1 == *of.key.0;
        plain(a)
            && plain(b)
            && a.on[0].0 == b.on[0].0
            && once(x)
            && once(y)
            && by_key(a, of_a)
            && by_key(b, of_b)
            && of_a.shares_with(of_b)
    }

    /// The step that gives the columns of all these.
    fn together_as(&self, names: &[&Arc<str>], name: Arc<str>, key: Arc<str>) -> Step {
        let all: Vec<(&Arc<str>, &Grouped)> =
            names.iter().filter_map(|n| self.steps.get(*n).map(|(_, g)| (*n, g))).collect();
        let (_, first) = all[0];
        let (keep, conditions) = conditions(&all.iter().map(|(_, g)| &g.keep[..]).collect::<Vec<_>>());
        let rows = match keep.is_empty() {
            true => first.rows.clone(),
            false => first.rows.clone().filter(Scalar::all(keep)),
        };
        let mut making = Making {
            schema: rows.schema(),
            measured: vec![(key.clone(), first.key.1.clone())],
            values: vec![],
            given: vec![(key.clone(), Scalar::Column(key.clone()))],
        };
        for ((name, grouped), condition) in all.iter().zip(&conditions) {
            making.add(name, grouped, condition.as_ref(), &key, &self.uses);
        }
        let Making { measured, values, given, .. } = making;
        let input = Box::new(rows.project(measured));
        let rel = Rel::Aggregate { input, keys: vec![key], values }.project(given);
        Step { name, rel }
    }
}

fn step_of<'p>(beside: &Beside<'p>) -> Option<&'p Arc<str>> {
    match beside.right {
        Rel::Step { name, .. } => Some(name),
        _ => None,
    }
}

/// A shared step while it is put together.
struct Making {
    schema: Schema,
    /// Of each row.
    measured: Vec<(Arc<str>, Scalar)>,
    /// Of each group.
    values: Vec<(Arc<str>, Aggregate)>,
    /// What it gives.
    given: Vec<(Arc<str>, Scalar)>,
}

impl Making {
    /// The columns of one of those that share. `condition` says which rows are its; without one, all are.
    fn add(
        &mut self,
        name: &str,
        grouped: &Grouped,
        condition: Option<&Scalar>,
        key: &Arc<str>,
        uses: &HashMap<Arc<str>, Use>,
    ) {
        let one = |then: Scalar| match condition {
            Some(condition) => only_if(condition, then, Type::Int),
            None => then,
        };
        // How many rows are its; of none, it has no group.
        let count: fn(Arc<str>) -> Aggregate = match condition {
            Some(_) => Aggregate::CountPresent,
            None => |_| Aggregate::Count,
        };
        let rows = self.value(&format!("{name}_rows"), count, one(Scalar::int(1)));
        let unless_none = |value: Scalar, ty: Type| match condition {
            None => value,
            Some(_) => Scalar::If {
                condition: Box::new(Scalar::compare(
                    Comparison::Equal,
                    Scalar::Column(rows.clone()),
                    Scalar::int(0),
                )),
                then: Box::new(Scalar::literal(Value::Missing, ty)),
                otherwise: Box::new(value),
            },
        };
        let key_type = grouped.key.1.typed(&self.schema).0;
        self.given.push((grouped.key.0.clone(), unless_none(Scalar::Column(key.clone()), key_type)));
        let measured: Schema = grouped
            .columns
            .iter()
            .map(|(name, scalar)| {
                let (ty, optional) = scalar.typed(&self.schema);
                crate::Column { name: name.clone(), ty, optional }
            })
            .collect();
        for (column, aggregate) in grouped.values {
            let asked = uses.get(column).copied().unwrap_or(Use::Value);
            let ty = aggregate.typed(&measured).0;
            let of =
                |name: &Arc<str>| grouped.columns.iter().find(|(n, _)| n == name).map(|(_, s)| s.clone());
            let Some(value) = aggregate.column().map_or(Some(Scalar::int(1)), of) else { continue };
            let ty_of = value.typed(&self.schema).0;
            let value = match condition {
                Some(condition) => only_if(condition, value, ty_of),
                None => value,
            };
            let fold: fn(Arc<str>) -> Aggregate = match aggregate {
                Aggregate::Count if condition.is_none() => |_| Aggregate::Count,
                Aggregate::Count if asked == Use::Presence => Aggregate::Max,
                Aggregate::Count | Aggregate::CountPresent(_) => Aggregate::CountPresent,
                Aggregate::CountDistinct(_) => Aggregate::CountDistinct,
                Aggregate::Sum(_) => Aggregate::Sum,
                Aggregate::Avg(_) => Aggregate::Avg,
                Aggregate::Min(_) => Aggregate::Min,
                Aggregate::Max(_) => Aggregate::Max,
            };
            let made = Scalar::Column(self.value(column, fold, value));
            let given = match aggregate {
                // Of nothing they are missing by themselves.
                Aggregate::Avg(_) | Aggregate::Min(_) | Aggregate::Max(_) => made,
                Aggregate::Count if asked == Use::Presence => made,
                _ if asked == Use::OrZero => made,
                _ => unless_none(made, ty),
            };
            self.given.push((column.clone(), given));
        }
    }

    /// A value of the group, computed once.
    fn value(&mut self, name: &str, fold: fn(Arc<str>) -> Aggregate, of: Scalar) -> Arc<str> {
        if fold(name.into()) == Aggregate::Count {
            return self.folded(name, Aggregate::Count);
        }
        let measured = match self.measured.iter().skip(1).find(|(_, known)| *known == of) {
            Some((known, _)) => known.clone(),
            None => {
                let measured: Arc<str> = format!("{name}_of").into();
                self.measured.push((measured.clone(), of));
                measured
            }
        };
        self.folded(name, fold(measured))
    }

    fn folded(&mut self, name: &str, value: Aggregate) -> Arc<str> {
        if let Some((known, _)) = self.values.iter().find(|(_, v)| *v == value) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.values.push((name.clone(), value));
        name
    }
}

fn only_if(condition: &Scalar, then: Scalar, ty: Type) -> Scalar {
    Scalar::If {
        condition: Box::new(condition.clone()),
        then: Box::new(then),
        otherwise: Box::new(Scalar::literal(Value::Missing, ty)),
    }
}

/// What rows must meet to be read at all, and beyond that what each needs of them; nothing, where all that is read is its.
fn conditions(all: &[&[&Scalar]]) -> (Vec<Scalar>, Vec<Option<Scalar>>) {
    let common: Vec<&Scalar> =
        all[0].iter().filter(|part| all.iter().all(|other| other.contains(*part))).copied().collect();
    let mut rest: Vec<Vec<&Scalar>> =
        all.iter().map(|keep| keep.iter().filter(|p| !common.contains(*p)).copied().collect()).collect();
    let mut keep: Vec<Scalar> = Vec::new();
    let bounds: Option<Vec<Bound>> =
        rest.iter().map(|parts| parts.iter().find_map(|p| Bound::of(p))).collect();
    if let Some(bound) = bounds.and_then(|bounds| Bound::widest(&bounds)) {
        rest.iter_mut().for_each(|parts| parts.retain(|p| **p != bound));
        keep.push(bound);
    }
    keep.extend(common.into_iter().cloned());
    let beside_bounds = |parts: &Vec<&Scalar>| -> Vec<Scalar> {
        parts.iter().filter(|p| Bound::of(p).is_none()).map(|p| (*p).clone()).collect()
    };
    let mut either: Vec<Scalar> = Vec::new();
    for parts in &rest {
        let alone = Scalar::all(beside_bounds(parts));
        if !either.contains(&alone) {
            either.push(alone);
        }
    }
    if !either.contains(&Scalar::And(vec![])) && (2..=ALTERNATIVES).contains(&either.len()) {
        keep.push(Scalar::Or(either));
    }
    let own =
        |parts: Vec<&Scalar>| (!parts.is_empty()).then(|| Scalar::all(parts.into_iter().cloned().collect()));
    (keep, rest.into_iter().map(own).collect())
}

/// The beginning of a trailing window.
#[derive(Clone, Debug)]
struct Bound<'p> {
    condition: &'p Scalar,
    column: &'p Arc<str>,
    /// It reaches at least and at most so many seconds back.
    reach: (i64, i64),
}

impl<'p> Bound<'p> {
    fn of(condition: &'p Scalar) -> Option<Bound<'p>> {
        let Scalar::Compare { op: Comparison::Greater | Comparison::AtLeast, left, right } = condition else {
            return None;
        };
        let Scalar::Column(column) = &**left else { return None };
        let reach = match &**right {
            Scalar::Shift { instant, seconds } if **instant == Scalar::Now => (-seconds, -seconds),
            // Whole days of months ago: months have 28 to 31 of them, and days 23 to 25 hours.
            Scalar::StartOfDay { date, .. } => {
                let Scalar::AddDays { date, days } = &**date else { return None };
                let Scalar::AddMonths { date, months } = &**date else { return None };
                let Scalar::LocalDate { instant, .. } = &**date else { return None };
                let months = -months;
                if **instant != Scalar::Now || *days < 0 || months < 0 {
                    return None;
                }
                ((months * 28 - days - 1) * DAY, (months * 31 - days + 2) * DAY)
            }
            _ => return None,
        };
        Some(Bound { condition, column, reach })
    }

    /// A bound that all of these lie within: the one that reaches farthest, or one that surely does.
    fn widest(bounds: &[Bound]) -> Option<Scalar> {
        let first = bounds.first()?;
        if bounds.iter().any(|b| b.column != first.column) {
            return None;
        }
        if let Some(sure) = bounds.iter().find(|b| bounds.iter().all(|other| b.covers(other))) {
            return Some(sure.condition.clone());
        }
        let farthest = bounds.iter().map(|b| b.reach.1).max()?;
        let since = Scalar::Shift { instant: Box::new(Scalar::Now), seconds: -farthest };
        Some(Scalar::compare(Comparison::AtLeast, Scalar::Column(first.column.clone()), since))
    }

    /// Whether all that lies within another lies within this. Of two that reach equally far, `>` leaves out an instant
    /// that `>=` has.
    fn covers(&self, other: &Bound) -> bool {
        use std::cmp::Ordering;
        let includes = |b: &Bound| matches!(b.condition, Scalar::Compare { op: Comparison::AtLeast, .. });
        match other.reach.1.cmp(&self.reach.0) {
            _ if other.condition == self.condition => true,
            Ordering::Less => true,
            Ordering::Equal => includes(self) || !includes(other),
            Ordering::Greater => false,
        }
    }
}

/// Names that are taken, in lower case, and how often each step is mentioned.
struct Taken {
    names: HashSet<String>,
    mentions: HashMap<Arc<str>, usize>,
}

impl Taken {
    fn of(plan: &Plan) -> Taken {
        let mut taken = Taken { names: HashSet::new(), mentions: HashMap::new() };
        let mut waiting: Vec<&Rel> = plan.steps.iter().map(|s| &s.rel).chain([&plan.result]).collect();
        taken.names.extend(plan.steps.iter().map(|s| s.name.to_lowercase()));
        while let Some(rel) = waiting.pop() {
            match rel {
                Rel::Table(table) => {
                    if let crate::Place::Own(name) = &table.place {
                        taken.names.insert(name.to_lowercase());
                    }
                    taken.names.extend(table.schema.columns.iter().map(|c| c.name.to_lowercase()));
                }
                Rel::Step { name, .. } => *taken.mentions.entry(name.clone()).or_default() += 1,
                Rel::Project { input, columns } => {
                    taken.names.extend(columns.iter().map(|(n, _)| n.to_lowercase()));
                    waiting.push(input);
                }
                Rel::Aggregate { input, values, .. } => {
                    taken.names.extend(values.iter().map(|(n, _)| n.to_lowercase()));
                    waiting.push(input);
                }
                Rel::Number { input, name, .. } | Rel::Ntile { input, name, .. } => {
                    taken.names.insert(name.to_lowercase());
                    waiting.push(input);
                }
                Rel::Filter { input, .. } => waiting.push(input),
                Rel::Join { left, right, .. } => waiting.extend([&**left, &**right]),
                Rel::Union(parts) => waiting.extend(parts),
            }
        }
        taken
    }

    /// What these have in common in their names, and a name for the key.
    fn name_for(&mut self, names: &[&Arc<str>]) -> (Arc<str>, Arc<str>) {
        let words = |name: &str| name.split('_').map(str::to_string).collect::<Vec<_>>();
        let mut common = words(names[0]);
        for name in names {
            let same = common.iter().zip(words(name)).take_while(|(a, b)| *a == b).count();
            common.truncate(same);
        }
        while common.last().is_some_and(|w| matches!(&**w, "last" | "since" | "in" | "")) {
            common.pop();
        }
        let base = if common.is_empty() { "shared".to_string() } else { common.join("_") };
        let mut tries =
            std::iter::once(format!("{base}_shared")).chain((2..).map(|n| format!("{base}_shared_{n}")));
        let name = tries.find(|name| {
            let key = format!("{name}_customer").to_lowercase();
            !self.names.contains(&name.to_lowercase()) && !self.names.contains(&key)
        });
        let name = name.unwrap_or(base);
        let key = format!("{name}_customer");
        self.names.extend([name.to_lowercase(), key.to_lowercase()]);
        (name.into(), key.into())
    }
}
