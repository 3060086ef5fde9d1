//! The users' tables as dbt's sources, with how fresh they are to be.

use std::collections::BTreeMap;

use persona_model::{ExprKind, FeedTarget, Length, Location, Model, Source};
use persona_sql::Target;
use serde_json::{Map, Value as Json, json};

use super::properties::text;
use crate::files_read;

/// A schema of the user's.
struct Schema {
    /// Its name, and its database's if that is named.
    place: Map<String, Json>,
    /// What is known of its tables, by their names.
    tables: BTreeMap<String, Json>,
}

/// Every table that a source reads, by the schema it lies in.
pub fn sources(model: &Model, dialect: Target) -> Json {
    let mut schemas: BTreeMap<String, Schema> = BTreeMap::new();
    for source in &model.sources {
        let Location::Table(path) = &source.location else { continue };
        let (name, table) = persona_sql::dbt_source(path);
        let Schema { tables, .. } =
            schemas.entry(name).or_insert_with(|| Schema { place: place(path), tables: BTreeMap::new() });
        // Two sources may read one table: the first that says how fresh it is says it.
        let described = self::table(source, &table);
        let known = tables.entry(table).or_insert_with(|| described.clone());
        if known.get("freshness").is_none() {
            *known = described;
        }
    }
    let mut listed: Vec<Json> = schemas
        .into_iter()
        .map(|(name, Schema { place, tables })| {
            let mut source = Map::from_iter([("name".to_string(), json!(name))]);
            source.extend(place);
            source.insert("tables".into(), tables.into_values().collect());
            Json::Object(source)
        })
        .collect();
    let files: Vec<Json> = files_read(model).map(|(table, _)| json!({ "name": table })).collect();
    if !files.is_empty() && dialect != Target::DuckDb {
        listed.push(json!({
            "name": "persona_files",
            "description": "Files of the project, to be loaded by whatever loads files here.",
            "tables": files,
        }));
    }
    json!({ "version": 2, "sources": listed })
}

/// Where a table lies: what stands before its name.
fn place(path: &str) -> Map<String, Json> {
    let mut place = Map::new();
    let mut parts = path.rsplit('.').skip(1);
    if let Some(schema) = parts.next() {
        place.insert("schema".into(), json!(schema));
    }
    if let Some(database) = parts.next() {
        place.insert("database".into(), json!(database));
    }
    place
}

fn table(source: &Source, name: &str) -> Json {
    let mut table = Map::from_iter([("name".to_string(), json!(name))]);
    if !source.docs.is_empty() {
        table.insert("description".into(), json!(text(&source.docs)));
    }
    if let (Some(fresh), Some(column)) = (source.fresh, loaded_at(source)) {
        let (count, period) = period(fresh);
        table.insert(
            "config".into(),
            json!({
                "loaded_at_field": column,
                "freshness": { "warn_after": { "count": count, "period": period } },
            }),
        );
    }
    Json::Object(table)
}

/// The column that says when something happened, where it is one column's own value.
fn loaded_at(source: &Source) -> Option<String> {
    let events = source.feeds.iter().filter(|f| matches!(f.target, FeedTarget::Event(_)));
    let at = events.flat_map(|f| &f.fields).find(|(name, _)| &**name == "at")?;
    let mut columns = Vec::new();
    at.1.walk(&mut |e| {
        if let ExprKind::Column(name) = &e.kind {
            columns.push(name.to_string());
        }
    });
    columns.dedup();
    match &columns[..] {
        [only] => Some(format!("cast({only} as timestamp)")),
        _ => None,
    }
}

/// A length of time as dbt counts it.
fn period(length: Length) -> (i64, &'static str) {
    match length {
        Length::Seconds(seconds) if seconds % 86_400 == 0 => (seconds / 86_400, "day"),
        Length::Seconds(seconds) if seconds % 3_600 == 0 => (seconds / 3_600, "hour"),
        Length::Seconds(seconds) => ((seconds + 59) / 60, "minute"),
        // dbt has no months: a month is at most 31 days.
        Length::Months(months) => (months * 31, "day"),
    }
}
