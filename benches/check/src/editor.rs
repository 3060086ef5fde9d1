//! Keystrokes: a program changes by a character, and everything wrong with the project is known again.

use std::path::Path;
use std::time::{Duration, Instant};

use persona_diagnostics::{Problems, Sources};
use persona_model::{Disk, PROJECT_FILE};
use persona_syntax::ast::File;

use crate::project::Project;

/// The medians of keystrokes in a segment: of those that make a mistake, and of those that mend it, after which the
/// logic of the whole program is looked through as well.
pub fn keystrokes(folder: &Path, project: &Project) -> (Duration, Duration) {
    let mut sources = Sources::default();
    let toml = &project.files[Path::new(PROJECT_FILE)];
    let id = sources.add(PROJECT_FILE, toml.as_str());
    let settings = persona_model::Project::parse(id, toml, &mut Problems::default()).expect("it is right");
    let programs = project.files.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "persona"));
    let mut parsed: Vec<(File, Problems)> = programs
        .map(|(path, text)| {
            let id = sources.add(path, text.as_str());
            parse(id, text)
        })
        .collect();
    let (at, text) = parsed
        .iter()
        .map(|(file, _)| sources.file(file.id()).text.clone())
        .enumerate()
        .find(|(_, text)| text.contains("when    count("))
        .expect("a segment counts");
    let broken = text.replacen("when    count(", "when    cont(", 1);
    let files = Disk(folder.to_path_buf());
    let (mut mistaken, mut mended) = (Vec::new(), Vec::new());
    for press in 0..40 {
        let mistake = press % 2 == 0;
        let typed = if mistake { broken.as_str() } else { &text };
        let start = Instant::now();
        parsed[at] = parse(parsed[at].0.id(), typed);
        let mut sources = sources.clone();
        let mut problems = Problems::default();
        parsed.iter().for_each(|(_, told)| problems.extend(told.clone()));
        let trees: Vec<File> = parsed.iter().map(|(file, _)| file.clone()).collect();
        let model = persona_model::build(&settings, &trees, &files, &mut sources, &mut problems);
        if !problems.any_error() {
            persona_logic::check(&model, &mut problems);
        }
        let told = problems.sorted(&sources);
        let times = if mistake { &mut mistaken } else { &mut mended };
        times.push(start.elapsed());
        assert_eq!(problems.any_error(), mistake, "{told:?}");
    }
    mistaken.sort();
    mended.sort();
    (mistaken[mistaken.len() / 2], mended[mended.len() / 2])
}

fn parse(id: persona_diagnostics::FileId, text: &str) -> (File, Problems) {
    let mut problems = Problems::default();
    (persona_syntax::parse(id, text, &mut problems), problems)
}
