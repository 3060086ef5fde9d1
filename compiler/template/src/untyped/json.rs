//! JSON as data.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use persona_value::Value;

use crate::code::Compiled;
use crate::data::Data;

/// The fields of a JSON object as names. Instants are told in UTC.
pub(super) struct Json {
    names: Value,
}

impl Json {
    pub fn new(json: &serde_json::Value) -> Json {
        Json { names: value(json) }
    }
}

/// A JSON value; null is nothing, and numbers with a point are decimals.
fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Missing,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => number.to_string().parse().map_or(Value::Missing, Value::Decimal),
        },
        serde_json::Value::String(text) => Value::text(text.as_str()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        serde_json::Value::Object(fields) => {
            Value::Record(fields.iter().map(|(name, v)| (name.as_str().into(), value(v))).collect())
        }
    }
}

impl Data for Json {
    fn value(&self, name: &str) -> Value {
        self.names.field(name).clone()
    }
    fn in_segment(&self, _: &str) -> bool {
        false
    }
    fn block(&self, _: &str) -> Option<Compiled> {
        None
    }
    fn placeholder(&self, _: &str) -> Option<Compiled> {
        None
    }
    fn entity(&self, _: &str, _: &Value) -> Value {
        Value::Missing
    }
    fn time_zone(&self) -> TimeZone {
        TimeZone::UTC
    }
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
