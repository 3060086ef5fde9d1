//! Where lines end. sqlparser's own pretty form leaves conditions, joined subqueries and `EXISTS` on one line,
//! however long; here each clause, column and condition has its own. Words stay as they are, only the blanks
//! between them change.

use sqlparser::dialect::Dialect;
use sqlparser::tokenizer::{Token, Tokenizer};

/// Which part of a `SELECT` the words are in.
#[derive(Clone, Copy, PartialEq)]
enum Clause {
    /// `WITH` and before.
    Head,
    /// Its columns, each on a line.
    Select,
    /// `FROM`, `WHERE` and the rest: joins and conditions on lines of their own.
    Rest,
}

/// What brackets the words are in.
enum Bracket {
    /// A query, indented so far.
    Query { indent: usize, clause: Clause },
    /// Parentheses of an expression, or `CASE … END`: all on one line.
    Expression,
}

/// One statement in lines, as `text` is read in a dialect.
pub fn lay_out(text: &str, dialect: &dyn Dialect) -> String {
    let Ok(tokens) = Tokenizer::new(dialect, text).with_unescape(false).tokenize() else {
        return text.to_owned();
    };
    let mut out = Lines { out: String::with_capacity(text.len() * 2) };
    let mut brackets = vec![Bracket::Query { indent: 0, clause: Clause::Head }];
    for (at, token) in tokens.iter().enumerate() {
        let word = word(token);
        let next = || tokens[at + 1..].iter().find(|t| !matches!(t, Token::Whitespace(_)));
        match (token, brackets.last_mut()) {
            (Token::Whitespace(_), _) => {
                out.blank();
                continue;
            }
            (Token::LParen, Some(around)) => {
                out.word(token);
                let query = next().is_some_and(|t| matches!(self::word(t), "SELECT" | "WITH"));
                let inside = match around {
                    Bracket::Query { indent, clause: Clause::Head } if query => Some(*indent + 1),
                    Bracket::Query { indent, .. } if query && out.ends_with("FROM (") => Some(*indent + 1),
                    Bracket::Query { indent, .. } if query => Some(*indent + 2),
                    _ => None,
                };
                brackets.push(match inside {
                    Some(indent) => Bracket::Query { indent, clause: Clause::Head },
                    None => Bracket::Expression,
                });
                continue;
            }
            (Token::RParen, Some(Bracket::Query { indent, .. })) => out.line(indent.saturating_sub(1)),
            (_, Some(Bracket::Query { indent, clause })) => match word {
                "SELECT" => {
                    out.line(*indent);
                    out.word(token);
                    *clause = Clause::Select;
                    if columns(&tokens[at + 1..]) > 1 {
                        out.line(*indent + 1);
                    }
                    continue;
                }
                "WITH" | "FROM" | "WHERE" | "GROUP" | "HAVING" | "QUALIFY" | "UNION" => {
                    out.line(*indent);
                    *clause = if word == "WITH" { Clause::Head } else { Clause::Rest };
                }
                "JOIN" | "LEFT" | "AND" | "OR" if *clause == Clause::Rest && !out.ends_with("LEFT ") => {
                    out.line(*indent + 1);
                }
                "CASE" => brackets.push(Bracket::Expression),
                _ => {}
            },
            (_, Some(Bracket::Expression)) if word == "CASE" => brackets.push(Bracket::Expression),
            _ => {}
        }
        out.word(token);
        let closes = *token == Token::RParen || word == "END";
        if closes && brackets.len() > 1 {
            brackets.pop();
        }
        if *token == Token::Comma {
            match brackets.last() {
                Some(Bracket::Query { indent, clause: Clause::Select }) => out.line(*indent + 1),
                Some(Bracket::Query { indent, clause: Clause::Head }) => out.line(*indent),
                _ => {}
            }
        }
    }
    out.out
}

/// How many columns follow `SELECT`.
fn columns(tokens: &[Token]) -> usize {
    let (mut depth, mut count) = (0, 1);
    for token in tokens {
        match token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 0 => break,
            Token::RParen => depth -= 1,
            Token::Comma if depth == 0 => count += 1,
            other if depth == 0 && word(other) == "FROM" => break,
            _ => {}
        }
    }
    count
}

/// A bare word as it is written; nothing for a quoted name.
fn word(token: &Token) -> &str {
    match token {
        Token::Word(word) if word.quote_style.is_none() => &word.value,
        _ => "",
    }
}

struct Lines {
    out: String,
}

impl Lines {
    fn word(&mut self, token: &Token) {
        self.out.push_str(&token.to_string());
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
    }

    /// A new line, unless one has just begun.
    fn line(&mut self, indent: usize) {
        self.out.truncate(self.out.trim_end_matches([' ', '\n']).len());
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n("  ", indent));
    }

    fn ends_with(&self, words: &str) -> bool {
        self.out.ends_with(words)
    }
}
