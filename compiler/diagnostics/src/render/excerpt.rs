//! The lines of a file that are drawn: each as a terminal can show it, and of a long one the part that is told about.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::text::{columns_of, visible};
use crate::{SourceFile, Span};

/// Beyond this far from what is told about, nobody looks at a line.
const FAR: usize = 2_000;

/// As wide as tabulators are drawn.
const TAB: usize = 4;

/// A text of as many lines as the file's, empty where nothing is told, and where the places are in it.
pub(super) struct Excerpt {
    pub text: String,
    lines: BTreeMap<usize, Line>,
}

/// One line that is drawn.
struct Line {
    /// Where each character that is shown stands: in the file, and in the excerpt.
    places: Vec<(usize, usize)>,
    /// Where its text ends in the excerpt.
    end: usize,
}

/// A character that may be shown.
struct Shown {
    at: usize,
    text: String,
    columns: usize,
}

impl Excerpt {
    /// The lines in which these places, at least one, begin and end. The first place is the one to show where a line
    /// has no room for all of them: `width` columns, of which `cut` marks what is left out.
    pub fn new(file: &SourceFile, places: &[Span], width: usize, cut: &str) -> Excerpt {
        let wanted: BTreeSet<usize> = places.iter().flat_map(|span| ends(file, *span)).collect();
        let mut excerpt = Excerpt { text: String::new(), lines: BTreeMap::new() };
        let mut next = 1;
        for number in wanted {
            excerpt.text.extend(std::iter::repeat_n('\n', number - next));
            next = number + 1;
            let line = trimmed(file, number);
            let on_line = |span: &&Span| ends(file, **span).contains(&number);
            let on_line: Vec<Range<usize>> = places
                .iter()
                .filter(on_line)
                .map(|s| {
                    (s.start as usize).clamp(line.start, line.end)
                        ..(s.end as usize).clamp(line.start, line.end)
                })
                .collect();
            excerpt.draw(number, &file.text, line, &on_line, width, cut);
            excerpt.text.push('\n');
        }
        excerpt
    }

    fn draw(
        &mut self,
        number: usize,
        text: &str,
        line: Range<usize>,
        places: &[Range<usize>],
        width: usize,
        cut: &str,
    ) {
        let first = places.first().map_or(line.start, |p| p.start);
        let near = near(text, line, first);
        let characters = characters(text, near.clone());
        let window = window(&characters, places, width, columns_of('…') * cut.chars().count());
        let before = window.start > 0 || !is_start(text, near.start);
        let after = window.end < characters.len() || !is_end(text, near.end);
        let mut shown = Line { places: Vec::new(), end: 0 };
        if before {
            self.text.push_str(cut);
        }
        for character in &characters[window] {
            shown.places.push((character.at, self.text.len()));
            self.text.push_str(&character.text);
        }
        shown.end = self.text.len();
        if after {
            self.text.push_str(cut);
        }
        self.lines.insert(number, shown);
    }

    /// Where a place of the file is in the excerpt; what is cut off lies where it was cut.
    pub fn place(&self, file: &SourceFile, span: Span) -> Range<usize> {
        let [first, last] = ends(file, span);
        let start = self.offset(first, span.start as usize);
        let end = self.offset(last, span.end as usize);
        start..end.max(start)
    }

    fn offset(&self, line: usize, at: usize) -> usize {
        let Some(line) = self.lines.get(&line) else { return 0 };
        let next = line.places.partition_point(|(source, _)| *source < at);
        line.places.get(next).map_or(line.end, |(_, shown)| *shown)
    }
}

/// The lines a place begins and ends in. A place that ends with a line ends in it.
fn ends(file: &SourceFile, span: Span) -> [usize; 2] {
    let length = file.text.len() as u32;
    let (start, end) = (span.start.min(length), span.end.min(length));
    [file.line_of(start), file.line_of(if end > start { end - 1 } else { start })]
}

/// A line without what ends it.
fn trimmed(file: &SourceFile, number: usize) -> Range<usize> {
    let line = file.line(number);
    let text = &file.text[line.clone()];
    line.start..line.start + text.trim_end_matches(['\n', '\r']).len()
}

/// The part of a line that is looked at, at boundaries of characters.
fn near(text: &str, line: Range<usize>, first: usize) -> Range<usize> {
    let mut start = first.saturating_sub(FAR).max(line.start);
    let mut end = (first + FAR).min(line.end);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn is_start(text: &str, at: usize) -> bool {
    at == 0 || text.as_bytes()[at - 1] == b'\n'
}

fn is_end(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_none_or(|b| matches!(b, b'\n' | b'\r'))
}

fn characters(text: &str, part: Range<usize>) -> Vec<Shown> {
    let mut column = 0;
    let mut characters = Vec::new();
    for (at, c) in text[part.clone()].char_indices() {
        let at = part.start + at;
        // A byte order mark is no part of the first line.
        if at == 0 && c == '\u{feff}' {
            continue;
        }
        let (text, columns) = match c {
            '\t' => (" ".repeat(TAB - column % TAB), TAB - column % TAB),
            c => (visible(c).to_string(), columns_of(visible(c))),
        };
        characters.push(Shown { at, text, columns });
        column += columns;
    }
    // Blanks at the end of a line are not drawn.
    while characters.last().is_some_and(|c| c.text.trim().is_empty()) {
        characters.pop();
    }
    characters
}

/// Which characters fit, so that all places are seen, or else the beginning of the first.
fn window(characters: &[Shown], places: &[Range<usize>], width: usize, cut: usize) -> Range<usize> {
    let total: usize = characters.iter().map(|c| c.columns).sum();
    if total <= width {
        return 0..characters.len();
    }
    let width = width.saturating_sub(2 * cut).max(8);
    let index = |at: usize| characters.partition_point(|c| c.at < at);
    let columns = |range: Range<usize>| characters[range].iter().map(|c| c.columns).sum::<usize>();
    let all = places.iter().map(|p| index(p.start)).min().unwrap_or(0)
        ..places.iter().map(|p| index(p.end)).max().unwrap_or(0);
    let first = places.first().map_or(0..0, |p| index(p.start)..index(p.end));
    let seen = if columns(all.clone()) <= width { all } else { first };
    // Half of what is left goes before them, so that one sees where they stand; behind them labels have room.
    let spare = width.saturating_sub(columns(seen.clone()));
    let mut start = seen.start.min(characters.len());
    let mut room = spare / 2;
    while start > 0 && characters[start - 1].columns <= room {
        start -= 1;
        room -= characters[start].columns;
    }
    let mut end = start;
    let mut room = width;
    while end < characters.len() && characters[end].columns <= room {
        room -= characters[end].columns;
        end += 1;
    }
    start..end
}
