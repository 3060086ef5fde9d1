//! A project of dbt's that makes the same tables: models that name each other by `ref`, users' tables as sources with
//! their freshness, what is known of columns as tests, comments as documentation, e-mails as exposures.

mod properties;
mod sources;

use persona_model::{Email, Model};
use persona_plan::Plan;
use persona_plan::lower::{OwnTable, own_tables};
use persona_sql::{Names, Target, Unsupported};
use serde_json::{Value as Json, json};

use crate::{Files, Options, comment, files_read, members, quality, title};

/// The version of dbt whose form of properties is written.
const REQUIRES: &str = ">=1.10.6";

pub fn files(model: &Model, options: &Options) -> Result<Files, Unsupported> {
    let sql = persona_sql::Options { names: Names::Dbt, ..Default::default() };
    let query = |plan: &Plan| persona_sql::query(plan, options.dialect, &sql);
    let mut files: Files = vec![
        ("dbt_project.yml".into(), yaml(&project(model))),
        ("profiles.yml".into(), yaml(&profiles(model, options))),
        ("models/sources.yml".into(), yaml(&sources::sources(model, options.dialect))),
    ];
    for (table, path) in files_read(model) {
        files.push((format!("models/files/{table}.sql").into(), file(&table, path, options.dialect)));
    }
    let made = own_tables(model, &[]);
    for table in &made {
        let text = format!("{}{}\n", comment(&title(table), &table.docs), query(&table.plan)?);
        files.push((format!("models/tables/{}.sql", table.name).into(), text));
    }
    let mut documented: Vec<Json> =
        made.iter().map(|m| properties::table(model, m, options.dialect)).collect();
    for segment in &model.segments {
        let name = format!("segment_{}", segment.name);
        let title = format!("Segment `{}` \"{}\": the customers in it.", segment.name, segment.label);
        let plan = members(model, &made, &segment.name);
        let text = format!("{}{}\n", comment(&title, &segment.docs), query(&plan)?);
        files.push((format!("models/segments/{name}.sql").into(), text));
        documented.push(properties::segment(model, &name, &title, &segment.docs, options.dialect));
    }
    files.push(("models/models.yml".into(), yaml(&json!({ "version": 2, "models": documented }))));
    files.push(("models/exposures.yml".into(), yaml(&exposures(model))));
    files.extend(tests(model, &made, query)?);
    Ok(files)
}

/// What is expected of data, as warnings: rows that do not fit are not in the tables.
fn tests(
    model: &Model,
    made: &[OwnTable],
    query: impl Fn(&Plan) -> Result<String, Unsupported>,
) -> Result<Files, Unsupported> {
    let file = |test: quality::Test| {
        let text = query(&test.plan)?;
        let text = format!("{{{{ config(severity = 'warn') }}}}\n{}{text}\n", comment(&test.title, &[]));
        Ok((format!("tests/{}.sql", test.name).into(), text))
    };
    quality::tests(model, made).into_iter().map(file).collect()
}

/// A model that is a file of the project.
fn file(table: &str, path: &str, dialect: Target) -> String {
    let title = format!("The file `{path}` of the project.");
    let rows = match dialect {
        Target::DuckDb => {
            // Columns as text, as persona loads them: what they are is the program's to say.
            let reader = match path.to_lowercase().ends_with(".parquet") {
                true => format!("read_parquet('{{{{ var('persona_project') }}}}/{path}')"),
                false => format!(
                    "read_csv('{{{{ var('persona_project') }}}}/{path}', header = true, all_varchar = true)"
                ),
            };
            format!("SELECT * FROM {reader}")
        }
        _ => format!("SELECT * FROM {{{{ source('persona_files', '{table}') }}}}"),
    };
    format!("{}{rows}\n", comment(&title, &[]))
}

fn project(model: &Model) -> Json {
    let name = identifier(&model.project.name);
    json!({
        "name": name,
        "version": env!("CARGO_PKG_VERSION"),
        "config-version": 2,
        "require-dbt-version": REQUIRES,
        "profile": name,
        "model-paths": ["models"],
        "test-paths": ["tests"],
        "vars": {
            // Where the files lie that are sources: two folders up from `build/TARGET-dbt`.
            "persona_project": "../..",
        },
        "models": { name.clone(): {
            "+materialized": "table",
            "files": { "+materialized": "view" },
            "segments": { "+materialized": "view" },
        } },
    })
}

/// How dbt reaches the target; secrets come from the environment.
fn profiles(model: &Model, options: &Options) -> Json {
    let secret = |name: &str| format!("{{{{ env_var('{name}') }}}}");
    let schema = options.schema.join(".");
    let mut output = json!({ "type": options.dialect.to_string(), "threads": 4 });
    let more = match options.dialect {
        Target::DuckDb => {
            let target = model.project.targets.get(&options.target);
            let database =
                target.and_then(|t| t.database.clone()).unwrap_or(".persona/warehouse.duckdb".into());
            json!({ "path": format!("../../{database}"), "schema": schema })
        }
        Target::Postgres => json!({
            "host": secret("PGHOST"),
            "port": "{{ env_var('PGPORT', '5432') | as_number }}",
            "user": secret("PGUSER"),
            "password": "{{ env_var('PGPASSWORD', '') }}",
            "dbname": secret("PGDATABASE"),
            "schema": schema,
        }),
        Target::Snowflake => {
            let (database, schema) = schema.split_once('.').unwrap_or(("", &schema));
            let database =
                if database.is_empty() { secret("SNOWFLAKE_DATABASE") } else { database.to_string() };
            json!({
                "account": secret("SNOWFLAKE_ACCOUNT"),
                "user": secret("SNOWFLAKE_USER"),
                "password": secret("SNOWFLAKE_PASSWORD"),
                "warehouse": secret("SNOWFLAKE_WAREHOUSE"),
                "database": database,
                "schema": schema,
            })
        }
        Target::BigQuery => {
            let (project, dataset) = schema.split_once('.').unwrap_or(("", &schema));
            let project = if project.is_empty() { secret("BIGQUERY_PROJECT") } else { project.to_string() };
            json!({ "method": "oauth", "project": project, "dataset": dataset })
        }
        Target::Databricks => {
            let (catalog, schema) = schema.split_once('.').unwrap_or(("", &schema));
            let mut output = json!({
                "host": secret("DATABRICKS_HOST"),
                "http_path": secret("DATABRICKS_HTTP_PATH"),
                "token": secret("DATABRICKS_TOKEN"),
                "schema": schema,
            });
            // Without one it is the workspace's own.
            if !catalog.is_empty() {
                output["catalog"] = json!(catalog);
            }
            output
        }
    };
    if let (Some(output), Json::Object(more)) = (output.as_object_mut(), more) {
        output.extend(more);
    }
    json!({ identifier(&model.project.name): { "target": "persona", "outputs": { "persona": output } } })
}

/// What people meet of all this: each e-mail, with what it reads.
fn exposures(model: &Model) -> Json {
    let owner = |email: &Email| match email.from.split_once('<') {
        Some((name, address)) => {
            json!({ "name": name.trim(), "email": address.trim_end_matches('>').trim() })
        }
        None => json!({ "name": &*model.project.name, "email": &*email.from }),
    };
    let exposures: Vec<Json> = model
        .emails
        .iter()
        .map(|email| {
            let mut reads = vec!["ref('profile')".to_string()];
            reads.extend(email.segments.iter().map(|s| format!("ref('segment_{s}')")));
            reads.extend(email.entities.iter().map(|e| format!("ref('entity_{e}')")));
            let mut exposure = json!({
                "name": format!("email_{}", email.name),
                "label": format!("E-mail {}", email.name),
                "type": "application",
                "owner": owner(email),
                "depends_on": reads,
            });
            if !email.docs.is_empty() {
                exposure["description"] = json!(properties::text(&email.docs));
            }
            exposure
        })
        .collect();
    json!({ "version": 2, "exposures": exposures })
}

/// A name as dbt takes them: letters, digits and `_`.
fn identifier(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = name.chars().map(plain).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn yaml(value: &Json) -> String {
    // A value of JSON can always be written.
    serde_saphyr::to_string(value).unwrap_or_default()
}
