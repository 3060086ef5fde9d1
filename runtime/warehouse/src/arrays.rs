//! Rows of values turned into Arrow columns: the way back from `values`.

use std::sync::Arc;

use arrow_array::builder::{NullBufferBuilder, OffsetBufferBuilder};
use arrow_array::types::{
    Date32Type, Decimal128Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, ListArray, NullArray, PrimitiveArray, RecordBatch,
    RecordBatchIterator, RecordBatchReader, StringArray, StructArray,
};
use arrow_schema::{ArrowError, Field, Fields, Schema};
use jiff::civil::{Date, Time};
use persona_value::Value;

use crate::Rows;
use crate::error::Error;

/// The rows as Arrow, without the columns that are missing throughout: what those would be no value tells.
pub(crate) fn arrays(rows: &Rows) -> Result<Arrays, Error> {
    let mut columns = Vec::new();
    for (index, name) in rows.columns.iter().enumerate() {
        let values: Vec<&Value> =
            rows.rows.iter().map(|row| row.get(index).unwrap_or(&Value::Missing)).collect();
        if !values.iter().all(|value| value.is_missing()) {
            let array = array(&values).map_err(|Mixed| Error::MixedColumn { column: name.clone() })?;
            columns.push((name.clone(), array));
        }
    }
    Ok(Arrays(columns))
}

/// Named columns of one length.
pub(crate) struct Arrays(Vec<(String, ArrayRef)>);

impl Arrays {
    pub(crate) fn has(&self, column: &str) -> bool {
        self.0.iter().any(|(name, _)| name == column)
    }

    pub(crate) fn into_reader(self) -> Result<Box<dyn RecordBatchReader + Send>, ArrowError> {
        let field = |(name, array): &(String, ArrayRef)| Field::new(name, array.data_type().clone(), true);
        let schema = Arc::new(Schema::new(self.0.iter().map(field).collect::<Vec<_>>()));
        let batch =
            RecordBatch::try_new(schema.clone(), self.0.into_iter().map(|(_, array)| array).collect())?;
        Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)))
    }
}

/// A column holds values of several kinds.
struct Mixed;

fn array(values: &[&Value]) -> Result<ArrayRef, Mixed> {
    let Some(first) = values.iter().find(|value| !value.is_missing()) else {
        return Ok(Arc::new(NullArray::new(values.len())));
    };
    Ok(match first {
        Value::Missing => Arc::new(NullArray::new(values.len())),
        Value::Bool(_) => Arc::new(BooleanArray::from(pick(values, |value| match value {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        })?)),
        Value::Int(_) | Value::Decimal(_)
            if values.iter().any(|value| matches!(value, Value::Decimal(_))) =>
        {
            let units = primitive::<Decimal128Type>(values, |value| match value {
                Value::Decimal(decimal) => Some(decimal.units()),
                Value::Int(whole) => Some(i128::from(*whole) * 1_000_000_000),
                _ => None,
            })?;
            Arc::new(units.with_precision_and_scale(38, 9).map_err(|_| Mixed)?)
        }
        Value::Int(_) | Value::Decimal(_) => Arc::new(primitive::<Int64Type>(values, |value| match value {
            Value::Int(whole) => Some(*whole),
            _ => None,
        })?),
        Value::Text(_) => Arc::new(StringArray::from(pick(values, Value::as_text)?)),
        Value::Date(_) => Arc::new(primitive::<Date32Type>(values, |value| match value {
            Value::Date(date) => {
                i32::try_from(date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24).ok()
            }
            _ => None,
        })?),
        Value::Time(_) => Arc::new(primitive::<Time64MicrosecondType>(values, |value| match value {
            Value::Time(time) => i64::try_from(time.duration_since(Time::midnight()).as_micros()).ok(),
            _ => None,
        })?),
        Value::Instant(_) => Arc::new(primitive::<TimestampMicrosecondType>(values, |value| match value {
            Value::Instant(instant) => Some(instant.as_microsecond()),
            _ => None,
        })?),
        Value::List(_) => list(values)?,
        Value::Record(fields) => {
            let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
            record(values, &names)?
        }
    })
}

/// What each value holds; nothing where it is missing.
fn pick<'v, T>(values: &[&'v Value], hold: impl Fn(&'v Value) -> Option<T>) -> Result<Vec<Option<T>>, Mixed> {
    let held =
        |value: &&'v Value| if value.is_missing() { Ok(None) } else { hold(value).map(Some).ok_or(Mixed) };
    values.iter().map(held).collect()
}

fn primitive<T: ArrowPrimitiveType>(
    values: &[&Value],
    hold: impl Fn(&Value) -> Option<T::Native>,
) -> Result<PrimitiveArray<T>, Mixed> {
    Ok(pick(values, hold)?.into_iter().collect())
}

fn list(values: &[&Value]) -> Result<ArrayRef, Mixed> {
    let mut items = Vec::new();
    let mut offsets = OffsetBufferBuilder::<i32>::new(values.len());
    let mut present = NullBufferBuilder::new(values.len());
    for value in values {
        let own: &[Value] = match value {
            Value::List(own) => own,
            Value::Missing => &[],
            _ => return Err(Mixed),
        };
        offsets.push_length(own.len());
        present.append(!value.is_missing());
        items.extend(own);
    }
    let items = array(&items)?;
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(field, offsets.finish(), items, present.finish()).map_err(|_| Mixed)?))
}

fn record(values: &[&Value], names: &[&str]) -> Result<ArrayRef, Mixed> {
    if values.iter().any(|value| !matches!(value, Value::Record(_) | Value::Missing)) {
        return Err(Mixed);
    }
    let mut present = NullBufferBuilder::new(values.len());
    values.iter().for_each(|value| present.append(!value.is_missing()));
    let mut fields = Vec::with_capacity(names.len());
    let mut arrays = Vec::with_capacity(names.len());
    for name in names {
        let own: Vec<&Value> = values.iter().map(|value| value.field(name)).collect();
        let own = array(&own)?;
        fields.push(Field::new(*name, own.data_type().clone(), true));
        arrays.push(own);
    }
    Ok(Arc::new(StructArray::try_new(Fields::from(fields), arrays, present.finish()).map_err(|_| Mixed)?))
}
