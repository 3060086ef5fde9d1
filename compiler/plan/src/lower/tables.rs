//! The tables that belong to persona: their names and columns.

use std::sync::Arc;

use persona_model::{EVENT_FIELDS, Entity, Event, Model};
use persona_value::{RecordType, Type};

use crate::{Column, Place, Rel, Schema, Table};

/// Customers' attributes, a row a customer.
pub const CUSTOMER: &str = "customer";
/// Every grant and withdrawal of a consent: `customer`, `consent`, `at`, `given`.
pub const CONSENT_LOG: &str = "consent_log";
/// Addresses that are never written to: `email`, `reason`.
pub const SUPPRESSION: &str = "suppression";
/// In a list's table: the id of the event the item belongs to.
pub const ITEM_EVENT: &str = "item_event";
/// In a list's table: the item's place, from 1.
pub const POSITION: &str = "item_position";
/// When an event happened.
pub const AT: &str = "at";

/// Where a source's file is loaded to.
pub fn raw_table(source: &str) -> Arc<str> {
    format!("raw_{source}").into()
}

/// An event's table: a row an event.
pub fn event_table(event: &str) -> Arc<str> {
    format!("event_{event}").into()
}

/// The table of an event's list field: a row an item.
pub fn list_table(event: &str, field: &str) -> Arc<str> {
    format!("event_{event}__{field}").into()
}

/// What an entity's table begins with.
const ENTITY: &str = "entity_";

/// An entity's table.
pub fn entity_table(entity: &str) -> Arc<str> {
    format!("{ENTITY}{entity}").into()
}

/// Whether one of persona's own tables is an entity's.
pub fn is_entity_table(name: &str) -> bool {
    name.starts_with(ENTITY)
}

/// A list trait's table: a row an item.
pub fn trait_table(name: &str) -> Arc<str> {
    format!("{}{name}", super::names::TRAIT).into()
}

fn own(name: impl Into<Arc<str>>, columns: impl IntoIterator<Item = Column>) -> Table {
    Table { place: Place::Own(name.into()), schema: columns.into_iter().collect() }
}

pub(crate) fn customer(model: &Model) -> Table {
    own(
        CUSTOMER,
        model.customer.attributes.iter().map(|a| Column::new(a.name.clone(), a.ty.clone(), a.optional)),
    )
}

pub(super) fn event(event: &Event) -> Table {
    let built_in = EVENT_FIELDS.iter().map(|(name, ty)| Column::new(*name, ty.clone(), false));
    let fields = event.fields.iter().filter(|f| !matches!(f.ty, Type::List(_)));
    own(
        event_table(&event.name),
        built_in.chain(fields.map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional))),
    )
}

pub(super) fn list(event: &str, field: &str, record: &RecordType) -> Table {
    let keys = [Column::new(ITEM_EVENT, Type::Text, false), Column::new(POSITION, Type::Int, false)];
    own(list_table(event, field), keys.into_iter().chain(columns(record)))
}

pub(super) fn entity(entity: &Entity) -> Table {
    own(
        entity_table(&entity.name),
        entity.fields.iter().map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional)),
    )
}

pub(super) fn consent_log() -> Table {
    own(
        CONSENT_LOG,
        [
            Column::new("customer", Type::Text, false),
            Column::new("consent", Type::Text, false),
            Column::new("at", Type::Timestamp, false),
            Column::new("given", Type::Bool, false),
        ],
    )
}

/// Every grant and withdrawal of a consent.
pub fn consent_log_rows() -> Rel {
    consent_log().into()
}

pub(super) fn suppression() -> Table {
    own(SUPPRESSION, [Column::new("email", Type::Email, false), Column::new("reason", Type::Text, true)])
}

pub(super) fn columns(record: &RecordType) -> impl Iterator<Item = Column> + '_ {
    record.fields.iter().map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional))
}

impl From<Table> for Rel {
    fn from(table: Table) -> Rel {
        Rel::Table(table)
    }
}

/// The columns of a table, each by its name.
pub(super) fn names(schema: &Schema) -> Vec<(Arc<str>, crate::Scalar)> {
    schema.columns.iter().map(|c| (c.name.clone(), crate::Scalar::Column(c.name.clone()))).collect()
}
