//! The reference evaluator: what a plan means, row by row.
//!
//! It is simple rather than fast, and it trusts nothing: the plan is checked before it runs, and the rows of
//! every relation are held to the schema that [`Rel::schema`] promises.

mod check;
mod functions;
mod group;
mod join;
mod kind;
mod order;
mod read;
mod scalar;
mod zones;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use persona_value::Value;

use self::kind::Kind;
use self::scalar::{Columns, Scope};
use crate::{Place, Plan, Rel, Scalar, Schema, Table};

pub use self::check::check;

/// Rows and what they hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Their columns.
    pub schema: Schema,
    /// Each with one value a column, in the schema's order.
    pub rows: Vec<Vec<Value>>,
}

/// The stored tables a plan is evaluated over.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    tables: HashMap<Place, Rows>,
}

/// The plan breaks the rules of the algebra, or a table is not as the plan says. Users write neither: it is a
/// bug of the lowering, or of who gathered the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvalError {
    /// The step it is in; the plan's result is `result`.
    pub step: Arc<str>,
    /// What is wrong.
    pub problem: String,
}

impl Tables {
    /// No tables.
    pub fn new() -> Tables {
        Tables::default()
    }

    /// Also this table; takes the place of one that lay there. It may have more columns than plans read.
    pub fn insert(&mut self, place: Place, rows: Rows) {
        self.tables.insert(place, rows);
    }
}

impl Rows {
    /// Rows of this schema.
    pub fn new(schema: Schema, rows: Vec<Vec<Value>>) -> Rows {
        Rows { schema, rows }
    }
}

impl EvalError {
    fn in_step(step: &str) -> impl Fn(String) -> EvalError {
        move |problem| EvalError { step: step.into(), problem }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plan's step `{}` is ill-formed: {}", self.step, self.problem)
    }
}

impl std::error::Error for EvalError {}

/// The rows a plan asks for at `now`. Their order means nothing.
///
/// Fails only if the plan is ill-formed or a table is absent or holds what its schema does not allow.
pub fn evaluate(plan: &Plan, tables: &Tables, now: Timestamp) -> Result<Rows, EvalError> {
    check(plan)?;
    let mut evaluation = Evaluation { tables, scope: Scope::at(now), steps: HashMap::new() };
    for step in &plan.steps {
        let rows = evaluation.rows(&step.rel).map_err(EvalError::in_step(&step.name))?;
        evaluation.steps.insert(&step.name, rows);
    }
    evaluation.rows(&plan.result).map_err(EvalError::in_step("result"))
}

/// The value of a scalar for one row at `now`; fails only if it is ill-formed or the row is not of this
/// schema.
pub fn compute(scalar: &Scalar, schema: &Schema, row: &[Value], now: Timestamp) -> Result<Value, EvalError> {
    let value = || {
        check::scalar(scalar, schema)?;
        Scope::at(now).value(scalar, &Columns::of(schema), row)
    };
    value().map_err(EvalError::in_step("expression"))
}

struct Evaluation<'a> {
    tables: &'a Tables,
    scope: Scope,
    steps: HashMap<&'a str, Rows>,
}

impl Evaluation<'_> {
    #[recursive::recursive]
    fn rows(&self, rel: &Rel) -> Result<Rows, String> {
        let rows = match rel {
            Rel::Table(table) => self.table(table)?,
            Rel::Step { name, .. } => {
                let rows =
                    self.steps.get(&**name).ok_or_else(|| format!("no step `{name}` stands before it"))?;
                rows.rows.clone()
            }
            Rel::Filter { input, keep } => {
                let input = self.rows(input)?;
                let columns = Columns::of(&input.schema);
                let mut kept = Vec::new();
                for row in input.rows {
                    if self.scope.holds(keep, &columns, &row)? {
                        kept.push(row);
                    }
                }
                kept
            }
            Rel::Project { input, columns } => {
                let input = self.rows(input)?;
                let from = Columns::of(&input.schema);
                let project = |row: &Vec<Value>| {
                    columns.iter().map(|(_, scalar)| self.scope.value(scalar, &from, row)).collect()
                };
                input.rows.iter().map(project).collect::<Result<_, String>>()?
            }
            Rel::Join { kind, left, right, on, and } => {
                let (left, right) = (self.rows(left)?, self.rows(right)?);
                let both = left.schema.columns.iter().chain(&right.schema.columns).cloned().collect();
                join::join(&self.scope, *kind, (&left, &right), on, and.as_ref(), &both)?
            }
            Rel::Aggregate { input, keys, values } => group::aggregate(&self.rows(input)?, keys, values)?,
            Rel::Number { input, per, order, .. } => order::number(self.rows(input)?, per, order)?,
            Rel::Ntile { input, buckets, order, .. } => order::ntile(self.rows(input)?, *buckets, order)?,
            Rel::Union(parts) => {
                let parts = parts.iter().map(|part| Ok(self.rows(part)?.rows));
                parts.collect::<Result<Vec<_>, String>>()?.concat()
            }
        };
        let rows = Rows::new(rel.schema(), rows);
        rows.fit()?;
        Ok(rows)
    }

    /// The columns the plan reads, in its order.
    fn table(&self, table: &Table) -> Result<Vec<Vec<Value>>, String> {
        let place = &table.place;
        let stored =
            self.tables.tables.get(place).ok_or_else(|| format!("the table {place} is not there"))?;
        let columns = Columns::of(&stored.schema);
        let mut places = Vec::new();
        for column in &table.schema.columns {
            places
                .push(columns.place(&column.name).map_err(|problem| format!("in table {place} {problem}"))?);
        }
        let width = stored.schema.columns.len();
        if stored.rows.iter().any(|row| row.len() != width) {
            return Err(format!("the table {place} has a row of other than its {width} columns"));
        }
        let read = |row: &Vec<Value>| places.iter().map(|place| row[*place].clone()).collect();
        Ok(stored.rows.iter().map(read).collect())
    }
}

impl Rows {
    /// Fails if a value is not what its column promises.
    fn fit(&self) -> Result<(), String> {
        for (place, column) in self.schema.columns.iter().enumerate() {
            let (name, ty) = (&column.name, &column.ty);
            for row in &self.rows {
                let Some(value) = row.get(place) else {
                    return Err(format!("a row ends before its column `{name}`"));
                };
                if value.is_missing() && !column.optional {
                    return Err(format!(
                        "the column `{name}` is missing in a row, and its schema says it never is"
                    ));
                }
                if !Kind::of(ty).is_some_and(|kind| kind.holds(value)) {
                    return Err(format!("the column `{name}` holds {value:?}, which is no {ty}"));
                }
            }
        }
        Ok(())
    }
}
