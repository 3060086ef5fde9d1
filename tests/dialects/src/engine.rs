//! A case by an engine, through the SQL that is written for it.

use std::path::Path;

use persona_model::Model;
use persona_plan::Place;
use persona_sql::{Options, Target, create_schema, create_table, own_name, query, users_name};
use persona_value::{Type, Value};
use persona_warehouse::{Rows, Warehouse};

use crate::plans::{self, Named};
use crate::{Answer, Case, Raw, RawTable};

/// An open engine.
pub struct Engine {
    /// Whose SQL it takes.
    pub target: Target,
    /// The connection.
    pub warehouse: Box<dyn Warehouse>,
}

impl Engine {
    /// DuckDB in memory. Small queries are faster on one thread than on several.
    pub fn duckdb() -> Engine {
        let target = persona_warehouse::Target::DuckDb { path: None };
        let mut warehouse = persona_warehouse::connect(&target).unwrap_or_else(|e| panic!("{e}"));
        warehouse.execute("SET threads = 1").expect("one thread is always to be had");
        Engine { target: Target::DuckDb, warehouse }
    }

    /// DuckDB in a file, for others to open once this engine is gone.
    pub fn duckdb_in(path: &Path) -> Engine {
        let target = persona_warehouse::Target::DuckDb { path: Some(path.into()) };
        let warehouse = persona_warehouse::connect(&target).unwrap_or_else(|e| panic!("{e}"));
        Engine { target: Target::DuckDb, warehouse }
    }

    /// A new database of this run's PostgreSQL server.
    pub fn postgres() -> Engine {
        Engine::postgres_at(crate::postgres::database())
    }

    /// A database of a PostgreSQL server.
    pub fn postgres_at(uri: String) -> Engine {
        let target = persona_warehouse::Target::Postgres { uri };
        let warehouse = persona_warehouse::connect(&target).unwrap_or_else(|e| panic!("{e}"));
        Engine { target: Target::Postgres, warehouse }
    }

    /// Spark, which stands for Databricks.
    pub fn databricks() -> Engine {
        Engine { target: Target::Databricks, warehouse: Box::new(crate::spark::Spark::start()) }
    }

    /// The engine's answer, or the first statement it refuses with its words.
    pub fn answer(&mut self, model: &Model, case: &Case) -> Result<Answer, String> {
        let options = Options { schema: vec!["persona".into()], at: Some(case.now), ..Default::default() };
        self.load_all(model, case)?;
        let mut answer = Answer::default();
        let each = if case.each { plans::declarations(model, case.from()) } else { vec![] };
        for named in plans::tables(model).into_iter().chain(each) {
            let rows = self.run(&named, &options).map_err(|e| format!("{}: {e}", named.name))?;
            let rows = self.times(rows, &named);
            answer.add(&named.name, rows.columns, rows.rows);
        }
        Ok(answer)
    }

    /// The tables of a case, and nothing else of persona's or of these schemas.
    pub fn load_all(&mut self, model: &Model, case: &Case) -> Result<(), String> {
        let options = Options { schema: vec!["persona".into()], ..Default::default() };
        self.clear(model)?;
        self.execute(&create_schema(self.target, &options).expect("it has a name"))?;
        case.tables.iter().try_for_each(|table| self.load(table, &options))
    }

    /// Every row of a query.
    pub fn rows(&mut self, sql: &str) -> Result<Rows, String> {
        self.warehouse.query(sql).map_err(|e| format!("{e}\n{sql}"))
    }

    fn run(&mut self, named: &Named, options: &Options) -> Result<Rows, String> {
        let written = |e: persona_sql::Unsupported| e.to_string();
        let select = match &named.table {
            Some(table) => {
                for sql in create_table(table, &named.plan, self.target, options).map_err(written)? {
                    self.execute(&sql)?;
                }
                format!("SELECT * FROM {}", own_name(table, self.target, options))
            }
            None => query(&named.plan, self.target, options).map_err(written)?,
        };
        let rows = self.warehouse.query(&select).map_err(|e| format!("{e}\n{select}"))?.rows;
        // Engines write names in other letters, or shorter.
        let columns =
            named.plan.result.schema().columns.iter().map(|column| column.name.to_string()).collect();
        Ok(Rows { columns, rows })
    }

    /// Times of day, where the engine has no type for them and they are text.
    fn times(&self, mut rows: Rows, named: &Named) -> Rows {
        let schema = named.plan.result.schema();
        let times = schema.columns.iter().map(|c| c.ty == Type::Time).collect::<Vec<_>>();
        for row in rows.rows.iter_mut().filter(|_| self.target == Target::Databricks) {
            for (value, _) in row.iter_mut().zip(&times).filter(|(_, time)| **time) {
                if let Value::Text(text) = value {
                    *value = Value::Time(text.parse().unwrap_or_else(|e| panic!("{text}: {e}")));
                }
            }
        }
        rows
    }

    fn load(&mut self, table: &RawTable, options: &Options) -> Result<(), String> {
        let name = match &table.place {
            Place::Own(name) => own_name(name, self.target, options),
            Place::Users(name) => users_name(name, self.target),
        };
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|(name, kind)| format!("{} {}", self.quoted(name), self.type_name(*kind)))
            .collect();
        self.execute(&format!("CREATE TABLE {name} ({})", columns.join(", ")))?;
        let columns = table.columns.iter().map(|(name, _)| name.clone()).collect();
        let rows = Rows { columns, rows: table.rows.clone() };
        self.warehouse.insert(&name, &rows).map_err(|e| e.to_string())
    }

    fn type_name(&self, kind: Raw) -> &'static str {
        match kind {
            Raw::Text | Raw::Time if self.target == Target::Databricks => "STRING",
            Raw::Instant if self.target == Target::Databricks => "TIMESTAMP_NTZ",
            Raw::Text => "TEXT",
            Raw::Int => "BIGINT",
            Raw::Decimal => "DECIMAL(38, 9)",
            Raw::Bool => "BOOLEAN",
            Raw::Date => "DATE",
            Raw::Time => "TIME",
            Raw::Instant => "TIMESTAMP",
        }
    }

    /// Nothing of the case before is there any more.
    fn clear(&mut self, model: &Model) -> Result<(), String> {
        self.execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", self.quoted("persona")))?;
        let mut schemas: Vec<&str> = model
            .sources
            .iter()
            .filter_map(|source| match &source.location {
                persona_model::Location::Table(path) => path.split_once('.').map(|(schema, _)| schema),
                _ => None,
            })
            .collect();
        schemas.sort_unstable();
        schemas.dedup();
        for schema in schemas {
            let schema = self.quoted(schema);
            self.execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))?;
            self.execute(&format!("CREATE SCHEMA {schema}"))?;
        }
        Ok(())
    }

    fn quoted(&self, name: &str) -> String {
        users_name(name, self.target)
    }

    fn execute(&mut self, sql: &str) -> Result<(), String> {
        self.warehouse.execute(sql).map(drop).map_err(|e| format!("{e}\n{sql}"))
    }
}
