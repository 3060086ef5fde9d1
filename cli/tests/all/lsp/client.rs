//! An editor's side of the conversation.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long is waited for an answer before a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client with a server, in a folder of its own.
pub struct Client {
    folder: tempfile::TempDir,
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    asked: i64,
    versions: HashMap<String, i32>,
}

/// The place of an excerpt, as the protocol counts.
#[track_caller]
pub fn position(text: &str, excerpt: &str) -> Value {
    let at = text.find(excerpt).unwrap_or_else(|| panic!("no {excerpt}"));
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let line = text[..at].matches('\n').count();
    json!({"line": line, "character": text[start..at].encode_utf16().count()})
}

impl Client {
    /// Starts a server in an empty folder.
    pub fn start() -> Client {
        let mut server = Command::new(env!("CARGO_BIN_EXE_persona"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        let (to, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if to.send(message).is_err() {
                    return;
                }
            }
        });
        let input = server.stdin.take();
        let folder = tempfile::tempdir().unwrap();
        Client { folder, server, input, messages, asked: 0, versions: HashMap::new() }
    }

    /// Writes a file to disk.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}/{name}", self.folder.path().display())
    }

    /// A file's name by its URI.
    pub fn name(&self, uri: &str) -> String {
        uri.strip_prefix(&self.uri("")).unwrap().to_string()
    }

    pub fn document(&self, name: &str) -> Value {
        json!({"uri": self.uri(name)})
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        self.bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub fn note(&mut self, method: &str, params: Value) {
        self.send(json!({"method": method, "params": params}));
    }

    /// The whole answer to a question.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = json!(self.asked);
        self.send(json!({"id": id, "method": method, "params": params}));
        self.until(|m| m["id"] == id && m.get("method").is_none())
    }

    /// The answer to a question that has one.
    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer:#}");
        answer["result"].clone()
    }

    /// A question about the place of an excerpt.
    #[track_caller]
    pub fn at(&mut self, method: &str, name: &str, text: &str, excerpt: &str) -> Value {
        let params = json!({"textDocument": self.document(name), "position": position(text, excerpt)});
        self.ask(method, params)
    }

    /// The next message like this; others are passed over.
    #[track_caller]
    pub fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("an answer");
            if wanted(&message) {
                return message;
            }
        }
    }

    pub fn initialize(&mut self) -> Value {
        let capabilities = json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}});
        let root = self.uri("");
        let answer = self.ask(
            "initialize",
            json!({"processId": null, "rootUri": root, "capabilities": capabilities, "workspaceFolders": null}),
        );
        self.note("initialized", json!({}));
        answer
    }

    pub fn open(&mut self, name: &str, text: &str) {
        let document = json!({"uri": self.uri(name), "languageId": "persona", "version": 0, "text": text});
        self.versions.insert(name.to_string(), 0);
        self.note("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub fn close(&mut self, name: &str) {
        self.note("textDocument/didClose", json!({"textDocument": self.document(name)}));
        self.versions.insert(name.to_string(), -1);
    }

    fn changed(&mut self, name: &str, change: Value) {
        let version = self.versions.get_mut(name).unwrap();
        *version += 1;
        let document = json!({"uri": self.uri(name), "version": self.versions[name]});
        self.note("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
    }

    /// So many units behind a place become another text.
    pub fn change(&mut self, name: &str, start: Value, length: u64, text: &str) {
        let end = json!({"line": start["line"], "character": start["character"].as_u64().unwrap() + length});
        self.changed(name, json!({"range": {"start": start, "end": end}, "text": text}));
    }

    pub fn replace(&mut self, name: &str, text: &str) {
        self.changed(name, json!({"text": text}));
    }

    /// The editor saw a file change on disk: 1 it is new, 2 it is another, 3 it is gone.
    pub fn watched(&mut self, name: &str, kind: u32) {
        let changes = json!([{"uri": self.uri(name), "type": kind}]);
        self.note("workspace/didChangeWatchedFiles", json!({"changes": changes}));
    }

    /// The problems told next of a file, at its present version.
    #[track_caller]
    pub fn problems(&mut self, name: &str) -> Vec<Value> {
        let uri = self.uri(name);
        let version = self.versions.get(name).copied().filter(|v| *v > 0);
        let told = self.until(|m| {
            m["method"] == "textDocument/publishDiagnostics"
                && m["params"]["uri"] == json!(uri)
                && version.is_none_or(|v| m["params"]["version"] == json!(v))
        });
        told["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Locations as `FILE LINE:COLUMN`, from 0.
    pub fn places(&self, found: &Value) -> Vec<String> {
        let place = |location: &Value| {
            let start = &location["range"]["start"];
            format!(
                "{} {}:{}",
                self.name(location["uri"].as_str().unwrap()),
                start["line"],
                start["character"]
            )
        };
        found.as_array().unwrap().iter().map(place).collect()
    }

    /// Ends the conversation as it should be; the server's exit code.
    pub fn end(&mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.leave()
    }

    /// Leaves at once.
    pub fn leave(&mut self) -> Option<i32> {
        self.note("exit", Value::Null);
        self.server.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((_, number)) => length = number.parse().unwrap(),
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
