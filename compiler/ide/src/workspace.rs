//! A project as it stands in the editor: open files over those on disk. Only what changed is read and parsed again.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use persona_diagnostics::{FileId, Problems, Sources, Told};
use persona_model::{Disk, Files, Model, PROJECT_FILE, Project, programs, read, understood};
use persona_syntax::ast;
use persona_template::Kept;

/// Told of comments that allow what is not there.
const UNUSED: &str = "unused-allow";

/// A project with what is typed in open editors.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
    /// What editors show, by path in the project.
    open: BTreeMap<PathBuf, Arc<str>>,
    /// `persona.toml` and the programs, in the order of their ids.
    sources: Sources,
    project: Option<Project>,
    /// What is wrong with the settings and with the list of files.
    problems: Problems,
    parsed: Vec<ast::File>,
    /// What the parser told, by program.
    told: Vec<Problems>,
    /// Whether the list of files has to be read again.
    stale: bool,
    /// Texts and existence of other files.
    disk: Mutex<Cache>,
    /// Templates as they were checked last.
    templates: Kept,
    analysis: Option<Arc<Analysis>>,
}

/// What a program means at one moment.
#[derive(Debug)]
pub struct Analysis {
    /// Every file that was read: settings, programs and the templates they name.
    pub sources: Sources,
    /// Everything wrong with them, by file and place.
    pub problems: Vec<Told>,
    /// The program; none where the settings cannot be used. With errors it is what could be made of the rest.
    pub model: Option<Model>,
    /// The same as it was told, before comments allow any of it.
    told: Problems,
    /// The trees of the programs.
    pub(crate) parsed: Vec<ast::File>,
}

/// Files that are no programs, as they were found on disk.
#[derive(Debug, Default)]
struct Cache {
    texts: HashMap<PathBuf, Result<String, String>>,
    exist: HashMap<PathBuf, bool>,
}

/// Open files over the cache over the disk.
struct Overlay<'a> {
    workspace: &'a Workspace,
    disk: Disk,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &Path) -> Result<String, String> {
        if let Some(text) = self.workspace.open.get(path) {
            return Ok(text.to_string());
        }
        let Ok(mut cache) = self.workspace.disk.lock() else { return self.disk.read(path) };
        cache.texts.entry(path.to_path_buf()).or_insert_with(|| self.disk.read(path)).clone()
    }

    fn exists(&self, path: &Path) -> bool {
        if self.workspace.open.contains_key(path) {
            return true;
        }
        let Ok(mut cache) = self.workspace.disk.lock() else { return self.disk.exists(path) };
        *cache.exist.entry(path.to_path_buf()).or_insert_with(|| self.disk.exists(path))
    }

    fn folder(&self) -> String {
        self.disk.folder()
    }
}

impl Workspace {
    /// The project in this folder, with nothing open.
    pub fn new(folder: impl Into<PathBuf>) -> Workspace {
        Workspace {
            folder: folder.into(),
            open: BTreeMap::new(),
            sources: Sources::default(),
            project: None,
            problems: Problems::default(),
            parsed: Vec::new(),
            told: Vec::new(),
            stale: true,
            disk: Mutex::default(),
            templates: Kept::default(),
            analysis: None,
        }
    }

    /// The folder with `persona.toml`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What an editor shows of a file, by its path in the project.
    pub fn edit(&mut self, path: &Path, text: impl Into<Arc<str>>) {
        let text = text.into();
        self.outdate();
        self.open.insert(path.to_path_buf(), text.clone());
        self.take(path, text);
    }

    /// An editor shows a file no more: the disk's counts again.
    pub fn close(&mut self, path: &Path) {
        if self.open.remove(path).is_some() {
            self.changed(path);
        }
    }

    /// What the program meant when it was asked last, if nothing changed since.
    pub fn current(&self) -> Option<&Arc<Analysis>> {
        self.analysis.as_ref()
    }

    /// What the program meant is so no more.
    fn outdate(&mut self) {
        // To free a model takes as long as a part of the next one: whoever types does not wait for it.
        self.analysis.take().into_iter().for_each(persona_model::free);
    }

    /// What an editor shows of a file, if one does.
    pub fn text(&self, path: &Path) -> Option<&Arc<str>> {
        self.open.get(path)
    }

    /// A file was written, made or removed by somebody else.
    pub fn changed(&mut self, path: &Path) {
        self.outdate();
        if let Ok(cache) = self.disk.get_mut() {
            cache.texts.remove(path);
            cache.exist.remove(path);
        }
        if self.open.contains_key(path) || !is_ours(path) {
            return;
        }
        match (self.id(path), read(&self.folder.join(path))) {
            (Some(_), Ok(text)) => self.take(path, text.into()),
            _ => self.stale = true,
        }
    }

    /// Anything may have changed on disk.
    pub fn forget(&mut self) {
        self.outdate();
        self.stale = true;
        self.disk = Mutex::default();
    }

    /// What the program means now. Asked twice without a change between, it is the same.
    pub fn analysis(&mut self) -> Arc<Analysis> {
        if let Some(analysis) = &self.analysis {
            return analysis.clone();
        }
        if self.stale {
            self.read_all();
        }
        let mut sources = self.sources.clone();
        let mut problems = self.problems.clone();
        self.told.iter().for_each(|told| problems.extend(told.clone()));
        let overlay = Overlay { workspace: self, disk: Disk(self.folder.clone()) };
        let kept = &self.templates;
        let model = self.project.as_ref().and_then(|project| {
            understood(project, &self.parsed, &overlay, kept, &mut sources, &mut problems)
        });
        let told = problems.clone();
        persona_syntax::allow(&mut problems, &sources);
        let mut problems = problems.sorted(&sources);
        // What a comment allows may be told only by who looks at the whole program: see `judged`.
        problems.retain(|told| told.code != UNUSED);
        let analysis = Arc::new(Analysis { sources, problems, model, told, parsed: self.parsed.clone() });
        self.analysis = Some(analysis.clone());
        analysis
    }

    /// The same project with some files as they would be.
    pub(crate) fn with(&self, texts: &[(PathBuf, String)]) -> Arc<Analysis> {
        let mut other = Workspace {
            folder: self.folder.clone(),
            open: self.open.clone(),
            sources: self.sources.clone(),
            project: self.project.clone(),
            problems: self.problems.clone(),
            parsed: self.parsed.clone(),
            told: self.told.clone(),
            stale: self.stale,
            disk: Mutex::default(),
            templates: Kept::default(),
            analysis: None,
        };
        for (path, text) in texts {
            other.edit(path, text.as_str());
        }
        other.analysis()
    }

    fn id(&self, path: &Path) -> Option<FileId> {
        self.sources.find(path)
    }

    /// Takes over the text of a file that is read already; one that is not makes the list of files stale.
    fn take(&mut self, path: &Path, text: Arc<str>) {
        if !is_ours(path) || self.stale {
            return;
        }
        let (Some(id), true) = (self.id(path), self.project.is_some()) else {
            self.stale = true;
            return;
        };
        self.sources.replace(id, text.clone());
        let place = self.parsed.iter().position(|file| file.id() == id);
        match place {
            Some(place) => {
                let mut told = Problems::default();
                self.parsed[place] = persona_syntax::parse(id, &text, &mut told);
                self.told[place] = told;
            }
            // The settings, and what follows from them.
            None => self.stale = true,
        }
    }

    fn read_all(&mut self) {
        self.stale = false;
        (self.parsed, self.told) = (Vec::new(), Vec::new());
        (self.sources, self.problems) = (Sources::default(), Problems::default());
        let found = programs(&self.folder).unwrap_or_default();
        let shown = |path: PathBuf| path.strip_prefix(&self.folder).map(Path::to_path_buf).unwrap_or(path);
        let mut paths: Vec<PathBuf> = found.into_iter().map(shown).collect();
        paths.extend(self.open.keys().filter(|p| is_program(p)).cloned());
        paths.sort();
        paths.dedup();
        let settings = self.read(Path::new(PROJECT_FILE)).unwrap_or_default();
        let id = self.sources.add(PROJECT_FILE, settings.clone());
        self.project = Project::parse(id, &settings, &mut self.problems);
        for path in paths {
            // One that cannot be read any more was just removed.
            let Some(text) = self.read(&path) else { continue };
            let id = self.sources.add(path, text.clone());
            let mut told = Problems::default();
            self.parsed.push(persona_syntax::parse(id, &text, &mut told));
            self.told.push(told);
        }
    }

    fn read(&self, path: &Path) -> Option<Arc<str>> {
        match self.open.get(path) {
            Some(text) => Some(text.clone()),
            None => read(&self.folder.join(path)).ok().map(Into::into),
        }
    }
}

impl Analysis {
    /// Everything wrong with the program, with what its conditions mean together. That takes its time in a large
    /// one, so that it is asked for when nobody types.
    pub fn judged(&self) -> Vec<Told> {
        let mut problems = self.told.clone();
        if let Some(model) = &self.model {
            persona_logic::check(model, &mut problems);
        }
        persona_syntax::allow(&mut problems, &self.sources);
        problems.sorted(&self.sources)
    }

    /// The file of this path in the project, if it was read.
    pub fn file(&self, path: &Path) -> Option<FileId> {
        self.sources.find(path)
    }

    /// The tree of a program.
    pub(crate) fn program(&self, file: FileId) -> Option<&ast::File> {
        self.parsed.iter().find(|parsed| parsed.id() == file)
    }
}

fn is_program(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "persona")
}

/// Whether the list of files or the parser has to do with it.
fn is_ours(path: &Path) -> bool {
    is_program(path) || path == Path::new(PROJECT_FILE)
}
