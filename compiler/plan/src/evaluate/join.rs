//! Rows of two relations side by side.

use std::collections::HashMap;
use std::sync::Arc;

use persona_value::Value;

use super::Rows;
use super::kind::decimal;
use super::scalar::{Columns, Scope};
use crate::{Join, Scalar, Schema};

/// The rows of a join; `both` is the schema of a pair.
pub(super) fn join(
    scope: &Scope,
    kind: Join,
    (left, right): (&Rows, &Rows),
    on: &[(Arc<str>, Arc<str>)],
    and: Option<&Scalar>,
    both: &Schema,
) -> Result<Vec<Vec<Value>>, String> {
    let (left_columns, right_columns) = (Columns::of(&left.schema), Columns::of(&right.schema));
    let both = Columns::of(both);
    let left_keys = on.iter().map(|(name, _)| left_columns.place(name)).collect::<Result<Vec<_>, _>>()?;
    let right_keys = on.iter().map(|(_, name)| right_columns.place(name)).collect::<Result<Vec<_>, _>>()?;

    let mut candidates: HashMap<Vec<Value>, Vec<&Vec<Value>>> = HashMap::new();
    for row in &right.rows {
        if let Some(key) = key(row, &right_keys) {
            candidates.entry(key).or_default().push(row);
        }
    }

    let mut rows = Vec::new();
    for row in &left.rows {
        let mut pairs = Vec::new();
        for partner in key(row, &left_keys).and_then(|key| candidates.get(&key)).into_iter().flatten() {
            let pair = [row.as_slice(), partner.as_slice()].concat();
            if and.map_or(Ok(true), |and| scope.holds(and, &both, &pair))? {
                pairs.push(pair);
            }
        }
        match kind {
            Join::Inner => rows.append(&mut pairs),
            Join::Left if pairs.is_empty() => {
                let nothing = right.schema.columns.iter().map(|_| Value::Missing);
                rows.push(row.iter().cloned().chain(nothing).collect());
            }
            Join::Left => rows.append(&mut pairs),
            Join::Semi if !pairs.is_empty() => rows.push(row.clone()),
            Join::Anti if pairs.is_empty() => rows.push(row.clone()),
            Join::Semi | Join::Anti => {}
        }
    }
    Ok(rows)
}

/// What must be equal; none if a part is missing, for that equals nothing. An int and the decimal of its size
/// are equal.
fn key(row: &[Value], places: &[usize]) -> Option<Vec<Value>> {
    places
        .iter()
        .map(|place| match &row[*place] {
            Value::Missing => None,
            whole @ Value::Int(_) => decimal(whole).map(Value::Decimal),
            other => Some(other.clone()),
        })
        .collect()
}
