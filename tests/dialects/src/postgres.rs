//! A PostgreSQL server for a run of the tests: the judge's own, kept open.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

static SERVER: OnceLock<(String, Child)> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a new, empty database. The server is started by the first to ask and ends with this process.
pub fn database() -> String {
    let (uri, _) = SERVER.get_or_init(start);
    let name = format!("case_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let target = persona_warehouse::Target::Postgres { uri: uri.clone() };
    let mut admin = persona_warehouse::connect(&target).unwrap_or_else(|e| panic!("{e}"));
    admin.execute(&format!("CREATE DATABASE {name}")).unwrap_or_else(|e| panic!("{e}"));
    uri.replacen("/postgres?", &format!("/{name}?"), 1)
}

/// The same address in the variables that programs beside ours read.
pub fn environment(uri: &str) -> Vec<(&'static str, String)> {
    let (before, parameters) = uri.split_once('?').expect("it names a folder");
    let database = before.rsplit('/').next().unwrap_or_default();
    let user = before.split("//").nth(1).and_then(|rest| rest.split_once('@')).map_or("postgres", |(u, _)| u);
    let mut all = vec![("PGDATABASE", database.to_string()), ("PGUSER", user.to_string())];
    for parameter in parameters.split('&') {
        match parameter.split_once('=') {
            Some(("host", value)) => all.push(("PGHOST", value.replace("%2F", "/"))),
            Some(("port", value)) => all.push(("PGPORT", value.to_string())),
            _ => {}
        }
    }
    all
}

fn start() -> (String, Child) {
    let folder = crate::judge::folder();
    let mut server = Command::new(folder.join("judge"))
        .args(["postgres", "--serve"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut line = String::new();
    let out = server.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut line).expect("it says where it is");
    let said: serde_json::Value = serde_json::from_str(&line)
        .unwrap_or_else(|e| panic!("the PostgreSQL server did not start ({e}); see what it said above"));
    (said["uri"].as_str().expect("an address").to_string(), server)
}
