//! A small shop in a warehouse, and what a refresh leaves there.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use persona_diagnostics::Severity;
use persona_model::Model;
use persona_refresh::{Asked, Error, Report, refresh_in};
use persona_target::{Progress, Session};
use persona_warehouse::{Column, FileFormat, Rows, Target, Warehouse, connect};

/// Customers, purchases, a segment and a lifecycle.
pub const PROGRAM: &str = r#"
customer { id: string key  email: email  signed_up: timestamp }
event purchase { order_id: string unique  total: money }
source people { table "raw.people" feeds customer { id = id  email = email  signed_up = signed_up } }
source orders { table "raw.orders" feeds purchase { customer = who  at = happened  received = got  order_id = order_id  total = money(total, EUR) } }
trait spent = sum(purchase.total)
segment buyers { when any(purchase in last 30 days) }
lifecycle {
  stage new    when signed_up in last 7 days
  stage lapsed when none(purchase in last 60 days)
  stage active otherwise
}
"#;

/// Says nothing.
pub struct Silent;

impl Progress for Silent {
    fn start(&mut self, _: &str, _: u64) {}
    fn step(&mut self, _: &str) {}
    fn end(&mut self) {}
}

/// A model of a program; errors fail the test.
pub fn model(program: &str) -> Model {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("persona.toml"), "[project]\nname = \"shop\"\n").unwrap();
    std::fs::write(folder.path().join("shop.persona"), program).unwrap();
    let loaded = persona_model::load(folder.path());
    let errors: Vec<_> = loaded.problems.iter().filter(|t| t.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.model.unwrap()
}

/// An engine with the shop's tables.
pub struct Shop {
    pub dialect: persona_sql::Target,
    pub warehouse: Box<dyn Warehouse>,
    /// How a second connection is made, where there can be one.
    pub uri: Option<String>,
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The same shop in each engine.
pub fn shops() -> Vec<Shop> {
    let opened = |target| connect(&target).unwrap_or_else(|e| panic!("{e}"));
    let duckdb = Shop {
        dialect: persona_sql::Target::DuckDb,
        warehouse: opened(Target::DuckDb { path: None }),
        uri: None,
    };
    let address = |name: &str| format!("postgresql://persona@127.0.0.1:{}/{name}", crate::server::port());
    let name = format!("shop_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut admin = opened(Target::Postgres { uri: address("postgres") });
    admin.execute(&format!("CREATE DATABASE {name}")).unwrap();
    let uri = address(&name);
    let postgres = Shop {
        dialect: persona_sql::Target::Postgres,
        warehouse: opened(Target::Postgres { uri: uri.clone() }),
        uri: Some(uri),
    };
    let mut shops = vec![duckdb, postgres];
    for shop in &mut shops {
        shop.run("CREATE SCHEMA raw");
        shop.run("CREATE TABLE raw.people (id TEXT, email TEXT, signed_up TIMESTAMP)");
        shop.run("CREATE TABLE raw.orders (who TEXT, happened TIMESTAMP, got TIMESTAMP, order_id TEXT, total DECIMAL(12, 2))");
        shop.run("INSERT INTO raw.people VALUES ('ada', 'ada@example.com', '2026-01-01'), ('bob', 'bob@example.com', '2026-02-27')");
        shop.order("ada", "2026-02-01 10:00", "1");
    }
    shops
}

pub fn at(text: &str) -> Timestamp {
    format!("{text}T12:00:00Z").parse().unwrap()
}

impl Shop {
    pub fn run(&mut self, sql: &str) {
        self.warehouse.execute(sql).unwrap_or_else(|e| panic!("{e}"));
    }

    /// Somebody buys something, which arrives at once.
    pub fn order(&mut self, who: &str, when: &str, id: &str) {
        self.run(&format!("INSERT INTO raw.orders VALUES ('{who}', '{when}', '{when}', '{id}', 10)"));
    }

    pub fn try_refresh(&mut self, model: &Model, day: &str) -> Result<Report, Error> {
        refresh_with(&mut *self.warehouse, self.dialect, model, day, false)
    }

    pub fn refresh(&mut self, model: &Model, day: &str) -> Report {
        self.try_refresh(model, day).unwrap_or_else(|e| panic!("{}: {e}", self.dialect))
    }

    /// The rows of a query as lines in order.
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        let rows = self.warehouse.query(sql).unwrap_or_else(|e| panic!("{e}"));
        let cell = |value: &persona_value::Value| match value {
            persona_value::Value::Missing => "-".to_string(),
            persona_value::Value::Instant(at) => at.strftime("%m-%d").to_string(),
            value => value.as_text().map_or_else(|| persona_target::whole(value).to_string(), str::to_string),
        };
        let mut lines: Vec<String> =
            rows.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" ")).collect();
        lines.sort();
        lines
    }

    /// All that is kept but for how long it took.
    pub fn state(&mut self) -> Vec<String> {
        if self.warehouse.columns("\"persona\".\"membership\"").unwrap().is_none() {
            return vec![];
        }
        let mut all = self.members();
        all.extend(self.log());
        all.extend(
            self.rows(
                "SELECT refreshed_at, program, customers, entered, exited FROM persona.refresh_history",
            ),
        );
        all.extend(self.rows("SELECT kind, audience, definition FROM persona.audience_definition"));
        all.extend(self.rows("SELECT refreshed_at, kind, audience, stage, size FROM persona.audience_size"));
        all
    }

    pub fn members(&mut self) -> Vec<String> {
        self.rows("SELECT audience, stage, customer, since FROM persona.membership")
    }

    pub fn log(&mut self) -> Vec<String> {
        self.rows(
            "SELECT refreshed_at, audience, customer, change, from_stage, to_stage, cause FROM persona.membership_log",
        )
    }
}

pub fn refresh_with(
    warehouse: &mut dyn Warehouse,
    dialect: persona_sql::Target,
    model: &Model,
    day: &str,
    dry: bool,
) -> Result<Report, Error> {
    let options =
        persona_sql::Options { schema: vec!["persona".into()], at: Some(at(day)), ..Default::default() };
    let session = Session { model, folder: Path::new("."), warehouse, dialect, options };
    refresh_in(session, &Asked { target: None, at: at(day), dry, full: false }, &mut Silent)
}

/// A connection that breaks at one of its statements.
pub struct Breaking<'w> {
    pub inner: &'w mut dyn Warehouse,
    /// How many statements go well.
    pub left: usize,
}

impl Breaking<'_> {
    fn next(&mut self, sql: &str) -> Result<(), persona_warehouse::Error> {
        if self.left == 0 && !sql.starts_with("ROLLBACK") {
            let detail = "the line is cut".to_string();
            return Err(persona_warehouse::Error::Statement { sql: sql.into(), detail });
        }
        self.left = self.left.saturating_sub(1);
        Ok(())
    }
}

impl Warehouse for Breaking<'_> {
    fn execute(&mut self, sql: &str) -> Result<Option<u64>, persona_warehouse::Error> {
        self.next(sql)?;
        self.inner.execute(sql)
    }
    fn query(&mut self, sql: &str) -> Result<Rows, persona_warehouse::Error> {
        self.next(sql)?;
        self.inner.query(sql)
    }
    fn load_file(
        &mut self,
        table: &str,
        path: &Path,
        format: FileFormat,
    ) -> Result<u64, persona_warehouse::Error> {
        self.next(table)?;
        self.inner.load_file(table, path, format)
    }
    fn insert(&mut self, table: &str, rows: &Rows) -> Result<(), persona_warehouse::Error> {
        self.next(table)?;
        self.inner.insert(table, rows)
    }
    fn columns(&mut self, table: &str) -> Result<Option<Vec<Column>>, persona_warehouse::Error> {
        self.next(table)?;
        self.inner.columns(table)
    }
}
