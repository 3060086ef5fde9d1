//! Open files, and the projects they lie in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use persona_diagnostics::Told;
use persona_ide::{Analysis, Judgement, Workspace};

use super::text::Lines;

/// A file in the editor.
#[derive(Debug)]
pub struct Document {
    /// Its path.
    pub path: PathBuf,
    /// How often it was changed, by the client's count.
    pub version: i32,
    /// Its text.
    pub text: String,
    /// The folder of its project, if it lies in one.
    pub project: Option<PathBuf>,
}

/// A project with a file that is open.
#[derive(Debug)]
pub struct Project {
    /// What it means.
    pub workspace: Workspace,
    /// Files with problems that were told to the client.
    pub told: BTreeSet<PathBuf>,
    /// Whether something changed since they were.
    pub stale: bool,
    /// What the last look at it as a whole found.
    pub judgement: Option<Judgement>,
    /// Whether it has to be looked at as a whole.
    pub unjudged: bool,
}

impl Project {
    /// What is known to be wrong with it before it is looked at as a whole again.
    pub fn known(&self, now: &Analysis) -> Vec<Told> {
        self.judgement.as_ref().map_or_else(|| now.problems.clone(), |earlier| earlier.until(now))
    }
}

/// What is open.
#[derive(Debug, Default)]
pub struct Documents {
    open: HashMap<Uri, Document>,
    /// By folder.
    pub projects: BTreeMap<PathBuf, Project>,
}

impl Documents {
    /// A file is opened.
    pub fn open(&mut self, uri: Uri, version: i32, text: String) {
        let Some(path) = path_of(&uri) else { return };
        let project = folder_of(&path);
        if let Some(folder) = &project {
            let project = self.project(folder);
            if let Ok(inside) = path.strip_prefix(folder) {
                project.workspace.edit(inside, text.as_str());
            }
            // That nothing is wrong with it is told, too.
            project.told.insert(path.clone());
            project.stale = true;
        }
        self.open.insert(uri, Document { path, version, text, project });
    }

    fn project(&mut self, folder: &Path) -> &mut Project {
        self.projects.entry(folder.to_path_buf()).or_insert_with(|| Project {
            workspace: Workspace::new(folder),
            told: BTreeSet::new(),
            stale: true,
            judgement: None,
            unjudged: false,
        })
    }

    /// An open file is changed; false where it is not open.
    pub fn change(&mut self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>) -> bool {
        let Some(document) = self.open.get_mut(uri) else { return false };
        document.version = version;
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::new(&document.text);
                    let start = lines.offset(part.range.start);
                    let end = lines.offset(part.range.end).max(start);
                    document.text.replace_range(start..end, &part.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    document.text = whole.text;
                }
            }
        }
        let (path, text) = (document.path.clone(), document.text.clone());
        if let Some(folder) = document.project.clone()
            && let Ok(inside) = path.strip_prefix(&folder)
        {
            let project = self.project(&folder);
            project.workspace.edit(inside, text);
            project.stale = true;
        }
        true
    }

    /// A file is closed. Its project is kept: its other files may be open, and it may be opened again.
    pub fn close(&mut self, uri: &Uri) -> Option<Document> {
        let document = self.open.remove(uri)?;
        if let Some(folder) = &document.project
            && let Ok(inside) = document.path.strip_prefix(folder)
        {
            let project = self.project(folder);
            project.workspace.close(inside);
            project.stale = true;
        }
        Some(document)
    }

    /// Something changed on disk.
    pub fn changed(&mut self, path: &Path) {
        // A new `persona.toml` makes a project of what lies below it.
        let is_settings = path.file_name().is_some_and(|name| name == persona_model::PROJECT_FILE);
        for (folder, project) in &mut self.projects {
            if let Ok(inside) = path.strip_prefix(folder) {
                project.workspace.changed(inside);
                project.stale = true;
            }
        }
        if is_settings {
            let all: Vec<(Uri, i32, String)> =
                self.open.iter().map(|(uri, d)| (uri.clone(), d.version, d.text.clone())).collect();
            for (uri, version, text) in all {
                self.close(&uri);
                self.open(uri, version, text);
            }
        }
    }

    /// A file was saved: what else changed on disk is looked at again, where no client watches it.
    pub fn saved(&mut self, uri: &Uri) {
        if let Some(folder) = self.open.get(uri).and_then(|d| d.project.clone()) {
            let project = self.project(&folder);
            project.workspace.forget();
            project.stale = true;
        }
    }

    /// An open file.
    pub fn get(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(uri)
    }

    /// The open file of this path.
    pub fn by_path(&self, path: &Path) -> Option<(&Uri, &Document)> {
        self.open.iter().find(|(_, d)| d.path == path)
    }

    /// Whether something changed since problems were told.
    pub fn is_stale(&self) -> bool {
        self.projects.values().any(|p| p.stale)
    }
}

/// The nearest folder above with a `persona.toml`.
fn folder_of(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| persona_model::is_project(folder)).map(Path::to_path_buf)
}

/// What a path of a URI is written in as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The path of a `file:` URI.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    // The host's name, if any, is this machine's.
    let path = &rest[rest.find('/')?..];
    let path = percent_decode_str(path).decode_utf8().ok()?.to_string();
    // `/c:/shop` is `c:/shop`.
    let drive = path.as_bytes().get(2) == Some(&b':') && path.as_bytes()[1].is_ascii_alphabetic();
    Some(PathBuf::from(if cfg!(windows) && drive { path[1..].to_string() } else { path }))
}

/// A path as a URI.
pub fn uri_of(path: &Path) -> Uri {
    let path = path.to_string_lossy().replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let slash = if path.starts_with('/') { "" } else { "/" };
    Uri(format!("file://{slash}{}", utf8_percent_encode(&path, PLAIN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris() {
        let path = Path::new("/shop/my äpp/a#1.persona");
        let uri = uri_of(path);
        assert_eq!(uri.0, "file:///shop/my%20%C3%A4pp/a%231.persona");
        assert_eq!(path_of(&uri).as_deref(), Some(path));
        assert_eq!(path_of(&Uri("untitled:Untitled-1".into())), None);
        assert_eq!(path_of(&Uri("file://localhost/a%3Ab".into())), Some("/a:b".into()));
    }
}
