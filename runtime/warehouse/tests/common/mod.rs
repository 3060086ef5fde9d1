//! What the tests of this crate share.
// Each test binary uses its own part; and clippy knows tests by their attribute, which helpers lack.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use persona_value::Value;
use persona_warehouse::{Error, Rows, Target, Warehouse, connect};

/// A database in memory. Without the library the test fails, and says how to get it.
pub fn duckdb() -> Box<dyn Warehouse> {
    opened(connect(&Target::DuckDb { path: None }))
}

/// The warehouse, or a failure in the error's words.
pub fn opened(warehouse: Result<Box<dyn Warehouse>, Error>) -> Box<dyn Warehouse> {
    warehouse.unwrap_or_else(|error| panic!("{error}"))
}

/// A database in a file.
pub fn duckdb_file(path: &Path) -> Result<Box<dyn Warehouse>, Error> {
    connect(&Target::DuckDb { path: Some(path.to_path_buf()) }).map_err(|error| match error {
        Error::LibraryMissing { .. } => panic!("{error}"),
        error => error,
    })
}

/// A query's rows.
pub fn rows(warehouse: &mut dyn Warehouse, sql: &str) -> Vec<Vec<Value>> {
    warehouse.query(sql).unwrap_or_else(|error| panic!("{error}")).rows
}

pub fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

pub fn instant(text: &str) -> Value {
    Value::Instant(text.parse().unwrap())
}

pub fn text(text: &str) -> Value {
    Value::text(text)
}

/// A table whose name must be quoted, and rows with the extremes of every type it has a column for.
pub const EXTREMES_SQL: &str = "CREATE TABLE \"the extremes\" (id INT, truth BOOLEAN, whole BIGINT, number DECIMAL(38,9), \
    \"the \"\"text\"\"\" TEXT, day DATE, hour TIME, \"at\" TIMESTAMP, nothing BIGINT)";

/// See [`EXTREMES_SQL`]; every column is missing in the last row.
pub fn extremes() -> Rows {
    let most = "99999999999999999999999999999.999999999";
    let columns = ["id", "truth", "whole", "number", "the \"text\"", "day", "hour", "at", "nothing"];
    let row = |id, truth, whole, number: &str, words: &str, day, hour, at: &str| {
        let (day, hour) = (Value::Date(day), Value::Time(hour));
        let truth = Value::Bool(truth);
        vec![
            Value::Int(id),
            truth,
            Value::Int(whole),
            decimal(number),
            text(words),
            day,
            hour,
            instant(at),
            Value::Missing,
        ]
    };
    let (date, time) = (jiff::civil::date, jiff::civil::time);
    let mut rows = vec![
        row(
            1,
            true,
            i64::MAX,
            most,
            "käse 🧀 '\"\\\r\n",
            date(9999, 12, 31),
            time(23, 59, 59, 999_999_000),
            "9999-12-30T00:00:00Z",
        ),
        row(
            2,
            false,
            i64::MIN,
            &format!("-{most}"),
            "",
            date(1, 1, 1),
            time(0, 0, 0, 0),
            "0001-01-01T00:00:00Z",
        ),
        row(
            3,
            true,
            0,
            "-0.000000001",
            &"x".repeat(1_000_000),
            date(1969, 12, 31),
            time(12, 0, 0, 1_000),
            "1969-12-31T23:59:59.999999Z",
        ),
    ];
    rows.push([vec![Value::Int(4)], vec![Value::Missing; 8]].concat());
    Rows { columns: columns.map(String::from).to_vec(), rows }
}

/// Rows that were inserted and taken away are counted.
pub fn tells_rows(warehouse: &mut dyn Warehouse) {
    for (sql, rows) in [
        ("CREATE TABLE counted AS SELECT 1 AS n UNION ALL SELECT 2", Some(2)),
        ("INSERT INTO counted SELECT n + 2 FROM counted", Some(2)),
        ("UPDATE counted SET n = 0 WHERE n > 1", Some(3)),
        ("DELETE FROM counted WHERE n = 0", Some(3)),
        ("DELETE FROM counted WHERE n = 0", Some(0)),
    ] {
        assert_eq!(warehouse.execute(sql).unwrap(), rows, "{sql}");
    }
}
