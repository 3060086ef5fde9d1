//! Snowflake and BigQuery through their real drivers: as far as they go without the services themselves.
//!
//! Snowflake's driver speaks to a stand-in that answers as the documentation of a session says. BigQuery's takes no other
//! address than Google's: of it is seen that it loads, and what it says of credentials.
#![allow(clippy::unwrap_used)] // these are tests

#[path = "common/account.rs"]
mod account;
mod common;

use account::Answer;
use persona_value::Value;
use persona_warehouse::{Column, Error, Target, Warehouse, connect};

fn shop(sql: &str) -> Answer {
    let described = &[("name", "text"), ("type", "text"), ("kind", "text")];
    match sql {
        r#"DESCRIBE TABLE "RAW"."ORDERS""# => Answer::Rows(
            described,
            &[
                &[Some("ID"), Some("VARCHAR(16777216)"), Some("COLUMN")],
                &[Some("AT"), Some("TIMESTAMP_NTZ(9)"), Some("COLUMN")],
            ],
        ),
        sql if sql.starts_with("INSERT") => {
            Answer::Rows(&[("number of rows inserted", "fixed")], &[&[Some("3")]])
        }
        "SELECT everything" => Answer::Rows(
            &[("ID", "text"), ("N", "fixed"), ("YES", "boolean")],
            &[&[Some("a"), Some("12"), Some("true")], &[None, None, None]],
        ),
        "SELECT no warehouse" => {
            Answer::Refusal("000606", "No active warehouse selected in the current session.")
        }
        "SELECT NOPE" => Answer::Refusal(
            "000904",
            "SQL compilation error: error line 1 at position 7\\ninvalid identifier 'NOPE'",
        ),
        _ => Answer::Refusal(
            "002003",
            "SQL compilation error:\\nObject 'SHOP.RAW.NOPE' does not exist or not authorized.",
        ),
    }
}

fn snowflake(password: &str, port: u16) -> Result<Box<dyn Warehouse>, Error> {
    let options = "account=shop&protocol=http&loginTimeout=2&requestTimeout=2&maxRetryCount=1";
    connect(&Target::Snowflake { uri: format!("ada:{password}@127.0.0.1:{port}/SHOP/RAW?{options}") })
}

fn refused(target: &Target) -> Error {
    connect(target).err().unwrap()
}

#[test]
fn an_account_answers_queries_and_describes_tables() {
    let mut db = common::opened(snowflake("secret", account::serve(shop)));
    let rows = db.query("SELECT everything").unwrap();
    assert_eq!(rows.columns, ["ID", "N", "YES"]);
    assert_eq!(rows.rows[0], [Value::text("a"), Value::Int(12), Value::Bool(true)]);
    assert!(rows.rows[1].iter().all(Value::is_missing), "{rows:?}");

    let column = |name: &str, ty: &str| Column { name: name.into(), type_name: ty.into() };
    assert_eq!(
        db.columns("\"RAW\".\"ORDERS\"").unwrap(),
        Some(vec![column("ID", "VARCHAR(16777216)"), column("AT", "TIMESTAMP_NTZ(9)")])
    );
    assert_eq!(db.columns("\"RAW\".\"NOPE\"").unwrap(), None);
    assert_eq!(db.execute("INSERT INTO T SELECT 1").unwrap(), Some(3));
}

#[test]
fn what_an_account_says_is_one_line() {
    let mut db = common::opened(snowflake("secret", account::serve(shop)));
    let error = db.query("SELECT no warehouse").unwrap_err();
    assert!(
        matches!(&error, Error::Statement { detail, .. } if detail == "No active warehouse selected in the current session."),
        "{error}"
    );
    let error = db.query("SELECT NOPE").unwrap_err();
    assert!(matches!(&error, Error::NoSuchColumn { name, .. } if name == "NOPE"), "{error}");
    let error = db.query("SELECT * FROM NOPE").unwrap_err();
    assert!(matches!(&error, Error::NoSuchTable { name, .. } if name == "SHOP.RAW.NOPE"), "{error}");
}

#[test]
fn who_is_turned_away_is_told_why_and_no_password_is_printed() {
    let port = account::serve(shop);
    let error = snowflake("hunter2", port).err().unwrap();
    assert!(
        matches!(&error, Error::ServerRefused { detail } if detail == "Incorrect username or password was specified."),
        "{error}"
    );
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = snowflake("hunter2", nobody).err().unwrap();
    let told = error.to_string();
    assert!(matches!(&error, Error::ServerUnreachable { .. }), "{told}");
    assert!(
        told.contains(&format!("127.0.0.1:{nobody}")) && !told.contains('\n') && !told.contains('?'),
        "{told}"
    );

    let mangled = ["ada:hunter2@", "hunter2", "ada:hun/ter2@127.0.0.1:port/x", "//ada:hunter2@[x"];
    let addresses = mangled.map(|uri| Target::Snowflake { uri: uri.into() });
    let postgres =
        ["postgresql://ada:hun/ter2@127.0.0.1/x", "postgresql://ada:hunter2@127.0.0.1:x/y", "ada:hunter2@x"];
    let postgres = postgres.map(|uri| Target::Postgres { uri: uri.into() });
    for target in addresses.iter().chain(&postgres) {
        let told = refused(target).to_string();
        assert!(!["hunter2", "hun/", "\"hun\"", "ter2"].iter().any(|piece| told.contains(piece)), "{told}");
    }
}

#[test]
fn bigquery_says_what_is_wrong_with_its_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.json");
    let target = Target::BigQuery { uri: format!("bigquery://shop/raw?credentials={}", file.display()) };
    let error = refused(&target);
    assert!(matches!(&error, Error::ServerRefused { detail } if detail.contains("no such file")), "{error}");
    std::fs::write(
        &file,
        r#"{"type":"service_account","project_id":"shop","private_key_id":"1","private_key":"hunter2",
            "client_email":"ada@shop.example","token_uri":"http://127.0.0.1:1/token"}"#,
    )
    .unwrap();
    let error = refused(&target);
    let told = error.to_string();
    assert!(matches!(&error, Error::ServerRefused { .. }), "{told}");
    assert!(
        told.contains("could not parse key") && !told.contains("hunter2") && !told.contains('\n'),
        "{told}"
    );
    let error = refused(&Target::BigQuery { uri: "bigquery://shop/raw?key=hunter2".into() });
    assert!(!error.to_string().contains("hunter2"), "{error}");
}
