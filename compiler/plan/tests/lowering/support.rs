//! Programs made of text, over the tables their sources name.

use std::sync::Arc;

use persona_diagnostics::Severity;
use persona_model::{Loaded, Model};
use persona_plan::lower::{Profiles, Staged, staging, trait_table};
use persona_plan::{Column, Place, Plan, Rows, Schema, Tables, check, evaluate};
use persona_value::{Type, Value};

/// What every program here has: customers with an id and some columns, and purchases.
pub const CUSTOMERS: &str = "
    customer { id: string key  email: email?  tier: enum { bronze < silver < gold }?  age: int? }
    source people { table \"people\" feeds customer { id = id  email = email  tier = tier  age = age } }
";

/// A program and the tables of its warehouse.
pub struct Shop {
    pub model: Model,
    tables: Tables,
}

impl Shop {
    /// A program without errors.
    #[track_caller]
    pub fn new(program: &str) -> Shop {
        let loaded = load(program);
        let errors: Vec<_> = loaded.problems.iter().filter(|t| t.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        Shop { model: loaded.model.unwrap(), tables: Tables::new() }
    }

    /// With a table of the user's: its columns, and a row a line, `-` where nothing is.
    pub fn table(mut self, name: &str, columns: &str, rows: &str) -> Shop {
        let schema: Schema = columns.split(", ").map(|c| Column::new(c, Type::Raw, true)).collect();
        let cell = |cell: &str| match cell {
            "-" => Value::Missing,
            "''" => Value::text(""),
            text => Value::text(text),
        };
        let rows = rows.lines().map(str::trim).filter(|line| !line.is_empty());
        let rows = rows.map(|line| line.split(" | ").map(cell).collect()).collect();
        self.tables.insert(Place::Users(name.into()), Rows::new(schema, rows));
        self
    }

    /// The rows a plan asks for at noon of 15 June 2026.
    #[track_caller]
    pub fn rows(&self, plan: &Plan) -> Rows {
        if let Err(problem) = check(plan) {
            panic!("{problem}\n{plan}");
        }
        evaluate(plan, &self.tables, now()).unwrap()
    }

    /// Makes persona's own tables from the sources.
    #[track_caller]
    pub fn stage(&mut self) {
        for Staged { table, plan, .. } in staging(&self.model) {
            let rows = self.rows(&plan);
            self.tables.insert(Place::Own(table), rows);
        }
        for t in self.model.traits.iter().filter(|t| matches!(t.value.ty, Type::List(_))) {
            let rows = self.rows(&Profiles::trait_(&self.model, &t.name));
            self.tables.insert(Place::Own(trait_table(&t.name)), rows);
        }
    }

    /// These values of every customer, a customer a line, in the order of their ids.
    #[track_caller]
    pub fn profile(mut self, columns: &[&str]) -> String {
        self.stage();
        shown(&self.rows(&Profiles::everything(&self.model, &[])), columns)
    }

    /// The rows of one of persona's own tables.
    #[track_caller]
    pub fn staged(mut self, table: &str, columns: &[&str]) -> String {
        self.stage();
        let staged = staging(&self.model).into_iter().find(|s| &*s.table == table).unwrap();
        shown(&self.rows(&staged.plan), columns)
    }

    /// What is set aside from a source: the field and how many rows.
    #[track_caller]
    pub fn set_aside(mut self, source: &str) -> String {
        self.stage();
        let aside = staging(&self.model).into_iter().flat_map(|s| s.set_aside);
        let plans: Vec<Plan> = aside.filter(|(s, _)| &**s == source).map(|(_, plan)| plan).collect();
        plans.iter().map(|plan| shown(&self.rows(plan), &["field", "rows", "example"])).collect()
    }
}

/// What is told of a program: the headline of each error.
pub fn load(program: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\ncurrency = \"GBP\"\n";
    std::fs::write(folder.path().join("persona.toml"), settings).unwrap();
    std::fs::write(folder.path().join("shop.persona"), program).unwrap();
    persona_model::load(folder.path())
}

pub fn now() -> jiff::Timestamp {
    "2026-06-15T12:00:00Z".parse().unwrap()
}

/// Rows as text: ` | ` between values, sorted.
pub fn shown(rows: &Rows, columns: &[&str]) -> String {
    let place = |name: &&str| {
        let found = rows.schema.columns.iter().position(|c| *c.name == **name);
        found.unwrap_or_else(|| panic!("no column {name} among {}", rows.schema))
    };
    let places: Vec<usize> = columns.iter().map(place).collect();
    let line = |row: &Vec<Value>| places.iter().map(|at| cell(&row[*at])).collect::<Vec<_>>().join(" | ");
    let mut lines: Vec<String> = rows.rows.iter().map(line).collect();
    lines.sort();
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn cell(value: &Value) -> Arc<str> {
    match value {
        Value::Missing => "-".into(),
        Value::Text(text) => text.clone(),
        Value::Int(n) => n.to_string().into(),
        Value::Decimal(d) => d.to_string().into(),
        Value::Bool(b) => b.to_string().into(),
        Value::Date(d) => d.to_string().into(),
        Value::Instant(t) => t.to_string().into(),
        other => format!("{other:?}").into(),
    }
}
