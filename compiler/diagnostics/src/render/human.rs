//! Problems drawn for people. The only file that knows ariadne.

use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};

use crate::{FileId, Severity, Sources, Told};

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

/// One problem with its excerpt, ending in a newline.
pub fn human(told: &Told, sources: &Sources, style: Style) -> String {
    let Some(primary) = told.span() else {
        return plain(told);
    };
    let kind = match told.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let range = |s: crate::Span| (s.file, s.start as usize..s.end as usize);
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
    let cache = Cache { sources, drawn: Default::default() };
    if report.finish().write(cache, &mut drawn).is_err() {
        return plain(told);
    }
    // ariadne pads lines with spaces; they would stand in every snapshot and log.
    let text = String::from_utf8_lossy(&drawn);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A problem without a place: of the project as a whole.
fn plain(told: &Told) -> String {
    let mut text = format!("[{}] Error: {}\n", told.code, told.headline);
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
