//! A BigQuery project, through its ADBC driver.

use std::path::Path;

use adbc_core::error::Error as AdbcError;
use adbc_core::options::{OptionDatabase, OptionValue};

use crate::duckdb::columns;
use crate::error::{Error, Library, between, one_line};
use crate::session::Session;
use crate::{Column, FileFormat, Rows, Warehouse, library};

/// A connection to a project.
pub(crate) struct BigQuery {
    session: Session,
    dataset: Option<String>,
}

/// What an address says: `bigquery://PROJECT/DATASET?location=EU&credentials=key.json`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    project: String,
    dataset: Option<String>,
    location: Option<String>,
    credentials: Option<String>,
}

impl Place {
    fn read(uri: &str) -> Result<Place, Error> {
        let refused = |detail: String| Error::ServerRefused { detail };
        let form = "bigquery://PROJECT/DATASET?location=EU&credentials=FILE";
        let rest = uri.strip_prefix("bigquery://").unwrap_or(uri);
        let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (project, dataset) = path.split_once('/').unwrap_or((path, ""));
        if project.is_empty() || dataset.contains('/') {
            return Err(refused(format!("its address is not of the form {form}")));
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        let mut place =
            Place { project: project.into(), dataset: some(dataset), location: None, credentials: None };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("location", value)) => place.location = some(value),
                Some(("credentials", value)) => place.credentials = some(value),
                _ => {
                    let name = option.split('=').next().unwrap_or_default();
                    return Err(refused(format!(
                        "its address has an option `{name}`, which is not of {form}"
                    )));
                }
            }
        }
        Ok(place)
    }

    fn options(&self) -> Vec<(OptionDatabase, OptionValue)> {
        let option = |key: &str, value: &str| {
            (OptionDatabase::Other(format!("adbc.bigquery.sql.{key}")), OptionValue::from(value))
        };
        let mut options = vec![option("project_id", &self.project)];
        options.extend(self.dataset.as_deref().map(|dataset| option("dataset_id", dataset)));
        options.extend(self.location.as_deref().map(|location| option("location", location)));
        // Without a file the driver takes what the machine is signed in with.
        if let Some(file) = &self.credentials {
            options.push(option("auth_type", "adbc.bigquery.sql.auth_type.json_credential_file"));
            options.push(option("auth_credentials", file));
        }
        options
    }
}

impl BigQuery {
    pub(crate) fn connect(uri: &str) -> Result<BigQuery, Error> {
        let place = Place::read(uri)?;
        let driver = library::load(Library::BigQuery)?;
        let session = Session::open(driver, place.options(), Box::new(explain))
            .map_err(|error| explain("", error))
            .map_err(|error| match error {
                // Nothing was asked yet: it is about the connection, whatever it is.
                Error::Statement { detail, .. } => Error::ServerRefused { detail },
                error => error,
            })?;
        Ok(BigQuery { session, dataset: place.dataset })
    }

    /// The view of what columns there are: of the dataset that a table lies in.
    fn described(&self, parts: &[String], view: &str) -> Option<String> {
        let above = match parts.split_last() {
            Some((_, above)) if !above.is_empty() => above.to_vec(),
            _ => vec![self.dataset.clone()?],
        };
        let above: Vec<String> = above.iter().map(|part| format!("`{}`", escaped(part, '`'))).collect();
        Some(format!("{}.INFORMATION_SCHEMA.{view}", above.join(".")))
    }
}

impl Warehouse for BigQuery {
    fn execute(&mut self, sql: &str) -> Result<Option<u64>, Error> {
        self.session.execute(sql)
    }

    fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        self.session.query(sql)
    }

    fn load_file(&mut self, _: &str, path: &Path, _: FileFormat) -> Result<u64, Error> {
        Err(Error::NotYet {
            what: format!("load {} into BigQuery", path.display()),
            instead: "load it with `bq load`, and name the table in the source".into(),
        })
    }

    fn insert(&mut self, _: &str, _: &Rows) -> Result<(), Error> {
        Err(Error::NotYet {
            what: "insert rows into BigQuery".into(),
            instead: "load them with `bq load`".into(),
        })
    }

    fn columns(&mut self, table_sql: &str) -> Result<Option<Vec<Column>>, Error> {
        let parts = parts(table_sql);
        let (Some(view), Some(table)) = (self.described(&parts, "COLUMNS"), parts.last()) else {
            return Ok(None);
        };
        let sql = format!(
            "SELECT column_name, data_type FROM {view} WHERE table_name = '{}' ORDER BY ordinal_position",
            escaped(table, '\'')
        );
        match self.session.query(&sql) {
            // A table has at least one column.
            Ok(rows) => Ok(Some(columns(&rows)).filter(|columns| !columns.is_empty())),
            Err(Error::NoSuchTable { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Those of the connection's own dataset: what there is elsewhere no one view tells.
    fn tables(&mut self) -> Result<Vec<Vec<String>>, Error> {
        let (Some(view), Some(dataset)) = (self.described(&[], "TABLES"), self.dataset.clone()) else {
            return Ok(Vec::new());
        };
        let rows = self.session.query(&format!("SELECT table_name FROM {view}"))?.rows;
        let name = |row: &Vec<persona_value::Value>| Some(row.first()?.as_text()?.to_string());
        Ok(rows.iter().filter_map(name).map(|table| vec![dataset.clone(), table]).collect())
    }
}

/// What stands between such quotes.
fn escaped(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\x00"),
            _ if letter == '\\' || letter == quote => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out
}

/// The parts of a quoted name: `` `raw`.`orders` ``.
fn parts(table_sql: &str) -> Vec<String> {
    let (mut parts, mut quoted, mut letters) = (vec![String::new()], false, table_sql.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '`' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            _ => {
                let letter = if letter == '\\' { letters.next().unwrap_or(letter) } else { letter };
                parts.last_mut().iter_mut().for_each(|part| part.push(letter));
            }
        }
    }
    parts
}

/// The service's errors: those of Google's libraries, by their words, since the driver gives no codes.
fn explain(sql: &str, error: AdbcError) -> Error {
    let words = error.message.trim_start_matches("[BigQuery] ");
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let detail = one_line(words.split(" Errors: [").next().unwrap_or(words));
    let named = |before: &str, after: &str| between(words, before, after).unwrap_or(&detail).to_string();
    if says(&["Not found: Table", "Not found: Dataset"]) {
        let before = if says(&["Not found: Table"]) { "Not found: Table " } else { "Not found: Dataset " };
        return Error::NoSuchTable { name: named(before, " was not found"), sql: sql.into() };
    }
    if says(&["Unrecognized name: "]) {
        return Error::NoSuchColumn { name: named("Unrecognized name: ", " at ["), sql: sql.into() };
    }
    if says(&["dial tcp", "connection refused", "i/o timeout", "no such host", "connection reset"]) {
        return Error::ServerUnreachable { detail };
    }
    let turned_away =
        ["credentials", "cannot fetch token", "invalid_grant", "Error 401", "Error 403", "Access Denied"];
    if says(&turned_away) {
        return Error::ServerRefused { detail };
    }
    Error::Statement { sql: sql.into(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use adbc_core::error::Status;

    #[test]
    fn an_address_says_project_dataset_and_how_to_sign_in() {
        let some = |text: &str| Some(text.to_string());
        assert_eq!(
            Place::read("bigquery://shop-1/raw?location=EU&credentials=/keys/a.json").unwrap(),
            Place {
                project: "shop-1".into(),
                dataset: some("raw"),
                location: some("EU"),
                credentials: some("/keys/a.json")
            }
        );
        assert_eq!(Place::read("shop-1").unwrap().project, "shop-1");
        for (wrong, words) in [("bigquery://", "not of the form"), ("p?key=secret", "an option `key`")] {
            let error = Place::read(wrong).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_quoted_name_has_its_parts_back() {
        assert_eq!(parts("`p`.`raw`.`it\\`s. a \\\\`"), ["p", "raw", "it`s. a \\"]);
        assert_eq!(escaped("it's \\ `", '\''), "it\\'s \\\\ `");
    }

    #[test]
    fn what_the_service_says_is_understood() {
        let explained =
            |words: &str| explain("SELECT 1", AdbcError::with_message_and_status(words, Status::Unknown));
        let table = "[BigQuery] googleapi: Error 404: Not found: Table shop:raw.ordrs was not found in location EU, notFound";
        assert!(matches!(explained(table), Error::NoSuchTable { name, .. } if name == "shop:raw.ordrs"));
        let column = "[BigQuery] googleapi: Error 400: Unrecognized name: totl at [1:8], invalidQuery";
        assert!(matches!(explained(column), Error::NoSuchColumn { name, .. } if name == "totl"));
        let away = "Get \"https://bigquery.googleapis.com/x?y\": dial tcp: lookup bigquery.googleapis.com: no such host";
        let error = explained(away);
        assert!(matches!(&error, Error::ServerUnreachable { .. }), "{error}");
        let denied = "[BigQuery] googleapi: Error 403: Access Denied: Project shop: User does not have bigquery.jobs.create";
        assert!(matches!(explained(denied), Error::ServerRefused { .. }));
    }
}
