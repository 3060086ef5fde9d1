//! The plan's evaluator, asked of one made-up customer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use persona_model::{EVENT_FIELDS, Expr, Model};
use persona_plan::lower::{
    CONSENT_LOG, CUSTOMER, ITEM_EVENT, Output, POSITION, Profiles, SUPPRESSION, entity_table, event_table,
    list_table,
};
use persona_plan::{Column, Place, Plan, Rows, Schema, Tables, evaluate};
use persona_value::{Type, Value};

use crate::witness::{Given, ID, Occurrence, Witness};

/// Whether these conditions have these answers for the customer, by the definition of the language.
pub(crate) fn confirmed(model: &Model, witness: &Witness, conditions: &[(&Expr, bool)]) -> bool {
    let asked: Vec<&Expr> = conditions.iter().map(|(condition, _)| *condition).collect();
    let Some(values) = values(model, witness, &asked) else { return false };
    values.iter().zip(conditions).all(|(value, (_, wanted))| value.is_true() == *wanted)
}

/// What these expressions are for the customer, by the definition of the language.
pub(crate) fn values(model: &Model, witness: &Witness, asked: &[&Expr]) -> Option<Vec<Value>> {
    let names: Vec<Arc<str>> = (0..asked.len()).map(|at| format!("asked_{at}").into()).collect();
    let output = |(name, value): (&Arc<str>, &&Expr)| Output { name: name.clone(), value: (*value).clone() };
    let outputs: Vec<Output> = names.iter().zip(asked).map(output).collect();
    let plan = Profiles::outputs(model, &outputs);
    let rows = evaluate(&plan, &tables(model, witness, &plan), witness.now).ok()?;
    let key = rows.schema.index(model.customer.key())?;
    let id = Value::text(ID);
    let row = rows.rows.iter().find(|row| row[key] == id)?;
    names.iter().map(|name| Some(row[rows.schema.index(name)?].clone())).collect()
}

/// Every table that the plan reads: the customer, what they did, and nothing else.
fn tables(model: &Model, witness: &Witness, plan: &Plan) -> Tables {
    let mut tables = Tables::new();
    let read: HashSet<&Place> = plan.tables().into_iter().map(|table| &table.place).collect();
    let columns = |given: &[Given]| -> Vec<Value> { given.iter().map(|g| g.value.clone()).collect() };
    let schema: Schema = model
        .customer
        .attributes
        .iter()
        .map(|a| Column::new(a.name.clone(), a.ty.clone(), a.optional))
        .collect();
    let mut customers = vec![columns(&witness.attributes)];
    let mut done: HashMap<&str, Vec<(String, String, &Occurrence)>> = HashMap::new();
    let everybody = std::iter::once(&witness.events).chain(&witness.others);
    for (who, events) in everybody.enumerate() {
        let id = if who == 0 { ID.to_string() } else { format!("{ID} {who}") };
        if who > 0 {
            let other = |given: &Given| {
                if *given.name == *model.customer.key() {
                    Value::text(id.as_str())
                } else {
                    given.value.clone()
                }
            };
            customers.push(witness.attributes.iter().map(other).collect());
        }
        for (at, event) in events.iter().enumerate() {
            done.entry(&event.event).or_default().push((format!("event {who} {at}"), id.clone(), event));
        }
    }
    tables.insert(own(CUSTOMER), Rows::new(schema, customers));
    for event in model.events.iter().filter(|e| e.of.is_empty()) {
        let place = own(&event_table(&event.name));
        let lists = event.fields.iter().any(|f| matches!(f.ty, Type::List(_)));
        if !lists && !read.contains(&place) {
            continue;
        }
        let built_in = EVENT_FIELDS.iter().map(|(name, ty)| Column::new(*name, ty.clone(), false));
        let plain = || event.fields.iter().filter(|f| !matches!(f.ty, Type::List(_)));
        let schema: Schema =
            built_in.chain(plain().map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional))).collect();
        let row = |(id, customer, occurrence): &(String, String, &Occurrence)| -> Vec<Value> {
            let own = EVENT_FIELDS.iter().map(|(name, _)| match *name {
                "id" => Value::text(id.as_str()),
                "customer" => Value::text(customer.as_str()),
                _ => Value::Instant(occurrence.at),
            });
            own.chain(columns(&occurrence.fields)).collect()
        };
        let rows = done.get(&*event.name).into_iter().flatten().map(row).collect();
        tables.insert(place, Rows::new(schema, rows));
        for field in &event.fields {
            if let Type::List(item) = &field.ty
                && let Type::Record(record) = &**item
            {
                let keys =
                    [Column::new(ITEM_EVENT, Type::Text, false), Column::new(POSITION, Type::Int, false)];
                let fields =
                    record.fields.iter().map(|f| Column::new(f.name.clone(), f.ty.clone(), f.optional));
                let schema = keys.into_iter().chain(fields).collect();
                tables.insert(own(&list_table(&event.name, &field.name)), Rows::new(schema, vec![]));
            }
        }
    }
    for entity in model.entities.iter().filter(|e| read.contains(&own(&entity_table(&e.name)))) {
        let column = |f: &persona_model::Attribute| Column::new(f.name.clone(), f.ty.clone(), f.optional);
        let schema = entity.fields.iter().map(column).collect();
        tables.insert(own(&entity_table(&entity.name)), Rows::new(schema, vec![]));
    }
    let log = [
        Column::new("customer", Type::Text, false),
        Column::new("consent", Type::Text, false),
        Column::new("at", Type::Timestamp, false),
        Column::new("given", Type::Bool, false),
    ];
    tables.insert(own(CONSENT_LOG), Rows::new(log.into_iter().collect(), vec![]));
    let suppressed = [Column::new("email", Type::Email, false), Column::new("reason", Type::Text, true)];
    tables.insert(own(SUPPRESSION), Rows::new(suppressed.into_iter().collect(), vec![]));
    tables
}

fn own(name: &str) -> Place {
    Place::Own(name.into())
}
