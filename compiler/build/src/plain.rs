//! SQL in files: a statement for every table, a query for every declaration, and one script.

use std::path::{Path, PathBuf};

use persona_model::Model;
use persona_plan::Cost;
use persona_plan::lower::{Origin, PROFILE, own_tables};
use persona_plan::refresh::{script, views};
use persona_sql::{Target, Unsupported};

use crate::{Declared, Files, Options, comment, declarations, quality, schedule, title};

/// The version of the manifest's form, which `docs/reference/manifest.schema.json` describes.
const MANIFEST: u32 = 1;

pub fn files(model: &Model, options: &Options) -> Result<Files, Unsupported> {
    let sql = persona_sql::Options { schema: options.schema.clone(), ..Default::default() };
    let mut writer = Writer { options, sql, files: Files::new(), listed: vec![] };
    let mut refresh = vec![];
    let schema = persona_sql::create_schema(options.dialect, &writer.sql);
    refresh.extend(schema.map(|sql| format!("{sql};\n")));
    let made = own_tables(model, &[]);
    for (i, table) in made.iter().enumerate() {
        let statements = persona_sql::create_table(&table.name, &table.plan, options.dialect, &writer.sql)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        let text = format!("{}{statements}", comment(&title(table), &table.docs));
        refresh.push(text.clone());
        match table.origin {
            Origin::Sources(_) => {
                let path = PathBuf::from(format!("tables/{:02}_{}.sql", i + 1, table.name));
                writer.list("table", &table.name, None, path, text);
            }
            Origin::Values => {
                let cost = Some(persona_plan::cost(&table.plan));
                writer.list("profile", PROFILE, cost, "profile.sql".into(), text);
            }
            // Its query is listed as the trait's.
            Origin::List(_) => {}
        }
    }

    refresh.push(
        "-- From here on: who is in which segment and stage, since when, and who came and went.\n".into(),
    );
    for deed in script(model) {
        let statements = persona_sql::deed(&deed, options.dialect, &writer.sql)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        refresh.push(format!("{}{statements}", comment(&deed.title, &[])));
    }
    for view in views(model) {
        let statements = persona_sql::create_view(view.name, &view.plan, options.dialect, &writer.sql)?;
        let statements: String = statements.iter().map(|sql| format!("{sql};\n")).collect();
        let text = format!("{}{statements}", comment(view.title, &[]));
        refresh.push(text.clone());
        writer.list("view", view.name, None, format!("views/{}.sql", view.name).into(), text);
    }

    // Each declaration by itself, for reading and for other tools.
    for declared in declarations(model) {
        writer.query(&declared)?;
    }
    let mut tests = vec![];
    for test in quality::tests(model, &made) {
        let sql = persona_sql::query(&test.plan, options.dialect, &writer.sql)?;
        let file = format!("tests/{}.sql", test.name);
        writer.files.push((file.as_str().into(), format!("{}{sql};\n", comment(&test.title, &[]))));
        tests.push(serde_json::json!({
            "kind": test.kind, "name": test.name, "source": test.source, "file": file,
        }));
    }
    let Writer { mut files, listed, .. } = writer;
    let span = schedule::shortest(model);
    files.push(("crontab".into(), crontab(model, options, span)));
    files.push(("refresh.sql".into(), refresh.join("\n")));
    let manifest = serde_json::json!({
        "manifest": MANIFEST,
        "persona": env!("CARGO_PKG_VERSION"),
        "project": model.project.name,
        "target": options.target,
        "dialect": options.dialect.to_string(),
        "schema": options.schema.join("."),
        "refresh": "refresh.sql",
        "refresh_every": schedule::words(span),
        "declarations": listed,
        "tests": tests,
    });
    files.push(("manifest.json".into(), format!("{manifest:#}\n")));
    Ok(files)
}

/// Lines for cron, which run the script as often as the segment that may be left the shortest has to be made anew.
fn crontab(model: &Model, options: &Options, span: i64) -> String {
    let command = match options.dialect {
        Target::DuckDb => {
            let declared = model.project.targets.get(&options.target).and_then(|t| t.database.as_deref());
            let database = declared.unwrap_or(".persona/warehouse.duckdb");
            format!("duckdb -bail {} < refresh.sql", quoted(&format!("../../{database}")))
        }
        // All of it or nothing.
        Target::Postgres => {
            "psql --quiet --single-transaction --set=ON_ERROR_STOP=1 --file=refresh.sql".into()
        }
        Target::Snowflake => "snow sql --filename refresh.sql".into(),
        Target::BigQuery => "bq query --use_legacy_sql=false < refresh.sql".into(),
        Target::Databricks => "dbsqlcli -e refresh.sql".into(),
    };
    let every = schedule::words(span);
    format!(
        "# Makes all tables at least every {every}: `crontab crontab`, with this folder's path below. What the client
# needs to connect, it takes from its own settings and the environment.
FOLDER=.
{} cd \"$FOLDER\" && {command}
",
        schedule::cron(span)
    )
}

/// A path in a line of cron's, where `%` ends a command.
fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', "'\\''").replace('%', "\\%"))
}

struct Writer<'o> {
    options: &'o Options,
    sql: persona_sql::Options,
    files: Files,
    listed: Vec<serde_json::Value>,
}

impl Writer<'_> {
    fn list(&mut self, kind: &str, name: &str, cost: Option<Cost>, path: PathBuf, text: String) {
        let mut entry = serde_json::json!({ "kind": kind, "name": name, "file": path_of(&path) });
        if let Some(cost) = cost {
            entry["cost"] = cost.name().into();
        }
        self.listed.push(entry);
        self.files.push((path, text));
    }

    fn query(&mut self, declared: &Declared) -> Result<(), Unsupported> {
        let Declared { kind, name, title, docs, plan } = declared;
        let sql = persona_sql::query(plan, self.options.dialect, &self.sql)?;
        let path = PathBuf::from(format!("{kind}s/{name}.sql"));
        self.list(kind, name, Some(declared.cost()), path, format!("{}{sql};\n", comment(title, docs)));
        Ok(())
    }
}

fn path_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
