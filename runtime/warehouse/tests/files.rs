//! Files of rows: what a CSV column becomes, and what is wrong with a file that cannot be read.

mod common;

use std::fs;

use common::{decimal, duckdb, rows, text};
use persona_value::Value::{self, Bool, Date, Instant, Int, Missing, Time};
use persona_warehouse::{Error, FileFormat, Warehouse};

const TABLE: &str = "\"loaded\"";

#[allow(clippy::unwrap_used)] // A helper: clippy knows tests by their attribute.
fn load(db: &mut dyn Warehouse, bytes: impl AsRef<[u8]>) -> Result<Vec<Vec<Value>>, Error> {
    let folder = tempfile::tempdir().unwrap();
    // With signs in its name that DuckDB takes for a pattern.
    let path = folder.path().join("data [1] it's *.csv");
    fs::write(&path, bytes).unwrap();
    let count = db.load_file(TABLE, &path, FileFormat::Csv)?;
    let read = rows(db, &format!("SELECT * FROM {TABLE}"));
    assert_eq!(read.len() as u64, count);
    Ok(read)
}

#[test]
fn a_column_has_the_narrowest_type_that_holds_every_cell() {
    let mut db = duckdb();
    let day = |d| Date(jiff::civil::date(2026, 11, d));
    let at = |text: &str| Instant(text.parse().unwrap());
    let cases: &[(&str, &str, Vec<Value>)] = &[
        ("1 -5 9223372036854775807", "BIGINT", vec![Int(1), Int(-5), Int(i64::MAX)]),
        ("12.50 3", "DECIMAL(38,9)", vec![decimal("12.5"), decimal("3")]),
        ("99999999999999999999 1", "DECIMAL(38,9)", vec![decimal("99999999999999999999"), decimal("1")]),
        ("123456789012345678.25 .5", "DECIMAL(38,9)", vec![decimal("123456789012345678.25"), decimal("0.5")]),
        ("52.52000659999 1e3", "DOUBLE", vec![decimal("52.5200066"), decimal("1000")]),
        ("true FALSE", "BOOLEAN", vec![Bool(true), Bool(false)]),
        ("2026-11-23 2026-11-24", "DATE", vec![day(23), day(24)]),
        (
            "08:30 23:59:59.5",
            "TIME",
            vec![Time(jiff::civil::time(8, 30, 0, 0)), Time(jiff::civil::time(23, 59, 59, 500_000_000))],
        ),
        (
            "2026-11-23T08:00 2026-11-23",
            "TIMESTAMP",
            vec![at("2026-11-23T08:00:00Z"), at("2026-11-23T00:00:00Z")],
        ),
        (
            "2026-11-23T08:00:00.25+02:00 2026-11-23T08:00:00Z",
            "TIMESTAMP",
            vec![at("2026-11-23T06:00:00.25Z"), at("2026-11-23T08:00:00Z")],
        ),
        // What looks like a number or a day and would lose something stays as it is written.
        ("007 12", "VARCHAR", vec![text("007"), text("12")]),
        ("+441234 5", "VARCHAR", vec![text("+441234"), text("5")]),
        ("01/02/2026 31.12.2026", "VARCHAR", vec![text("01/02/2026"), text("31.12.2026")]),
        ("2026-02-30", "VARCHAR", vec![text("2026-02-30")]),
        ("nan inf", "VARCHAR", vec![text("nan"), text("inf")]),
        ("1 true", "VARCHAR", vec![text("1"), text("true")]),
        ("yes no", "VARCHAR", vec![text("yes"), text("no")]),
        ("NULL 1", "VARCHAR", vec![text("NULL"), text("1")]),
    ];
    for (cells, ty, values) in cases {
        let csv = format!("n,v\n0,\n{}", cells.split(' ').map(|c| format!("1,{c}\n")).collect::<String>());
        let read: Vec<Value> =
            load(&mut *db, csv).unwrap().into_iter().map(|mut row| row.remove(1)).collect();
        // The first cell is empty, which is missing in every type.
        assert_eq!((&read[0], &read[1..]), (&Missing, &values[..]), "{cells}");
        assert_eq!(db.columns(TABLE).unwrap().unwrap()[1].type_name, *ty, "{cells}");
    }
}

#[test]
fn one_odd_cell_far_down_is_seen() {
    let mut db = duckdb();
    let csv = format!("id\n{}twelve\n", (0..60_000).map(|n| format!("{n}\n")).collect::<String>());
    let read = load(&mut *db, csv).unwrap();
    assert_eq!((&read[0][0], &read[60_000][0]), (&text("0"), &text("twelve")));

    let late = |cell: &str| format!("id,v\n{}0,{cell}\n", "1,\n".repeat(60_000));
    for (cell, value) in [("5", Int(5)), ("0.5", decimal("0.5")), ("x", text("x"))] {
        assert_eq!(load(&mut *db, late(cell)).unwrap()[60_000][1], value);
    }
}

#[test]
fn separators_quotes_and_line_ends() {
    let mut db = duckdb();
    let read =
        load(&mut *db, "\u{feff}id;\"full; name\"\r\n1;\"Ann \"\"A\"\" Lee\r\nJr\"\r\n2;\r\n").unwrap();
    assert_eq!(read, [[Int(1), text("Ann \"A\" Lee\r\nJr")], [Int(2), Missing]]);
    let names: Vec<String> = db.columns(TABLE).unwrap().unwrap().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["id", "full; name"]);
    assert_eq!(load(&mut *db, "a\tb\tc,d\n1\t2\t3,4\n").unwrap(), [[Int(1), Int(2), text("3,4")]]);
    assert_eq!(load(&mut *db, "it's\n\"\"\n").unwrap(), [[Missing]]);
    assert_eq!(load(&mut *db, "a,b\n1,2").unwrap(), [[Int(1), Int(2)]]);
    assert!(load(&mut *db, "a,b\n").unwrap().is_empty());
}

#[test]
fn a_bad_file_names_the_line_and_leaves_the_table_as_it_was() {
    let mut db = duckdb();
    load(&mut *db, "a,b\n1,2\n").unwrap();
    let cases: &[(&[u8], Option<u64>, &str)] = &[
        (b"id,name\n1,2\n1,2,3\n", Some(3), "the header has 2 columns, this line has 3"),
        (b"id,name\n1,2\n3\n", Some(3), "the header has 2 columns, this line has 1"),
        (b"id,name\n1,\"x\n2,y\n", Some(2), "a quote is opened and not closed"),
        (b"id,name\n1,x\n2,\xff\n", Some(3), "not UTF-8"),
        (b"id,\"name\n1,2\n", Some(1), "not closed"),
        (b"id,Id\n1,2\n", Some(1), "two columns of the name `Id`"),
        (b"\n\n", Some(1), "no header line"),
        (b"", None, "it is empty"),
        (b"id,name\r\n1,2\n3,4\r\n", None, "lines end in different ways"),
    ];
    for (bytes, at, words) in cases {
        let error = load(&mut *db, bytes).unwrap_err();
        let Error::FileUnreadable { line, detail, .. } = &error else { panic!("{error:?}") };
        assert!(line == at && detail.contains(words), "{error}");
    }
    assert_eq!(rows(&mut *db, "SELECT * FROM loaded"), [[Int(1), Int(2)]]);
}

#[test]
fn a_file_that_is_not_there_or_not_a_file() {
    let mut db = duckdb();
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.csv");
    let error = db.load_file(TABLE, &missing, FileFormat::Csv).unwrap_err();
    assert!(matches!(&error, Error::FileMissing { path } if *path == missing), "{error}");
    let error = db.load_file(TABLE, folder.path(), FileFormat::Parquet).unwrap_err();
    assert!(matches!(&error, Error::FileUnreadable { detail, .. } if detail == "it is a folder"), "{error}");
}

#[test]
fn parquet_comes_as_it_went_and_damage_is_told() {
    let mut db = duckdb();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.parquet");
    let write = "SELECT range AS id, range::DECIMAL(38,9) / 4 AS price, [range] AS skus FROM range(50000)";
    db.execute(&format!("COPY ({write}) TO '{}' (FORMAT parquet)", path.display())).unwrap();
    assert_eq!(db.load_file(TABLE, &path, FileFormat::Parquet).unwrap(), 50_000);
    assert_eq!(
        rows(&mut *db, "SELECT id, skus FROM loaded WHERE id = 7"),
        [[Int(7), Value::List(vec![Int(7)])]]
    );

    let good = fs::read(&path).unwrap();
    let cut = good[..good.len() / 2].to_vec();
    let mut flipped = good.clone();
    flipped[200..400].fill(255);
    for bytes in [cut, flipped, b"id,name\n1,2\n".to_vec()] {
        fs::write(&path, bytes).unwrap();
        let error = db.load_file(TABLE, &path, FileFormat::Parquet).unwrap_err();
        assert!(matches!(&error, Error::FileUnreadable { path: at, .. } if *at == path), "{error}");
    }
    assert_eq!(rows(&mut *db, "SELECT count(*) FROM loaded"), [[Int(50_000)]]);
}

#[test]
fn a_compressed_file_is_read_and_a_false_one_told() {
    let mut db = duckdb();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv.gz");
    db.execute(&format!("COPY (SELECT 1 AS a, 'x' AS b) TO '{}' (FORMAT csv, HEADER)", path.display()))
        .unwrap();
    assert_eq!(db.load_file(TABLE, &path, FileFormat::Csv).unwrap(), 1);
    assert_eq!(rows(&mut *db, "SELECT * FROM loaded"), [[Int(1), text("x")]]);
    fs::write(&path, "a,b\n1,2\n").unwrap();
    let error = db.load_file(TABLE, &path, FileFormat::Csv).unwrap_err();
    assert!(matches!(&error, Error::FileUnreadable { detail, .. } if detail.contains("GZIP")), "{error}");
}
