//! Whether a plan keeps the rules of the algebra: every name is known and unique, every value of the kind
//! that is asked for. It needs no rows, so a lowering can be held to it on empty tables.

use std::collections::HashSet;
use std::sync::Arc;

use persona_value::{Type, Value};
use regex::Regex;

use super::kind::Kind;
use super::{EvalError, zones};
use crate::{Aggregate, Arithmetic, Function, Order, Plan, Rel, Scalar, Schema};

/// Fails with the first rule that a plan breaks.
pub fn check(plan: &Plan) -> Result<(), EvalError> {
    let mut steps: Vec<(&str, Schema)> = Vec::new();
    for step in &plan.steps {
        let at = EvalError::in_step(&step.name);
        if steps.iter().any(|(name, _)| *name == &*step.name) {
            return Err(at("two steps have this name".to_owned()));
        }
        rel(&step.rel, &steps).map_err(at)?;
        steps.push((&step.name, step.rel.schema()));
    }
    rel(&plan.result, &steps).map(|_| ()).map_err(EvalError::in_step("result"))
}

/// Checks a relation over these steps; its schema.
#[recursive::recursive]
fn rel(rel: &Rel, steps: &[(&str, Schema)]) -> Result<Schema, String> {
    let of = |input: &Rel| self::rel(input, steps);
    match rel {
        Rel::Table(_) => {}
        Rel::Step { name, schema } => match steps.iter().find(|(step, _)| *step == &**name) {
            None => return Err(format!("no step `{name}` stands before it")),
            Some((_, known)) if known != schema => {
                return Err(format!("the step `{name}` has the columns {known}, not {schema}"));
            }
            Some(_) => {}
        },
        Rel::Filter { input, keep } => {
            expect(keep, &of(input)?, |kind| kind == Kind::Bool, "bool")?;
        }
        Rel::Project { input, columns } => {
            let schema = of(input)?;
            for (_, scalar) in columns {
                self::scalar(scalar, &schema)?;
            }
        }
        Rel::Join { left, right, on, and, .. } => {
            let (left, right) = (of(left)?, of(right)?);
            for (a, b) in on {
                let (left, right) = (column(a, &left)?, column(b, &right)?);
                if !left.compares_with(right) {
                    return Err(format!(
                        "a join compares `{a}`, of kind {left}, with `{b}`, of kind {right}"
                    ));
                }
            }
            let both: Schema = left.columns.into_iter().chain(right.columns).collect();
            unique(&both)?;
            if let Some(and) = and {
                expect(and, &both, |kind| kind == Kind::Bool, "bool")?;
            }
        }
        Rel::Aggregate { input, keys, values } => {
            let schema = of(input)?;
            for key in keys {
                column(key, &schema)?;
            }
            for (_, value) in values {
                aggregate(value, &schema)?;
            }
        }
        Rel::Number { input, per, order, .. } => {
            let schema = of(input)?;
            for name in per {
                column(name, &schema)?;
            }
            ordered(order, &schema)?;
        }
        Rel::Ntile { input, buckets, order, .. } => {
            if *buckets < 1 {
                return Err(format!("there are no {buckets} equal shares"));
            }
            ordered(order, &of(input)?)?;
        }
        Rel::Union(parts) => {
            let shape = |schema: Schema| -> Vec<_> {
                schema.columns.into_iter().map(|c| (c.name, Kind::of(&c.ty))).collect()
            };
            let parts = parts.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            let (first, others) = parts.split_first().ok_or("a union of nothing has no columns")?;
            for other in others {
                if shape(other.clone()) != shape(first.clone()) {
                    return Err(format!("a union has parts with the columns {first} and {other}"));
                }
            }
        }
    }
    let schema = rel.schema();
    unique(&schema)?;
    for column in &schema.columns {
        if Kind::of(&column.ty).is_none() {
            return Err(format!("the type of its column `{}` is not known", column.name));
        }
    }
    Ok(schema)
}

fn unique(schema: &Schema) -> Result<(), String> {
    let mut seen = HashSet::new();
    match schema.columns.iter().find(|column| !seen.insert(&column.name)) {
        Some(column) => Err(format!("two columns are called `{}`", column.name)),
        None => Ok(()),
    }
}

fn column(name: &Arc<str>, schema: &Schema) -> Result<Kind, String> {
    let column = schema.column(name);
    let column = column.ok_or_else(|| format!("there is no column `{name}` among {schema}"))?;
    Kind::of(&column.ty).ok_or_else(|| format!("the type of the column `{name}` is not known"))
}

fn ordered(order: &[Order], schema: &Schema) -> Result<(), String> {
    for term in order {
        let kind = column(&term.column, schema)?;
        if !kind.is_ordered() {
            return Err(format!("the column `{}` is {kind}, which has no order", term.column));
        }
    }
    Ok(())
}

fn aggregate(aggregate: &Aggregate, schema: &Schema) -> Result<(), String> {
    let Some(name) = aggregate.column() else { return Ok(()) };
    let kind = column(name, schema)?;
    let fits = match aggregate {
        Aggregate::Count | Aggregate::CountPresent(_) | Aggregate::CountDistinct(_) => true,
        Aggregate::Sum(_) | Aggregate::Avg(_) => kind.is_number(),
        Aggregate::Min(_) | Aggregate::Max(_) => kind.is_ordered(),
    };
    if fits { Ok(()) } else { Err(format!("`{aggregate}` is of a column of {kind}")) }
}

/// Checks that a scalar is of one of the kinds it must be; its kind.
fn expect(part: &Scalar, schema: &Schema, fits: impl Fn(Kind) -> bool, what: &str) -> Result<Kind, String> {
    let kind = scalar(part, schema)?;
    if fits(kind) { Ok(kind) } else { Err(format!("`{part}` is {kind} where {what} is asked for")) }
}

/// Checks a scalar over rows of this schema; its kind.
pub(super) fn scalar(scalar: &Scalar, schema: &Schema) -> Result<Kind, String> {
    let is = |part: &Scalar, kind: Kind| expect(part, schema, |k| k == kind, &kind.to_string());
    let kind = match scalar {
        Scalar::Column(name) => column(name, schema)?,
        Scalar::Literal { value, ty } => literal(value, ty)?,
        Scalar::Now => Kind::Instant,
        Scalar::And(parts) | Scalar::Or(parts) => {
            for part in parts {
                is(part, Kind::Bool)?;
            }
            Kind::Bool
        }
        Scalar::Not(part) => is(part, Kind::Bool)?,
        Scalar::Compare { left, right, .. } => {
            let (left, right) = (self::scalar(left, schema)?, self::scalar(right, schema)?);
            if !left.compares_with(right) {
                return Err(format!("`{scalar}` compares {left} with {right}"));
            }
            Kind::Bool
        }
        Scalar::IsMissing(part) => {
            self::scalar(part, schema)?;
            Kind::Bool
        }
        Scalar::OneOf { value, options } => {
            let kind = expect(value, schema, Kind::is_ordered, "what has an order")?;
            if options.iter().any(|option| option.is_missing() || !kind.holds(option)) {
                return Err(format!("`{scalar}` has an option that is missing or no {kind}"));
            }
            Kind::Bool
        }
        Scalar::Coalesce(options) => {
            let (first, others) = options.split_first().ok_or("a coalesce of nothing has no type")?;
            let kind = self::scalar(first, schema)?;
            for other in others {
                is(other, kind)?;
            }
            kind
        }
        Scalar::If { condition, then, otherwise } => {
            is(condition, Kind::Bool)?;
            let kind = self::scalar(then, schema)?;
            is(otherwise, kind)?
        }
        Scalar::Arithmetic { op, left, right, .. } => {
            let left = expect(left, schema, Kind::is_number, "a number")?;
            let right = expect(right, schema, Kind::is_number, "a number")?;
            let whole = left == Kind::Int && right == Kind::Int && *op != Arithmetic::Divide;
            if whole { Kind::Int } else { Kind::Decimal }
        }
        Scalar::Shift { instant, .. } => is(instant, Kind::Instant)?,
        Scalar::AddDays { date, .. } | Scalar::AddMonths { date, .. } => is(date, Kind::Date)?,
        Scalar::LocalDate { instant, zone } => {
            zones::zone(zone)?;
            is(instant, Kind::Instant)?;
            Kind::Date
        }
        Scalar::LocalHour { instant, zone } => {
            zones::zone(zone)?;
            is(instant, Kind::Instant)?;
            Kind::Int
        }
        Scalar::StartOfDay { date, zone } => {
            zones::zone(zone)?;
            is(date, Kind::Date)?;
            Kind::Instant
        }
        Scalar::Read { raw, ty, zone } => {
            is(raw, Kind::Raw)?;
            zone.as_deref().map(zones::zone).transpose()?;
            match Kind::of(ty) {
                None | Some(Kind::List | Kind::Record | Kind::Raw) => {
                    return Err(format!("`{scalar}`: a column is not read as {ty}"));
                }
                Some(kind) => kind,
            }
        }
        Scalar::Rank { value, .. } => {
            is(value, Kind::Text)?;
            Kind::Int
        }
        Scalar::Call { function, args } => call(scalar, function, args, schema)?,
    };
    // A type that `typed` writes down or derives must be one that holds what is computed.
    let (ty, _) = scalar.typed(schema);
    match Kind::of(&ty) {
        Some(promised) if promised == kind => Ok(kind),
        _ => Err(format!("`{scalar}` gives {kind} and is typed {ty}")),
    }
}

fn literal(value: &Value, ty: &Type) -> Result<Kind, String> {
    match Kind::of(ty) {
        Some(kind) if kind.holds(value) => Ok(kind),
        _ => Err(format!("the constant {value:?} is no {ty}")),
    }
}

fn call(scalar: &Scalar, function: &Function, args: &[Scalar], schema: &Schema) -> Result<Kind, String> {
    let takes = |fits: &[fn(Kind) -> bool], what: &str| {
        if fits.len() != args.len() {
            return Err(format!("`{scalar}` takes {what}"));
        }
        let kinds = args.iter().zip(fits).map(|(arg, fits)| expect(arg, schema, fits, what));
        kinds.collect::<Result<Vec<_>, _>>()
    };
    let is_text: fn(Kind) -> bool = |kind| kind == Kind::Text;
    let is_date: fn(Kind) -> bool = |kind| kind == Kind::Date;
    Ok(match function {
        Function::Lower | Function::Upper | Function::Trim | Function::Md5 | Function::Masked => {
            takes(&[is_text], "one text")?;
            Kind::Text
        }
        Function::Length | Function::Bucket { .. } => {
            takes(&[is_text], "one text")?;
            Kind::Int
        }
        Function::Concat => {
            takes(&vec![is_text; args.len()], "texts")?;
            Kind::Text
        }
        Function::Contains | Function::StartsWith | Function::EndsWith => {
            takes(&[is_text, is_text], "two texts")?;
            Kind::Bool
        }
        Function::Matches { pattern } => {
            Regex::new(pattern).map_err(|error| format!("`{pattern}` is no pattern: {error}"))?;
            takes(&[is_text], "one text")?;
            Kind::Bool
        }
        Function::Round { places } if *places > 9 => {
            return Err(format!("`{scalar}`: decimals have 9 places"));
        }
        Function::Round { .. } | Function::Floor | Function::Ceil | Function::Abs => {
            takes(&[Kind::is_number], "one number")?[0]
        }
        Function::Year | Function::Month | Function::Day | Function::Weekday => {
            takes(&[is_date], "one date")?;
            Kind::Int
        }
        Function::DaysBetween => {
            takes(&[is_date, is_date], "two dates")?;
            Kind::Int
        }
        Function::Canonical => {
            takes(&[Kind::is_ordered], "one value that is no list, record or raw column")?;
            Kind::Text
        }
    })
}
