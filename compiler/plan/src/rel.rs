//! Bags of rows.

use std::sync::Arc;

use persona_value::Type;
use serde::{Deserialize, Serialize};

use crate::{Column, Scalar, Schema};

/// Named steps, each over the ones before it, and the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Shared relations in the order they are computed; SQL writes each as a common table expression.
    pub steps: Vec<Step>,
    /// What is asked for.
    pub result: Rel,
}

/// A named relation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its name, unique in the plan and among persona's own tables.
    pub name: Arc<str>,
    /// What it holds, for the reader.
    pub rel: Rel,
}

/// A stored table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Where it lies.
    pub place: Place,
    /// The columns that are read.
    pub schema: Schema,
}

/// Where a table lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    /// In the user's warehouse, as written: `raw.invoices`.
    Users(Arc<str>),
    /// In the schema that belongs to persona.
    Own(Arc<str>),
}

/// A bag of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rel {
    /// A stored table.
    Table(Table),
    /// An earlier step.
    Step {
        /// Its name.
        name: Arc<str>,
        /// Its columns.
        schema: Schema,
    },
    /// The rows for which it is true.
    Filter {
        /// From.
        input: Box<Rel>,
        /// The condition.
        keep: Scalar,
    },
    /// Exactly these columns.
    Project {
        /// From.
        input: Box<Rel>,
        /// Name and value of each.
        columns: Vec<(Arc<str>, Scalar)>,
    },
    /// Rows of two relations side by side: the left one's columns, then the right one's. Names are disjoint.
    Join {
        /// Which rows.
        kind: Join,
        /// Left side.
        left: Box<Rel>,
        /// Right side.
        right: Box<Rel>,
        /// Pairs of columns that are equal; a missing value equals nothing.
        on: Vec<(Arc<str>, Arc<str>)>,
        /// What else must hold, over the columns of both.
        and: Option<Scalar>,
    },
    /// One row a group; of no keys and no rows: one row.
    Aggregate {
        /// From.
        input: Box<Rel>,
        /// Columns that make a group; missing is a group of its own.
        keys: Vec<Arc<str>>,
        /// Name and value of each.
        values: Vec<(Arc<str>, Aggregate)>,
    },
    /// All columns and one more: the row's number from 1 within its group.
    Number {
        /// From.
        input: Box<Rel>,
        /// Columns that make a group.
        per: Vec<Arc<str>>,
        /// What is first. The lowering adds what makes it unique.
        order: Vec<Order>,
        /// The new column.
        name: Arc<str>,
    },
    /// All columns and one more: which of `buckets` equal shares, from 1, the row falls in (SQL's `NTILE`), over all rows.
    Ntile {
        /// From.
        input: Box<Rel>,
        /// How many shares.
        buckets: i64,
        /// What is first.
        order: Vec<Order>,
        /// The new column.
        name: Arc<str>,
    },
    /// The rows of all, which have the same columns; duplicates stay.
    Union(Vec<Rel>),
}

/// Which rows a join gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Join {
    /// Each pair.
    Inner,
    /// Each pair, and left rows that have none, with the right columns missing.
    Left,
    /// Left rows that have a partner, once each, without the right columns.
    Semi,
    /// Left rows that have none, without the right columns.
    Anti,
}

/// A value of a group. Missing values are passed over; a sum of nothing is 0, the others are missing. Sums
/// are exact whatever the order of the rows; one that does not fit its type in the end is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aggregate {
    /// Rows.
    Count,
    /// Rows in which a column is present.
    CountPresent(Arc<str>),
    /// Different values of a column.
    CountDistinct(Arc<str>),
    /// Sum of a column: of ints an int, else a decimal.
    Sum(Arc<str>),
    /// Mean of a column, rounded half away from zero at 9 places: a decimal, or money of money.
    Avg(Arc<str>),
    /// Smallest; text by code point.
    Min(Arc<str>),
    /// Largest; text by code point.
    Max(Arc<str>),
}

/// One term of an order. Missing values come last either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// By this column; text by code point.
    pub column: Arc<str>,
    /// Largest first.
    pub descending: bool,
}

impl Plan {
    /// Every stored table that it reads, as often as it does.
    pub fn tables(&self) -> Vec<&Table> {
        let mut tables = Vec::new();
        let mut waiting: Vec<&Rel> = self.steps.iter().map(|step| &step.rel).chain([&self.result]).collect();
        while let Some(rel) = waiting.pop() {
            match rel {
                Rel::Table(table) => tables.push(table),
                Rel::Step { .. } => {}
                Rel::Filter { input, .. }
                | Rel::Project { input, .. }
                | Rel::Aggregate { input, .. }
                | Rel::Number { input, .. }
                | Rel::Ntile { input, .. } => waiting.push(input),
                Rel::Join { left, right, .. } => waiting.extend([&**left, &**right]),
                Rel::Union(parts) => waiting.extend(parts),
            }
        }
        tables
    }
}

impl Rel {
    /// The columns of its rows.
    #[recursive::recursive]
    pub fn schema(&self) -> Schema {
        match self {
            Rel::Table(table) => table.schema.clone(),
            Rel::Step { schema, .. } => schema.clone(),
            Rel::Filter { input, .. } => input.schema(),
            Rel::Project { input, columns } => {
                let schema = input.schema();
                let column = |(name, scalar): &(Arc<str>, Scalar)| {
                    let (ty, optional) = scalar.typed(&schema);
                    Column { name: name.clone(), ty, optional }
                };
                columns.iter().map(column).collect()
            }
            Rel::Join { kind, left, right, .. } => {
                let mut schema = left.schema();
                let optional = *kind == Join::Left;
                if matches!(kind, Join::Inner | Join::Left) {
                    let right = right.schema().columns.into_iter();
                    schema.columns.extend(right.map(|c| Column { optional: c.optional || optional, ..c }));
                }
                schema
            }
            Rel::Aggregate { input, keys, values } => {
                let schema = input.schema();
                let keys = keys.iter().filter_map(|k| schema.column(k).cloned());
                let values = values.iter().map(|(name, value)| {
                    let (ty, optional) = value.typed(&schema);
                    Column { name: name.clone(), ty, optional }
                });
                keys.chain(values).collect()
            }
            Rel::Number { input, name, .. } | Rel::Ntile { input, name, .. } => {
                let mut schema = input.schema();
                schema.columns.push(Column::new(name.clone(), Type::Int, false));
                schema
            }
            Rel::Union(parts) => {
                let mut parts = parts.iter().map(Rel::schema);
                let mut schema = parts.next().unwrap_or_default();
                for part in parts {
                    for (column, other) in schema.columns.iter_mut().zip(part.columns) {
                        column.optional |= other.optional;
                    }
                }
                schema
            }
        }
    }

    /// The rows for which `keep` is true.
    pub fn filter(self, keep: Scalar) -> Rel {
        Rel::Filter { input: Box::new(self), keep }
    }

    /// Exactly these columns.
    pub fn project(self, columns: Vec<(Arc<str>, Scalar)>) -> Rel {
        Rel::Project { input: Box::new(self), columns }
    }

    /// All its columns and these.
    pub fn extend(self, more: Vec<(Arc<str>, Scalar)>) -> Rel {
        let own = self.schema().columns.into_iter().map(|c| (c.name.clone(), Scalar::Column(c.name)));
        let columns = own.chain(more).collect();
        self.project(columns)
    }

    /// Side by side with another where columns are equal.
    pub fn join(self, kind: Join, right: Rel, on: Vec<(Arc<str>, Arc<str>)>) -> Rel {
        Rel::Join { kind, left: Box::new(self), right: Box::new(right), on, and: None }
    }

    /// The first row of each group, in this order, with the columns it came with.
    pub fn first_per(self, per: Vec<Arc<str>>, order: Vec<Order>) -> Rel {
        let columns = self.schema().columns;
        // A column may be called `place` as well.
        let mut name: Arc<str> = "place".into();
        while columns.iter().any(|c| c.name.eq_ignore_ascii_case(&name)) {
            name = format!("_{name}").into();
        }
        let first = Scalar::compare(crate::Comparison::Equal, Scalar::Column(name.clone()), Scalar::int(1));
        Rel::Number { input: Box::new(self), per, order, name }
            .filter(first)
            .project(columns.into_iter().map(|c| (c.name.clone(), Scalar::Column(c.name))).collect())
    }
}

impl Aggregate {
    /// The column it reads.
    pub fn column(&self) -> Option<&Arc<str>> {
        match self {
            Aggregate::Count => None,
            Aggregate::CountPresent(c)
            | Aggregate::CountDistinct(c)
            | Aggregate::Sum(c)
            | Aggregate::Avg(c)
            | Aggregate::Min(c)
            | Aggregate::Max(c) => Some(c),
        }
    }

    /// What it is and whether it may be missing, over rows of this schema.
    pub fn typed(&self, schema: &Schema) -> (Type, bool) {
        let of = |name: &Arc<str>| schema.column(name).map_or(Type::Unknown, |c| c.ty.clone());
        match self {
            Aggregate::Count | Aggregate::CountPresent(_) | Aggregate::CountDistinct(_) => (Type::Int, false),
            // Missing only on overflow.
            Aggregate::Sum(c) => (of(c), true),
            Aggregate::Avg(c) => match of(c) {
                Type::Int | Type::Duration => (Type::Decimal, true),
                ty => (ty, true),
            },
            Aggregate::Min(c) | Aggregate::Max(c) => (of(c), true),
        }
    }
}

impl Order {
    /// Smallest first.
    pub fn up(column: impl Into<Arc<str>>) -> Order {
        Order { column: column.into(), descending: false }
    }

    /// Largest first.
    pub fn down(column: impl Into<Arc<str>>) -> Order {
        Order { column: column.into(), descending: true }
    }
}
