//! The conversation: what comes in is taken in its order; problems are told when nothing more is waiting.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::io::{self, Stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use gen_lsp_types::*;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use persona_diagnostics::Told;
use persona_ide::{Analysis, Judgement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answers::{self, uris};
use super::capabilities::capabilities;
use super::convert::Places;
use super::documents::{Documents, path_of, uri_of};
use super::wire::{self, Incoming, Judged};
use crate::commands::{Failure, Outcome};

/// So long nothing must come before problems are told: a burst of changes is looked at once.
const QUIET: Duration = Duration::from_millis(5);

/// As much as the main thread has: how deep a condition may nest does not depend on the thread that looks at it.
const STACK: usize = 8 * 1024 * 1024;

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Begun,
    Running,
    ShutDown,
}

struct Server {
    stage: Stage,
    output: Stdout,
    documents: Documents,
    /// Whether the client tells of files that change on disk, if asked to.
    can_watch: bool,
    watching: bool,
    /// Where what comes in is put.
    to: Sender<Incoming>,
    /// Whether a project is looked at as a whole: one at a time.
    judging: bool,
    /// Questions that the client wants no answer to any more.
    cancelled: HashSet<RequestId>,
}

/// Speaks until the client ends the conversation.
pub fn serve() -> Outcome {
    let (to, from) = channel();
    let reader = to.clone();
    std::thread::spawn(move || wire::read(&mut io::stdin().lock(), &reader));
    // The law is read while the client is still busy, so that the first completion need not wait for it.
    std::thread::spawn(|| persona_grammar::expected("segment x { "));
    let mut server = Server {
        stage: Stage::Begun,
        output: io::stdout(),
        documents: Documents::default(),
        can_watch: false,
        watching: false,
        to,
        judging: false,
        cancelled: HashSet::new(),
    };
    match server.run(&from) {
        Ok(()) if server.stage == Stage::ShutDown => Ok(()),
        Ok(()) => Err(Failure { code: 1, message: None }),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Err(Failure { code: 1, message: None }),
        Err(e) => Err(Failure::world(format!("cannot answer the editor: {e}"))),
    }
}

impl Server {
    /// Until `exit`, or nothing more comes.
    fn run(&mut self, from: &Receiver<Incoming>) -> io::Result<()> {
        let mut queue: VecDeque<Incoming> = VecDeque::new();
        loop {
            if queue.is_empty() {
                let next = match self.documents.is_stale() {
                    true => from.recv_timeout(QUIET),
                    false => from.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match next {
                    Ok(incoming) => queue.push_back(incoming),
                    Err(RecvTimeoutError::Timeout) => {
                        self.tell_problems()?;
                        self.judge();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
            }
            // What is cancelled meanwhile need not be answered.
            queue.extend(from.try_iter());
            let cancel = queue.iter().filter_map(cancels);
            self.cancelled.extend(cancel);
            match queue.pop_front() {
                Some(Incoming::Judged(folder, judged)) => self.judged(folder, judged)?,
                Some(Incoming::Ended) => return Ok(()),
                Some(Incoming::Bad(why)) => wire::complain(&why, &mut self.output)?,
                Some(Incoming::Message(Message::Request(request))) => self.request(request)?,
                Some(Incoming::Message(Message::Notification(note))) if note.method == "exit" => {
                    return Ok(());
                }
                Some(incoming) => {
                    // What it cancels came before it, and is done with.
                    if let Some(id) = cancels(&incoming) {
                        self.cancelled.remove(&id);
                    }
                    if let Incoming::Message(Message::Notification(note)) = incoming {
                        self.notification(note)?;
                    }
                }
                None => {}
            }
        }
    }

    fn send(&mut self, message: impl Into<Message>) -> io::Result<()> {
        wire::write(&message.into(), &mut self.output)
    }

    fn notify(&mut self, method: &str, params: impl Serialize) -> io::Result<()> {
        let params = serde_json::to_value(params).map_err(io::Error::other)?;
        self.send(Notification { method: method.to_string(), params })
    }

    fn request(&mut self, request: Request) -> io::Result<()> {
        let Request { id, method, params } = request;
        let refuse = |code: ErrorCode, why: &str| Response::new_err(id.clone(), code as i32, why.to_string());
        if self.cancelled.remove(&id) {
            return self.send(refuse(ErrorCode::RequestCanceled, "cancelled"));
        }
        let response = match (self.stage, method.as_str()) {
            (Stage::Begun, "initialize") => match serde_json::from_value(params) {
                Ok(params) => Response { id, response_result: Ok(self.initialize(&params)) },
                Err(e) => refuse(ErrorCode::InvalidParams, &e.to_string()),
            },
            (Stage::Begun, _) => refuse(ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (_, "initialize") => refuse(ErrorCode::InvalidRequest, "the conversation has begun already"),
            (Stage::ShutDown, _) => refuse(ErrorCode::InvalidRequest, "the conversation is over"),
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                Response { id, response_result: Ok(Value::Null) }
            }
            (Stage::Running, _) => {
                // A mistake of ours in one answer ends no conversation.
                let documents = AssertUnwindSafe(&mut self.documents);
                let answer = catch_unwind(move || {
                    let documents = documents;
                    answers::answer(documents.0, &method, params)
                });
                let broken = || Err((ErrorCode::InternalError, "this is a mistake of persona's".to_string()));
                match answer.unwrap_or_else(|_| broken()) {
                    Ok(result) => Response { id, response_result: Ok(result) },
                    Err((code, why)) => refuse(code, &why),
                }
            }
        };
        self.send(response)
    }

    fn initialize(&mut self, params: &InitializeParams) -> Value {
        self.stage = Stage::Running;
        let workspace = params.capabilities.workspace.as_ref();
        let watched = workspace.and_then(|w| w.did_change_watched_files.as_ref());
        self.can_watch = watched.and_then(|w| w.dynamic_registration).unwrap_or(false);
        let info = json!({"name": "persona", "version": env!("CARGO_PKG_VERSION")});
        json!({"capabilities": capabilities(), "serverInfo": info})
    }

    fn notification(&mut self, note: Notification) -> io::Result<()> {
        if self.stage != Stage::Running {
            return Ok(());
        }
        match note.method.as_str() {
            "initialized" if self.can_watch => self.watch(),
            "textDocument/didOpen" => {
                if let Some(DidOpenTextDocumentParams { text_document: opened }) = read(note) {
                    let uri = opened.uri.clone();
                    self.documents.open(opened.uri, opened.version, opened.text);
                    return self.tell_outside(&uri);
                }
                Ok(())
            }
            "textDocument/didChange" => {
                if let Some(DidChangeTextDocumentParams { text_document: changed, content_changes }) =
                    read(note)
                {
                    let uri = changed.text_document_identifier.uri;
                    self.documents.change(&uri, changed.version, content_changes);
                }
                Ok(())
            }
            "textDocument/didClose" => {
                if let Some(DidCloseTextDocumentParams { text_document: closed }) = read(note)
                    && let Some(document) = self.documents.close(&closed.uri)
                    && document.project.is_none()
                {
                    return self.publish(closed.uri, None, Vec::new());
                }
                Ok(())
            }
            "textDocument/didSave" => {
                if let Some(DidSaveTextDocumentParams { text_document: saved, .. }) = read(note)
                    && !self.watching
                {
                    self.documents.saved(&saved.uri);
                }
                Ok(())
            }
            "workspace/didChangeWatchedFiles" => {
                if let Some(DidChangeWatchedFilesParams { changes }) = read(note) {
                    for path in changes.iter().filter_map(|change| path_of(&change.uri)) {
                        self.documents.changed(&path);
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Asks the client to tell of files that change on disk.
    fn watch(&mut self) -> io::Result<()> {
        self.watching = true;
        let pattern = "**/*.{persona,toml,html,htm,mjml,txt,liquid,csv,gz,tsv,parquet}";
        let watchers = json!([{"globPattern": pattern}]);
        let params = json!({"registrations": [{
            "id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": {"watchers": watchers},
        }]});
        let id = RequestId::from("files".to_string());
        self.send(Request { id, method: "client/registerCapability".into(), params })
    }

    fn publish(&mut self, uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) -> io::Result<()> {
        let params = PublishDiagnosticsParams { uri, version, diagnostics };
        self.notify("textDocument/publishDiagnostics", params)
    }

    /// Tells that an open program lies in no project, so that nothing is known of it.
    fn tell_outside(&mut self, uri: &Uri) -> io::Result<()> {
        let Some(document) = self.documents.get(uri) else { return Ok(()) };
        let is_program = document.path.extension().is_some_and(|e| e == "persona");
        if document.project.is_some() || !is_program {
            return Ok(());
        }
        let message = "this file lies in no project: there is no `persona.toml` in its folder or above it";
        let told = Diagnostic {
            severity: Some(DiagnosticSeverity::Warning),
            source: Some("persona".into()),
            message: message.to_string().into(),
            ..Default::default()
        };
        let version = Some(document.version);
        self.publish(uri.clone(), version, vec![told])
    }

    /// Tells the problems of every project that changed.
    fn tell_problems(&mut self) -> io::Result<()> {
        let stale = self.documents.projects.iter().filter(|(_, p)| p.stale).map(|(folder, _)| folder.clone());
        for folder in stale.collect::<Vec<_>>() {
            let Some(project) = self.documents.projects.get_mut(&folder) else { continue };
            project.stale = false;
            let workspace = AssertUnwindSafe(&mut project.workspace);
            let analysis = catch_unwind(move || {
                let workspace = workspace;
                workspace.0.analysis()
            });
            let Ok(analysis) = analysis else { continue };
            project.unjudged = true;
            let problems = project.known(&analysis);
            self.publish_all(&folder, &analysis, &problems)?;
        }
        Ok(())
    }

    /// Looks at a project as a whole, while the conversation goes on.
    fn judge(&mut self) {
        let waiting = self.documents.projects.iter_mut().find(|(_, p)| p.unjudged);
        let Some((folder, project)) = waiting.filter(|_| !self.judging) else { return };
        project.unjudged = false;
        let Some(analysis) = project.workspace.current().cloned() else { return };
        let (folder, to) = (folder.clone(), self.to.clone());
        let judge = move || {
            let judgement = catch_unwind(AssertUnwindSafe(|| Judgement::of(&analysis))).ok();
            // Nobody listens any more: nobody wants to know.
            let _ = to.send(Incoming::Judged(folder, judgement.map(|found| (analysis, found))));
        };
        // Where no thread is to be had, it is not looked at this time.
        self.judging = std::thread::Builder::new().stack_size(STACK).spawn(judge).is_ok();
    }

    /// Tells what is wrong with a project as a whole, if it still is what was looked at.
    fn judged(&mut self, folder: PathBuf, judged: Option<Judged>) -> io::Result<()> {
        self.judging = false;
        if let (Some(project), Some((analysis, judgement))) =
            (self.documents.projects.get_mut(&folder), judged)
        {
            let is_current = project.workspace.current().is_some_and(|now| Arc::ptr_eq(now, &analysis));
            let (shown, problems) = (project.known(&analysis), judgement.problems.clone());
            project.judgement = Some(judgement);
            let news = shown.len() != problems.len() || shown.iter().any(|told| !problems.contains(told));
            if is_current && news {
                self.publish_all(&folder, &analysis, &problems)?;
            }
        }
        self.judge();
        Ok(())
    }

    /// Tells the problems of a project file by file; files that have none any more, too.
    fn publish_all(&mut self, folder: &Path, analysis: &Analysis, problems: &[Told]) -> io::Result<()> {
        let Some(project) = self.documents.projects.get_mut(folder) else { return Ok(()) };
        let told = std::mem::take(&mut project.told);
        let mut files: BTreeMap<PathBuf, Vec<Diagnostic>> =
            told.into_iter().map(|path| (path, Vec::new())).collect();
        let mut places = Places::new(analysis, uris(&self.documents, folder, analysis));
        for problem in problems {
            // What is wrong with no place is wrong with the settings.
            let path = match problem.span() {
                Some(at) => analysis.sources.file(at.file).path.clone(),
                None => PathBuf::from(persona_model::PROJECT_FILE),
            };
            files.entry(folder.join(path)).or_default().push(places.diagnostic(problem));
        }
        drop(places);
        let told: BTreeSet<PathBuf> =
            files.iter().filter(|(_, found)| !found.is_empty()).map(|(path, _)| path.clone()).collect();
        if let Some(project) = self.documents.projects.get_mut(folder) {
            project.told = told;
        }
        for (path, found) in files {
            let open = self.documents.by_path(&path).map(|(uri, d)| (uri.clone(), d.version));
            let (uri, version) = open.map_or_else(|| (uri_of(&path), None), |(u, v)| (u, Some(v)));
            self.publish(uri, version, found)?;
        }
        Ok(())
    }
}

/// The parameters of a notification; one that has others is passed over, since nobody waits for an answer.
fn read<P: DeserializeOwned>(note: Notification) -> Option<P> {
    serde_json::from_value(note.params).ok()
}

/// The question that this cancels, if it cancels one.
fn cancels(incoming: &Incoming) -> Option<RequestId> {
    match incoming {
        Incoming::Message(Message::Notification(note)) if note.method == "$/cancelRequest" => {
            serde_json::from_value(note.params.get("id")?.clone()).ok()
        }
        _ => None,
    }
}
