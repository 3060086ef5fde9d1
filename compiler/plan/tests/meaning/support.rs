//! Short words for plans, tables and values.

use std::sync::Arc;

use persona_plan::{
    Column, Comparison, EvalError, Function, Place, Plan, Rel, Rows, Scalar, Schema, Table, Tables, compute,
    evaluate,
};
use persona_value::{Currency, Type, Value};

/// Tables by name, `name type?` for each column and `a | b` for each row, `-` where nothing is.
#[derive(Default)]
pub struct Data(Tables, Vec<(String, Schema)>);

impl Data {
    pub fn table(mut self, name: &str, columns: &str, rows: &str) -> Data {
        let schema: Schema = columns.split(", ").map(column).collect();
        let rows = rows.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
            let cells = line.split(" | ").zip(&schema.columns);
            cells.map(|(cell, column)| cell_of(cell, &column.ty)).collect()
        });
        self.0.insert(Place::Own(name.into()), Rows::new(schema.clone(), rows.collect()));
        self.1.push((name.to_owned(), schema));
        self
    }

    pub fn rel(&self, name: &str) -> Rel {
        let (_, schema) = self.1.iter().find(|(table, _)| table == name).unwrap();
        Rel::Table(Table { place: Place::Own(name.into()), schema: schema.clone() })
    }

    pub fn evaluate(&self, plan: &Plan) -> Result<Rows, EvalError> {
        evaluate(plan, &self.0, now())
    }

    /// The rows of a relation, as text.
    pub fn rows(&self, rel: Rel) -> String {
        self.evaluate(&Plan { steps: vec![], result: rel }).unwrap().to_string()
    }

    /// What is wrong with a relation.
    pub fn problem(&self, rel: Rel) -> String {
        self.evaluate(&Plan { steps: vec![], result: rel }).unwrap_err().problem
    }
}

fn column(written: &str) -> Column {
    let (name, ty) = written.split_once(' ').unwrap();
    let (ty, optional) = ty.strip_suffix('?').map_or((ty, false), |ty| (ty, true));
    let ty = match ty {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "decimal" => Type::Decimal,
        "duration" => Type::Duration,
        "gbp" => Type::Money(Currency::parse("GBP").unwrap()),
        "date" => Type::Date,
        "timestamp" => Type::Timestamp,
        "raw" => Type::Raw,
        _ => Type::Text,
    };
    Column::new(name, ty, optional)
}

fn cell_of(cell: &str, ty: &Type) -> Value {
    match (cell, ty) {
        ("-", _) => Value::Missing,
        (_, Type::Bool) => Value::Bool(cell.parse().unwrap()),
        (_, Type::Int | Type::Duration) => Value::Int(cell.parse().unwrap()),
        (_, Type::Decimal | Type::Money(_)) => Value::Decimal(cell.parse().unwrap()),
        (_, Type::Date) => Value::Date(cell.parse().unwrap()),
        (_, Type::Timestamp) => Value::Instant(cell.parse().unwrap()),
        _ => Value::text(cell),
    }
}

/// Holds if an expression has the value of another, by itself at noon of 15 June 2026.
#[track_caller]
pub fn is(scalar: Scalar, expected: Scalar) {
    let value = |scalar: &Scalar| compute(scalar, &Schema::default(), &[], now()).unwrap();
    assert_eq!(value(&scalar), value(&expected), "{scalar}");
}

pub fn now() -> jiff::Timestamp {
    "2026-06-15T12:00:00Z".parse().unwrap()
}

pub fn col(name: &str) -> Scalar {
    Scalar::column(name)
}

pub fn int(value: i64) -> Scalar {
    Scalar::int(value)
}

pub fn text(value: &str) -> Scalar {
    Scalar::text(value)
}

pub fn yes() -> Scalar {
    Scalar::literal(Value::Bool(true), Type::Bool)
}

pub fn no() -> Scalar {
    Scalar::literal(Value::Bool(false), Type::Bool)
}

pub fn decimal(value: &str) -> Scalar {
    Scalar::literal(Value::Decimal(value.parse().unwrap()), Type::Decimal)
}

pub fn date(value: &str) -> Scalar {
    Scalar::literal(Value::Date(value.parse().unwrap()), Type::Date)
}

pub fn at(value: &str) -> Scalar {
    Scalar::literal(Value::Instant(value.parse().unwrap()), Type::Timestamp)
}

pub fn missing(ty: Type) -> Scalar {
    Scalar::literal(Value::Missing, ty)
}

pub fn compare(left: Scalar, op: Comparison, right: Scalar) -> Scalar {
    Scalar::compare(op, left, right)
}

pub fn call(function: Function, args: impl IntoIterator<Item = Scalar>) -> Scalar {
    Scalar::call(function, args.into_iter().collect())
}

pub fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}
