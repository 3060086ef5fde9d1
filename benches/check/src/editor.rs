//! Keystrokes: a program changes by a character, and everything wrong with the project is known again.

use std::path::Path;
use std::time::{Duration, Instant};

use persona_diagnostics::Severity;
use persona_ide::Workspace;

use crate::project::Project;

/// How long an editor waits.
pub struct Keystroke {
    /// Until it knows of a mistake that was just made.
    pub mistake: Duration,
    /// Until it knows that it was mended.
    pub mended: Duration,
    /// What is looked through when nobody types: what only the whole program shows.
    pub judged: Duration,
}

/// The medians of forty keystrokes in the condition of a segment; every other one makes a mistake.
pub fn keystrokes(folder: &Path, project: &Project) -> Keystroke {
    let counts = |(_, text): &(_, &String)| text.contains("when    count(");
    let (path, text) = project.files.iter().find(counts).expect("a segment counts");
    let broken = text.replacen("when    count(", "when    cont(", 1);
    let mut workspace = Workspace::new(folder);
    workspace.analysis();
    let (mut mistake, mut mended, mut judged) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..20 {
        for (typed, times, wrong) in [(&broken, &mut mistake, true), (text, &mut mended, false)] {
            let start = Instant::now();
            workspace.edit(path, typed.as_str());
            let analysis = workspace.analysis();
            times.push(start.elapsed());
            let error = analysis.problems.iter().any(|told| told.severity == Severity::Error);
            assert_eq!(error, wrong, "{:?}", analysis.problems);
        }
        let analysis = workspace.analysis();
        let start = Instant::now();
        analysis.judged();
        judged.push(start.elapsed());
    }
    Keystroke { mistake: median(mistake), mended: median(mended), judged: median(judged) }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
