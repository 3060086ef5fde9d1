//! Problems drawn for people. The only file that knows ariadne.
//!
//! ariadne draws lines as they are and sentences as they come. What it is given is cut to fit ([`Excerpt`]), and what
//! it gives back is broken where it is still too wide.

use std::collections::HashMap;

use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};

use super::excerpt::Excerpt;
use super::text::{columns, first_columns, line, lines, without_colours, wrap};
use crate::{FileId, Severity, Sources, Span, Told};

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Colours, for a terminal that wants them.
    pub color: bool,
    /// Box-drawing characters; else plain ASCII.
    pub unicode: bool,
    /// How many columns there are; words and code that cannot be broken may need more.
    pub width: usize,
}

impl Style {
    /// No colours: for files, logs and snapshots.
    pub const PLAIN: Style = Style { color: false, unicode: true, width: 100 };
}

/// No terminal is narrower.
const NARROWEST: usize = 30;

/// Marks in what ariadne draws: where a label's text begins, and around the file that a group of lines is of. No text
/// of ours has them.
const LABEL: char = '\u{1}';
const FILE: char = '\u{2}';

/// The excerpts of one problem, by file.
struct Drawn<'a> {
    sources: &'a Sources,
    excerpts: HashMap<FileId, (Excerpt, Source<String>)>,
}

impl ariadne::Cache<FileId> for &Drawn<'_> {
    type Storage = String;
    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl std::fmt::Debug> {
        self.excerpts.get(id).map(|(_, source)| source).ok_or("this file is not drawn")
    }
    fn display<'b>(&self, id: &'b FileId) -> Option<impl std::fmt::Display + 'b> {
        Some(format!("{FILE}{}{FILE}", id.0))
    }
}

impl Drawn<'_> {
    fn range(&self, span: Span) -> (FileId, std::ops::Range<usize>) {
        let excerpt = self.excerpts.get(&span.file).map(|(excerpt, _)| excerpt);
        (span.file, excerpt.map_or(0..0, |e| e.place(self.sources.file(span.file), span)))
    }
}

/// One problem with its excerpt, ending in a newline.
pub fn human(told: &Told, sources: &Sources, style: Style) -> String {
    let style = Style { width: style.width.max(NARROWEST), ..style };
    match told.span() {
        Some(primary) => excerpt(told, primary, sources, style).unwrap_or_else(|| plain(told, style)),
        None => plain(told, style),
    }
}

fn excerpt(told: &Told, primary: Span, sources: &Sources, style: Style) -> Option<String> {
    let kind = match told.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let config = Config::default()
        .with_color(style.color)
        .with_index_type(IndexType::Byte)
        .with_char_set(if style.unicode { CharSet::Unicode } else { CharSet::Ascii });

    // ariadne draws labels in the order they come: out of order, one file becomes several wrongly headed groups.
    let mut labels: Vec<_> = told.labels.iter().collect();
    labels.sort_by_key(|l| (l.span.file != primary.file, l.span.file, l.span.start));

    let last = labels.iter().map(|l| sources.file(l.span.file).line_of(l.span.end)).max().unwrap_or(1);
    let margin = last.to_string().len() + 5;
    let cut = if style.unicode { "…" } else { "..." };
    let mut drawn = Drawn { sources, excerpts: HashMap::new() };
    for label in &labels {
        drawn.excerpts.entry(label.span.file).or_insert_with(|| {
            let mut places: Vec<Span> =
                labels.iter().map(|l| l.span).filter(|s| s.file == label.span.file).collect();
            places.sort_by_key(|span| *span != primary);
            let excerpt =
                Excerpt::new(sources.file(label.span.file), &places, style.width.saturating_sub(margin), cut);
            let source = Source::from(excerpt.text.clone());
            (excerpt, source)
        });
    }

    let headline = sentence(&line(&told.headline), style.width, columns(&head(told)), 2);
    let mut report = Report::build(kind, drawn.range(primary))
        .with_code(told.code)
        .with_message(headline)
        .with_config(config);
    for label in &labels {
        let color = if label.span == primary { Color::Red } else { Color::Cyan };
        let text = format!("{LABEL}{}", line(&label.text));
        report = report.with_label(Label::new(drawn.range(label.span)).with_message(text).with_color(color));
    }
    let width = |n: usize| style.width.saturating_sub(margin + if n > 1 { 8 } else { 6 });
    for help in &told.helps {
        let text = sentence(&line(&help.text), width(told.helps.len()), 0, 0);
        report.add_help(match &help.paste {
            Some(code) => format!("{text}\n    {}", lines(code).replace('\n', "\n    ")),
            None => text,
        });
    }
    for note in &told.notes {
        report.add_note(sentence(&line(note), width(told.notes.len()), 0, 0));
    }
    let mut text = Vec::new();
    report.finish().write(&drawn, &mut text).ok()?;
    let text = String::from_utf8(text).ok()?;

    let mut places = HashMap::new();
    for label in std::iter::once(primary).chain(labels.iter().map(|l| l.span)) {
        places.entry(label.file).or_insert(label);
    }
    let mut shown = String::new();
    for row in text.lines() {
        for line in label(&with_place(row, &places, sources), style.width) {
            // ariadne pads lines with spaces; they would stand in every snapshot and log.
            shown.push_str(line.trim_end());
            shown.push('\n');
        }
    }
    Some(shown)
}

/// The line above an excerpt, with the place in the file instead of the one in the excerpt.
fn with_place(row: &str, places: &HashMap<FileId, Span>, sources: &Sources) -> String {
    let parts: Vec<&str> = row.splitn(3, FILE).collect();
    let [before, id, after] = parts[..] else { return row.to_string() };
    let place = id.parse().ok().and_then(|id| places.get(&FileId(id)));
    let Some(place) = place else { return row.to_string() };
    let file = sources.file(place.file);
    let at = file.locate(place.start);
    let rest = after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    format!("{before}{}:{}:{}{rest}", line(&file.path.display().to_string()), at.line, at.column)
}

/// A row of the drawing, broken where its label does not fit.
fn label(row: &str, width: usize) -> Vec<String> {
    let Some((strokes, text)) = row.split_once(LABEL) else { return vec![row.to_string()] };
    let (shown, bar) = (without_colours(strokes), without_colours(row).find(['│', '|']).unwrap_or(0));
    let whole = columns(&shown);
    if whole + columns(text) <= width {
        return vec![format!("{strokes}{text}")];
    }
    // The stroke to the text passes below all that is told about. Where there is no room for that, it is short.
    let corner =
        shown.char_indices().find(|(_, c)| matches!(c, '╰' | '`')).map(|(at, _)| columns(&shown[..at]));
    let short = corner.map_or(whole, |corner| corner + 5);
    let room = |column: usize| width.saturating_sub(column);
    let column = if room(whole) >= 30 || short >= whole { whole } else { short };
    let stroke = format!("{} ", first_columns(strokes, column - 1));
    let margin = first_columns(row, columns(&without_colours(row)[..bar]) + 1);
    let parts = if room(column) >= 16 { wrap(text, room(column), 0) } else { Vec::new() };
    if parts.is_empty() {
        // Not even for that: the text stands below.
        let below = wrap(text, room(bar + 6), 0).into_iter().map(|part| format!("{margin}   {part}"));
        return std::iter::once(stroke).chain(below).collect();
    }
    let indent = " ".repeat(column.saturating_sub(columns(&without_colours(&margin))));
    let start = |index: usize| if index == 0 { stroke.clone() } else { format!("{margin}{indent}") };
    parts.iter().enumerate().map(|(index, part)| format!("{}{part}", start(index))).collect()
}

/// A sentence on as many lines as it needs, those after the first indented.
fn sentence(text: &str, width: usize, first: usize, indent: usize) -> String {
    let lines = wrap(text, width.saturating_sub(indent).max(16), first.saturating_sub(indent));
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

fn head(told: &Told) -> String {
    let kind = match told.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    format!("[{}] {kind}: ", told.code)
}

/// A problem without an excerpt: of the project as a whole.
fn plain(told: &Told, style: Style) -> String {
    let head = head(told);
    let mut text = format!("{head}{}\n", sentence(&line(&told.headline), style.width, columns(&head), 2));
    for help in &told.helps {
        text.push_str(&format!("  Help: {}\n", sentence(&line(&help.text), style.width, 8, 8)));
        if let Some(code) = &help.paste {
            text.push_str(&format!("            {}\n", lines(code).replace('\n', "\n            ")));
        }
    }
    for note in &told.notes {
        text.push_str(&format!("  Note: {}\n", sentence(&line(note), style.width, 8, 8)));
    }
    text
}
