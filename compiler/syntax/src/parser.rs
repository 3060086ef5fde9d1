//! The machine under the grammar: a cursor over tokens, a tree builder, and one error per stuck place.

use persona_diagnostics::catalogue::{
    syntax_error::SyntaxError, unclosed::Unclosed, unknown_word::UnknownWord,
};
use persona_diagnostics::{FileId, Problems, Span};
use rowan::{Checkpoint, GreenNode, GreenNodeBuilder, Language};

use crate::{Kind, Persona, Token, lex};

/// Deeper nesting is refused with a problem rather than a stack overflow.
const MAX_DEPTH: u32 = 200;

pub(crate) struct Parser<'t, 'p> {
    file: FileId,
    text: &'t str,
    tokens: Vec<Token>,
    /// Index of the next token that is not trivia, in `tokens`.
    at: usize,
    /// Tokens before this index are in the tree.
    built: usize,
    builder: GreenNodeBuilder<'static>,
    problems: &'p mut Problems,
    /// Set by an error, cleared by the next accepted token: what follows a mistake is not a second one.
    stuck: bool,
    depth: u32,
}

impl<'t, 'p> Parser<'t, 'p> {
    pub fn new(file: FileId, text: &'t str, problems: &'p mut Problems) -> Self {
        let mut parser = Parser {
            file,
            text,
            tokens: lex(text),
            at: 0,
            built: 0,
            builder: GreenNodeBuilder::new(),
            problems,
            stuck: false,
            depth: 0,
        };
        parser.skip_trivia();
        parser
    }

    pub fn finish(self) -> GreenNode {
        self.builder.finish()
    }

    // Looking

    fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens[self.at.min(self.tokens.len())..]
            .iter()
            .filter(|t| !t.kind.is_trivia())
            .nth(ahead)
            .copied()
    }

    /// The kind of the next token, or of one further on.
    pub fn nth(&self, ahead: usize) -> Kind {
        self.token(ahead).map_or(Kind::End, |t| t.kind)
    }

    pub fn kind(&self) -> Kind {
        self.nth(0)
    }

    /// The text of the next token, or of one further on; empty at the end.
    pub fn nth_text(&self, ahead: usize) -> &'t str {
        self.token(ahead).map_or("", |t| &self.text[t.start..t.end])
    }

    pub fn at(&self, kind: Kind) -> bool {
        self.kind() == kind
    }

    /// Whether the next token is this word.
    pub fn at_word(&self, word: &str) -> bool {
        self.kind() == Kind::Name && self.nth_text(0) == word
    }

    pub fn at_words(&self, words: &[&str]) -> bool {
        self.kind() == Kind::Name && words.contains(&self.nth_text(0))
    }

    pub fn nth_word(&self, ahead: usize, word: &str) -> bool {
        self.nth(ahead) == Kind::Name && self.nth_text(ahead) == word
    }

    /// Whether nothing but spaces stands before the next token on its line; and the spaces' width.
    fn indent(&self) -> Option<usize> {
        let token = self.token(0)?;
        let line = self.text[..token.start].rfind('\n').map_or(0, |i| i + 1);
        let before = &self.text[line..token.start];
        before.trim().is_empty().then_some(before.len())
    }

    pub fn at_line_start(&self) -> bool {
        self.indent().is_some()
    }

    /// Whether a declaration begins here: its keyword at the very start of a line, and what follows fits.
    pub fn at_declaration(&self) -> bool {
        let follows = |k: Kind| matches!(k, Kind::Name | Kind::LBrace);
        self.indent() == Some(0)
            && self.at_words(crate::grammar::DECLARATIONS)
            && (follows(self.nth(1)) || self.nth(1) == Kind::End)
    }

    /// Whether the next line begins a member, so that no value of this line goes on there.
    pub fn at_member(&self) -> bool {
        const WORDS: &[&str] = &[
            "when",
            "refresh",
            "stage",
            "send",
            "wait",
            "on",
            "exit",
            "once",
            "subject",
            "body",
            "preheader",
            "layout",
            "to",
            "at",
            "every",
            "spread",
            "feeds",
            "group",
            "fresh",
            "file",
            "table",
            "covers",
            "expires",
            "opt",
        ];
        let names_member = matches!(self.nth(1), Kind::Colon | Kind::Assign);
        let follows =
            matches!(self.nth(1), Kind::Name | Kind::Number | Kind::String | Kind::Text | Kind::Date);
        self.kind() == Kind::Name
            && (names_member || (self.at_line_start() && follows && self.at_words(WORDS)))
    }

    // Building

    fn skip_trivia(&mut self) {
        while self.tokens.get(self.at).is_some_and(|t| t.kind.is_trivia()) {
            self.at += 1;
        }
    }

    /// Puts everything before the next token into the tree, so that a node begins at a token.
    fn flush(&mut self) {
        while self.built < self.at {
            self.push(self.tokens[self.built]);
        }
    }

    fn push(&mut self, token: Token) {
        self.builder.token(Persona::kind_to_raw(token.kind), &self.text[token.start..token.end]);
        self.built += 1;
    }

    /// Takes the next token as it is.
    pub fn bump(&mut self) {
        if self.kind() == Kind::End {
            return;
        }
        self.flush();
        self.push(self.tokens[self.at]);
        self.at += 1;
        self.skip_trivia();
        self.stuck = false;
    }

    /// The root: it also holds what stands before the first token.
    pub fn start_root(&mut self) {
        self.builder.start_node(Persona::kind_to_raw(Kind::File));
    }

    pub fn start(&mut self, kind: Kind) {
        self.flush();
        self.builder.start_node(Persona::kind_to_raw(kind));
    }

    pub fn checkpoint(&mut self) -> Checkpoint {
        self.flush();
        self.builder.checkpoint()
    }

    pub fn start_at(&mut self, checkpoint: Checkpoint, kind: Kind) {
        self.builder.start_node_at(checkpoint, Persona::kind_to_raw(kind));
    }

    pub fn end(&mut self) {
        self.builder.finish_node();
    }

    /// The whole rest of the file into the tree; only for the root.
    pub fn flush_all(&mut self) {
        self.at = self.tokens.len();
        self.flush();
    }

    // Expecting

    pub fn eat(&mut self, kind: Kind) -> bool {
        let there = self.at(kind);
        if there {
            self.bump();
        }
        there
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let there = self.at_word(word);
        if there {
            self.bump();
        }
        there
    }

    pub fn expect(&mut self, kind: Kind, what: &str) -> bool {
        self.eat(kind) || self.error(what)
    }

    pub fn expect_word(&mut self, word: &str) -> bool {
        self.eat_word(word) || self.error(&format!("`{word}`"))
    }

    /// Says that `what` was expected here, unless a mistake was just told; always false.
    pub fn error(&mut self, what: &str) -> bool {
        self.error_in(what, None)
    }

    /// The same, with how the form at hand is written.
    pub fn error_in(&mut self, what: &str, form: Option<&str>) -> bool {
        if std::mem::replace(&mut self.stuck, true) {
            return false;
        }
        let next = self.token(0);
        let previous = self.tokens[..self.at].iter().rev().find(|t| !t.kind.is_trivia()).copied();
        // What is missing at the end of a line is missing there, not where the next line begins.
        let on_next_line = match (previous, next) {
            (Some(p), Some(n)) => self.text[p.end..n.start].contains('\n'),
            _ => true,
        };
        let span = |t: Token| Span::new(self.file, t.start, t.end);
        let (at, found) = match (previous, next) {
            (Some(p), _) if on_next_line => (span(p), None),
            (_, Some(n)) => (span(n), Some(self.text[n.start..n.end].to_string())),
            _ => (Span::new(self.file, 0, 0), None),
        };
        if next.is_some_and(|t| self.unclosed(t)) {
            return false;
        }
        let form =
            form.and_then(|name| crate::FORMS.iter().find(|(n, _)| *n == name)).map(|(_, f)| f.to_string());
        self.problems.report(SyntaxError { expected: what.to_string(), found, at, form });
        false
    }

    /// Tells of a string or text that is never closed; whether the token is one.
    fn unclosed(&mut self, token: Token) -> bool {
        let what = match token.kind {
            Kind::UnclosedString => "\"",
            Kind::UnclosedText => "\"\"\"",
            _ => return false,
        };
        let opened_at = Span::new(self.file, token.start, token.start + what.len());
        let line = self.text[token.start..].lines().next().unwrap_or("").len();
        let end = Span::new(self.file, token.start, token.start + line).after();
        self.problems.report(Unclosed {
            what: what.into(),
            closing: what.into(),
            opened_at,
            missing_at: Some(end),
        });
        true
    }

    /// Says that the next word is none of these, suggesting the nearest; always false.
    pub fn unknown_word(&mut self, what: &str, words: &[&str]) -> bool {
        let Some(token) = self.token(0).filter(|t| t.kind == Kind::Name && !self.stuck) else {
            return self.error(what);
        };
        self.stuck = true;
        let found = self.text[token.start..token.end].to_string();
        let at = Span::new(self.file, token.start, token.end);
        let words = words.iter().map(|w| w.to_string()).collect();
        self.problems.report(UnknownWord { found, at, what: what.to_string(), words });
        false
    }

    /// A string or text: also takes one that is never closed, with its problem.
    pub fn string(&mut self, what: &str) -> bool {
        match self.kind() {
            Kind::String | Kind::Text => self.bump(),
            Kind::UnclosedString | Kind::UnclosedText => {
                self.error(what);
                self.bump();
                self.stuck = true;
            }
            _ => return self.error(what),
        }
        true
    }

    // Blocks and recovery

    /// `{ member* }`. `member` takes one member, or takes nothing and returns false where none begins here.
    pub fn block(&mut self, what: &str, members: &str, mut member: impl FnMut(&mut Self) -> bool) {
        let opened = self.token(0);
        if !self.expect(Kind::LBrace, &format!("`{{` and {what}")) {
            self.skip_declaration();
            return;
        }
        if !self.enter() {
            return;
        }
        loop {
            match self.kind() {
                Kind::RBrace => {
                    self.bump();
                    break;
                }
                Kind::End => {
                    self.unclosed_block(opened);
                    break;
                }
                _ if self.at_declaration() => {
                    self.unclosed_block(opened);
                    break;
                }
                _ => {
                    let before = self.at;
                    if !member(self) {
                        self.error_in(members, None);
                    }
                    if self.stuck || self.at == before {
                        self.skip_member(self.at == before);
                    }
                }
            }
        }
        self.leave();
    }

    fn unclosed_block(&mut self, opened: Option<Token>) {
        if let Some(token) = opened {
            let opened_at = Span::new(self.file, token.start, token.end);
            let missing_at = self.tokens[..self.at].iter().rev().find(|t| !t.kind.is_trivia());
            let missing_at = missing_at.map(|t| Span::new(self.file, t.end, t.end));
            if !self.stuck {
                self.problems.report(Unclosed {
                    what: "{".into(),
                    closing: "}".into(),
                    opened_at,
                    missing_at,
                });
            }
        }
        self.stuck = true;
    }

    /// After a mistake in a member: on to the next line that can begin one, or the end of the block.
    fn skip_member(&mut self, at_least_one: bool) {
        self.start(Kind::Error);
        let mut depth = 0u32;
        let mut first = at_least_one;
        loop {
            match self.kind() {
                Kind::End => break,
                Kind::RBrace if depth == 0 => break,
                Kind::LBrace => depth += 1,
                Kind::RBrace => depth -= 1,
                _ => {}
            }
            let line = self.at_line_start() && self.kind() == Kind::Name && depth == 0;
            if !first && (line || self.at_declaration() || self.at_next_entry(depth)) {
                break;
            }
            first = false;
            self.bump();
        }
        self.end();
        // What was skipped was accepted by nobody: the next member starts afresh.
        self.stuck = false;
    }

    /// `NAME :` and `NAME =` begin a member wherever they stand.
    fn at_next_entry(&self, depth: u32) -> bool {
        depth == 0 && self.kind() == Kind::Name && matches!(self.nth(1), Kind::Colon | Kind::Assign)
    }

    /// After a mistake outside a block: on to the next declaration.
    pub fn skip_declaration(&mut self) {
        if self.kind() == Kind::End || self.at_declaration() {
            return;
        }
        self.start(Kind::Error);
        let mut depth = 0i32;
        while self.kind() != Kind::End && !self.at_declaration() {
            match self.kind() {
                Kind::LBrace => depth += 1,
                Kind::RBrace => depth -= 1,
                _ => {}
            }
            let closed = self.kind() == Kind::RBrace && depth <= 0;
            self.bump();
            // After a whole block, a keyword may follow that is not at the start of its line.
            if closed && self.at_words(crate::grammar::DECLARATIONS) {
                break;
            }
        }
        self.end();
        self.stuck = false;
    }

    /// Counts nesting; false, with a problem, where it is too deep. Then nothing may be entered.
    pub fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.error(&format!("at most {MAX_DEPTH} levels of nesting"));
            // Taking the rest unread keeps a hostile file linear.
            self.start(Kind::Error);
            while self.kind() != Kind::End && !self.at_declaration() {
                self.bump();
            }
            self.end();
            self.stuck = true;
            return false;
        }
        self.depth += 1;
        true
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Whether a mistake was told and nothing accepted since.
    pub fn is_stuck(&self) -> bool {
        self.stuck
    }
}
