//! Text that fits a terminal: what it cannot show replaced, what is too long broken.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A character as a terminal may be given it: none that moves the cursor, begins a colour or turns the line around.
pub(super) fn visible(c: char) -> char {
    let turns =
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    if c.is_control() || turns || breaks { char::REPLACEMENT_CHARACTER } else { c }
}

/// A sentence of one line.
pub(super) fn line(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { visible(c) }).collect()
}

/// Several lines, each as it can be shown.
pub(super) fn lines(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// How many columns a character takes.
pub(super) fn columns_of(c: char) -> usize {
    c.width().unwrap_or(1)
}

/// Breaks a sentence between words, so that its lines have at most so many columns where words allow it. The first
/// line is this much shorter.
pub(super) fn wrap(text: &str, width: usize, first: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width.saturating_sub(first);
    for word in text.split(' ') {
        let (Some(last), taken) = (lines.last_mut(), columns(word)) else { break };
        if last.is_empty() {
            last.push_str(word);
        } else if columns(last) + 1 + taken <= room {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_string());
            room = width;
        }
    }
    lines
}

/// The first so many columns of a text, with every colour in it.
pub(super) fn first_columns(text: &str, width: usize) -> String {
    let (mut first, mut taken, mut in_colour) = (String::new(), 0, false);
    for c in text.chars() {
        in_colour |= c == '\u{1b}';
        if in_colour {
            first.push(c);
            in_colour = c != 'm';
        } else if taken + columns_of(c) <= width {
            first.push(c);
            taken += columns_of(c);
        }
    }
    first
}

/// What a terminal shows of a text with colours in it.
pub(super) fn without_colours(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        shown.push_str(&rest[..at]);
        let end = rest[at..].find('m').map_or(rest.len(), |m| at + m + 1);
        rest = &rest[end..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_break_between_words() {
        assert_eq!(wrap("a bc def ghij", 6, 0), ["a bc", "def", "ghij"]);
        assert_eq!(wrap("a bc def", 6, 4), ["a", "bc def"]);
        assert_eq!(wrap("abcdefghij k", 4, 0), ["abcdefghij", "k"]);
        assert_eq!(wrap("日本 語", 5, 0), ["日本", "語"]);
    }

    #[test]
    fn nothing_a_program_holds_commands_the_terminal() {
        assert_eq!(line("a\u{1b}[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c d");
        assert_eq!(without_colours("\u{1b}[31ma\u{1b}[0mb"), "ab");
        assert_eq!(first_columns("\u{1b}[31mab\u{1b}[0mc", 1), "\u{1b}[31ma\u{1b}[0m");
    }
}
