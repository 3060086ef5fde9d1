//! A program, rows of its sources and an instant; and all of it as text, so that what failed can be kept.

use jiff::Timestamp;
use persona_plan::Place;
use persona_value::Value;
use serde_json::{Value as Json, json};

/// A program over rows, at an instant.
#[derive(Clone, Debug)]
pub struct Case {
    /// The program.
    pub program: String,
    /// The project's zone.
    pub zone: String,
    /// When it is evaluated.
    pub now: Timestamp,
    /// The rows that its sources read.
    pub tables: Vec<RawTable>,
    /// Whether each declaration is asked for by itself, too.
    pub each: bool,
}

/// A table or file that sources read.
#[derive(Clone, Debug, PartialEq)]
pub struct RawTable {
    /// Where it lies.
    pub place: Place,
    /// Name and type of each column.
    pub columns: Vec<(String, Raw)>,
    /// Values in the order of the columns.
    pub rows: Vec<Vec<Value>>,
}

/// The type of a raw column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Raw {
    Text,
    Int,
    Decimal,
    Bool,
    Date,
    Time,
    Instant,
}

const KINDS: [(&str, Raw); 7] = [
    ("text", Raw::Text),
    ("int", Raw::Int),
    ("decimal", Raw::Decimal),
    ("bool", Raw::Bool),
    ("date", Raw::Date),
    ("time", Raw::Time),
    ("instant", Raw::Instant),
];

impl Case {
    /// From when flows look for events: the day before.
    pub fn from(&self) -> Timestamp {
        self.now - jiff::SignedDuration::from_hours(24)
    }

    /// Reads what [`Case::to_text`] writes.
    pub fn parse(text: &str) -> Case {
        let (head, rest) = text.split_once('\n').expect("a first line");
        let words: Vec<&str> = head.split_whitespace().collect();
        let ["//", "at", now, "in", zone] = words[..] else { panic!("not `// at INSTANT in ZONE`: {head}") };
        let mut parts = rest.split("\n--- ");
        let program = parts.next().unwrap_or_default().to_string();
        let tables = parts.map(RawTable::parse).collect();
        Case { program, zone: zone.into(), now: now.parse().expect("an instant"), tables, each: true }
    }

    /// All of it.
    pub fn to_text(&self) -> String {
        let tables: String = self.tables.iter().map(RawTable::to_text).collect();
        format!("// at {} in {}\n{}\n{tables}", self.now, self.zone, self.program.trim_end())
    }
}

impl RawTable {
    /// `PLACE`, the columns as `name kind`, and a JSON array for each row.
    fn parse(text: &str) -> RawTable {
        let mut lines = text.lines();
        let place = lines.next().expect("a table's name");
        let place = match place.strip_prefix("file ") {
            Some(name) => Place::Own(name.into()),
            None => Place::Users(place.into()),
        };
        let column = |text: &str| {
            let (name, kind) = text.trim().split_once(' ').expect("a column's name and kind");
            let kind = KINDS.iter().find(|(name, _)| *name == kind).expect("a kind").1;
            (name.to_string(), kind)
        };
        let columns: Vec<(String, Raw)> = lines.next().expect("the columns").split(',').map(column).collect();
        let row = |line: &str| {
            let values: Vec<Json> = serde_json::from_str(line).expect("a row is a JSON array");
            assert_eq!(values.len(), columns.len(), "{line}");
            values.iter().zip(&columns).map(|(value, (_, kind))| kind.read(value)).collect()
        };
        let rows = lines.filter(|l| !l.trim().is_empty()).map(row).collect();
        RawTable { place, columns, rows }
    }

    fn to_text(&self) -> String {
        let place = match &self.place {
            Place::Own(name) => format!("file {name}"),
            Place::Users(name) => name.to_string(),
        };
        let columns: Vec<String> =
            self.columns.iter().map(|(name, kind)| format!("{name} {}", kind.name())).collect();
        let rows = self
            .rows
            .iter()
            .map(|row| format!("{}\n", Json::from(row.iter().map(written).collect::<Vec<_>>())));
        format!("\n--- {place}\n{}\n{}", columns.join(", "), rows.collect::<String>())
    }
}

impl Raw {
    fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("text", |(name, _)| name)
    }

    fn read(self, json: &Json) -> Value {
        let Json::String(text) = json else {
            assert!(json.is_null(), "a value is null or text: {json}");
            return Value::Missing;
        };
        match self {
            Raw::Text => Value::text(text.as_str()),
            Raw::Int => Value::Int(text.parse().expect("an int")),
            Raw::Decimal => Value::Decimal(text.parse().expect("a decimal")),
            Raw::Bool => Value::Bool(text == "true"),
            Raw::Date => Value::Date(text.parse().expect("a date")),
            Raw::Time => Value::Time(text.parse().expect("a time")),
            Raw::Instant => Value::Instant(text.parse().expect("an instant")),
        }
    }
}

fn written(value: &Value) -> Json {
    match value {
        Value::Missing => Json::Null,
        Value::Bool(v) => json!(v.to_string()),
        Value::Int(v) => json!(v.to_string()),
        Value::Decimal(v) => json!(v.to_string()),
        Value::Text(v) => json!(&**v),
        Value::Date(v) => json!(v.to_string()),
        Value::Time(v) => json!(v.to_string()),
        Value::Instant(v) => json!(v.to_string()),
        Value::List(_) | Value::Record(_) => unreachable!("no raw column holds {value:?}"),
    }
}
