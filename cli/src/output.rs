//! What is said on a terminal, in a log, to a program.

use std::io::{IsTerminal, Write};

use persona_diagnostics::render::{Human, Style, concise, github, json, sarif};
use persona_diagnostics::{Problems, Severity, Sources};
use persona_model::Loaded;

use crate::Format;

/// Whether colours are wanted on standard error: on a terminal, unless `NO_COLOR` is set.
pub fn colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    std::io::stderr().is_terminal() && !refused
}

fn style() -> Style {
    // A plain terminal of the C locale cannot show the drawing's lines.
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|v| std::env::var(v).ok().filter(|v| !v.is_empty()));
    let unicode = locale.is_none_or(|l| !matches!(l.as_str(), "C" | "POSIX"));
    Style { color: colours(), unicode }
}

/// Every problem, by file and place.
pub fn problems(problems: &Problems, sources: &Sources, format: Format, to: &mut dyn Write) {
    let all = problems.sorted(sources);
    if let Format::Sarif = format {
        let document = sarif(&all, problems.allowed(), sources, env!("CARGO_PKG_VERSION"));
        let _ = to.write_all(format!("{document:#}\n").as_bytes());
        return;
    }
    let mut human = Human::new(sources, style());
    for told in &all {
        let text = match format {
            Format::Human | Format::Sarif => human.draw(told),
            Format::Concise => concise(told, sources),
            Format::Json => json(told, sources).to_string(),
            Format::Github => github(told, sources),
        };
        let text = format!("{text}\n");
        // Nobody left to read it: nobody to tell that either.
        let _ = to.write_all(text.as_bytes());
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
    let (start, end) = if colours() { ("\x1b[31;1m", "\x1b[0m") } else { ("", "") };
    say(&format!("{start}error{end}: {message}"));
}
