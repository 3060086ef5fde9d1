//! A shop's two years, invented inside DuckDB: customers, of whom a few do most, and their events in the order they
//! happened. One event in a hundred is of somebody who is no customer (any more), as in life.

use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use persona_warehouse::{Target, Warehouse, connect};

/// How large the shop is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Customers.
    pub customers: u64,
    /// Events of all kinds.
    pub events: u64,
}

/// The whole measurement: what the goals speak of.
pub const WHOLE: Size = Size { customers: 1_000_000, events: 50_000_000 };
/// A tenth of it, for trying.
pub const SMALL: Size = Size { customers: 100_000, events: 5_000_000 };

/// The instant of the refresh. Events begin two years before it.
pub const NOW: &str = "2026-06-01T06:00:00Z";

/// Each kind of event and how many of a thousand are of it.
const KINDS: [(&str, u64, &str); 5] = [
    (
        "view",
        680,
        "['shoes', 'bags', 'coats', 'hats', 'belts', 'socks', 'shirts', 'other'][1 + (h >> 40) % 8] AS category",
    ),
    ("email_open", 170, ""),
    ("cart_add", 90, "'p' || (h >> 40) % 5000 AS sku"),
    ("purchase", 50, "CAST(5 + (h >> 40) % 20000 / 100.0 AS DECIMAL(38, 9)) AS total"),
    ("email_click", 10, ""),
];

/// The database of a seed, made unless it is there already. Its tables lie in this schema.
pub fn database(folder: &Path, size: Size, seed: u64, schema: &str) -> PathBuf {
    let of = if schema == "persona" { "sql" } else { schema };
    let name = format!("bench-{of}-{}-{}-seed-{seed}.duckdb", size.customers, size.events);
    let path = folder.join(&name);
    if path.exists() {
        return path;
    }
    // Half a database must not be taken for a whole one.
    let making = folder.join(format!("{name}.making"));
    let _ = std::fs::remove_file(&making);
    let mut warehouse = open(&making);
    make(&mut *warehouse, size, seed, schema);
    drop(warehouse);
    std::fs::rename(&making, &path).expect("the folder can be written to");
    path
}

/// A connection to a database.
pub fn open(path: &Path) -> Box<dyn Warehouse> {
    let target = Target::DuckDb { path: Some(path.into()) };
    connect(&target).unwrap_or_else(|e| panic!("{e}"))
}

fn make(warehouse: &mut dyn Warehouse, size: Size, seed: u64, schema: &str) {
    let mut run = |sql: String| run(warehouse, &sql);
    let customers = size.customers;
    let now: Timestamp = NOW.parse().expect("an instant");
    let end = now.as_microsecond();
    run(format!("CREATE SCHEMA {schema}"));
    run(format!(
        "CREATE TABLE {schema}.customer AS
         SELECT 'c' || lpad(CAST(i AS VARCHAR), 7, '0') AS id,
           'c' || i || '@shop.example' AS email,
           ['UK', 'DE', 'FR', 'IE', 'other'][1 + h % 5] AS country,
           make_timestamp(CAST({end} - CAST(power(((h >> 8) % 1000000) / 1e6, 2) * 1000 * 86400e6 AS BIGINT) AS BIGINT)) AS signed_up
         FROM (SELECT i, CAST(hash(i, {seed}) >> 1 AS BIGINT) AS h FROM range({customers}) t(i))"
    ));
    for (at, (kind, share, _)) in KINDS.iter().enumerate() {
        let events = invented(size, seed, at, 0..size.events * share / 1000);
        run(format!("CREATE TABLE {schema}.event_{kind} AS {events}"));
    }
    run(format!(
        "CREATE TABLE {schema}.consent_log (customer VARCHAR, consent VARCHAR, \"at\" TIMESTAMP, given BOOLEAN)"
    ));
    run(format!("CREATE TABLE {schema}.suppression (email VARCHAR, reason VARCHAR)"));
    run("CHECKPOINT".into());
}

/// More events of all kinds, these of those that come after the shop's two years.
pub fn more(warehouse: &mut dyn Warehouse, size: Size, seed: u64, schema: &str, which: Range<u64>) {
    for (at, (kind, share, _)) in KINDS.iter().enumerate() {
        let all = size.events * share / 1000;
        let events =
            invented(size, seed, at, all + which.start * share / 1000..all + which.end * share / 1000);
        run(warehouse, &format!("INSERT INTO {schema}.event_{kind} {events}"));
    }
}

/// These events of one kind, counted from the first.
fn invented(size: Size, seed: u64, at: usize, which: Range<u64>) -> String {
    let (kind, share, field) = KINDS[at];
    let Size { customers, events } = size;
    let now: Timestamp = NOW.parse().expect("an instant");
    let (end, start) = (now.as_microsecond(), now.as_microsecond() - 730 * 86_400_000_000);
    // Half of what happens is done by one customer in eight.
    let who = format!("CAST(power(((h >> 8) % 100000000) / 1e8, 3) * {customers} * 1.01 AS BIGINT)");
    let field = if field.is_empty() { String::new() } else { format!(", {field}") };
    format!(
        "SELECT 'c' || lpad(CAST(who * 7919 % {modulus} AS VARCHAR), 7, '0') AS customer, \"at\", \"at\" AS received,
           '{kind}' || i AS id{field}
         FROM (
           SELECT i, h, {who} AS who,
             make_timestamp(CAST({start} + i * {step} + h % {step} AS BIGINT)) AS \"at\"
           FROM (SELECT i, CAST(hash(i, {kind_seed}) >> 1 AS BIGINT) AS h FROM range({from}, {to}) t(i))
         )",
        modulus = customers * 101 / 100,
        step = (end - start) as u64 / (events * share / 1000),
        kind_seed = seed * 100 + at as u64,
        from = which.start,
        to = which.end,
    )
}

fn run(warehouse: &mut dyn Warehouse, sql: &str) {
    warehouse.execute(sql).unwrap_or_else(|e| panic!("{e}\n{sql}"));
}
