//! What `persona check --target` tells of sources.

use persona_target::{Error, check};

use crate::shop::{ENGINES, Shop, Silent};

const PROGRAM: &str = r#"
customer { id: string key  email: email  vip: bool  born: date? }
record line { sku: string  quantity: int }
event purchase { order_id: string unique  total: money  lines: list<line> }
event visit { page: string? }
source people { table "raw.people" feeds customer { id = id  email = lower(mail)  vip = vip  born = born } }
source orders {
  table "raw.orders" where total > 0
  group by no
  feeds purchase {
    customer = who  at = local(happened, "Europe/London")  order_id = no  total = sum(money(total, EUR))
    lines = list { sku = sku  quantity = pieces }
  }
}
source visits { table "raw.visits" feeds visit { customer = who  at = at  page = page } }
"#;

const SOUND: [&str; 4] = [
    "CREATE SCHEMA raw",
    "CREATE TABLE raw.people (id BIGINT, mail TEXT, vip BOOLEAN, born TIMESTAMP)",
    "CREATE TABLE raw.orders (no INTEGER, who BIGINT, happened TIMESTAMP, total NUMERIC(12, 2), sku TEXT, pieces TEXT)",
    "CREATE VIEW raw.visits AS SELECT 1 AS who, CAST('2026-03-01 09:00:00+00' AS TIMESTAMPTZ) AS at, CAST(NULL AS TEXT) AS page",
];

/// The problems of a program in each engine: code, the text they are told at, their headline. They are the same in both.
fn told(shop: &Shop, program: &str) -> Vec<String> {
    let loaded = shop.load(program);
    let model = loaded.model.as_ref().unwrap();
    let [duckdb, postgres] = ENGINES.map(|engine| {
        let problems =
            check(model, shop.folder(), engine, &mut Silent).unwrap_or_else(|e| panic!("{engine}: {e}"));
        let line = |told: &persona_diagnostics::Told| {
            format!("{} `{}`: {}", told.code, loaded.sources.text(told.span().unwrap()), told.headline)
        };
        problems.sorted(&loaded.sources).iter().map(line).collect::<Vec<_>>()
    });
    assert_eq!(duckdb, postgres);
    duckdb
}

#[test]
fn a_program_that_fits_its_data_has_no_problem_and_nothing_is_written() {
    let shop = Shop::new();
    shop.run(&SOUND);
    assert_eq!(told(&shop, PROGRAM), [""; 0]);
    for engine in ENGINES {
        let mut tables = shop.warehouse(engine).tables().unwrap();
        tables.retain(|name| !matches!(&*name[0], "pg_catalog" | "information_schema"));
        tables.sort();
        assert_eq!(tables, [["raw", "orders"], ["raw", "people"], ["raw", "visits"]], "{engine}");
    }
}

#[test]
fn what_is_not_there_is_told_where_it_is_named() {
    let shop = Shop::new();
    shop.run(&SOUND[..3]);
    let program = PROGRAM
        .replace("pieces }", "piece }")
        .replace("lower(mail)", "lower(address)")
        .replace("raw.people", "raw.poeple");
    assert_eq!(
        told(&shop, &program),
        [
            "unknown-table `\"raw.poeple\"`: the target has no table `raw.poeple`",
            "unknown-column `piece`: `raw.orders` has no column `piece`",
            "unknown-table `\"raw.visits\"`: the target has no table `raw.visits`",
        ]
    );
}

#[test]
fn types_that_are_never_read_as_what_is_declared() {
    let shop = Shop::new();
    shop.run(&[
        "CREATE SCHEMA raw",
        "CREATE TABLE raw.people (id BIGINT, mail TEXT[], vip SMALLINT, born INTEGER)",
        "CREATE TABLE raw.orders (no DATE, who BIGINT, happened TIME, total BOOLEAN, sku BYTEA, pieces DATE)",
        "CREATE TABLE raw.visits (who TEXT, \"at\" DOUBLE PRECISION, page INTERVAL)",
    ]);
    assert_eq!(
        told(&shop, PROGRAM),
        [
            "unreadable-column `mail`: the column `mail` can never be read as text",
            "unreadable-column `vip`: the column `vip` can never be read as a bool",
            "unreadable-column `born`: the column `born` can never be read as a date",
            "unreadable-column `total`: the column `total` can never be read as a number",
            "unreadable-column `happened`: the column `happened` can never be read as a timestamp",
            "unreadable-column `total`: the column `total` can never be read as money",
            "unreadable-column `sku`: the column `sku` can never be read as text",
            "unreadable-column `pieces`: the column `pieces` can never be read as a whole number",
            "unreadable-column `at`: the column `at` can never be read as a timestamp",
        ]
    );
}

/// Held to the queries themselves: what is told can be read gives a value, what is told cannot gives none.
#[test]
fn what_is_told_of_types_is_so() {
    let columns = [
        ("BOOLEAN", "'true'"),
        ("SMALLINT", "1"),
        ("BIGINT", "20260301"),
        ("NUMERIC(12, 2)", "1"),
        ("DOUBLE PRECISION", "2"),
        ("DATE", "'2026-03-01'"),
        ("TIME", "'09:30:00'"),
        ("TIMESTAMP", "'2026-03-01 09:30:00'"),
        ("TIMESTAMPTZ", "'2026-03-01 09:30:00+00'"),
        ("INTERVAL", "'3 days'"),
        ("TEXT", "'a'"),
    ];
    let types = [
        "bool",
        "int",
        "decimal",
        "percent",
        "date",
        "timestamp",
        "time",
        "duration",
        "enum { a, b }",
        "string",
    ];
    let shop = Shop::new();
    let cells: Vec<String> =
        columns.iter().enumerate().map(|(c, (ty, value))| format!("CAST({value} AS {ty}) AS c{c}")).collect();
    let table = format!("CREATE TABLE raw.things AS SELECT '1' AS id, {}", cells.join(", "));
    shop.run(&["CREATE SCHEMA raw", &table]);
    let pairs = || (0..columns.len()).flat_map(|c| (0..types.len()).map(move |t| (c, t)));
    let fields: String = pairs().map(|(c, t)| format!("f{c}_{t}: {}?\n", types[t])).collect();
    let feeds: String = pairs().map(|(c, t)| format!("f{c}_{t} = c{c}\n")).collect();
    let program = format!(
        "customer {{ id: string key  email: email }}\nentity thing {{ id: string key\n{fields} }}\n\
         source things {{ table \"raw.things\" feeds thing {{ id = id\n{feeds} }} }}\n"
    );
    let loaded = shop.load(&program);
    let model = loaded.model.as_ref().unwrap();
    let staged = persona_plan::lower::staging(model);
    let plan = &staged.iter().find(|s| &*s.table == "entity_thing").unwrap().plan;
    for engine in ENGINES {
        let problems = check(model, shop.folder(), engine, &mut Silent).unwrap();
        let sql =
            persona_sql::query(plan, engine.parse().unwrap(), &persona_sql::Options::default()).unwrap();
        let rows = shop.warehouse(engine).query(&sql).unwrap();
        for (c, t) in pairs() {
            let name = format!("f{c}_{t}");
            let declared = format!("`{name}` is declared here");
            let told = problems
                .iter()
                .any(|p| p.code == "unreadable-column" && p.labels.iter().any(|l| l.text == declared));
            let value = &rows.rows[0][rows.columns.iter().position(|column| *column == name).unwrap()];
            // A text may hold anything: nothing is told of it, whatever this one is.
            if columns[c].0 != "TEXT" {
                assert_eq!(told, value.is_missing(), "{engine}: {} as {}: {value:?}", columns[c].0, types[t]);
            } else {
                assert!(!told, "{}", types[t]);
            }
        }
    }
}

#[test]
fn whose_clock_a_column_shows() {
    let shop = Shop::new();
    shop.run(&SOUND);
    let program = PROGRAM
        .replace("local(happened, \"Europe/London\")", "happened")
        .replace("at = at ", "at = local(at, \"Europe/London\") ");
    assert_eq!(
        told(&shop, &program),
        [
            "column-zone `happened`: the clock that `happened` shows is taken for UTC's",
            "column-zone `at`: `at` is an instant, and `local` moves it to Europe/London",
        ]
    );
}

#[test]
fn rows_that_would_be_set_aside_are_counted() {
    let shop = Shop::new();
    shop.run(&SOUND);
    shop.run(&[
        "INSERT INTO raw.people VALUES (1, 'ada@example.com', true, NULL), (2, NULL, false, NULL), (3, '', true, NULL)",
        "INSERT INTO raw.orders VALUES (1, 1, '2026-03-01', 5, 'a', '1'), (2, 1, '2026-03-01', 5, 'a', 'two')",
    ]);
    assert_eq!(
        told(&shop, PROGRAM),
        [
            "set-aside `lower(mail)`: 2 rows of `raw.people` have no value for `email` and would be set aside",
            "set-aside `pieces`: 1 row of `raw.orders` has no good `quantity` and would be set aside",
        ]
    );
}

#[test]
fn files_are_compared_without_a_target_of_theirs() {
    let shop = Shop::new();
    shop.write("people.csv", "id,mail,vip,born\n1,ada@example.com,yes,2026-01-01\n2,bob@example.com,no,\n");
    let program = "customer { id: string key  email: email  vip: bool  born: date? }\n\
                   source people { file \"people.csv\" feeds customer { id = id  email = email  vip = vip  born = born } }";
    assert_eq!(told(&shop, program), ["unknown-column `email`: `people.csv` has no column `email`"]);
    let mended = program.replace("email = email", "email = mail");
    assert_eq!(
        told(&shop, &mended),
        ["set-aside `vip`: 2 rows of `people.csv` have no good `vip` and would be set aside"]
    );
    assert!(!shop.folder().join("shop.duckdb").exists(), "nothing is made");
}

#[test]
fn a_target_that_is_not_there() {
    let shop = Shop::new();
    let loaded = shop.load(PROGRAM);
    let model = loaded.model.unwrap();
    let error = check(&model, shop.folder(), "postgre", &mut Silent).unwrap_err();
    assert!(
        matches!(&error, Error::NoTarget(message) if message.contains("did you mean `postgres`?")),
        "{error}"
    );
}
