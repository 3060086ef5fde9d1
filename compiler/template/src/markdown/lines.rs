//! How marks stand in the text that is read as Markdown.
//!
//! Liquid that is filled in first leaves an empty line where a line holds tags alone, and nothing where a tag stands among
//! words. So a tag with a line of its own is a declaration, which ends what came before, and one among words an
//! element without a name that anybody knows; an output is a word.

use std::ops::Range;

use persona_diagnostics::Span;

use super::marks::{Marks, Of};
use crate::html::State;

/// The text that is read as Markdown.
pub(super) struct Laid {
    pub text: String,
    /// Which literal pieces of it came from where: its offset, that in [`Marks::text`], and how long.
    from: Vec<(usize, usize, usize)>,
}

impl Laid {
    /// Where in the file these words stand, which are somewhere in this part of the text.
    pub fn place(&self, marks: &Marks, within: Range<usize>, words: &str) -> Span {
        let find = || {
            let part = self.text.get(within.clone())?;
            let at = within.start + part.find(words)?;
            let (laid, flat, _) =
                self.from.iter().rfind(|(laid, _, length)| (*laid..laid + length).contains(&at))?;
            let at = flat + at - laid;
            marks.place(at..at + words.len())
        };
        find().unwrap_or(marks.span)
    }
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    /// Literal text: from here to there in [`Marks::text`].
    Text(usize, usize),
    /// The mark of this number.
    Mark(usize),
}

/// A line without its end.
struct Line {
    pieces: Vec<Piece>,
    /// It ends like this.
    end: (usize, usize),
}

/// Lays the text of a template out.
pub(super) fn lay(marks: &mut Marks) -> Laid {
    let text = std::mem::take(&mut marks.text);
    let lines = apart(cut(&text, marks), &text, marks);
    let mut laid = Laid { text: String::with_capacity(text.len() * 2), from: Vec::new() };
    let mut state = State::Text;
    // Whether the lines are rows of a table.
    let (mut table, mut before) = (false, None);
    for (number, line) in lines.iter().enumerate() {
        let words = words(line, &text, marks);
        if line.is_alone(&text, marks) {
            if !table {
                let around = before.into_iter().chain(next_indent(&lines[number + 1..], &text, marks));
                let own = indent(&words);
                laid.text.push_str(&" ".repeat(own.min(around.max().unwrap_or(0))));
            }
            for index in line.marks() {
                marks.all[index].alone = true;
                let word = marks.word(index);
                laid.text.push_str(&if table { word } else { format!("<!{word}>") });
            }
        } else {
            let blank = words.trim().is_empty() && line.marks().next().is_none();
            if blank && !matches!(state, State::Verbatim(_) | State::Comment) {
                // No tag goes on behind a paragraph's end.
                state = State::Text;
            }
            table = !blank && (table || is_under_head(&words));
            if !blank {
                before = Some(content_indent(&words));
            }
            laid.line(line, &text, marks, &mut state);
        }
        state.read(&text[line.end.0..line.end.1]);
        laid.text.push_str(&text[line.end.0..line.end.1]);
        if !laid.text.ends_with('\n') && number + 1 < lines.len() {
            laid.text.push('\n');
        }
    }
    marks.text = text;
    laid
}

impl Laid {
    /// A line with words.
    fn line(&mut self, line: &Line, text: &str, marks: &mut Marks, state: &mut State) {
        let start = self.text.len();
        for piece in &line.pieces {
            let index = match *piece {
                Piece::Text(from, to) => {
                    self.from.push((self.text.len(), from, to - from));
                    self.text.push_str(&text[from..to]);
                    state.read(&text[from..to]);
                    continue;
                }
                Piece::Mark(index) => index,
            };
            let word = marks.word(index);
            let unseen = marks.all[index].of.is_unseen();
            let written = match state {
                State::Text if unseen && !in_address(&self.text[start..]) => format!("<{word}>"),
                State::Tag { .. } | State::Name { .. } if unseen => {
                    marks.all[index].spaced = true;
                    format!(" {word} ")
                }
                _ => word,
            };
            self.text.push_str(&written);
            if !unseen {
                state.printed();
            }
        }
    }
}

impl Line {
    fn marks(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Mark(index) => Some(*index),
            Piece::Text(..) => None,
        })
    }

    /// Whether it holds nothing but tags.
    fn is_alone(&self, text: &str, marks: &Marks) -> bool {
        self.marks().next().is_some()
            && self.pieces.iter().all(|piece| match *piece {
                Piece::Text(from, to) => text[from..to].trim().is_empty(),
                Piece::Mark(index) => marks.all[index].of.may_stand_alone(),
            })
    }
}

/// A text cut at its lines' ends and its marks.
fn cut(text: &str, marks: &Marks) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end_matches(['\n', '\r']).len();
        let mut pieces = Vec::new();
        let mut from = start;
        while let Some((index, at)) = marks.next_word(&text[..end], from) {
            if at.start > from {
                pieces.push(Piece::Text(from, at.start));
            }
            pieces.push(Piece::Mark(index));
            from = at.end;
        }
        if end > from {
            pieces.push(Piece::Text(from, end));
        }
        lines.push(Line { pieces, end: (end, start + line.len()) });
        start += line.len();
    }
    lines
}

/// Tags at the edge of an item or a heading that begin or end around it, each on a line of its own:
/// `{% for x in list %}- {{ x }}`.
fn apart(lines: Vec<Line>, text: &str, marks: &Marks) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    let mut lines = lines.into_iter().peekable();
    while let Some(mut line) = lines.next() {
        if line.is_alone(text, marks) || line.marks().next().is_none() {
            out.push(line);
            continue;
        }
        let edge = |piece: &Piece| matches!(piece, Piece::Mark(index) if marks.all[*index].of.is_unseen());
        let blank =
            |piece: &Piece| matches!(piece, Piece::Text(from, to) if text[*from..*to].trim().is_empty());
        let leading = line.pieces.iter().take_while(|piece| edge(piece) || blank(piece)).count();
        let rest = Line { pieces: line.pieces[leading..].to_vec(), end: line.end };
        let begins = begins_part(&words(&rest, text, marks));
        let behind_part = || {
            let before = out.iter().rfind(|line| !line.is_alone(text, marks));
            before.is_some_and(|line| begins_part(&words(line, text, marks)))
        };
        let opens = line.pieces[..leading].iter().any(|piece| match piece {
            Piece::Mark(index) => matches!(marks.all[*index].of, Of::Open(_)),
            Piece::Text(..) => false,
        });
        if line.pieces[..leading].iter().any(edge) && (begins || !opens && behind_part()) {
            let pieces: Vec<Piece> = line.pieces.drain(..leading).collect();
            line.pieces.splice(0..0, pieces.iter().copied().filter(blank));
            out.push(Line { pieces, end: (line.end.0, line.end.0) });
        }
        let next_begins = lines
            .peek()
            .map(|next| words(next, text, marks))
            .is_some_and(|next| next.trim().is_empty() || begins_part(&next));
        let inside: Vec<usize> = line.marks().collect();
        let mut trailing = Vec::new();
        while let Some(last) = line.pieces.last() {
            let moves = match last {
                piece if blank(piece) => !trailing.is_empty() || line.pieces.len() > 1,
                Piece::Mark(index) => match marks.all[*index].of {
                    Of::Open(_) => next_begins,
                    Of::Middle(block) | Of::Close(block) => {
                        begins
                            && !inside.iter().any(|i| {
                                matches!(marks.all[*i].of, Of::Open(b) if b == block)
                                    && line.marks().any(|m| m == *i)
                            })
                    }
                    Of::Leaf(_) => false,
                },
                Piece::Text(..) => false,
            };
            let Some(piece) = line.pieces.pop_if(|_| moves) else { break };
            trailing.insert(0, piece);
        }
        let end = line.end;
        if trailing.iter().any(edge) {
            line.end = (end.0, end.0);
            out.push(line);
            out.push(Line { pieces: trailing.into_iter().filter(edge).collect(), end });
        } else {
            line.pieces.extend(trailing);
            out.push(line);
        }
    }
    out
}

/// A line as a reader sees it: what is printed is a word.
fn words(line: &Line, text: &str, marks: &Marks) -> String {
    let words = line.pieces.iter().map(|piece| match piece {
        Piece::Text(from, to) => &text[*from..*to],
        Piece::Mark(index) if marks.all[*index].of.is_unseen() => "",
        Piece::Mark(_) => "word",
    });
    words.collect()
}

/// How far a line is indented.
fn indent(words: &str) -> usize {
    words.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// How far what follows is indented if it belongs to the item that begins here.
fn content_indent(words: &str) -> usize {
    let own = indent(words);
    let rest = words.trim_start();
    item(rest).map_or(own, |length| own + length)
}

/// How far the next words are indented.
fn next_indent(lines: &[Line], text: &str, marks: &Marks) -> Option<usize> {
    let next = lines.iter().find(|line| !line.pieces.is_empty() && !line.is_alone(text, marks))?;
    Some(indent(&words(next, text, marks)))
}

/// The length of an item's sign with its blank: `- `, `12. `.
fn item(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let sign = match digits {
        0 => line.starts_with(['-', '*', '+']).then_some(1)?,
        1..=9 => line[digits..].starts_with(['.', ')']).then_some(digits + 1)?,
        _ => return None,
    };
    line[sign..].starts_with([' ', '\t']).then_some(sign + 1)
}

/// Whether a line begins a heading, an item or a quotation.
fn begins_part(words: &str) -> bool {
    let line = words.trim_start();
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    (1..=6).contains(&hashes) && line[hashes..].starts_with([' ', '\t'])
        || item(line).is_some()
        || line.starts_with('>')
}

/// Whether a line is the one under a table's head: `|---|:--:|`.
fn is_under_head(words: &str) -> bool {
    words.contains('|') && words.contains('-') && words.trim().chars().all(|c| "|-: \t".contains(c))
}

/// Whether what follows is in a link's parentheses, or in the address that a name stands for.
fn in_address(line: &str) -> bool {
    let link = line.rfind("](").is_some_and(|open| !line[open..].contains(')'));
    link || line.trim_start().starts_with('[') && line.contains("]:")
}
