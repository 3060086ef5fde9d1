//! Groups of rows and what is computed from one.

use std::collections::{HashMap, HashSet};

use persona_value::{Decimal, Total, Type, Value};

use super::Rows;
use super::kind::{Kind, order};
use super::scalar::Columns;
use crate::Aggregate;

/// Rows (by their place) with the same values in these columns, in the order in which the groups first
/// appear. Missing is a value like any other here.
pub(super) fn groups(rows: &[Vec<Value>], keys: &[usize]) -> Vec<(Vec<Value>, Vec<usize>)> {
    let mut places = HashMap::new();
    let mut groups: Vec<(Vec<Value>, Vec<usize>)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let key: Vec<Value> = keys.iter().map(|column| row[*column].clone()).collect();
        let place = *places.entry(key).or_insert_with_key(|key| {
            groups.push((key.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(at);
    }
    groups
}

/// One row a group: its keys, then its values.
pub(super) fn aggregate(
    input: &Rows,
    keys: &[std::sync::Arc<str>],
    values: &[(std::sync::Arc<str>, Aggregate)],
) -> Result<Vec<Vec<Value>>, String> {
    let columns = Columns::of(&input.schema);
    let mut groups = groups(&input.rows, &columns.places(keys)?);
    if keys.is_empty() && groups.is_empty() {
        groups.push((Vec::new(), Vec::new()));
    }
    let mut rows = Vec::new();
    for (mut row, members) in groups {
        for (_, value) in values {
            row.push(match value.column() {
                None => count(members.len()),
                Some(name) => {
                    let place = columns.place(name)?;
                    let cells = members.iter().map(|member| &input.rows[*member][place]);
                    let present = cells.filter(|cell| !cell.is_missing()).collect();
                    of_present(value, present, &input.schema.columns[place].ty)
                }
            });
        }
        rows.push(row);
    }
    Ok(rows)
}

/// An aggregate of the values of a column that are not missing.
fn of_present(aggregate: &Aggregate, values: Vec<&Value>, ty: &Type) -> Value {
    match aggregate {
        Aggregate::Count | Aggregate::CountPresent(_) => count(values.len()),
        Aggregate::CountDistinct(_) => count(values.into_iter().collect::<HashSet<_>>().len()),
        Aggregate::Sum(_) if Kind::of(ty) == Some(Kind::Int) => {
            let wholes = values.into_iter().filter_map(|value| match value {
                Value::Int(whole) => Some(i128::from(*whole)),
                _ => None,
            });
            i64::try_from(wholes.sum::<i128>()).map_or(Value::Missing, Value::Int)
        }
        Aggregate::Sum(_) => total(&values).sum().map_or(Value::Missing, Value::Decimal),
        Aggregate::Avg(_) => {
            let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
            total(&values).mean(count).map_or(Value::Missing, Value::Decimal)
        }
        Aggregate::Min(_) => values
            .into_iter()
            .min_by(|a, b| order(a, b).unwrap_or(std::cmp::Ordering::Equal))
            .cloned()
            .unwrap_or(Value::Missing),
        Aggregate::Max(_) => values
            .into_iter()
            .max_by(|a, b| order(a, b).unwrap_or(std::cmp::Ordering::Equal))
            .cloned()
            .unwrap_or(Value::Missing),
    }
}

fn total(values: &[&Value]) -> Total {
    let mut total = Total::default();
    for value in values {
        total.add(super::kind::decimal(value).unwrap_or(Decimal::ZERO));
    }
    total
}

fn count(rows: usize) -> Value {
    Value::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}
