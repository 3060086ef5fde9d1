//! Text to tokens. Tokens joined give back the text.

use logos::{Lexer, Logos};

use crate::Kind;
use crate::grammar::DECLARATIONS;

const DIGIT: fn(char) -> bool = |c| c.is_ascii_digit();

/// A token: its kind and the bytes `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Up to where it is known that no `}}` and no `%}` stand, and whether no `*/` stands ahead: a line with many open
/// tags is searched once, not each time.
#[derive(Default)]
struct Searched {
    print: usize,
    tag: usize,
    no_block_comment: bool,
}

#[derive(Logos, Clone, Copy, Debug, PartialEq)]
#[logos(extras = Searched)]
enum Lexeme {
    #[regex(r"[ \t\r\n\f\u{feff}]+")]
    Whitespace,
    #[regex(r"//[^\n]*", allow_greedy = true)]
    Comment,
    #[regex(r"[\p{Alphabetic}_][\p{Alphabetic}0-9_]*")]
    Name,
    #[regex(r"[0-9]+(\.[0-9]+)?")]
    Number,
    #[regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", priority = 10)]
    Date,
    #[regex(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?", priority = 10)]
    Time,
    #[regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?",
        priority = 11
    )]
    Timestamp,
    #[regex(r#"\$(\.[\p{Alphabetic}_][\p{Alphabetic}0-9_]*|\[[0-9]+\]|\["[^"\n]*"\])*"#)]
    Path,
    #[token("\"", string)]
    String(bool),
    #[token("\"\"\"", text)]
    Text(bool),
    // Comments and texts of other languages: one piece each, so that what is in them is not taken for code.
    #[token("#", hash)]
    #[token("--", rest_of_line)]
    #[token("/*", block_comment)]
    #[token("'", |lex| quoted(lex, &['\'']))]
    #[token("“", |lex| quoted(lex, &['”', '“']))]
    #[token("„", |lex| quoted(lex, &['“', '”', '„']))]
    #[token("‘", |lex| quoted(lex, &['’', '‘']))]
    Foreign,
    #[token("{")]
    LBrace,
    #[token("}")]
    RBrace,
    #[token("(")]
    LParen,
    #[token(")")]
    RParen,
    #[token("[")]
    LBracket,
    #[token("]")]
    RBracket,
    #[token(":")]
    Colon,
    #[token(",")]
    Comma,
    #[token(".")]
    Dot,
    #[token("?")]
    Question,
    #[token("??")]
    Coalesce,
    #[token("=")]
    Assign,
    #[token("==")]
    Equal,
    #[token("!=")]
    NotEqual,
    #[token("<")]
    Less,
    #[token("<=")]
    AtMost,
    #[token(">")]
    Greater,
    #[token(">=")]
    AtLeast,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("%")]
    Percent,
}

/// The rest of a `"…"` string: it ends at the next quote of its line. `{{ … }}` and `{% … %}` are one piece inside
/// which quotes nest, if they are closed on the line. False where the line ends first.
fn string(lex: &mut Lexer<Lexeme>) -> bool {
    let (rest, start) = (lex.remainder(), lex.span().end);
    let mut at = 0;
    while let Some(c) = rest[at..].chars().next() {
        let piece = match &rest[at..] {
            s if s.starts_with("{{") => closing(&s[2..], "}}", start + at, &mut lex.extras.print),
            s if s.starts_with("{%") => closing(&s[2..], "%}", start + at, &mut lex.extras.tag),
            _ => None,
        };
        at += match (piece, c) {
            (Some(length), _) => length + 4,
            (None, '\n') => break,
            (None, '\\') => {
                1 + rest[at + 1..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8)
            }
            (None, '"') => {
                lex.bump(at + 1);
                return true;
            }
            (None, c) => c.len_utf8(),
        };
    }
    lex.bump(rest[..at].trim_end().len());
    false
}

/// Where `close` stands on this line; `searched` is up to where, in the whole text, it is known not to.
fn closing(rest: &str, close: &str, at: usize, searched: &mut usize) -> Option<usize> {
    if at < *searched {
        return None;
    }
    let bytes = rest.as_bytes();
    let end = (0..bytes.len()).find(|i| bytes[*i] == b'\n' || bytes[*i..].starts_with(close.as_bytes()));
    let found = end.filter(|end| bytes[*end] != b'\n');
    if found.is_none() {
        *searched = at + end.unwrap_or(bytes.len());
    }
    found
}

/// The rest of a `"""…"""` text. False where the file ends first.
fn text(lex: &mut Lexer<Lexeme>) -> bool {
    let rest = lex.remainder();
    match rest.find("\"\"\"") {
        Some(length) => lex.bump(length + 3),
        None => lex.bump(rest.len()),
    }
    lex.remainder().len() < rest.len() && rest.contains("\"\"\"")
}

/// `# …`, to the end of the line; but `#0a5` is a colour without its quotes.
fn hash(lex: &mut Lexer<Lexeme>) {
    if !lex.remainder().starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        rest_of_line(lex);
    }
}

fn rest_of_line(lex: &mut Lexer<Lexeme>) {
    lex.bump(lex.remainder().lines().next().unwrap_or("").trim_end().len());
}

/// The rest of `/* … */`; nothing more where it is never closed.
fn block_comment(lex: &mut Lexer<Lexeme>) {
    let end = if lex.extras.no_block_comment { None } else { lex.remainder().find("*/") };
    lex.extras.no_block_comment = end.is_none();
    lex.bump(end.map_or(0, |end| end + 2));
}

/// The rest of a text in other quotes than ours, if it is closed on its line.
fn quoted(lex: &mut Lexer<Lexeme>, closing: &[char]) {
    let line = lex.remainder().split('\n').next().unwrap_or("");
    let end = line.find(closing).and_then(|at| Some(at + line[at..].chars().next()?.len_utf8()));
    lex.bump(end.unwrap_or(0));
}

/// Whether a [`Kind::Bad`] token is a text in other quotes than ours; then they are its first and last character.
pub(crate) fn is_foreign_text(written: &str) -> bool {
    written.starts_with(['\'', '“', '„', '‘']) && written.chars().count() > 1
}

/// Every token of a text, trivia too. What begins no token is [`Kind::Bad`]: a run of such characters, or a comment or
/// text as other languages write them.
pub fn lex(source: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut in_run = false;
    for (lexeme, range) in Lexeme::lexer(source).spanned() {
        let kind = match lexeme {
            Err(()) => Kind::Bad,
            // `$100` is an amount as others write it.
            Ok(Lexeme::Path) if range.len() == 1 && source[range.end..].starts_with(DIGIT) => Kind::Bad,
            Ok(lexeme) => kind(lexeme, &source[range.clone()]),
        };
        match tokens.last_mut() {
            Some(last) if lexeme.is_err() && in_run => last.end = range.end,
            _ => tokens.push(Token { kind, start: range.start, end: range.end }),
        }
        in_run = lexeme.is_err();
    }
    close_early(source, &mut tokens);
    tokens
}

/// Where a text is never closed, the quotes after it close what opens and open what closes. The one to blame is the
/// first with a declaration in it: from there on all is one unclosed text.
fn close_early(source: &str, tokens: &mut Vec<Token>) {
    if tokens.last().is_none_or(|last| last.kind != Kind::UnclosedText) {
        return;
    }
    let swallows = |token: &Token| {
        let is_text = matches!(token.kind, Kind::Text | Kind::UnclosedText);
        is_text && source[token.start..token.end].lines().skip(1).any(is_head)
    };
    if let Some(at) = tokens.iter().position(swallows) {
        tokens.truncate(at + 1);
        tokens[at].kind = Kind::UnclosedText;
        tokens[at].end = source.len();
    }
}

/// Whether a line reads like the head of a declaration.
fn is_head(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some_and(|word| line.starts_with(word) && DECLARATIONS.contains(&word))
        && (line.contains('{') || line.contains(" = "))
}

fn kind(lexeme: Lexeme, text: &str) -> Kind {
    match lexeme {
        Lexeme::Whitespace => Kind::Whitespace,
        Lexeme::Comment if text.starts_with("///") && !text.starts_with("////") => Kind::DocComment,
        Lexeme::Comment => Kind::Comment,
        Lexeme::Name => Kind::Name,
        Lexeme::Number => Kind::Number,
        Lexeme::Date => Kind::Date,
        Lexeme::Time => Kind::Time,
        Lexeme::Timestamp => Kind::Timestamp,
        Lexeme::Path => Kind::Path,
        Lexeme::String(true) => Kind::String,
        Lexeme::String(false) => Kind::UnclosedString,
        Lexeme::Text(true) => Kind::Text,
        Lexeme::Text(false) => Kind::UnclosedText,
        Lexeme::Foreign => Kind::Bad,
        Lexeme::LBrace => Kind::LBrace,
        Lexeme::RBrace => Kind::RBrace,
        Lexeme::LParen => Kind::LParen,
        Lexeme::RParen => Kind::RParen,
        Lexeme::LBracket => Kind::LBracket,
        Lexeme::RBracket => Kind::RBracket,
        Lexeme::Colon => Kind::Colon,
        Lexeme::Comma => Kind::Comma,
        Lexeme::Dot => Kind::Dot,
        Lexeme::Question => Kind::Question,
        Lexeme::Coalesce => Kind::Coalesce,
        Lexeme::Assign => Kind::Assign,
        Lexeme::Equal => Kind::Equal,
        Lexeme::NotEqual => Kind::NotEqual,
        Lexeme::Less => Kind::Less,
        Lexeme::AtMost => Kind::AtMost,
        Lexeme::Greater => Kind::Greater,
        Lexeme::AtLeast => Kind::AtLeast,
        Lexeme::Plus => Kind::Plus,
        Lexeme::Minus => Kind::Minus,
        Lexeme::Star => Kind::Star,
        Lexeme::Slash => Kind::Slash,
        Lexeme::Percent => Kind::Percent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<(Kind, &str)> {
        lex(source)
            .iter()
            .filter(|t| t.kind != Kind::Whitespace)
            .map(|t| (t.kind, &source[t.start..t.end]))
            .collect()
    }

    #[test]
    fn tokens_joined_give_back_the_text() {
        let source = "segment ä { when a >= 3 } // 2026-01-01\n/// doc\n\"{{ a | default: \"x\" }}\" §§ \"open\n\"\"\"rest";
        let joined: String = lex(source).iter().map(|t| &source[t.start..t.end]).collect();
        assert_eq!(joined, source);
    }

    #[test]
    fn dates_times_and_timestamps_are_single_tokens() {
        assert_eq!(
            kinds("2026-06-21 09:00 2011-12-01T09:00 30 days 1.5"),
            [
                (Kind::Date, "2026-06-21"),
                (Kind::Time, "09:00"),
                (Kind::Timestamp, "2011-12-01T09:00"),
                (Kind::Number, "30"),
                (Kind::Name, "days"),
                (Kind::Number, "1.5"),
            ]
        );
    }

    #[test]
    fn quotes_nest_inside_tags_and_a_string_ends_on_its_line() {
        let source = "\"{{ first_name | default: \"You\" }}, hi\" \"{{ open\" \"never\nnext";
        assert_eq!(
            kinds(source),
            [
                (Kind::String, "\"{{ first_name | default: \"You\" }}, hi\""),
                (Kind::String, "\"{{ open\""),
                (Kind::UnclosedString, "\"never"),
                (Kind::Name, "next"),
            ]
        );
    }

    #[test]
    fn a_text_spans_lines() {
        assert_eq!(
            kinds("\"\"\"a \"b\"\n c\"\"\" x"),
            [(Kind::Text, "\"\"\"a \"b\"\n c\"\"\""), (Kind::Name, "x")]
        );
        assert_eq!(kinds("\"\"\"a"), [(Kind::UnclosedText, "\"\"\"a")]);
        assert_eq!(kinds("\"\""), [(Kind::String, "\"\"")]);
    }
}
