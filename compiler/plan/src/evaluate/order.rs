//! Rows in order: numbers and equal shares.

use std::cmp::Ordering;

use persona_value::Value;

use super::Rows;
use super::group::groups;
use super::kind::order;
use super::scalar::Columns;
use crate::Order;

/// Every row with its number, from 1, in its group.
pub(super) fn number(
    input: Rows,
    per: &[std::sync::Arc<str>],
    by: &[Order],
) -> Result<Vec<Vec<Value>>, String> {
    let columns = Columns::of(&input.schema);
    let mut numbers = vec![0; input.rows.len()];
    for (_, members) in groups(&input.rows, &columns.places(per)?) {
        for (before, row) in sorted(&input.rows, members, by, &columns)?.into_iter().enumerate() {
            numbers[row] = before + 1;
        }
    }
    append(input.rows, numbers)
}

/// Every row with its share, from 1: the first shares are the larger ones where the rows do not divide
/// evenly.
pub(super) fn ntile(input: Rows, buckets: i64, by: &[Order]) -> Result<Vec<Vec<Value>>, String> {
    let buckets = usize::try_from(buckets).ok().filter(|b| *b > 0);
    let buckets = buckets.ok_or("shares are counted from 1")?;
    let columns = Columns::of(&input.schema);
    let (size, larger) = (input.rows.len() / buckets, input.rows.len() % buckets);
    let in_larger = larger * (size + 1);
    let mut shares = vec![0; input.rows.len()];
    let all = (0..input.rows.len()).collect();
    for (before, row) in sorted(&input.rows, all, by, &columns)?.into_iter().enumerate() {
        let share =
            if before < in_larger { before / (size + 1) } else { larger + (before - in_larger) / size };
        shares[row] = share + 1;
    }
    append(input.rows, shares)
}

fn append(mut rows: Vec<Vec<Value>>, column: Vec<usize>) -> Result<Vec<Vec<Value>>, String> {
    for (row, number) in rows.iter_mut().zip(column) {
        row.push(Value::Int(i64::try_from(number).map_err(|_| "there are too many rows to number")?));
    }
    Ok(rows)
}

/// These rows, first to last. Rows that tie must be the same: which is first would be up to the engine.
fn sorted(
    rows: &[Vec<Value>],
    mut these: Vec<usize>,
    by: &[Order],
    columns: &Columns,
) -> Result<Vec<usize>, String> {
    let mut terms = Vec::new();
    for term in by {
        terms.push((columns.place(&term.column)?, term.descending));
    }
    let compare = |a: &usize, b: &usize| {
        let of_term = |(column, descending): &(usize, bool)| {
            let (a, b) = (&rows[*a][*column], &rows[*b][*column]);
            match (a.is_missing(), b.is_missing()) {
                (false, false) => {
                    let order = order(a, b).unwrap_or(Ordering::Equal);
                    if *descending { order.reverse() } else { order }
                }
                (a, b) => a.cmp(&b),
            }
        };
        terms.iter().map(of_term).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    these.sort_by(compare);
    let undecided = |pair: &[usize]| compare(&pair[0], &pair[1]).is_eq() && rows[pair[0]] != rows[pair[1]];
    if these.windows(2).any(undecided) {
        let by: Vec<String> = by.iter().map(Order::to_string).collect();
        return Err(format!("different rows tie in the order by {}", by.join(", ")));
    }
    Ok(these)
}
