//! What is said on a terminal, in a log, to a program.

use std::io::Write;
use std::path::{Path, PathBuf};

use console::Term;
use persona_diagnostics::render::{Style, concise, github, human, json, sarif};
use persona_diagnostics::{Problem, Problems, Severity, Sources, Told};
use persona_model::Loaded;

use crate::Format;

/// Where something is said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Results: standard output.
    Out,
    /// Everything else: standard error.
    Err,
}

/// Nobody reads more excerpts than this; the other formats leave nothing out.
const MAX_DRAWN: usize = 50;

impl Stream {
    fn terminal(self) -> Term {
        match self {
            Stream::Out => Term::stdout(),
            Stream::Err => Term::stderr(),
        }
    }

    /// Whether colours are wanted here: on a terminal that has them, or where they are asked for.
    pub fn colours(self) -> bool {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let dumb = set("TERM").is_some_and(|value| value == "dumb");
        let refused = set("CLICOLOR").is_some_and(|value| value == "0");
        set("NO_COLOR").is_none() && (forced || self.terminal().is_term() && !dumb && !refused)
    }

    fn style(self) -> Style {
        // A terminal of another encoding cannot show the drawing's lines. Where nothing is said, as in most logs, all can.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|v| std::env::var(v).ok().filter(|v| !v.is_empty()))
            .map(|locale| locale.to_lowercase().replace('-', ""));
        let unicode = locale.is_none_or(|locale| locale.contains("utf8"));
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let terminal = || self.terminal().size_checked().map(|(_, columns)| usize::from(columns));
        let width = columns.or_else(terminal).filter(|width| *width > 0).unwrap_or(Style::PLAIN.width);
        Style { color: self.colours(), unicode, width }
    }

    fn write(self, text: &str) {
        // Nobody left to read it: nobody to tell that either.
        let _ = match self {
            Stream::Out => std::io::stdout().lock().write_all(text.as_bytes()),
            Stream::Err => std::io::stderr().lock().write_all(text.as_bytes()),
        };
    }
}

/// A project's folder as seen from the current one, if it lies in it.
fn within(project: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let there = project.canonicalize();
    let inside = here
        .ok()
        .zip(there.ok())
        .and_then(|(here, there)| Some(there.strip_prefix(here).ok()?.to_path_buf()));
    inside.unwrap_or_default()
}

/// Every problem, by file and place.
/// Annotations and scanners' documents name files from the current folder, `project` being seen from there.
pub fn problems(problems: &Problems, sources: &Sources, project: &Path, format: Format, to: Stream) {
    let all = problems.sorted(sources);
    let (style, within) = (to.style(), within(project));
    let text: String = match format {
        Format::Human => all.iter().take(MAX_DRAWN).map(|t| human(t, sources, style) + "\n").collect(),
        Format::Concise => all.iter().map(|t| concise(t, sources) + "\n").collect(),
        Format::Json => all.iter().map(|t| format!("{}\n", json(t, sources))).collect(),
        Format::Github => all.iter().map(|t| github(t, sources, &within) + "\n").collect(),
        Format::Sarif => {
            format!("{:#}\n", sarif(&all, problems.allowed(), sources, &within, env!("CARGO_PKG_VERSION")))
        }
    };
    to.write(&text);
    if matches!(format, Format::Human) && all.len() > MAX_DRAWN {
        let more = all.len() - MAX_DRAWN;
        to.write(&format!("and {}: `--format concise` tells all\n\n", many(more, "more problem")));
    }
}

/// Every problem drawn, without colours.
pub fn plain(problems: &Problems, sources: &Sources) -> String {
    let all = problems.sorted(sources);
    let drawn: Vec<String> =
        all.iter().take(MAX_DRAWN).map(|told| human(told, sources, Style::PLAIN)).collect();
    drawn.join("\n")
}

/// A problem drawn on standard output, with lines of text beneath it instead of its facts.
pub fn failure(problem: impl Problem, beneath: &str, sources: &Sources) {
    let mut problems = Problems::default();
    problems.report(problem);
    for told in problems.sorted(sources) {
        let told = Told { notes: Vec::new(), ..told.clone() };
        Stream::Out.write(&format!("{}{beneath}\n", human(&told, sources, Stream::Out.style())));
    }
}

/// A line for people, on standard error. Nobody left to read it is no reason to stop.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// How many problems there are.
pub fn summary(loaded: &Loaded) {
    let count = |severity| loaded.problems.count(severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    // Without a `persona.toml` no file is looked at.
    let place = if loaded.files == 0 { String::new() } else { format!(" in {}", many(loaded.files, "file")) };
    match (errors, warnings) {
        (0, 0) => say(&format!("no problems{place}")),
        (0, w) => say(&format!("{}{place}", many(w, "warning"))),
        (e, 0) => say(&format!("{}{place}", many(e, "error"))),
        (e, w) => say(&format!("{} and {}{place}", many(e, "error"), many(w, "warning"))),
    }
}

/// `1 file`, `2 files`.
pub fn many(n: usize, what: &str) -> String {
    let ending = if n == 1 {
        ""
    } else if what.ends_with('x') {
        "es"
    } else {
        "s"
    };
    format!("{n} {what}{ending}")
}

/// Why the command failed.
pub fn error(message: &str) {
    let (start, end) = if Stream::Err.colours() { ("\x1b[31;1m", "\x1b[0m") } else { ("", "") };
    say(&format!("{start}error{end}: {message}"));
}
