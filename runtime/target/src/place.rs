//! Which warehouse a project's target is.

use std::path::Path;

use persona_model::{Dialect, Project, Target};

use crate::Error;

/// The schema that belongs to persona where a target names none.
const SCHEMA: &str = "persona";

/// The SQL a target speaks.
pub fn dialect(target: &Target) -> persona_sql::Target {
    match target.dialect {
        Dialect::DuckDb => persona_sql::Target::DuckDb,
        Dialect::Postgres => persona_sql::Target::Postgres,
        Dialect::Snowflake => persona_sql::Target::Snowflake,
        Dialect::BigQuery => persona_sql::Target::BigQuery,
        Dialect::Databricks => persona_sql::Target::Databricks,
    }
}

/// Where persona's own tables lie in a target, outermost first.
pub fn schema(target: Option<&Target>) -> Vec<String> {
    let written = target.and_then(|t| t.schema.as_deref()).unwrap_or(SCHEMA);
    written.split('.').map(str::to_string).collect()
}

/// The target of this name; without one the embedded default: `dev`, else the first of DuckDB's, else a database in
/// the project's `.persona` folder.
pub fn choose(project: &Project, name: Option<&str>) -> Result<Target, Error> {
    if let Some(name) = name {
        return project.targets.get(name).cloned().ok_or_else(|| {
            let names: Vec<&str> = project.targets.keys().map(String::as_str).collect();
            let nearest = persona_diagnostics::suggest(name, names.iter().copied());
            let hint = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("there is {}", names.join(", ")),
            };
            Error::NoTarget(format!("`persona.toml` has no target `{name}`: {hint}"))
        });
    }
    let embedded = |t: &&Target| t.dialect == Dialect::DuckDb;
    let dev = project.targets.get("dev").filter(embedded);
    let found = dev.or_else(|| project.targets.values().find(embedded)).cloned();
    Ok(found.unwrap_or(Target {
        dialect: Dialect::DuckDb,
        database: None,
        schema: None,
        uri: None,
        warehouse: None,
    }))
}

/// How the warehouse of a target is reached.
pub fn place(target: &Target, folder: &Path, state: &Path) -> Result<persona_warehouse::Target, Error> {
    use persona_warehouse::Target as Place;
    if target.dialect == Dialect::DuckDb {
        let path = match &target.database {
            Some(database) => folder.join(database),
            None => state.join("warehouse.duckdb"),
        };
        return Ok(Place::DuckDb { path: Some(path) });
    }
    if target.dialect == Dialect::Databricks {
        return Err(Error::Target(
            "persona writes SQL for Databricks and does not connect to it; build with `persona build --as dbt`".into(),
        ));
    }
    let uri = target.uri.as_deref().ok_or_else(|| {
        Error::Target("this target has no `uri` in `persona.toml`, so it cannot be reached".into())
    })?;
    let uri = from_environment(uri)?;
    Ok(match target.dialect {
        Dialect::Postgres => Place::Postgres { uri },
        Dialect::Snowflake => Place::Snowflake { uri },
        _ => Place::BigQuery { uri },
    })
}

/// `${NAME}` stands for a variable of the environment.
fn from_environment(text: &str) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + length];
        let value = std::env::var(name).map_err(|_| {
            Error::Target(format!("`persona.toml` asks for the environment's `{name}`, which is not set"))
        })?;
        out.push_str(&rest[..start]);
        out.push_str(&value);
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        assert_eq!(from_environment("postgresql:///shop").unwrap(), "postgresql:///shop");
        let error = from_environment("${PERSONA_NO_SUCH_VARIABLE}").unwrap_err();
        assert!(error.to_string().contains("PERSONA_NO_SUCH_VARIABLE"), "{error}");
    }
}
