//! Problems drawn for people. The only file that knows ariadne.

use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};

use crate::{FileId, Severity, Sources, Span, Told};

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Colours, for a terminal that wants them.
    pub color: bool,
    /// Box-drawing characters; else plain ASCII.
    pub unicode: bool,
}

impl Style {
    /// No colours: for files, logs and snapshots.
    pub const PLAIN: Style = Style { color: false, unicode: true };
}

/// Files as ariadne wants them, read on demand.
struct Cache<'a> {
    sources: &'a Sources,
    drawn: std::collections::HashMap<FileId, Source<&'a str>>,
}

impl<'a> ariadne::Cache<FileId> for Cache<'a> {
    type Storage = &'a str;
    fn fetch(&mut self, id: &FileId) -> Result<&Source<&'a str>, impl std::fmt::Debug> {
        let sources = self.sources;
        Ok::<_, String>(self.drawn.entry(*id).or_insert_with(|| Source::from(&*sources.file(*id).text)))
    }
    fn display<'b>(&self, id: &'b FileId) -> Option<impl std::fmt::Display + 'b> {
        Some(self.sources.file(*id).path.display().to_string())
    }
}

/// Draws problems one after the other, so that a file with many is cut into lines once.
pub struct Human<'a> {
    style: Style,
    cache: Cache<'a>,
}

/// One problem with its excerpt, ending in a newline.
pub fn human(told: &Told, sources: &Sources, style: Style) -> String {
    Human::new(sources, style).draw(told)
}

impl<'a> Human<'a> {
    /// Draws problems of these files.
    pub fn new(sources: &'a Sources, style: Style) -> Human<'a> {
        Human { style, cache: Cache { sources, drawn: Default::default() } }
    }

    /// One problem with its excerpt, ending in a newline.
    pub fn draw(&mut self, told: &Told) -> String {
        let sources = self.cache.sources;
        match told.span() {
            Some(primary) if told.labels.iter().all(|l| fits(l.span, sources)) => {
                excerpt(told, primary, &mut self.cache, self.style)
            }
            _ => plain(told, sources),
        }
    }
}

/// Lines longer than this are of no use to a reader.
const LONGEST_LINE: usize = 2_000;

/// Whether the lines of a place can be shown.
fn fits(span: Span, sources: &Sources) -> bool {
    let file = sources.file(span.file);
    [span.start, span.end].iter().all(|at| file.line(file.line_of(*at)).len() <= LONGEST_LINE)
}

fn excerpt(told: &Told, primary: Span, cache: &mut Cache, style: Style) -> String {
    let kind = match told.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let range = |s: Span| (s.file, s.start as usize..s.end as usize);
    let config = Config::default()
        .with_color(style.color)
        .with_index_type(IndexType::Byte)
        .with_char_set(if style.unicode { CharSet::Unicode } else { CharSet::Ascii });
    let mut report = Report::build(kind, range(primary))
        .with_code(told.code)
        .with_message(&told.headline)
        .with_config(config);

    // ariadne draws labels in the order they come: out of order, one file becomes several wrongly headed groups.
    let mut labels: Vec<_> = told.labels.iter().collect();
    labels.sort_by_key(|l| (l.span.file != primary.file, l.span.file, l.span.start));
    for label in labels {
        let color = if label.span == primary { Color::Red } else { Color::Cyan };
        report = report.with_label(Label::new(range(label.span)).with_message(&label.text).with_color(color));
    }
    for help in &told.helps {
        report.add_help(match &help.paste {
            Some(code) => format!("{}\n    {}", help.text, code.replace('\n', "\n    ")),
            None => help.text.clone(),
        });
    }
    for note in &told.notes {
        report.add_note(note);
    }
    let mut drawn = Vec::new();
    let sources = cache.sources;
    if report.finish().write(cache, &mut drawn).is_err() {
        return plain(told, sources);
    }
    // ariadne pads lines with spaces; they would stand in every snapshot and log.
    let text = String::from_utf8_lossy(&drawn);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A problem without an excerpt: of the project as a whole, or in lines too long to be shown.
fn plain(told: &Told, sources: &Sources) -> String {
    let kind = match told.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    let mut text = format!("[{}] {kind}: {}\n", told.code, told.headline);
    for label in &told.labels {
        let file = sources.file(label.span.file);
        let at = file.locate(label.span.start);
        text.push_str(&format!("  {}:{}:{}: {}\n", file.path.display(), at.line, at.column, label.text));
    }
    for help in &told.helps {
        text.push_str(&format!("  Help: {}\n", help.text));
        if let Some(code) = &help.paste {
            text.push_str(&format!("      {code}\n"));
        }
    }
    for note in &told.notes {
        text.push_str(&format!("  Note: {note}\n"));
    }
    text
}
