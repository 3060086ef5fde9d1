//! A project in a folder of its own, the command run on it, and what it wrote.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mail_parser::MessageParser;
use persona_value::Value;
use persona_warehouse::{Target, Warehouse, connect};

/// The instant for which a new project has something to send.
pub const AT: &str = "2026-03-02T09:00";

/// The folder that holds everything.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The command, run where its libraries are found, however the test was started.
pub fn persona(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_persona"));
    command.args(arguments).current_dir(repository()).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
    command
}

/// What a command said.
#[derive(Debug)]
pub struct Told {
    /// Its exit code; none if it was killed.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs a command to its end.
pub fn told(mut command: Command) -> Told {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A project that is gone when the test is over.
pub struct Project {
    home: tempfile::TempDir,
    pub folder: PathBuf,
}

impl Project {
    /// What `persona init shop` makes.
    pub fn new() -> Project {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("shop");
        let init = told(persona(&["init", folder.to_str().unwrap()]));
        assert_eq!(init.code, Some(0), "{init:?}");
        Project { home, folder }
    }

    /// A copy of an example, as it is after a clone.
    pub fn example(name: &str) -> Project {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(name);
        copy(&repository().join("examples").join(name), &folder);
        Project { home, folder }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    /// Puts one text in the place of another, which has to be there.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(old), "{path} has no `{old}`");
        self.write(path, &text.replacen(old, new, 1));
    }

    /// `persona NAME FOLDER MORE…`
    pub fn command(&self, name: &str, more: &[&str]) -> Command {
        let mut arguments = vec![name, self.folder.to_str().unwrap()];
        arguments.extend(more);
        persona(&arguments)
    }

    /// `persona run` at an instant, which has to go well.
    pub fn run(&self, at: &str) -> Told {
        let run = told(self.command("run", &["--at", at]));
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    }

    /// Every file of the outbox, hidden ones too, by name.
    pub fn outbox(&self) -> BTreeMap<String, Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.path("outbox")) else { return BTreeMap::new() };
        let file =
            |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
        entries.map(|entry| file(entry.unwrap())).collect()
    }

    /// Every message of the outbox.
    pub fn mails(&self) -> Vec<Mail> {
        self.outbox().iter().map(|(name, bytes)| Mail::read(name, bytes)).collect()
    }

    /// A text without what differs from one machine to the next.
    pub fn without_paths(&self, text: &str) -> String {
        text.replace(self.home.path().to_str().unwrap(), "HOME")
    }

    /// DuckDB over the project's files: `data/` in a query means the project's.
    pub fn duckdb(&self, database: Option<&str>) -> Database {
        let path = database.map(|name| self.path(name));
        Database { warehouse: connect(&Target::DuckDb { path }).unwrap(), folder: self.folder.clone() }
    }
}

/// A database, and the folder its queries read files from.
pub struct Database {
    warehouse: Box<dyn Warehouse>,
    folder: PathBuf,
}

impl Database {
    fn placed(&self, sql: &str) -> String {
        sql.replace("'data/", &format!("'{}/data/", self.folder.display()))
    }

    /// Runs a script, statement by statement.
    pub fn script(&mut self, sql: &str) {
        for statement in self.placed(sql).split(";\n").filter(|s| !s.trim().is_empty()) {
            self.warehouse.execute(statement).unwrap();
        }
    }

    /// A query's rows, every value as text, a missing one as nothing.
    pub fn rows(&mut self, sql: &str) -> Vec<Vec<String>> {
        let rows = self.warehouse.query(&self.placed(sql)).unwrap().rows;
        let text = |value: &Value| match value {
            Value::Missing => String::new(),
            Value::Text(text) => text.to_string(),
            Value::Bool(yes) => yes.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Decimal(d) => d.to_string(),
            other => panic!("the tests read no {other:?}"),
        };
        rows.iter().map(|row| row.iter().map(text).collect()).collect()
    }
}

/// A message as a mail program reads it.
pub struct Mail {
    /// Its e-mail's name, out of the file's name.
    pub email: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    fn read(name: &str, bytes: &[u8]) -> Mail {
        let message = MessageParser::default().parse(bytes).unwrap();
        let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap();
        Mail {
            email: name.split('-').nth(1).unwrap().to_string(),
            to: to.to_string(),
            subject: message.subject().unwrap().to_string(),
            text: message.body_text(0).unwrap().replace("\r\n", "\n"),
            html: message.body_html(0).unwrap().into_owned(),
        }
    }
}

/// Copies what git keeps.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, name) = {
            let entry = entry.unwrap();
            (entry.path(), entry.file_name())
        };
        let made = matches!(name.to_str().unwrap(), "outbox" | "build" | ".persona")
            || entry.extension().is_some_and(|e| e == "duckdb" || e == "wal");
        if made {
            continue;
        }
        if entry.is_dir() {
            copy(&entry, &to.join(name))
        } else {
            fs::copy(&entry, to.join(name)).map(drop).unwrap()
        }
    }
}
