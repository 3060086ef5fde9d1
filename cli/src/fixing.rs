//! `persona check --fix`: what a program would be with every certain fix carried out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use persona_diagnostics::fix;
use persona_model::{Disk, Edited, Loaded};

use crate::{commands, files};

/// A fix can bring to light what it hid. Nobody's mistakes lie in so many layers; a fix that undid another would.
const MAX_ROUNDS: usize = 200;

/// One file before and after.
pub struct Change {
    /// What was read.
    pub before: String,
    /// What is to be written.
    pub after: String,
    /// How many fixes that is.
    pub fixes: usize,
}

/// What fixing comes to.
pub struct Fixed {
    /// The program as it is then, with the problems that remain.
    pub loaded: Loaded,
    /// The files that change, by their path in the project.
    pub changes: BTreeMap<PathBuf, Change>,
}

/// Carries out certain fixes until there are none left. Nothing is written.
pub fn fix(project: &Path, mut loaded: Loaded) -> Fixed {
    let mut edited = Edited { disk: Disk(project.to_path_buf()), texts: BTreeMap::new() };
    let mut changes: BTreeMap<PathBuf, Change> = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        let told = loaded.problems.sorted(&loaded.sources);
        let mut round = BTreeMap::new();
        for (id, fixes) in fix::certain(&told) {
            // A template that is named twice was read twice; it is one file.
            round.entry(loaded.sources.file(id).path.clone()).or_insert((id, fixes));
        }
        if round.is_empty() {
            break;
        }
        for (path, (id, fixes)) in round {
            let text = &loaded.sources.file(id).text;
            let after = fix::apply(text, &fixes);
            edited.texts.insert(path.clone(), after.clone());
            let change = changes.entry(path).or_insert_with(|| Change {
                before: text.to_string(),
                after: String::new(),
                fixes: 0,
            });
            change.after = after;
            change.fixes += fixes.len();
        }
        loaded = commands::read(project, &edited);
    }
    changes.retain(|_, change| change.before != change.after);
    Fixed { loaded, changes }
}

/// Writes what changed, each file at once; those that cannot be are told why.
pub fn write(project: &Path, changes: &BTreeMap<PathBuf, Change>) -> Vec<String> {
    let one = |(path, change): (&PathBuf, &Change)| {
        files::replace_unchanged(&project.join(path), &change.before, &change.after).err()
    };
    changes.iter().filter_map(one).collect()
}

/// The changes as a patch that `git apply` and `patch -p1` take.
pub fn patch(changes: &BTreeMap<PathBuf, Change>) -> String {
    let mut patch = String::new();
    for (path, change) in changes {
        let shown = path.display();
        let diff = similar::TextDiff::from_lines(&change.before, &change.after);
        let diff = diff.unified_diff().header(&format!("a/{shown}"), &format!("b/{shown}")).to_string();
        patch.push_str(&diff);
    }
    patch
}
