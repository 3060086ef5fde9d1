//! Arrow columns turned into rows of values.

use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::iterator::ArrayIter;
use arrow_array::{Array, ArrayAccessor, RecordBatch, types as arrow};
use arrow_schema::{DataType, Field, TimeUnit};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use persona_value::{Decimal, Value};

use crate::error::Error;

/// Appends a batch's rows, each of one value per column.
pub(crate) fn append_rows(batch: &RecordBatch, rows: &mut Vec<Vec<Value>>) -> Result<(), Error> {
    let start = rows.len();
    rows.resize_with(start + batch.num_rows(), || Vec::with_capacity(batch.num_columns()));
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let values = values(field, array).map_err(|Unsupported(type_name)| Error::UnsupportedType {
            column: field.name().clone(),
            type_name,
        })?;
        for (row, value) in rows[start..].iter_mut().zip(values) {
            row.push(value);
        }
    }
    Ok(())
}

/// The name of a type that has no counterpart.
struct Unsupported(String);

fn values(field: &Field, array: &dyn Array) -> Result<Vec<Value>, Unsupported> {
    let unsupported = || Unsupported(type_name(field));
    Ok(match array.data_type() {
        DataType::Null => vec![Value::Missing; array.len()],
        DataType::Boolean => each(array.as_boolean(), Value::Bool),
        DataType::Int8 => each(array.as_primitive::<arrow::Int8Type>(), |n| Value::Int(n.into())),
        DataType::Int16 => each(array.as_primitive::<arrow::Int16Type>(), |n| Value::Int(n.into())),
        DataType::Int32 => each(array.as_primitive::<arrow::Int32Type>(), |n| Value::Int(n.into())),
        DataType::Int64 => each(array.as_primitive::<arrow::Int64Type>(), Value::Int),
        DataType::UInt8 => each(array.as_primitive::<arrow::UInt8Type>(), |n| Value::Int(n.into())),
        DataType::UInt16 => each(array.as_primitive::<arrow::UInt16Type>(), |n| Value::Int(n.into())),
        DataType::UInt32 => each(array.as_primitive::<arrow::UInt32Type>(), |n| Value::Int(n.into())),
        DataType::UInt64 => each(array.as_primitive::<arrow::UInt64Type>(), |n| decimal(n.into(), 0)),
        DataType::Float32 => each(array.as_primitive::<arrow::Float32Type>(), number),
        DataType::Float64 => each(array.as_primitive::<arrow::Float64Type>(), number),
        DataType::Decimal32(_, scale) => {
            each(array.as_primitive::<arrow::Decimal32Type>(), |n| decimal(n.into(), *scale))
        }
        DataType::Decimal64(_, scale) => {
            each(array.as_primitive::<arrow::Decimal64Type>(), |n| decimal(n.into(), *scale))
        }
        DataType::Decimal128(_, scale) => {
            each(array.as_primitive::<arrow::Decimal128Type>(), |n| decimal(n, *scale))
        }
        DataType::Decimal256(_, scale) => each(array.as_primitive::<arrow::Decimal256Type>(), |n| {
            n.to_i128().map_or(Value::Missing, |n| decimal(n, *scale))
        }),
        DataType::Utf8 if is_numeric(field) => each(array.as_string::<i32>(), numeric),
        DataType::Utf8 => each(array.as_string::<i32>(), Value::text),
        DataType::LargeUtf8 => each(array.as_string::<i64>(), Value::text),
        DataType::Utf8View => each(array.as_string_view(), Value::text),
        DataType::Binary => try_each(array.as_binary::<i32>(), |bytes| utf8(bytes).ok_or_else(unsupported))?,
        DataType::FixedSizeBinary(16) if is_uuid(field) => each(array.as_fixed_size_binary(), uuid),
        DataType::Date32 => each(array.as_primitive::<arrow::Date32Type>(), |days| date(days.into())),
        DataType::Time32(TimeUnit::Second) => each(array.as_primitive::<arrow::Time32SecondType>(), |n| {
            time(SignedDuration::from_secs(n.into()))
        }),
        DataType::Time32(_) => each(array.as_primitive::<arrow::Time32MillisecondType>(), |n| {
            time(SignedDuration::from_millis(n.into()))
        }),
        DataType::Time64(TimeUnit::Nanosecond) => {
            each(array.as_primitive::<arrow::Time64NanosecondType>(), |n| time(SignedDuration::from_nanos(n)))
        }
        DataType::Time64(_) => each(array.as_primitive::<arrow::Time64MicrosecondType>(), |n| {
            time(SignedDuration::from_micros(n))
        }),
        // With a zone or without one: both are in UTC, the zone is only how the engine would show it.
        DataType::Timestamp(TimeUnit::Second, _) => {
            each(array.as_primitive::<arrow::TimestampSecondType>(), |n| instant(Timestamp::from_second(n)))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            each(array.as_primitive::<arrow::TimestampMillisecondType>(), |n| {
                instant(Timestamp::from_millisecond(n))
            })
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            each(array.as_primitive::<arrow::TimestampMicrosecondType>(), |n| {
                instant(Timestamp::from_microsecond(n))
            })
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            each(array.as_primitive::<arrow::TimestampNanosecondType>(), |n| {
                instant(Timestamp::from_nanosecond(n.into()))
            })
        }
        DataType::List(item) => {
            let list = array.as_list::<i32>();
            let offsets = list.value_offsets();
            lists(array, values(item, list.values())?, |i| offsets[i] as usize..offsets[i + 1] as usize)
        }
        DataType::LargeList(item) => {
            let list = array.as_list::<i64>();
            let offsets = list.value_offsets();
            lists(array, values(item, list.values())?, |i| offsets[i] as usize..offsets[i + 1] as usize)
        }
        DataType::FixedSizeList(item, _) => {
            let list = array.as_fixed_size_list();
            let length = list.value_length().max(0) as usize;
            let items = values(item, list.values())?;
            lists(array, items, |i| i * length..(i + 1) * length)
        }
        DataType::Struct(fields) => {
            let record = array.as_struct();
            let mut names_and_values = Vec::with_capacity(fields.len());
            for (field, column) in fields.iter().zip(record.columns()) {
                let name: Arc<str> = field.name().as_str().into();
                names_and_values.push((name, values(field, column)?.into_iter()));
            }
            let mut next =
                || names_and_values.iter_mut().filter_map(|(n, v)| Some((n.clone(), v.next()?))).collect();
            let records: Vec<Value> = (0..array.len()).map(|_| Value::Record(next())).collect();
            present(array, records)
        }
        // Enums of DuckDB: each row holds the number of its value.
        DataType::Dictionary(_, item) => {
            let dictionary = array.as_any_dictionary();
            let words = values(&Field::new(field.name(), (**item).clone(), true), dictionary.values())?;
            let word = |key: &usize| words.get(*key).cloned().unwrap_or(Value::Missing);
            present(array, dictionary.normalized_keys().iter().map(word).collect())
        }
        _ => return Err(unsupported()),
    })
}

fn each<A: ArrayAccessor>(array: A, convert: impl Fn(A::Item) -> Value) -> Vec<Value> {
    ArrayIter::new(array).map(|item| item.map_or(Value::Missing, &convert)).collect()
}

fn try_each<A: ArrayAccessor>(
    array: A,
    convert: impl Fn(A::Item) -> Result<Value, Unsupported>,
) -> Result<Vec<Value>, Unsupported> {
    ArrayIter::new(array).map(|item| item.map_or(Ok(Value::Missing), &convert)).collect()
}

/// Missing where the array has none, whatever was put there.
fn present(array: &dyn Array, values: Vec<Value>) -> Vec<Value> {
    values
        .into_iter()
        .enumerate()
        .map(|(i, value)| if array.is_null(i) { Value::Missing } else { value })
        .collect()
}

/// The language's lists hold no missing, so the engine's lose theirs.
fn lists(array: &dyn Array, items: Vec<Value>, range: impl Fn(usize) -> Range<usize>) -> Vec<Value> {
    let list = |index| {
        items.get(range(index)).unwrap_or_default().iter().filter(|v| !v.is_missing()).cloned().collect()
    };
    (0..array.len()).map(|i| if array.is_null(i) { Value::Missing } else { Value::List(list(i)) }).collect()
}

/// `n / 10^scale`. Without places after the point it is whole: an `Int` where it fits, as sums of whole numbers are.
fn decimal(n: i128, scale: i8) -> Value {
    if let (0, Ok(whole)) = (scale, i64::try_from(n)) {
        return Value::Int(whole);
    }
    let shift = u32::from((9 - i16::from(scale)).unsigned_abs());
    let units = match 10i128.checked_pow(shift) {
        Some(by) if scale <= 9 => n.checked_mul(by),
        // What is cut off, in halves: 0, or one away from zero.
        Some(by) => Some(n / by + (n % by) / (by / 2)),
        None => None,
    };
    units.and_then(|units| Decimal::from_units(units).ok()).map_or(Value::Missing, Value::Decimal)
}

/// A float by its shortest decimal form, which is the one it was written in: 0.1 is 0.1.
fn number(n: impl Display) -> Value {
    numeric(&n.to_string())
}

/// A number in digits; NaN, infinities and what is too long have no value.
fn numeric(digits: &str) -> Value {
    digits.parse().map_or(Value::Missing, Value::Decimal)
}

/// PostgreSQL's `numeric` has no bound, so its driver sends the digits as text.
fn is_numeric(field: &Field) -> bool {
    field.metadata().get("ADBC:postgresql:typname").is_some_and(|name| name == "numeric")
}

fn is_uuid(field: &Field) -> bool {
    field.extension_type_name() == Some("arrow.uuid")
}

fn uuid(bytes: &[u8]) -> Value {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| hex.get(group).unwrap_or_default());
    Value::text(groups.join("-"))
}

/// Types a server's users declare, enums above all, come as the bytes of their text.
fn utf8(bytes: &[u8]) -> Option<Value> {
    std::str::from_utf8(bytes).ok().map(Value::text)
}

fn date(days: i64) -> Value {
    const EPOCH: Date = Date::constant(1970, 1, 1);
    let date =
        days.checked_mul(24).and_then(|hours| EPOCH.checked_add(SignedDuration::from_hours(hours)).ok());
    date.map_or(Value::Missing, Value::Date)
}

fn time(since_midnight: SignedDuration) -> Value {
    Time::midnight().checked_add(since_midnight).map_or(Value::Missing, Value::Time)
}

fn instant(instant: Result<Timestamp, jiff::Error>) -> Value {
    instant.map_or(Value::Missing, Value::Instant)
}

/// The engine's own name where the driver passes it on, else Arrow's.
fn type_name(field: &Field) -> String {
    let of_the_engine =
        field.metadata().get("ADBC:postgresql:typname").or(field.metadata().get("POSTGRESQL:type"));
    of_the_engine.cloned().unwrap_or_else(|| field.data_type().to_string())
}
