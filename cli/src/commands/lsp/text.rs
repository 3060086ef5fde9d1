//! Places as the protocol counts them, by line and UTF-16, and as persona does, by bytes.

use gen_lsp_types::{Position, Range};
use persona_diagnostics::Span;

/// A text with the places of its lines.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the lines. They end as the protocol says: in `\n`, `\r\n` or `\r`.
    pub fn new(text: &'a str) -> Lines<'a> {
        let bytes = text.as_bytes();
        let ends =
            |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        let starts = std::iter::once(0).chain((0..bytes.len()).filter(|at| ends(*at)).map(|at| at + 1));
        Lines { text, starts: starts.collect() }
    }

    /// The place of a byte; inside of a character, that character's.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let units = self.text[self.starts[line]..offset].encode_utf16().count();
        Position { line: line as u32, character: units as u32 }
    }

    /// The byte of a place. Behind the end of a line, that end; behind the last line, the end of the text; between the
    /// halves of a character, its start.
    pub fn offset(&self, position: Position) -> usize {
        let Some(start) = self.starts.get(position.line as usize) else { return self.text.len() };
        let end = self.starts.get(position.line as usize + 1).copied().unwrap_or(self.text.len());
        let line = self.text[*start..end].trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (at, c) in line.char_indices() {
            units += c.len_utf16() as u32;
            if units > position.character {
                return start + at;
            }
        }
        start + line.len()
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start as usize), end: self.position(span.end as usize) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn characters_are_counted_in_units_of_utf_16() {
        let lines = Lines::new("a🎉b\r\näx\rlast\n");
        for (offset, position) in [
            (0, at(0, 0)),
            (1, at(0, 1)),
            (5, at(0, 3)),
            (8, at(1, 0)),
            (10, at(1, 1)),
            (12, at(2, 0)),
            (17, at(3, 0)),
        ] {
            assert_eq!(lines.position(offset), position, "{offset}");
            assert_eq!(lines.offset(position), offset, "{offset}");
        }
    }

    #[test]
    fn places_that_are_none_are_the_nearest() {
        let lines = Lines::new("a🎉b\nc");
        assert_eq!(lines.offset(at(0, 2)), 1, "between two halves");
        assert_eq!(lines.offset(at(0, 99)), 6, "behind the end of the line");
        assert_eq!(lines.offset(at(9, 0)), 8, "behind the last line");
        assert_eq!(lines.position(3), at(0, 1), "inside of a character");
    }
}
