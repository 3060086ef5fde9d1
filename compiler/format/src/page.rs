//! Lines of text.

use persona_syntax::Kind;
use unicode_width::UnicodeWidthStr;

use crate::columns::gaps;
use crate::layout::Layout;
use crate::piece::{At, BlockId, Line as Begins, Program};

/// The spaces before a comment behind code.
const COMMENT_GAP: usize = 4;

/// One line; several, where a text on it has several.
pub(crate) struct Line<'p> {
    indent: String,
    text: String,
    /// The comment behind it.
    comment: Option<&'p str>,
    /// Whether a blank line is above.
    blank: bool,
    /// The innermost block it is in.
    block: BlockId,
    /// Whether it holds line breaks.
    tall: bool,
    /// The column behind its last piece.
    end: usize,
    /// The widest it is.
    pub width: usize,
    /// How wide it is without the text of a case, which no break in its condition makes shorter.
    pub breakable: usize,
    /// Its pieces.
    pub first: At,
    pub last: At,
}

/// A program, laid out.
pub(crate) struct Page<'p> {
    pub lines: Vec<Line<'p>>,
    /// Whether the text ends inside a text that is never closed.
    unclosed: bool,
}

/// Columns on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

pub(crate) fn write<'p>(layout: &Layout<'p, '_>) -> Page<'p> {
    let program = layout.program;
    let starts = layout.starts();
    let gaps = gaps(layout, &starts);
    let mut lines: Vec<Line> = Vec::new();
    // For each piece its column and the indentation of its line.
    let mut columns: Vec<usize> = Vec::with_capacity(program.pieces.len());
    for (at, piece) in program.pieces.iter().enumerate() {
        if at == 0 || starts[at].is_some() {
            let indent = indent(program, at, &columns);
            let end = width(&indent);
            lines.push(Line {
                indent,
                text: String::new(),
                comment: None,
                blank: starts[at] == Some(true),
                block: piece.block,
                tall: false,
                end,
                width: 0,
                breakable: 0,
                first: at,
                last: at,
            });
        }
        let Some(line) = lines.last_mut() else { continue };
        line.last = at;
        if piece.is_comment() && at != line.first && piece.line != Begins::Verbatim {
            columns.push(line.end);
            line.comment = Some(&piece.text);
            continue;
        }
        if at != line.first {
            line.text.push_str(&" ".repeat(gaps[at]));
            line.end += gaps[at];
        }
        columns.push(line.end);
        line.push(piece.kind, piece.parent, &piece.text);
    }
    Page { lines, unclosed: program.unclosed }
}

impl Line<'_> {
    fn push(&mut self, kind: Kind, parent: Kind, text: &str) {
        self.text.push_str(text);
        for (i, part) in text.split('\n').enumerate() {
            self.end = width(part) + if i == 0 { self.end } else { 0 };
            self.tall |= i > 0;
            self.width = self.width.max(self.end);
        }
        if parent != Kind::Case || !matches!(kind, Kind::String | Kind::Text) {
            self.breakable = self.width;
        }
    }
}

/// What a line begins with that starts with this piece.
fn indent(program: &Program, at: At, columns: &[usize]) -> String {
    let piece = &program.pieces[at];
    let block = 2 * program.blocks[piece.block].depth;
    let spaces = match piece.line {
        Begins::Verbatim => return piece.space.rsplit('\n').next().unwrap_or("").to_string(),
        Begins::Declaration => 0,
        Begins::Member | Begins::Close(_) | Begins::Flush => block,
        // At the margin a word might be taken for the head of a declaration.
        Begins::Inside => block + 4,
        Begins::Operator { first } => columns[first].saturating_sub(width(&piece.text) + 1).max(block + 2),
        Begins::Branch { first } => columns[first] + 2,
        Begins::Item { first } => columns[first],
    };
    " ".repeat(spaces)
}

impl Page<'_> {
    /// The text, with the comments behind code in columns.
    pub fn finish(&self) -> String {
        let mut text = String::new();
        let apart = |a: &Line, b: &Line| b.blank || a.block != b.block || a.tall || b.tall;
        for section in self.lines.chunk_by(|a, b| !apart(a, b)) {
            let commented = section.iter().filter(|line| line.comment.is_some());
            let column = commented.map(|line| line.end).max().unwrap_or(0) + COMMENT_GAP;
            for line in section {
                if line.blank {
                    text.push('\n');
                }
                text.push_str(&line.indent);
                text.push_str(&line.text);
                if let Some(comment) = line.comment {
                    text.push_str(&" ".repeat(column - line.end));
                    text.push_str(comment);
                }
                text.push('\n');
            }
        }
        if self.unclosed {
            text.pop();
        }
        text
    }
}
