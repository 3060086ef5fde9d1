//! What a program's plans gave, and how two engines' answers differ.

use std::collections::BTreeMap;
use std::fmt;

use persona_value::Value;

/// Rows of every plan, by its name.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    tables: BTreeMap<String, Rows>,
}

/// Columns and rows, in an order that hangs on nothing but their values.
#[derive(Clone, Debug)]
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// One place where an engine has something else than the evaluator.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The plan's name.
    pub plan: String,
    /// The column, where rows stand beside each other.
    pub column: Option<String>,
    /// What the row begins with: a key, as a rule.
    pub row: String,
    expected: String,
    found: String,
}

impl Answer {
    /// Adds the rows of a plan.
    pub fn add(&mut self, name: &str, columns: Vec<String>, mut rows: Vec<Vec<Value>>) {
        rows.sort_by_cached_key(|row| row.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>());
        self.tables.insert(name.to_string(), Rows { columns, rows });
    }

    /// How many values there are in all.
    pub fn values(&self) -> usize {
        self.tables.values().map(|t| t.rows.len() * t.columns.len()).sum()
    }

    /// How many pairs of a customer and a value declared of customers there are.
    pub fn pairs(&self) -> usize {
        self.tables.get("profile").map_or(0, |t| t.rows.len() * t.columns.len())
    }

    /// How many values of the profile are there, not missing and not false or zero: a program of which all are
    /// is a poor test.
    pub fn telling(&self) -> usize {
        let dull = |v: &Value| matches!(v, Value::Missing | Value::Bool(false) | Value::Int(0));
        self.tables.get("profile").map_or(0, |t| t.rows.iter().flatten().filter(|v| !dull(v)).count())
    }

    /// Where `found` has something else; at most a few a plan.
    pub fn differences(&self, found: &Answer) -> Vec<Difference> {
        let mut all = Vec::new();
        for (plan, expected) in &self.tables {
            match found.tables.get(plan) {
                Some(found) => expected.compare(plan, found, &mut all),
                None => all.push(difference(plan, None, "", "its rows", "nothing")),
            }
        }
        all
    }
}

impl Rows {
    fn compare(&self, plan: &str, found: &Rows, all: &mut Vec<Difference>) {
        if self.columns != found.columns {
            let (expected, found) = (self.columns.join(", "), found.columns.join(", "));
            return all.push(difference(plan, None, "", &expected, &found));
        }
        // Rows of one key side by side, where the first column is one; else whole rows.
        let keyed = |rows: &[Vec<Value>]| {
            let keys: Vec<_> = rows.iter().map(|row| row.first()).collect();
            keys.windows(2).all(|two| two[0] != two[1])
        };
        let same_keys = self.rows.len() == found.rows.len()
            && self.rows.iter().zip(&found.rows).all(|(a, b)| a.first() == b.first());
        if same_keys && keyed(&self.rows) {
            for (ours, theirs) in self.rows.iter().zip(&found.rows) {
                let key = ours.first().map_or(String::new(), show);
                let values = self.columns.iter().zip(ours.iter().zip(theirs));
                for (column, (a, b)) in values.filter(|(_, (a, b))| a != b) {
                    all.push(difference(plan, Some(column), &key, &show(a), &show(b)));
                }
            }
            return;
        }
        let line = |row: &Vec<Value>| row.iter().map(show).collect::<Vec<_>>().join(" | ");
        let mut theirs: Vec<String> = found.rows.iter().map(line).collect();
        for row in self.rows.iter().map(line) {
            match theirs.iter().position(|their| *their == row) {
                Some(at) => drop(theirs.swap_remove(at)),
                None => all.push(difference(plan, None, "", &row, "no such row")),
            }
        }
        all.extend(theirs.iter().map(|row| difference(plan, None, "", "no such row", row)));
    }
}

fn difference(plan: &str, column: Option<&String>, row: &str, expected: &str, found: &str) -> Difference {
    Difference {
        plan: plan.into(),
        column: column.cloned(),
        row: row.into(),
        expected: expected.into(),
        found: found.into(),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Missing => "missing".into(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(whole) => format!("int {whole}"),
        Value::Decimal(decimal) => format!("decimal {decimal}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Instant(instant) => instant.to_string(),
        other => format!("{other:?}"),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.plan)?;
        if let Some(column) = &self.column {
            write!(f, ", `{column}` of {}", self.row)?;
        }
        write!(f, ": the evaluator has {}, the engine {}", self.expected, self.found)
    }
}
