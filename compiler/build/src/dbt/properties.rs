//! What is known of models and their columns: documentation, and tests.

use persona_model::{Attribute, EVENT_FIELDS, Model};
use persona_plan::lower::{CUSTOMER, OwnTable, PROFILE, entity_table, event_table};
use persona_sql::Target;
use persona_value::Type;
use serde_json::{Map, Value as Json, json};

use crate::title;

/// A comment as a paragraph.
pub fn text(docs: &[String]) -> String {
    docs.join("\n").trim().to_string()
}

/// A table of persona's own with its columns.
pub fn table(model: &Model, made: &OwnTable, dialect: Target) -> Json {
    let declared = declared(model, &made.name);
    let columns: Vec<Json> = made
        .plan
        .result
        .schema()
        .columns
        .iter()
        .map(|column| {
            let attribute = declared.and_then(|d| d.iter().find(|a| a.name == column.name));
            let event = model.events.iter().find(|e| *event_table(&e.name) == *made.name);
            let built_in = event.is_some() && EVENT_FIELDS.iter().any(|(name, _)| *name == &*column.name);
            let mut tests: Vec<Json> = Vec::new();
            // What is declared to be there is: rows without it were set aside.
            if built_in || attribute.map_or(!column.optional, |a| !a.optional) {
                tests.push(json!("not_null"));
            }
            if attribute.is_some_and(|a| a.key) || built_in && &*column.name == "id" {
                tests.push(json!("unique"));
            }
            if let Type::Enum(values) = &column.ty {
                tests.push(json!({ "accepted_values": { "arguments": { "values": values.values } } }));
            }
            described(&column.name, &column.ty, attribute.map_or(&[], |a| &a.docs), tests, dialect)
        })
        .collect();
    let mut model = Map::from_iter([("name".to_string(), json!(&*made.name))]);
    let mut description = title(made);
    if !made.docs.is_empty() {
        description = format!("{description}\n\n{}", text(&made.docs));
    }
    model.insert("description".into(), json!(description));
    model.insert("columns".into(), columns.into());
    Json::Object(model)
}

/// A segment's members.
pub fn segment(model: &Model, name: &str, title: &str, docs: &[String], dialect: Target) -> Json {
    let key = model.customer.key();
    let references = json!({ "relationships": { "arguments": { "to": "ref('profile')", "field": key } } });
    let tests = vec![json!("not_null"), json!("unique"), references];
    let mut description = title.to_string();
    if !docs.is_empty() {
        description = format!("{description}\n\n{}", text(docs));
    }
    json!({ "name": name, "description": description, "columns": [described(key, &Type::Text, &[], tests, dialect)] })
}

fn described(name: &str, ty: &Type, docs: &[String], tests: Vec<Json>, dialect: Target) -> Json {
    let mut column = Map::from_iter([("name".to_string(), json!(name))]);
    // A column may be called like a word of SQL. In Snowflake a name in quotes is another than the bare one.
    if dialect != Target::Snowflake {
        column.insert("quote".into(), json!(true));
    }
    let said = if docs.is_empty() { format!("`{ty}`") } else { format!("{} (`{ty}`)", text(docs)) };
    column.insert("description".into(), json!(said));
    if !tests.is_empty() {
        column.insert("data_tests".into(), tests.into());
    }
    Json::Object(column)
}

/// The attributes that a table's columns are of.
fn declared<'m>(model: &'m Model, table: &str) -> Option<&'m [Attribute]> {
    if table == CUSTOMER || table == PROFILE {
        return Some(&model.customer.attributes);
    }
    let entity = model.entities.iter().find(|e| *entity_table(&e.name) == *table);
    let event = model.events.iter().find(|e| *event_table(&e.name) == *table);
    entity.map(|e| &e.fields[..]).or(event.map(|e| &e.fields[..]))
}
