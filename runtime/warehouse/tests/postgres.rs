//! PostgreSQL: the same values, the same files, the same kinds of errors as the embedded engine.
#![cfg(unix)]

mod common;
#[path = "common/server.rs"]
mod server;

use std::fs;

use common::{decimal, duckdb, instant, rows, text};
use persona_value::Value::{self, Bool, Date, Int, List, Missing, Time};
use persona_warehouse::{Column, Error, FileFormat, Rows, Target, Transaction, Warehouse, connect};

fn postgres() -> Box<dyn Warehouse> {
    common::opened(to("postgres"))
}

fn to(database: &str) -> Result<Box<dyn Warehouse>, Error> {
    connect(&Target::Postgres {
        uri: format!("postgresql://persona@127.0.0.1:{}/{database}", server::port()),
    })
}

#[test]
fn every_type_becomes_the_value_it_means() {
    let mut db = postgres();
    db.execute("CREATE TYPE plan AS ENUM ('free', 'paid')").unwrap();
    let cases: &[(&str, Value)] = &[
        ("NULL", Missing),
        ("true", Bool(true)),
        ("(-32768)::int2", Int(-32_768)),
        ("(-9223372036854775808)::int8", Int(i64::MIN)),
        ("(SELECT sum(x) FROM (VALUES (1), (2)) t(x))", Int(3)),
        ("(SELECT sum(x::int8) FROM (VALUES (1), (2)) t(x))", decimal("3")),
        ("(SELECT avg(x) FROM (VALUES (1), (2)) t(x))", decimal("1.5")),
        ("12.50::numeric", decimal("12.5")),
        (
            "99999999999999999999999999999.999999999::numeric(38,9)",
            decimal("99999999999999999999999999999.999999999"),
        ),
        ("(-0.000000001)::numeric", decimal("-0.000000001")),
        ("0.0000000005::numeric", decimal("0.000000001")),
        ("1e50::numeric", Missing),
        ("'NaN'::numeric", Missing),
        ("'-Infinity'::numeric", Missing),
        ("0::numeric", decimal("0")),
        ("0.1::float4", decimal("0.1")),
        ("0.1::float8", decimal("0.1")),
        ("'Infinity'::float8", Missing),
        ("'käse 🧀'", text("käse 🧀")),
        ("'x'::varchar(3)", text("x")),
        ("'paid'::plan", text("paid")),
        ("'00000000-0000-0000-0000-0000000000ff'::uuid", text("00000000-0000-0000-0000-0000000000ff")),
        ("'{\"a\": 1}'::jsonb", text("{\"a\": 1}")),
        ("date '2024-02-29'", Date(jiff::civil::date(2024, 2, 29))),
        ("date 'infinity'", Missing),
        ("time '23:59:59.999999'", Time(jiff::civil::time(23, 59, 59, 999_999_000))),
        ("timestamp '2026-11-23 08:00:00.000001'", instant("2026-11-23T08:00:00.000001Z")),
        ("timestamptz '2026-11-23 08:00:00+02'", instant("2026-11-23T06:00:00Z")),
        ("timestamptz 'infinity'", Missing),
        ("ARRAY[1, NULL, 3]", List(vec![Int(1), Int(3)])),
        ("ARRAY['a', 'b']", List(vec![text("a"), text("b")])),
        ("ARRAY[1.5]::numeric[]", List(vec![decimal("1.5")])),
        ("ARRAY[]::text[]", List(vec![])),
    ];
    for (sql, value) in cases {
        assert_eq!(rows(&mut *db, &format!("SELECT {sql} AS v")), [[value.clone()]], "{sql}");
    }
}

#[test]
fn rows_come_back_as_they_were_put_in() {
    let mut db = postgres();
    let put = common::extremes();
    db.execute(common::EXTREMES_SQL).unwrap();
    for n in 1..=2 {
        db.insert("\"the extremes\"", &put).unwrap();
        assert_eq!(rows(&mut *db, "SELECT count(*) FROM \"the extremes\""), [[Int(4 * n)]]);
    }
    let read = db.query("SELECT DISTINCT * FROM \"the extremes\" ORDER BY id").unwrap();
    assert_eq!(read, put);

    let tags = Rows {
        columns: vec!["tags".into()],
        rows: vec![vec![List(vec![text("x")])], vec![List(vec![])], vec![Missing]],
    };
    db.execute("CREATE TABLE tagged (tags TEXT[])").unwrap();
    db.insert("tagged", &tags).unwrap();
    assert_eq!(db.query("SELECT * FROM tagged").unwrap(), tags);
}

#[test]
fn a_large_result_comes_whole_and_in_order() {
    let mut db = postgres();
    let sql = "SELECT n AS id, n::numeric / 7 AS share, 'customer ' || n AS name FROM generate_series(0, 99999) n ORDER BY n DESC";
    let read = rows(&mut *db, sql);
    assert_eq!(read.len(), 100_000);
    assert_eq!(read[0], [Int(99_999), decimal("14285.571428571"), text("customer 99999")]);
    assert_eq!(read[99_999], [Int(0), decimal("0"), text("customer 0")]);
}

#[test]
fn a_file_means_the_same_here_as_in_the_embedded_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let csv = "id,price,big,ratio,paid,day,time,at,zoned,note\n\
               1,12.50,99999999999999999999999999999,1e3,true,2026-11-23,08:30,2026-11-23T08:00,2026-11-23T08:00:00.25+02:00,\"a \"\"b\"\",\nc\"\n\
               2,,,,,,,,,\n\
               -3,-0.000000001,-1,0.1,FALSE,1999-12-31,23:59:59.5,1969-12-31 23:59:59.999999,1969-12-31 23:59:59Z,\u{1f9c0}\n";
    fs::write(&path, csv).unwrap();
    let (mut here, mut there) = (postgres(), duckdb());
    here.execute("CREATE SCHEMA IF NOT EXISTS raw").unwrap();
    there.execute("CREATE SCHEMA raw").unwrap();
    let table = "\"raw\".\"the orders\"";
    let read = format!("SELECT * FROM {table} ORDER BY id");
    for _ in 0..2 {
        assert_eq!(here.load_file(table, &path, FileFormat::Csv).unwrap(), 3);
    }
    there.load_file(table, &path, FileFormat::Csv).unwrap();
    assert_eq!(rows(&mut *here, &read), rows(&mut *there, &read));

    let parquet = folder.path().join("orders.parquet");
    there.execute(&format!("COPY {table} TO '{}' (FORMAT parquet)", parquet.display())).unwrap();
    here.load_file(table, &parquet, FileFormat::Parquet).unwrap();
    assert_eq!(rows(&mut *here, &read), rows(&mut *there, &read));

    fs::write(&path, "id\n1\n2,3\n").unwrap();
    let error = here.load_file(table, &path, FileFormat::Csv).unwrap_err();
    assert!(matches!(&error, Error::FileUnreadable { line: Some(3), .. }), "{error}");
    assert_eq!(rows(&mut *here, &read), rows(&mut *there, &read), "a bad file leaves the table as it was");
}

#[test]
fn columns_of_a_table_and_of_none() {
    let mut db = postgres();
    db.execute("CREATE TABLE \"big orders\" (\"Id\" bigint, total numeric(38,9), at timestamptz)").unwrap();
    let column = |name: &str, type_name: &str| Column { name: name.into(), type_name: type_name.into() };
    assert_eq!(
        db.columns("\"public\".\"big orders\"").unwrap(),
        Some(vec![
            column("Id", "bigint"),
            column("total", "numeric(38,9)"),
            column("at", "timestamp with time zone")
        ])
    );
    db.execute("CREATE TABLE bare ()").unwrap();
    assert_eq!(db.columns("\"bare\"").unwrap(), Some(vec![]));
    assert_eq!(db.columns("\"orders\"").unwrap(), None);
    assert_eq!(db.columns("\"nowhere\".\"orders\"").unwrap(), None);
}

#[test]
fn a_transaction_happens_whole_or_not_at_all() {
    let mut db = postgres();
    db.execute("CREATE TABLE t (a int)").unwrap();
    let mut failed = Transaction::begin(&mut *db).unwrap();
    failed.execute("INSERT INTO t VALUES (1)").unwrap();
    failed.execute("INSERT INTO t VALUES ('one')").unwrap_err();
    failed.commit().unwrap_err();
    let mut kept = Transaction::begin(&mut *db).unwrap();
    kept.execute("INSERT INTO t VALUES (2)").unwrap();
    kept.commit().unwrap();
    assert_eq!(rows(&mut *db, "SELECT a FROM t"), [[Int(2)]]);
}

#[test]
fn a_refused_statement_says_why() {
    let mut db = postgres();
    let mut refuse = |sql: &str| db.query(sql).unwrap_err();
    for sql in ["SELECT * FROM nope", "INSERT INTO nope VALUES (1)"] {
        let error = refuse(sql);
        assert!(matches!(&error, Error::NoSuchTable { name, .. } if name == "nope"), "{sql}: {error:?}");
    }
    for (sql, column) in
        [("SELECT nope FROM (SELECT 1) t", "nope"), ("SELECT t.nope FROM (SELECT 1) t", "t.nope")]
    {
        let error = refuse(sql);
        assert!(matches!(&error, Error::NoSuchColumn { name, .. } if name == column), "{sql}: {error:?}");
    }
    for (sql, words) in [
        ("SELEC 1", "syntax error at or near \"SELEC\""),
        ("SELECT 1/0", "division by zero"),
        ("", "SetSqlQuery"),
    ] {
        let error = refuse(sql);
        assert!(
            matches!(&error, Error::Statement { .. }) && error.to_string().contains(words),
            "{sql}: {error}"
        );
    }
    let error = refuse("SELECT point '(1,2)' AS place");
    assert!(
        matches!(&error, Error::UnsupportedType { column, type_name } if column == "place" && type_name == "point"),
        "{error}"
    );
}

#[test]
fn a_server_that_is_not_there_and_one_that_refuses() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let unreachable = |uri: String| connect(&Target::Postgres { uri }).err().unwrap();
    let error = unreachable(format!("postgresql://me:secret@127.0.0.1:{nobody}/shop"));
    assert!(matches!(&error, Error::ServerUnreachable { .. }), "{error}");
    assert!(
        error.to_string().contains(&nobody.to_string()) && !error.to_string().contains("secret"),
        "{error}"
    );
    let error = unreachable("me:secret@127.0.0.1/shop".into());
    assert!(!error.to_string().contains("secret"), "{error}");
    let error = to("nowhere").err().unwrap();
    assert!(
        matches!(&error, Error::ServerRefused { detail } if detail == "database \"nowhere\" does not exist"),
        "{error}"
    );
}

#[test]
fn a_connection_that_breaks_is_told() {
    let mut db = postgres();
    let error = db.query("SELECT pg_terminate_backend(pg_backend_pid())").unwrap_err();
    assert!(matches!(&error, Error::ServerUnreachable { .. }), "{error}");
    let error = db.query("SELECT 1").unwrap_err();
    assert!(matches!(&error, Error::ServerUnreachable { .. }), "{error}");
}

#[test]
fn a_statement_tells_how_many_rows_it_wrote() {
    let mut db = postgres();
    common::tells_rows(&mut *db);
}
