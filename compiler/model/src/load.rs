//! A project's folder as a model.

use std::path::{Path, PathBuf};

use persona_diagnostics::catalogue::{misplaced::Misplaced, project_file::ProjectFile};
use persona_diagnostics::{FileId, Problems, Sources, Span};
use persona_syntax::ast::File;
use persona_template::Kept;

use crate::beside::{STACK, both, free};
use crate::build::build_again;
use crate::{Disk, Files, Model, Project, project};

/// What reading a project gave.
#[derive(Debug)]
pub struct Loaded {
    /// Every file that was read.
    pub sources: Sources,
    /// Everything wrong with them.
    pub problems: Problems,
    /// The program; none where `persona.toml` itself cannot be used. To be trusted only without errors.
    pub model: Option<Model>,
    /// How many `.persona` files there are.
    pub files: usize,
}

/// Reads every `.persona` file under a folder with a `persona.toml`; what is wrong is in the problems.
pub fn load(folder: &Path) -> Loaded {
    load_from(folder, &Disk(folder.to_path_buf()))
}

/// The same with the texts of its files from elsewhere. Which files it has is still asked of the disk.
pub fn load_from(folder: &Path, files: &dyn Files) -> Loaded {
    let mut loaded =
        Loaded { sources: Sources::default(), problems: Problems::default(), model: None, files: 0 };
    let Some(project) = project_file(folder, files, &mut loaded) else { return loaded };
    let paths = match programs(folder) {
        Ok(paths) => paths,
        Err(error) => {
            tell(&mut loaded.problems, "the project's folder cannot be read".into(), error.to_string(), None);
            return loaded;
        }
    };
    let shown: Vec<&Path> = paths.iter().map(|path| path.strip_prefix(folder).unwrap_or(path)).collect();
    let read = |paths: &[&Path]| paths.iter().map(|path| files.read(path)).collect::<Vec<_>>();
    let (first, rest) = shown.split_at(shown.len() / 2);
    let (rest, first) = both(|| read(rest), || read(first));
    let mut texts = Vec::new();
    for (shown, text) in shown.iter().zip(first.into_iter().chain(rest)) {
        match text {
            Ok(text) => texts.push(loaded.sources.add(shown, text)),
            Err(why) => tell(&mut loaded.problems, format!("cannot read `{}`", shown.display()), why, None),
        }
    }
    let mut parsed = Vec::with_capacity(texts.len());
    for (file, problems) in parse_all(&loaded.sources, &texts) {
        parsed.push(file);
        loaded.problems.extend(problems);
    }
    loaded.files = parsed.len();
    loaded.model =
        understood(&project, &parsed, files, &Kept::default(), &mut loaded.sources, &mut loaded.problems);
    // Nobody but `Doubt` looks at the trees any more; to free them takes as long as to make them.
    free(parsed);
    loaded
}

/// The model of a project's parsed files; none where there are no files. Whoever looks at a project again and again keeps
/// its templates from one time to the next.
pub fn understood(
    project: &Project,
    parsed: &[File],
    files: &dyn Files,
    kept: &Kept,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Model> {
    let Some(first) = parsed.first() else {
        let help =
            Some("write a first one, or make a project that runs with `persona init NAME`".to_string());
        let why = "a program is every `.persona` file below this folder".to_string();
        tell(problems, "there is no `.persona` file in this project".into(), why, help);
        return None;
    };
    let model = build_again(project, parsed, files, kept, sources, problems);
    kept.forget_unused();
    if model.customer.span.is_none() && !problems.any_error() {
        problems.report(Misplaced {
            headline: "this program does not say what a customer is".into(),
            at: Span::new(first.id(), 0, 0),
            why: "no `customer` in any of its files".into(),
            help: Some("add `customer { id: string key  email: email }`".into()),
        });
    }
    Some(model)
}

/// Parses files on as many threads as there are processors: they know nothing of each other.
fn parse_all(sources: &Sources, files: &[FileId]) -> Vec<(File, Problems)> {
    let parse = |files: &[FileId]| -> Vec<(File, Problems)> {
        let parse = |id: &FileId| {
            let mut problems = Problems::default();
            let file = persona_syntax::parse(*id, &sources.file(*id).text, &mut problems);
            file.declarations();
            (file, problems)
        };
        files.iter().map(parse).collect()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // A thread costs as much as a few files.
    let share = files.len().div_ceil(threads).max(16);
    let (own, others) = files.split_at(share.min(files.len()));
    std::thread::scope(|scope| {
        let start = |part| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            (part, thread.spawn_scoped(scope, move || parse(part)))
        };
        let others: Vec<_> = others.chunks(share).map(start).collect();
        let mut parsed = parse(own);
        for (part, thread) in others {
            // Where no thread is to be had, it is done here.
            let done = thread.ok().and_then(|thread| thread.join().ok());
            parsed.extend(done.unwrap_or_else(|| parse(part)));
        }
        parsed
    })
}

fn project_file(folder: &Path, files: &dyn Files, loaded: &mut Loaded) -> Option<Project> {
    let path = folder.join(project::FILE);
    match files.read(Path::new(project::FILE)) {
        Ok(text) => {
            let file = loaded.sources.add(project::FILE, text.as_str());
            Project::parse(file, &text, &mut loaded.problems)
        }
        Err(why) => {
            let headline = format!("there is no `persona.toml` in `{}`", folder.display());
            let help = Some("go to a project's folder, or make one with `persona init NAME`".to_string());
            let found = path.exists();
            if folder.is_file() {
                let headline = format!("`{}` is a file: name the folder of its project", folder.display());
                let why = "a program is every `.persona` file of a project".to_string();
                tell(&mut loaded.problems, headline, why, None);
                return None;
            }
            let headline = if found { format!("cannot read `{}`", path.display()) } else { headline };
            tell(&mut loaded.problems, headline, why, help.filter(|_| !found));
            None
        }
    }
}

/// The text of a file of a program, or why it cannot be had.
pub fn read(path: &Path) -> Result<String, String> {
    // Spans are 32 bits wide; nobody writes a program of a hundredth of that.
    const LIMIT: u64 = 64 * 1024 * 1024;
    let found = std::fs::metadata(path).map_err(|e| said(&e))?;
    if !found.is_file() {
        // A pipe or a device might never end.
        return Err(if found.is_dir() { "it is a folder" } else { "it is no ordinary file" }.to_string());
    }
    let length = found.len();
    if length > LIMIT {
        return Err(format!("it has {length} bytes; a file of a program has at most {LIMIT}"));
    }
    std::fs::read_to_string(path).map_err(|e| said(&e))
}

fn said(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::InvalidData => "it is not text in UTF-8".into(),
        _ => error.to_string(),
    }
}

/// Every `.persona` file below a folder, in the same order on every machine. Hidden folders and what persona itself
/// writes are passed over; a folder with a `persona.toml` of its own is another project.
pub fn programs(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    Ok(paths)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            let passed_over = name.starts_with('.') || matches!(&*name, "target" | "node_modules" | "build");
            if !passed_over && !project::is_project(&path) {
                collect(&path, paths)?;
            }
        } else if name.ends_with(".persona") {
            paths.push(path);
        }
    }
    Ok(())
}

fn tell(problems: &mut Problems, headline: String, why: String, help: Option<String>) {
    problems.report(ProjectFile { headline, at: None, why, help });
}
