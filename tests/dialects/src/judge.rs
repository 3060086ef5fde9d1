//! The judges of `tests/judges`: one process a dialect for any number of statements.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use persona_model::{Location, Model};
use persona_plan::lower::raw_table;
use persona_plan::refresh::{script, views};
use persona_sql::{Options, Target, create_schema, create_table, create_view, query};
use serde_json::{Value as Json, json};

use crate::plans::{self, Named};
use crate::rows;

/// What a judge said of one statement.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The caller's name for it.
    pub id: String,
    /// Why it is refused, if it is.
    pub error: Option<String>,
    /// What of it the judge could not see into.
    pub note: Option<String>,
}

/// A list of statements with the tables they read.
#[derive(Default)]
pub struct Job {
    tables: Vec<Json>,
    statements: Vec<Json>,
    /// The text of each statement.
    pub texts: Vec<(String, String)>,
}

/// Where the judges are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/").join("judges")
}

/// A program that `scripts/setup --tests` has installed: its path below `.tools`.
pub fn tool(path: &str) -> PathBuf {
    let root = folder().join("../..");
    let tool = root.join(".tools").join(path);
    assert!(tool.exists(), "{} is not there: scripts/setup --tests installs it", tool.display());
    tool
}

impl Job {
    /// Adds every statement of a program. `name` tells programs apart, and becomes their schema.
    pub fn add(&mut self, name: &str, model: &Model, target: Target, at: jiff::Timestamp) {
        let schema = format!("p_{name}");
        let options = Options { schema: vec![schema.clone()], at: Some(at), ..Default::default() };
        let create = create_schema(target, &options).expect("it has a name");
        self.statement(&format!("{name}: schema"), create, true);
        self.users_tables(&schema, model, target);
        let all = plans::tables(model).into_iter().chain(plans::declarations(model, at));
        for Named { name: plan, table, plan: rel } in all {
            let id = format!("{name}: {plan}");
            match table {
                Some(table) => {
                    let statements = create_table(&table, &rel, target, &options).expect(&id);
                    statements.into_iter().for_each(|sql| self.statement(&id, sql, true));
                }
                None => self.statement(&id, query(&rel, target, &options).expect(&id), false),
            }
        }
        for deed in script(model) {
            let id = format!("{name}: {} ({})", deed.table, deed.title);
            let statements = persona_sql::deed(&deed, target, &options).expect(&id);
            // Spark's own tables, which stand in for Delta's, take no rows away.
            let judged = |sql: &String| target != Target::Databricks || !sql.starts_with("DELETE");
            statements.into_iter().filter(judged).for_each(|sql| self.statement(&id, sql, true));
        }
        for view in views(model) {
            let id = format!("{name}: view {}", view.name);
            let statements = create_view(view.name, &view.plan, target, &options).expect(&id);
            statements.into_iter().for_each(|sql| self.statement(&id, sql, true));
        }
    }

    /// Adds every statement of a script that is written for a program.
    pub fn add_script(&mut self, name: &str, model: &Model, target: Target, schema: &str, script: &str) {
        self.users_tables(schema, model, target);
        for (at, sql) in script.split(";\n").map(str::trim).filter(|sql| !sql.is_empty()).enumerate() {
            self.statement(&format!("{name}: {at}"), sql.to_string(), true);
        }
    }

    /// The tables that a program reads, and its own schema.
    fn users_tables(&mut self, schema: &str, model: &Model, target: Target) {
        // Snowflake's own way with a name that is not quoted.
        let stored = |name: &str| match target {
            Target::Snowflake => name.to_uppercase(),
            _ => name.to_string(),
        };
        // A judge that does not make schemas has each that a table lies in.
        self.table(vec![stored(schema), stored("nothing")], vec![stored("nothing")]);
        for source in &model.sources {
            let path: Vec<String> = match &source.location {
                Location::Table(path) => path.split('.').map(str::to_string).collect(),
                _ => vec![schema.to_string(), raw_table(&source.name).to_string()],
            };
            let columns = rows::columns_of(model, &source.location);
            self.table(
                path.iter().map(|part| stored(part)).collect(),
                columns.iter().map(|c| stored(&c.name)).collect(),
            );
        }
    }

    fn table(&mut self, path: Vec<String>, columns: Vec<String>) {
        let columns: Vec<Json> = columns.iter().map(|c| json!({"name": c, "type": "STRING"})).collect();
        let name = json!(path);
        match self.tables.iter_mut().find(|t| t["name"] == name) {
            // Two programs may read one table.
            Some(table) => {
                let known = table["columns"].as_array_mut().expect("made here");
                known.extend(columns.into_iter().filter(|c| !known.clone().contains(c)).collect::<Vec<_>>());
            }
            None => self.tables.push(json!({"name": name, "columns": columns})),
        }
    }

    fn statement(&mut self, id: &str, sql: String, keep: bool) {
        self.statements.push(json!({"id": id, "sql": sql, "keep": keep}));
        self.texts.push((id.to_string(), sql));
    }

    /// What the judge says of each, in order.
    pub fn verdicts(&self, target: Target) -> Vec<Verdict> {
        let mut child = Command::new(folder().join("judge"))
            .arg(target.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", folder().display()));
        let job = json!({"tables": self.tables, "statements": self.statements}).to_string();
        let mut stdin = child.stdin.take().expect("it is piped");
        let writer = std::thread::spawn(move || stdin.write_all(job.as_bytes()));
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("no panic").expect("it reads its job");
        assert!(output.status.success(), "the {target} judge ended with {}", output.status);
        let said: Json = serde_json::from_slice(&output.stdout).expect("a verdict is JSON");
        let text = |v: &Json| v.as_str().map(str::to_string);
        let verdict = |v: &Json| Verdict {
            id: text(&v["id"]).unwrap_or_default(),
            error: (v["ok"] != true).then(|| text(&v["error"]).unwrap_or_default()),
            note: text(&v["note"]),
        };
        said["results"].as_array().expect("results").iter().map(verdict).collect()
    }
}
