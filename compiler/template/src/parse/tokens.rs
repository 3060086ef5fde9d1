//! The inside of a tag cut into tokens.

use std::ops::Range;

/// What a token is; its text is looked up by its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Int,
    Decimal,
    /// Quotes included.
    Text,
    /// `== != <> < > <= >=`
    Comparison,
    /// `..`
    Range,
    /// One character: `. , : | [ ] ( ) = %`, or a stray one.
    Sign(char),
    /// A quote that never closes: all that follows it.
    OpenText,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub at: Range<usize>,
}

/// The tokens of `text[body]`.
pub(super) fn tokens(text: &str, body: Range<usize>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut position = body.start;
    while let Some(first) = text[position..body.end].chars().next() {
        if first.is_whitespace() {
            position += first.len_utf8();
            continue;
        }
        let rest = &text[position..body.end];
        // After a dot, `1` is a name of a field, not the start of `1.5`.
        let (kind, length) = token(rest, first);
        tokens.push(Token { kind, at: position..position + length });
        position += length;
    }
    tokens
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    match first {
        '"' | '\'' => match rest[1..].find(first) {
            Some(end) => (Kind::Text, end + 2),
            None => (Kind::OpenText, rest.len()),
        },
        c if c.is_ascii_digit() || (c == '-' && digits(&rest[1..]) > 0) => {
            let whole = usize::from(c == '-') + digits(&rest[usize::from(c == '-')..]);
            let part = rest[whole..].strip_prefix('.').map_or(0, digits);
            if part > 0 { (Kind::Decimal, whole + 1 + part) } else { (Kind::Int, whole) }
        }
        c if c.is_alphabetic() || c == '_' => {
            let length =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
            (Kind::Word, length + usize::from(rest[length..].starts_with('?')))
        }
        '.' if rest.starts_with("..") => (Kind::Range, 2),
        _ if ["==", "!=", "<>", "<=", ">="].iter().any(|s| rest.starts_with(s)) => (Kind::Comparison, 2),
        '<' | '>' => (Kind::Comparison, 1),
        c => (Kind::Sign(c), c.len_utf8()),
    }
}
