//! The embedded engine: values in and out, transactions, and every way it can refuse.

mod common;

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use common::{decimal, duckdb, duckdb_file, instant, rows, text};
use persona_value::Value::{self, Bool, Date, Int, List, Missing, Time};
use persona_warehouse::{Column, Error, Rows, Transaction};

#[test]
fn every_type_becomes_the_value_it_means() {
    let mut db = duckdb();
    let cases: &[(&str, Value)] = &[
        ("NULL", Missing),
        ("true", Bool(true)),
        ("(-128)::TINYINT", Int(-128)),
        ("255::UTINYINT", Int(255)),
        ("(-9223372036854775808)::BIGINT", Int(i64::MIN)),
        ("18446744073709551615::UBIGINT", decimal("18446744073709551615")),
        ("(SELECT sum(x) FROM range(4) t(x))", Int(6)),
        ("12.5::DECIMAL(4,1)", decimal("12.5")),
        ("7::DECIMAL(18,0)", Int(7)),
        (
            "99999999999999999999999999999.999999999::DECIMAL(38,9)",
            decimal("99999999999999999999999999999.999999999"),
        ),
        ("(-0.000000001)::DECIMAL(38,9)", decimal("-0.000000001")),
        ("0.12345678949::DECIMAL(38,11)", decimal("0.123456789")),
        ("(-0.12345678950)::DECIMAL(38,11)", decimal("-0.12345679")),
        ("0.1::DOUBLE", decimal("0.1")),
        ("0.1::FLOAT", decimal("0.1")),
        ("(1.0 / 1024)::DOUBLE", decimal("0.000976563")),
        ("'nan'::DOUBLE", Missing),
        ("'-inf'::DOUBLE", Missing),
        ("1e300::DOUBLE", Missing),
        ("'käse 🧀'", text("käse 🧀")),
        ("''", text("")),
        ("'b'::ENUM('a', 'b')", text("b")),
        ("'00000000-0000-0000-0000-0000000000ff'::UUID", text("00000000-0000-0000-0000-0000000000ff")),
        ("'{\"a\": 1}'::JSON", text("{\"a\": 1}")),
        ("DATE '2024-02-29'", Date(jiff::civil::date(2024, 2, 29))),
        ("DATE '-0001-01-01'", Date(jiff::civil::date(-1, 1, 1))),
        ("DATE '10000-01-01'", Missing),
        ("'infinity'::DATE", Missing),
        ("TIME '23:59:59.999999'", Time(jiff::civil::time(23, 59, 59, 999_999_000))),
        ("TIMESTAMP '2026-11-23 08:00:00.000001'", instant("2026-11-23T08:00:00.000001Z")),
        ("TIMESTAMPTZ '2026-11-23 08:00:00+02'", instant("2026-11-23T06:00:00Z")),
        ("TIMESTAMP_S '1969-12-31 23:59:59'", instant("1969-12-31T23:59:59Z")),
        ("TIMESTAMP_MS '2026-11-23 08:00:00.001'", instant("2026-11-23T08:00:00.001Z")),
        ("TIMESTAMP_NS '2026-11-23 08:00:00.000000001'", instant("2026-11-23T08:00:00.000000001Z")),
        ("'infinity'::TIMESTAMP", Missing),
        ("[1, NULL, 3]", List(vec![Int(1), Int(3)])),
        ("[[1], [], NULL]", List(vec![List(vec![Int(1)]), List(vec![])])),
        ("[1, 2]::INT[2]", List(vec![Int(1), Int(2)])),
        (
            "{'sku': 'a', 'price': 1.5}",
            Value::Record([("sku".into(), text("a")), ("price".into(), decimal("1.5"))].into()),
        ),
    ];
    for (sql, value) in cases {
        let read = rows(&mut *db, &format!("SELECT {sql} AS v"));
        assert_eq!(read, vec![vec![value.clone()]], "{sql}");
    }
}

#[test]
fn missing_values_keep_their_rows() {
    let mut db = duckdb();
    let sql = "SELECT * FROM (VALUES (1, [1], 'a', {'x': 1}), (2, NULL, NULL, NULL), (NULL, [], 'b', {'x': NULL})) t";
    let record = |x| Value::Record([("x".into(), x)].into());
    assert_eq!(
        rows(&mut *db, sql),
        vec![
            vec![Int(1), List(vec![Int(1)]), text("a"), record(Int(1))],
            vec![Int(2), Missing, Missing, Missing],
            vec![Missing, List(vec![]), text("b"), record(Missing)],
        ]
    );
}

#[test]
fn rows_come_back_as_they_were_put_in() {
    let mut db = duckdb();
    let put = common::extremes();
    db.execute(common::EXTREMES_SQL).unwrap();
    for n in 1..=2 {
        db.insert("\"the extremes\"", &put).unwrap();
        assert_eq!(rows(&mut *db, "SELECT count(*) FROM \"the extremes\""), [[Int(4 * n)]]);
    }
    let read = db.query("SELECT DISTINCT * FROM \"the extremes\" ORDER BY id").unwrap();
    assert_eq!(read, put);

    let record =
        |sku: Value, price: Value| Value::Record([("sku".into(), sku), ("price".into(), price)].into());
    let nested = Rows {
        columns: vec!["items".into(), "tags".into()],
        rows: vec![
            vec![List(vec![record(text("a"), decimal("1.5")), record(Missing, decimal("2"))]), List(vec![])],
            vec![List(vec![]), Missing],
            vec![Missing, List(vec![text("x"), text("y")])],
        ],
    };
    db.execute("CREATE TABLE nested (items STRUCT(sku TEXT, price DECIMAL(38,9))[], tags TEXT[])").unwrap();
    db.insert("nested", &nested).unwrap();
    assert_eq!(db.query("SELECT * FROM nested").unwrap(), nested);
}

#[test]
fn rows_that_do_not_fit_leave_the_table_as_it_was() {
    let mut db = duckdb();
    db.execute("CREATE TABLE t (a INT, b INT CHECK (b < 10))").unwrap();
    let put = |a: Value, b: Value| Rows {
        columns: vec!["a".into(), "b".into()],
        rows: vec![vec![Int(1), Int(2)], vec![a, b]],
    };
    let error = db.insert("t", &put(text("one"), Int(2))).unwrap_err();
    assert!(matches!(&error, Error::MixedColumn { column } if column == "a"), "{error}");
    db.insert("t", &put(Int(1), Int(10))).unwrap_err();
    db.insert("t", &put(Int(i64::MAX), Int(1))).unwrap_err();
    assert!(matches!(db.insert("nope", &put(Int(1), Int(1))), Err(Error::NoSuchTable { .. })));
    assert!(rows(&mut *db, "SELECT * FROM t").is_empty());
    db.insert("t", &put(Missing, Missing)).unwrap();
    let none = Rows { columns: vec!["b".into()], rows: vec![vec![Missing]; 2] };
    db.insert("t", &none).unwrap();
    let mut inside = Transaction::begin(&mut *db).unwrap();
    inside.insert("t", &none).unwrap();
    drop(inside);
    assert_eq!(rows(&mut *db, "SELECT count(*), count(a) FROM t"), [[Int(4), Int(1)]]);
}

#[test]
fn a_large_result_comes_whole_and_in_order() {
    let mut db = duckdb();
    let sql = "SELECT range AS id, 'customer ' || range AS name, (range / 7)::DECIMAL(38,9) AS share, \
               TIMESTAMP '2026-01-01' + to_seconds(range) AS at FROM range(100000) ORDER BY id DESC";
    let result = db.query(sql).unwrap();
    assert_eq!(result.columns, ["id", "name", "share", "at"]);
    assert_eq!(result.rows.len(), 100_000);
    assert_eq!(
        result.rows[99_999],
        [Int(0), text("customer 0"), decimal("0"), instant("2026-01-01T00:00:00Z")]
    );
    let last = &result.rows[0];
    assert_eq!(last[..3], [Int(99_999), text("customer 99999"), decimal("14285.571428571")]);
}

#[test]
fn an_unknown_type_says_its_column() {
    let error = duckdb().query("SELECT INTERVAL 1 MONTH AS every").unwrap_err();
    assert!(matches!(&error, Error::UnsupportedType { column, .. } if column == "every"), "{error}");
}

#[test]
fn a_transaction_happens_whole_or_not_at_all() {
    let mut db = duckdb();
    db.execute("CREATE TABLE t (a INT)").unwrap();
    let mut dropped = Transaction::begin(&mut *db).unwrap();
    dropped.execute("INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(rows(&mut *dropped, "SELECT a FROM t"), [[Int(1)]]);
    drop(dropped);
    assert!(rows(&mut *db, "SELECT a FROM t").is_empty());

    let mut failed = Transaction::begin(&mut *db).unwrap();
    failed.execute("INSERT INTO t VALUES (1)").unwrap();
    failed.execute("INSERT INTO t VALUES ('one')").unwrap_err();
    drop(failed);
    assert!(rows(&mut *db, "SELECT a FROM t").is_empty());

    let mut kept = Transaction::begin(&mut *db).unwrap();
    kept.execute("INSERT INTO t VALUES (2)").unwrap();
    kept.commit().unwrap();
    assert_eq!(rows(&mut *db, "SELECT a FROM t"), [[Int(2)]]);
}

#[test]
fn columns_of_a_table_and_of_none() {
    let mut db = duckdb();
    db.execute("CREATE SCHEMA raw").unwrap();
    db.execute("CREATE TABLE raw.\"big orders\" (\"Id\" BIGINT, total DECIMAL(38,9), \"at\" TIMESTAMP)")
        .unwrap();
    let column = |name: &str, type_name: &str| Column { name: name.into(), type_name: type_name.into() };
    assert_eq!(
        db.columns("\"raw\".\"big orders\"").unwrap(),
        Some(vec![column("Id", "BIGINT"), column("total", "DECIMAL(38,9)"), column("at", "TIMESTAMP")])
    );
    assert_eq!(db.columns("\"orders\"").unwrap(), None);
    assert_eq!(db.columns("\"nowhere\".\"orders\"").unwrap(), None);
}

#[test]
fn a_refused_statement_says_why() {
    let mut db = duckdb();
    db.execute("CREATE TABLE t (a INT)").unwrap();
    let mut refuse = |sql: &str| db.query(sql).unwrap_err();
    for sql in
        ["SELECT * FROM nope", "INSERT INTO nope VALUES (1)", "SELECT * FROM main.nope", "DROP TABLE nope"]
    {
        let error = refuse(sql);
        assert!(matches!(&error, Error::NoSuchTable { name, .. } if name == "nope"), "{sql}: {error:?}");
    }
    for sql in [
        "SELECT nope FROM t",
        "SELECT t.nope FROM t",
        "UPDATE t SET nope = 1",
        "INSERT INTO t (nope) VALUES (1)",
    ] {
        let error = refuse(sql);
        assert!(matches!(&error, Error::NoSuchColumn { name, .. } if name == "nope"), "{sql}: {error:?}");
    }
    for (sql, words) in [
        ("SELEC 1", "syntax error at or near \"SELEC\""),
        ("SELECT nope(1)", "nope does not exist"),
        ("SELECT 'x'::INT", "Could not convert string 'x'"),
        ("", "No statements"),
        ("-- nothing", ""),
    ] {
        let error = refuse(sql);
        assert!(
            matches!(&error, Error::Statement { .. }) && error.to_string().contains(words),
            "{sql}: {error}"
        );
    }
}

#[test]
fn what_is_written_is_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop with 'quotes'.duckdb");
    duckdb_file(&path).unwrap().execute("CREATE TABLE t AS SELECT 42 AS a").unwrap();
    assert_eq!(rows(&mut *duckdb_file(&path).unwrap(), "SELECT a FROM t"), [[Int(42)]]);
}

#[test]
fn a_database_open_in_another_process_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.duckdb");
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "holds_a_database_open", "--nocapture"])
        .env("HELD_DATABASE", &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let stdout = other.stdout.as_mut().unwrap();
    while !said.contains("held") {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "the other process ended: {said}");
        said.push(byte[0].into());
    }
    let refused = duckdb_file(&path).err();
    assert!(
        matches!(&refused, Some(Error::Locked { path: at, pid: Some(pid) }) if *at == path && *pid == other.id()),
        "{refused:?}"
    );
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    duckdb_file(&path).unwrap();
}

/// The other process of the test above.
#[test]
#[ignore = "run by a_database_open_in_another_process_is_locked"]
fn holds_a_database_open() {
    let path = std::env::var_os("HELD_DATABASE").unwrap();
    let _db = duckdb_file(path.as_ref()).unwrap();
    println!("held");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn a_file_that_is_no_database_or_is_damaged_is_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.duckdb");
    for bytes in [b"".as_slice(), b"short", &[7; 20_000]] {
        fs::write(&path, bytes).unwrap();
        let error = duckdb_file(&path).err();
        assert!(matches!(&error, Some(Error::Corrupt { path: at, .. }) if *at == path), "{error:?}");
    }

    let good = folder.path().join("good.duckdb");
    let fill = "CREATE TABLE t AS SELECT range AS a, md5(range::VARCHAR) AS b FROM range(100000)";
    duckdb_file(&good).unwrap().execute(fill).unwrap();
    let bytes = fs::read(&good).unwrap();
    let damaged_header = |bytes: &mut Vec<u8>| bytes[5_000..6_000].fill(255);
    let damaged_block = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 1_000].fill(255);
    };
    let cut_short = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2);
    for damage in [damaged_header as fn(&mut Vec<u8>), damaged_block, cut_short] {
        let mut bytes = bytes.clone();
        damage(&mut bytes);
        fs::write(&path, bytes).unwrap();
        // Some damage shows only when its block is read.
        let error = duckdb_file(&path).and_then(|mut db| db.query("SELECT sum(a), max(b) FROM t")).err();
        assert!(matches!(&error, Some(Error::Corrupt { path: at, .. }) if *at == path), "{error:?}");
    }
}

#[test]
fn a_database_that_cannot_be_made_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none/shop.duckdb");
    let error = duckdb_file(&missing).err().unwrap();
    let folder_named = missing.parent().unwrap().display().to_string();
    assert!(matches!(&error, Error::CannotOpen { detail, .. } if detail.contains(&folder_named)), "{error}");
    let error = duckdb_file(folder.path()).err().unwrap();
    assert!(matches!(&error, Error::CannotOpen { detail, .. } if detail.contains("directory")), "{error}");
}

/// No file may grow past 4 MB in the other process, which for the engine is a full disk.
#[test]
#[cfg(unix)]
fn a_full_disk_is_told_and_loses_nothing_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.duckdb");
    let limited = "trap '' XFSZ; ulimit -f 8192; exec \"$0\" --ignored --exact fills_the_disk";
    let test = std::env::current_exe().unwrap();
    let other =
        Command::new("sh").args(["-c", limited]).arg(test).env("HELD_DATABASE", &path).output().unwrap();
    assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stdout));
    assert_eq!(rows(&mut *duckdb_file(&path).unwrap(), "SELECT a FROM t"), [[Int(42)]]);
}

/// The other process of the test above.
#[test]
#[ignore = "run by a_full_disk_is_told_and_loses_nothing_committed"]
fn fills_the_disk() {
    let path = std::env::var_os("HELD_DATABASE").unwrap();
    let mut db = duckdb_file(path.as_ref()).unwrap();
    db.execute("CREATE TABLE t AS SELECT 42 AS a").unwrap();
    let much = "CREATE TABLE much AS SELECT md5(range::VARCHAR) AS a FROM range(1000000)";
    let error = db.execute(much).unwrap_err();
    assert!(matches!(&error, Error::CannotWrite { path: Some(at), .. } if *at == path), "{error}");
}

#[test]
fn a_statement_tells_how_many_rows_it_wrote() {
    let mut db = duckdb();
    common::tells_rows(&mut *db);
}
