//! What has become known, as the tables that plans read.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::Grant;
use persona_model::{Model, Values};
use persona_plan::lower::{
    CONSENT_LOG, CUSTOMER, ITEM_EVENT, POSITION, SUPPRESSION, entity_table, event_table, list_table,
};
use persona_plan::{Column, Place, Rows, Schema, Tables};
use persona_value::{Type, Value};

use crate::history::{kinds, set, value};
use crate::{Change, History};

/// All that is known at an instant.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub customers: BTreeMap<Arc<str>, Values>,
    entities: Vec<(Arc<str>, Values)>,
    /// By event and id: of several with one id the earliest counts.
    events: BTreeMap<(Arc<str>, Arc<str>), Values>,
    pub consents: Vec<(Timestamp, Arc<str>, Arc<str>, bool)>,
}

impl Known {
    pub fn new(history: &History) -> Known {
        let (customers, entities) = (history.customers.clone(), history.entities.clone());
        Known { customers, entities, events: BTreeMap::new(), consents: Vec::new() }
    }

    pub fn learn(&mut self, change: &Change) {
        match change {
            Change::Event(event, values) => {
                let Value::Text(id) = value(values, "id") else { return };
                let key = (event.clone(), id);
                let at = |values: &Values| match value(values, "at") {
                    Value::Instant(at) => at,
                    _ => Timestamp::MAX,
                };
                if self.events.get(&key).is_none_or(|known| at(values) < at(known)) {
                    self.events.insert(key, values.clone());
                }
            }
            Change::Attributes { customer, values, .. } => {
                if let Some(known) = self.customers.get_mut(customer) {
                    set(known, values);
                }
            }
            Change::Consent { at, customer, consent, given } => {
                self.consents.push((*at, customer.clone(), consent.clone(), *given));
            }
        }
    }

    /// Consents given in `(from, now]`.
    pub fn grants(&self, from: Timestamp, now: Timestamp) -> Vec<Grant> {
        let given = self.consents.iter().filter(|(at, _, _, given)| *given && *at > from && *at <= now);
        let grant = given.map(|(at, customer, consent, _)| Grant {
            consent: consent.clone(),
            customer: customer.clone(),
            at: *at,
        });
        grant.collect()
    }

    /// Every entity's rows as records, by key.
    pub fn entities(&self, model: &Model) -> BTreeMap<Arc<str>, Vec<(Value, Value)>> {
        let mut all: BTreeMap<Arc<str>, Vec<(Value, Value)>> = BTreeMap::new();
        for (name, values) in &self.entities {
            let Some(entity) = model.entity(name) else { continue };
            let fields = entity.fields.iter().map(|f| (f.name.clone(), value(values, &f.name)));
            let record = Value::Record(fields.collect());
            let key = record.field(entity.key()).clone();
            all.entry(name.clone()).or_default().push((key, record));
        }
        all
    }

    pub fn tables(&self, model: &Model) -> Tables {
        let mut tables = Tables::new();
        let mut put = |name: Arc<str>, schema: Schema, rows: Vec<Vec<Value>>| {
            tables.insert(Place::Own(name), Rows::new(schema, rows));
        };
        let attributes = &model.customer.attributes;
        let schema: Schema =
            attributes.iter().map(|a| Column::new(a.name.clone(), a.ty.clone(), a.optional)).collect();
        let rows = self.customers.values().map(|values| row(&schema, values)).collect();
        put(CUSTOMER.into(), schema, rows);
        for entity in &model.entities {
            let fields = entity.fields.iter().map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional));
            let schema: Schema = fields.collect();
            let own = self.entities.iter().filter(|(name, _)| *name == entity.name);
            let rows = own.map(|(_, values)| row(&schema, values)).collect();
            put(entity_table(&entity.name), schema, rows);
        }
        for event in kinds(model) {
            let own = || self.events.iter().filter(|((name, _), _)| *name == event.name);
            let built_in = persona_model::EVENT_FIELDS.iter();
            let built_in = built_in.map(|(name, ty)| Column::new(*name, ty.clone(), false));
            let fields = event.fields.iter().filter(|f| !matches!(f.ty, Type::List(_)));
            let fields = fields.map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional));
            let schema: Schema = built_in.chain(fields).collect();
            let rows = own().map(|(_, values)| row(&schema, values)).collect();
            put(event_table(&event.name), schema, rows);
            for field in &event.fields {
                let Type::List(item) = &field.ty else { continue };
                let Type::Record(record) = &**item else { continue };
                let keys =
                    [Column::new(ITEM_EVENT, Type::Text, false), Column::new(POSITION, Type::Int, false)];
                let fields = record.fields.iter();
                let fields = fields.map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional));
                let schema: Schema = keys.into_iter().chain(fields).collect();
                let mut rows = Vec::new();
                for ((_, id), values) in own() {
                    let Value::List(items) = value(values, &field.name) else { continue };
                    for (position, item) in (1..).zip(items) {
                        let cells = record.fields.iter().map(|f| item.field(&f.name).clone());
                        let keys = [Value::Text(id.clone()), Value::Int(position)];
                        rows.push(keys.into_iter().chain(cells).collect());
                    }
                }
                put(list_table(&event.name, &field.name), schema, rows);
            }
        }
        let text = |name: &str| Column::new(name, Type::Text, false);
        let at = Column::new("at", Type::Timestamp, false);
        let given = Column::new("given", Type::Bool, false);
        let log = self.consents.iter().map(|(at, customer, consent, given)| {
            let (customer, consent) = (Value::Text(customer.clone()), Value::Text(consent.clone()));
            vec![customer, consent, Value::Instant(*at), Value::Bool(*given)]
        });
        let columns = [text("customer"), text("consent"), at, given];
        put(CONSENT_LOG.into(), columns.into_iter().collect(), log.collect());
        let columns = [Column::new("email", Type::Email, false), Column::new("reason", Type::Text, true)];
        put(SUPPRESSION.into(), columns.into_iter().collect(), Vec::new());
        tables
    }
}

fn row(schema: &Schema, values: &Values) -> Vec<Value> {
    schema.columns.iter().map(|column| value(values, &column.name)).collect()
}
