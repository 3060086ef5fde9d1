//! Text cut into literal text and tags; comments dropped, raw parts made literal.

use std::ops::Range;

use persona_diagnostics::catalogue::{unclosed_block::UnclosedBlock, unclosed_tag::UnclosedTag};
use persona_diagnostics::{Problems, Span};

use super::stray::Stray;
use crate::Source;

/// One piece of a template; ranges are bytes of the source's text.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Literal text, escapes undone and trimmed.
    Text { text: String, at: Range<usize> },
    /// `{{ body }}`
    Output { body: Range<usize>, at: Range<usize> },
    /// `{% name body %}`, or a line of `{% liquid %}`.
    Tag { name: Range<usize>, body: Range<usize>, at: Range<usize> },
}

impl Source<'_> {
    /// The place of some bytes of this source's text.
    pub(crate) fn span(&self, at: Range<usize>) -> Span {
        let offset = self.offset as usize;
        Span::new(self.file, offset + at.start, offset + at.end)
    }
}

/// Cuts the whole text. In one that was written for Liquid itself, braces that close nothing are text.
pub(super) fn cut(source: &Source, elsewhere: bool, problems: &mut Problems) -> Vec<Piece> {
    let (pieces, stray) = (Vec::new(), Stray::new(elsewhere));
    let mut cutter = Cutter { source, problems, pieces, position: 0, trim_next: false, stray };
    cutter.run();
    cutter.pieces
}

/// Cuts the body of a `{% liquid %}` tag: a tag a line.
pub(super) fn cut_lines(source: &Source, body: Range<usize>, problems: &mut Problems) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut comment: Option<(Range<usize>, usize)> = None;
    let mut start = body.start;
    for line in source.text[body].split_inclusive('\n') {
        let at = trimmed(source.text, start..start + line.len());
        start += line.len();
        let name = tag_name(source.text, at.clone());
        match (&source.text[name.clone()], &mut comment) {
            ("comment", Some((_, depth))) => *depth += 1,
            ("endcomment", Some((_, depth))) if *depth > 0 => *depth -= 1,
            ("endcomment", Some(_)) => comment = None,
            (_, Some(_)) => {}
            ("comment", None) => comment = Some((at, 0)),
            ("", None) if at.is_empty() => {}
            ("#", None) => {}
            _ => pieces.push(Piece::Tag { body: name.end..at.end, name, at }),
        }
    }
    if let Some((at, _)) = comment {
        problems.report(UnclosedBlock::new("comment", source.span(at)));
    }
    pieces
}

/// A tag's braces and what is between them.
struct Found {
    /// All of it, braces included.
    at: Range<usize>,
    /// Between the braces and hyphens.
    body: Range<usize>,
    trim_before: bool,
    trim_after: bool,
}

struct Cutter<'a> {
    source: &'a Source<'a>,
    problems: &'a mut Problems,
    pieces: Vec<Piece>,
    position: usize,
    /// The tag before ended in `-}}`.
    trim_next: bool,
    stray: Stray,
}

impl Cutter<'_> {
    fn run(&mut self) {
        let text = self.source.text;
        let mut from = self.position;
        while let Some(open) = find_open(text, from) {
            let output = text[open..].starts_with("{{");
            match self.find_tag(open, output) {
                Ok(found) => {
                    self.stray.read(self.source, self.position..open, self.problems);
                    self.literal(self.position..open, found.trim_before);
                    self.position = found.at.end;
                    self.trim_next = found.trim_after;
                    if output {
                        self.pieces.push(Piece::Output { body: found.body, at: found.at });
                    } else {
                        self.tag(found);
                    }
                    from = self.position;
                }
                Err(end) => {
                    // Its own end may come yet.
                    self.stray.untold = true;
                    self.problems.report(UnclosedTag {
                        braces: if output { "{{" } else { "{%" },
                        span: self.source.span(open..open + 2),
                        before: self.source.span(end.clone()),
                        inside: text[open + 2..end.start].trim().to_string(),
                    });
                    self.literal(self.position..open, false);
                    self.position = end.end;
                    self.trim_next = false;
                    from = end.end;
                }
            }
        }
        self.stray.read(self.source, self.position..text.len(), self.problems);
        self.literal(self.position..text.len(), false);
    }

    /// The tag that opens at `open`, or where its closing braces should have been.
    fn find_tag(&self, open: usize, output: bool) -> Result<Found, Range<usize>> {
        let text = self.source.text;
        let close = if output { "}}" } else { "%}" };
        let mut start = open + 2;
        let trim_before = text[start..].starts_with('-');
        start += usize::from(trim_before);
        let end = find_close(text, start, close)?;
        let trim_after = end > start && text[..end].ends_with('-');
        let body = trimmed(text, start..end - usize::from(trim_after));
        Ok(Found { at: open..end + 2, body, trim_before, trim_after })
    }

    fn tag(&mut self, found: Found) {
        let text = self.source.text;
        let name = tag_name(text, found.body.clone());
        let body = trimmed(text, name.end..found.body.end);
        match &text[name.clone()] {
            // A comment of several lines has its `#` on each, so that none is taken for a tag.
            "#" if text[body.clone()]
                .lines()
                .skip(1)
                .all(|l| l.trim().is_empty() || l.trim().starts_with('#')) => {}
            "comment" => match self.end_of_comment() {
                Some(end) => self.skip_to(end),
                None => self.never_closed("comment", found.at),
            },
            word @ ("raw" | "doc") if body.is_empty() => match self.end_of_verbatim(word) {
                Some(end) => {
                    let inside = self.position..end.at.start;
                    if word == "doc" {
                        if let Some(nested) = text[inside.clone()].find("{% doc") {
                            self.never_closed("doc", inside.start + nested..inside.start + nested + 6);
                        }
                    } else {
                        self.literal(inside, end.trim_before);
                    }
                    self.skip_to(end);
                }
                None => self.never_closed(word, found.at),
            },
            _ => self.pieces.push(Piece::Tag { name, body, at: found.at }),
        }
    }

    fn skip_to(&mut self, end: Found) {
        self.position = end.at.end;
        self.trim_next = end.trim_after;
    }

    fn never_closed(&mut self, name: &str, at: Range<usize>) {
        self.problems.report(UnclosedBlock::new(name, self.source.span(at)));
        self.position = self.source.text.len();
    }

    /// The `{% endcomment %}` of the comment just opened. Comments nest; tags inside need not make sense.
    fn end_of_comment(&self) -> Option<Found> {
        let text = self.source.text;
        let (mut from, mut depth) = (self.position, 0);
        loop {
            let open = from + text[from..].find("{%")?;
            let found = self.find_plain_tag(open)?;
            from = found.at.end;
            match &text[tag_name(text, found.body.clone())] {
                "comment" => depth += 1,
                "raw" => from = end_of(self, from, "endraw")?.at.end,
                "endcomment" if depth == 0 => return Some(found),
                "endcomment" => depth -= 1,
                _ => {}
            }
        }
    }

    fn end_of_verbatim(&self, word: &str) -> Option<Found> {
        end_of(self, self.position, if word == "raw" { "endraw" } else { "enddoc" })
    }

    /// A tag up to the nearest `%}`, quotes or not.
    fn find_plain_tag(&self, open: usize) -> Option<Found> {
        let text = self.source.text;
        let trim_before = text[open + 2..].starts_with('-');
        let start = open + 2 + usize::from(trim_before);
        let end = start + text[start..].find("%}")?;
        let trim_after = end > start && text[..end].ends_with('-');
        let body = trimmed(text, start..end - usize::from(trim_after));
        Some(Found { at: open..end + 2, body, trim_before, trim_after })
    }

    fn literal(&mut self, at: Range<usize>, trim_end: bool) {
        let raw = &self.source.text[at.clone()];
        let mut text = if self.source.escapes { unescape(raw) } else { raw.to_string() };
        if trim_end {
            text.truncate(text.trim_end().len());
        }
        if self.trim_next {
            text = text.trim_start().to_string();
        }
        if !text.is_empty() {
            self.pieces.push(Piece::Text { text, at });
        }
    }
}

/// The first tag of this name alone from `from` on.
fn end_of(cutter: &Cutter, mut from: usize, name: &str) -> Option<Found> {
    let text = cutter.source.text;
    loop {
        let open = from + text[from..].find("{%")?;
        from = open + 2;
        if let Some(found) = cutter.find_plain_tag(open)
            && &text[found.body.clone()] == name
        {
            return Some(found);
        }
    }
}

fn find_open(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(1)).find(|i| bytes[*i] == b'{' && matches!(bytes[*i + 1], b'{' | b'%'))
}

/// Where the tag whose inside starts at `from` closes. `Err` is where the closing braces should have been.
fn find_close(text: &str, from: usize, close: &str) -> Result<usize, Range<usize>> {
    let bytes = text.as_bytes();
    let comment = text[from..].trim_start().starts_with('#');
    let mut i = from;
    while i < bytes.len() {
        match bytes[i] {
            _ if text.as_bytes()[i..].starts_with(close.as_bytes()) => return Ok(i),
            quote @ (b'"' | b'\'') if !comment => match end_of_string(text, i, quote) {
                Some(end) => i = end,
                None => i += 1,
            },
            b'{' if !comment && close == "%}" && i > from => match end_of_value(text, i) {
                Some(end) => i = end,
                None if matches!(bytes.get(i + 1), Some(b'{' | b'%')) => break,
                None => i += 1,
            },
            b'{' if !comment && matches!(bytes.get(i + 1), Some(b'{' | b'%')) => break,
            _ => i += 1,
        }
    }
    let line = text[from..i].find('\n').map_or(i, |n| from + n);
    Err(likely_end(text, from..line, close))
}

/// One past a value in braces inside of a tag, `{% for x in {{ list }} %}`, if the tag goes on behind it.
fn end_of_value(text: &str, open: usize) -> Option<usize> {
    let line = text[open..].lines().next()?.strip_prefix("{{")?;
    let end = line.find("}}")?;
    let opens = |text: &str| text.find("{{").into_iter().chain(text.find("{%")).min().unwrap_or(usize::MAX);
    let rest = &line[end + 2..];
    let value = opens(&line[..end]) == usize::MAX;
    let goes_on = rest.find("%}").is_some_and(|close| close < rest.find("{%").unwrap_or(usize::MAX));
    (value && goes_on).then_some(open + 2 + end + 2)
}

/// Where a tag that is never closed was most likely to end: at half of its closing braces, which are to be replaced;
/// before HTML begins or the sentence around it goes on; else where its line ends or the next tag begins.
fn likely_end(text: &str, inside: Range<usize>, close: &str) -> Range<usize> {
    let bytes = &text.as_bytes()[..inside.end];
    // In an output, a comma separates nothing but the arguments of a filter.
    let mut arguments = close == "%}";
    let mut i = inside.start;
    let half = loop {
        let next = bytes.get(i + 1).copied().unwrap_or(b'\n');
        let ends_here = next.is_ascii_whitespace() || next == b'<';
        match bytes.get(i) {
            None => break false,
            Some(quote @ (b'"' | b'\'')) => {
                i = end_of_string(text, i, *quote).filter(|end| *end <= inside.end).unwrap_or(i + 1);
                continue;
            }
            Some(b'}' | b'%') => break true,
            Some(b'<') if next.is_ascii_alphabetic() || matches!(next, b'/' | b'!') => break false,
            Some(b'!' | b'?' | b';' | b'.') if ends_here => break false,
            Some(b',') if next == b'<' || ends_here && (!arguments || i + 1 == inside.end) => break false,
            Some(b':') => arguments = true,
            _ => {}
        }
        i += 1;
    };
    let end = inside.start + text[inside.start..i].trim_end().len();
    if half { i..i + 1 } else { end..end }
}

/// One past the string that opens at `open`, unless its quote is a stray one: a string that would swallow a
/// line's end or another tag's braces along with closing ones is not what the author meant.
fn end_of_string(text: &str, open: usize, quote: u8) -> Option<usize> {
    let inside = &text[open + 1..];
    let length = inside.bytes().position(|b| b == quote)?;
    let string = &inside[..length];
    let closes = string.contains("}}") || string.contains("%}");
    let swallows = string.contains('\n') || string.contains("{{") || string.contains("{%");
    (!(closes && swallows)).then_some(open + 1 + length + 1)
}

/// The word a tag begins with; `#` for a comment.
fn tag_name(text: &str, body: Range<usize>) -> Range<usize> {
    let inside = &text[body.clone()];
    let length = match inside.as_bytes().first() {
        Some(b'#') => 1,
        _ => inside.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(inside.len()),
    };
    body.start..body.start + length
}

fn trimmed(text: &str, at: Range<usize>) -> Range<usize> {
    let at = at.start..at.end.max(at.start);
    let inside = &text[at.clone()];
    let start = at.start + (inside.len() - inside.trim_start().len());
    start..(at.start + inside.trim_end().len()).max(start)
}

/// `\"`, `\\`, `\n`, `\t` of a `"…"` string; another backslash stands for itself (the string's reader told of it).
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars().peekable();
    while let Some(c) = characters.next() {
        let escaped = match (c, characters.peek()) {
            ('\\', Some('n')) => '\n',
            ('\\', Some('t')) => '\t',
            ('\\', Some(c @ ('"' | '\\'))) => *c,
            _ => {
                text.push(c);
                continue;
            }
        };
        characters.next();
        text.push(escaped);
    }
    text
}
