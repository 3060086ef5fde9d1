//! Files of a project and places in them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of the project, by its index in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A run of bytes in one file: `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file it lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        // Files over 4 GiB are refused when they are read, so the casts cannot cut.
        Span { file, start: start as u32, end: end.max(start) as u32 }
    }

    /// The smallest span that holds both; `other` must lie in the same file, else `self` is returned.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether the other lies in this one.
    pub fn holds(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The empty span at the end of this one: where a missing thing belongs.
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// One file as it was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path as shown to the user: relative to the project's folder where it lies in it.
    pub path: PathBuf,
    /// The whole text.
    pub text: Arc<str>,
    /// Byte offset of each line's start.
    lines: Arc<[u32]>,
    /// How many characters begin before each [`STRIDE`] bytes: a column far out on a line is not counted anew.
    characters: Arc<[u32]>,
}

/// So many bytes are counted at most to find a column.
const STRIDE: usize = 1024;

/// How many characters begin in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// Line and column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Line from 1.
    pub line: usize,
    /// Column in characters from 1.
    pub column: usize,
}

impl SourceFile {
    /// A file with this path and text.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> SourceFile {
        let text = text.into();
        let lines = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1))
            .collect();
        let mut before = 0;
        let strides = text.as_bytes().chunks(STRIDE).map(|bytes| {
            let here = before;
            before += characters(bytes) as u32;
            here
        });
        let characters = strides.collect();
        SourceFile { path: path.into(), text, lines, characters }
    }

    /// The line a byte offset lies in, from 1.
    pub fn line_of(&self, offset: u32) -> usize {
        self.lines.partition_point(|start| *start <= offset).max(1)
    }

    /// The bytes of a line, from 1, with its end.
    pub fn line(&self, line: usize) -> std::ops::Range<usize> {
        let start = |line: usize| self.lines.get(line).map_or(self.text.len(), |start| *start as usize);
        start(line.saturating_sub(1))..start(line)
    }

    /// How many characters begin before a byte of the text.
    fn characters_before(&self, offset: usize) -> usize {
        let stride = (offset / STRIDE).min(self.characters.len().saturating_sub(1));
        let counted = self.characters.get(stride).map_or(0, |count| *count as usize);
        counted + characters(&self.text.as_bytes()[stride * STRIDE..offset])
    }

    /// Where a byte offset lies. Offsets past the end are the end.
    pub fn locate(&self, offset: u32) -> Location {
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_of(offset as u32);
        let start = self.lines[line - 1] as usize;
        // A byte order mark belongs to the file, not to its first line: no editor counts it.
        let mark = usize::from(start == 0 && offset > 0 && self.text.starts_with('\u{feff}'));
        let column = self.characters_before(offset) - self.characters_before(start) - mark + 1;
        Location { line, column }
    }
}

/// Every file a run of the compiler has read: programs and the templates they name.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Of several files with one path, the first.
    by_path: HashMap<PathBuf, FileId>,
}

impl Sources {
    /// Adds a file; the same path twice is two files.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let file = SourceFile::new(path, text);
        let id = FileId(self.files.len() as u32);
        self.by_path.entry(file.path.clone()).or_insert(id);
        self.files.push(file);
        id
    }

    /// Gives a file another text.
    pub fn replace(&mut self, id: FileId, text: impl Into<Arc<str>>) {
        let file = &mut self.files[id.0 as usize];
        *file = SourceFile::new(std::mem::take(&mut file.path), text);
    }

    /// The file with this id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file read from this path, if any.
    pub fn find(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// All files with their ids, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }

    /// The text a span covers; empty where it lies outside its file.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let file = SourceFile::new("a.persona", "ä = 1\nbee = \"ü\"  x\n");
        assert_eq!(file.locate(0), Location { line: 1, column: 1 });
        assert_eq!(file.locate(3), Location { line: 1, column: 3 });
        let x = file.text.find('x').unwrap() as u32;
        assert_eq!(file.locate(x), Location { line: 2, column: 12 });
        assert_eq!(file.locate(9999), Location { line: 3, column: 1 });
        let long = SourceFile::new("b.persona", format!("x\n{}y", "ü".repeat(3_000)));
        assert_eq!(long.locate(2 + 2 * 2_500), Location { line: 2, column: 2_501 });
        assert_eq!(long.locate(2 + 6_000), Location { line: 2, column: 3_001 });
        assert_eq!(SourceFile::new("c", "").locate(0), Location { line: 1, column: 1 });
    }
}
