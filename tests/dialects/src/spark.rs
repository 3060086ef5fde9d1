//! Spark, which stands for Databricks: the judge's own, kept open, a line of JSON a statement.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use persona_value::Value;
use persona_warehouse::{Column, Error, FileFormat, Rows, Warehouse};
use serde_json::{Value as Json, json};

/// A session that ends with this value.
pub struct Spark {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Spark {
    /// Starts one; it is up some ten seconds later.
    pub fn start() -> Spark {
        crate::judge::tool("venv-databricks/bin/python");
        let folder = crate::judge::folder();
        let mut process = Command::new(folder.join("judge"))
            .args(["databricks", "--serve"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        Spark { process, input, output }
    }

    fn ask(&mut self, sql: &str, request: &Json) -> Result<Json, Error> {
        writeln!(self.input, "{request}").expect("Spark takes a request");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("Spark answers");
        let answer: Json = serde_json::from_str(&line)
            .unwrap_or_else(|e| panic!("Spark ended ({e}); see what it said above\n{sql}"));
        match answer["error"].as_str() {
            Some(words) => Err(Error::Statement { sql: sql.to_string(), detail: words.to_string() }),
            None => Ok(answer),
        }
    }
}

impl Drop for Spark {
    fn drop(&mut self) {
        // It is busy with nothing that is wanted any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Warehouse for Spark {
    fn execute(&mut self, sql: &str) -> Result<Option<u64>, Error> {
        self.ask(sql, &json!({ "execute": sql })).map(|_| None)
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        let answer = self.ask(sql, &json!({ "query": sql }))?;
        let texts = |v: &Json| -> Vec<String> {
            v.as_array().into_iter().flatten().map(|t| t.as_str().unwrap_or_default().to_string()).collect()
        };
        let types = texts(&answer["types"]);
        let row = |row: &Json| row.as_array().into_iter().flatten().zip(&types).map(value).collect();
        let rows = answer["rows"].as_array().into_iter().flatten().map(row).collect();
        Ok(Rows { columns: texts(&answer["columns"]), rows })
    }

    fn load_file(&mut self, _: &str, path: &Path, _: FileFormat) -> Result<u64, Error> {
        panic!("no test loads {} into Spark", path.display())
    }

    fn insert(&mut self, table_sql: &str, rows: &Rows) -> Result<(), Error> {
        let cells: Vec<Vec<Option<String>>> =
            rows.rows.iter().map(|row| row.iter().map(text).collect()).collect();
        let request = json!({ "insert": table_sql, "columns": rows.columns, "rows": cells });
        self.ask(table_sql, &request).map(drop)
    }

    fn columns(&mut self, _: &str) -> Result<Option<Vec<Column>>, Error> {
        panic!("no test asks Spark for columns")
    }
}

/// A value as Spark's side reads it.
fn text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Missing => return None,
        Value::Bool(truth) => truth.to_string(),
        Value::Int(whole) => whole.to_string(),
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => format!("{time:.6}"),
        Value::Instant(instant) => jiff::tz::Offset::UTC.to_datetime(*instant).to_string(),
        other => panic!("{other:?} is in no column"),
    })
}

/// A value as Spark's side shows it.
fn value((shown, ty): (&Json, &String)) -> Value {
    let Some(text) = shown.as_str() else { return Value::Missing };
    let wrong = |e: &dyn std::fmt::Display| -> Value { panic!("{text} of type {ty}: {e}") };
    match ty.split('(').next().unwrap_or_default() {
        "boolean" => Value::Bool(text == "true"),
        "tinyint" | "smallint" | "int" | "bigint" => text.parse().map_or_else(|e| wrong(&e), Value::Int),
        "decimal" => text.parse().map_or_else(|e| wrong(&e), Value::Decimal),
        "string" => Value::Text(text.into()),
        "date" => text.parse().map_or_else(|e| wrong(&e), Value::Date),
        "timestamp_ntz" => {
            let clock = text.parse::<jiff::civil::DateTime>();
            clock.map_or_else(
                |e| wrong(&e),
                |c| jiff::tz::Offset::UTC.to_timestamp(c).map_or_else(|e| wrong(&e), Value::Instant),
            )
        }
        _ => wrong(&"no such type is expected"),
    }
}
