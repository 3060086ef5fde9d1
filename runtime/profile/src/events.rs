//! Events that the engine watches for.

use std::collections::HashMap;
use std::sync::Arc;

use persona_engine::{Occurrence, Watch};
use persona_model::{Attribute, Model};
use persona_plan::Schema;
use persona_plan::lower::{ITEM_EVENT, POSITION};
use persona_value::{RecordType, Type, Value};

use crate::{NoColumn, Rows};

/// A list field's items by the id of their event, in their order.
pub type Items = HashMap<Arc<str>, Vec<Value>>;

/// The fields of a watched event that are lists, each with what its items are.
pub fn list_fields<'m>(model: &'m Model, watch: &Watch) -> Vec<(&'m Attribute, &'m RecordType)> {
    let fields = model.event(&watch.filter.event).map(|event| &event.fields[..]).unwrap_or_default();
    let record = |field: &'m Attribute| match &field.ty {
        Type::List(item) => match &**item {
            Type::Record(record) => Some((field, &**record)),
            _ => None,
        },
        _ => None,
    };
    fields.iter().filter_map(record).collect()
}

/// The items of a list field, out of their table.
pub fn items_by_event(record: &RecordType, table: Rows) -> Result<Items, NoColumn> {
    let (event, position) = (table.column(ITEM_EVENT)?, table.column(POSITION)?);
    let mut placed: HashMap<Arc<str>, Vec<(i64, Value)>> = HashMap::new();
    for row in table.rows {
        let Some(id) = row[event].as_text() else { continue };
        let fields = record.fields.iter().map(|f| {
            let at = table.column(&f.name);
            (f.name.clone(), at.map_or(Value::Missing, |at| row[at].shaped(&f.ty)))
        });
        let item = (row[position].whole(), Value::Record(fields.collect()));
        placed.entry(id.into()).or_default().push(item);
    }
    let in_order = placed.into_iter().map(|(id, mut items)| {
        items.sort_by_key(|(position, _)| *position);
        (id, items.into_iter().map(|(_, item)| item).collect())
    });
    Ok(in_order.collect())
}

/// What happened of a watched event: rows of this schema, with the items of its list fields.
pub fn occurrences(
    watch: &Watch,
    schema: &Schema,
    rows: &[Vec<Value>],
    lists: &[(Arc<str>, Items)],
) -> Vec<Occurrence> {
    let occurrence = |row: &Vec<Value>| {
        let columns = schema.columns.iter().zip(row);
        let mut fields: Vec<(Arc<str>, Value)> =
            columns.map(|(column, value)| (column.name.clone(), value.shaped(&column.ty))).collect();
        let field = |wanted: &str| fields.iter().find(|(n, _)| **n == *wanted).map(|(_, v)| v.clone());
        let (Some(Value::Text(customer)), Some(Value::Instant(at)), Some(Value::Text(id))) =
            (field("customer"), field("at"), field("id"))
        else {
            return None;
        };
        let key = watch.key.as_ref().and_then(|key| written(&field(key)?));
        let items = lists
            .iter()
            .map(|(name, items)| (name.clone(), Value::List(items.get(&id).cloned().unwrap_or_default())));
        fields.extend(items);
        Some(Occurrence { customer, key, at, id, event: Value::Record(fields.into()) })
    };
    rows.iter().filter_map(occurrence).collect()
}

/// A key's value as text.
fn written(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(n) => Some(n.to_string().into()),
        Value::Decimal(d) => Some(d.to_string().into()),
        Value::Bool(b) => Some(b.to_string().into()),
        Value::Date(d) => Some(d.to_string().into()),
        Value::Instant(t) => Some(t.to_string().into()),
        _ => None,
    }
}
