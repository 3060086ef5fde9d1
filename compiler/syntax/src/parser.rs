//! The machine under the grammar: a cursor over tokens, a tree builder, and one error per stuck place.
//!
//! Where a declaration's head stands at the very start of a line (a *fence*), the declaration before it has ended,
//! whatever it still lacked: no mistake reaches past a fence. Apart from that, lines and columns serve only to tell
//! a mistake well; whether a text is right never depends on them.

mod errors;
mod foreign;
mod recovery;

use persona_diagnostics::{FileId, Problems};
use rowan::{Checkpoint, GreenNode, GreenNodeBuilder, Language};

use crate::{Kind, Persona, Token, lex};

pub(crate) use recovery::Members;

/// Deeper nesting is refused with a problem rather than a stack overflow.
const MAX_DEPTH: u32 = 200;

/// `a and b and c …` nests to the left, link by link; longer chains are refused for the same reason.
const MAX_LINKS: u32 = 500;

/// A token that is no trivia, and where it stands.
#[derive(Clone, Copy)]
struct Solid {
    token: Token,
    /// Its index among all tokens.
    raw: usize,
    /// Line, from 0.
    line: u32,
    /// Whether it is the first on its line.
    first: bool,
    /// Width of the spaces its line begins with.
    indent: u32,
}

pub(crate) struct Parser<'t, 'p> {
    file: FileId,
    text: &'t str,
    tokens: Vec<Token>,
    solids: Vec<Solid>,
    /// Indices in `solids` of declarations' heads at the start of a line, in order.
    fences: Vec<usize>,
    /// Index in `solids` of the next token.
    at: usize,
    /// Where the declaration at hand ends at the latest: the next fence, or the end of the file.
    limit: usize,
    /// Tokens before this index are in the tree.
    built: usize,
    builder: GreenNodeBuilder<'static>,
    /// Nodes begun and not ended, outermost first.
    open: Vec<Kind>,
    /// What the blocks hold that are open, outermost first.
    blocks: Vec<&'static Members>,
    problems: &'p mut Problems,
    /// Set by an error, cleared by the next accepted token: what follows a mistake is not a second one.
    stuck: bool,
    /// How many problems were told.
    told: usize,
    /// The line of the last one.
    told_line: Option<u32>,
    /// Where the last one found something wrong at the end of a line, an index in `solids`.
    told_last: Option<usize>,
    /// Where the last whole value ended, to word what is wrong just after one.
    value_end: usize,
    depth: u32,
    links: u32,
}

impl<'t, 'p> Parser<'t, 'p> {
    pub fn new(file: FileId, text: &'t str, problems: &'p mut Problems) -> Self {
        let tokens = lex(text);
        let solids = solids(text, &tokens);
        let mut parser = Parser {
            file,
            text,
            limit: solids.len(),
            tokens,
            solids,
            fences: Vec::new(),
            at: 0,
            built: 0,
            builder: GreenNodeBuilder::new(),
            open: Vec::new(),
            blocks: Vec::new(),
            problems,
            stuck: false,
            told: 0,
            told_line: None,
            told_last: None,
            value_end: usize::MAX,
            depth: 0,
            links: 0,
        };
        let heads = |i: &usize| {
            let solid = parser.solids[*i];
            solid.first && solid.indent == 0 && parser.declares(*i)
        };
        parser.fences = (0..parser.solids.len()).filter(heads).collect();
        parser.tell_comments();
        parser
    }

    pub fn finish(self) -> GreenNode {
        self.builder.finish()
    }

    // Looking

    fn solid(&self, ahead: usize) -> Option<Solid> {
        self.solids[..self.limit].get(self.at + ahead).copied()
    }

    fn previous(&self) -> Option<Solid> {
        self.solids.get(self.at.checked_sub(1)?).copied()
    }

    fn text_of(&self, token: Token) -> &'t str {
        &self.text[token.start..token.end]
    }

    /// The kind of the next token, or of one further on; [`Kind::End`] past the declaration at hand.
    pub fn nth(&self, ahead: usize) -> Kind {
        self.solid(ahead).map_or(Kind::End, |s| s.token.kind)
    }

    pub fn kind(&self) -> Kind {
        self.nth(0)
    }

    /// The text of the next token, or of one further on; empty at the end.
    pub fn nth_text(&self, ahead: usize) -> &'t str {
        self.solid(ahead).map_or("", |s| self.text_of(s.token))
    }

    pub fn at(&self, kind: Kind) -> bool {
        self.kind() == kind
    }

    /// Whether the next token is this word.
    pub fn at_word(&self, word: &str) -> bool {
        self.nth_word(0, word)
    }

    pub fn at_words(&self, words: &[&str]) -> bool {
        self.kind() == Kind::Name && words.contains(&self.nth_text(0))
    }

    pub fn nth_word(&self, ahead: usize, word: &str) -> bool {
        self.nth(ahead) == Kind::Name && self.nth_text(ahead) == word
    }

    /// Whether the next token is the first of its line.
    pub fn at_line_start(&self) -> bool {
        self.solid(0).is_some_and(|s| s.first)
    }

    /// `NAME :` and `NAME =` begin a member wherever they stand.
    pub fn at_entry(&self) -> bool {
        self.kind() == Kind::Name && self.names_member(1)
    }

    /// Whether the token so far on is `:` or `=`, so that the name before it is a member's.
    pub fn names_member(&self, ahead: usize) -> bool {
        matches!(self.nth(ahead), Kind::Colon | Kind::Assign)
    }

    /// Whether this is a word of an expression, and not the name of the next member.
    pub fn at_operator(&self, word: &str) -> bool {
        self.at_word(word) && !self.names_member(1)
    }

    /// Whether the next member begins here, so that no name is to be read. `NAME NAME` counts only if the second is
    /// neither an operator (`stage in …`) nor itself a member's name (`at = stage  sku = …`).
    pub fn at_member(&self) -> bool {
        let name = || self.nth(1) == Kind::Name && !self.nth_is_reserved(1) && !self.names_member(2);
        self.at_entry()
            || self.kind() == Kind::Name
                && match self.nth_text(0) {
                    "refresh" => self.nth_word(1, "every"),
                    "fresh" => self.nth_word(1, "within"),
                    "group" | "approve" => self.nth_word(1, "by"),
                    "exit" => self.nth_word(1, "on"),
                    "once" => self.nth_word(1, "per"),
                    "spread" => self.nth_word(1, "over"),
                    "table" | "file" => self.nth(1).is_string(),
                    "wait" => self.nth(1) == Kind::Number || self.nth_word(1, "until"),
                    "needs" => self.nth_word(1, "fresh"),
                    "valid" => self.nth_word(1, "for"),
                    "priority" => self.nth(1) == Kind::Number,
                    "backfill" => self.nth_word(1, "last"),
                    "at" => {
                        self.nth(1) == Kind::Date || self.nth_word(1, "best_hour") || self.nth_word(1, "most")
                    }
                    "feeds" | "stage" | "send" | "every" => name(),
                    "among" => self.nth_word(1, "customers"),
                    "history" => self.nth(1) == Kind::Date,
                    "validate" | "pilot" | "holdout" | "top" => self.nth(1) == Kind::Number,
                    "retrain" => self.nth_word(1, "every"),
                    "using" | "require" | "variant" | "goal" | "predict" => name(),
                    _ => false,
                }
    }

    /// The same where a declaration is referred to: in blocks without expressions, too.
    pub fn at_member_of_any_block(&self) -> bool {
        let name = || self.nth(1) == Kind::Name && !self.nth_is_reserved(1) && !self.names_member(2);
        self.at_member()
            || self.kind() == Kind::Name
                && match self.nth_text(0) {
                    "opt" => self.nth_word(1, "in"),
                    "auth" => ["bearer", "basic", "header"].iter().any(|how| self.nth_word(1, how)),
                    "http" => {
                        self.nth(1).is_string()
                            || ["post", "put", "patch"].iter().any(|method| self.nth_word(1, method))
                    }
                    "match" | "propose" => self.nth_word(1, "on"),
                    "keep" => self.nth_word(1, "newest") || self.nth_word(1, "oldest"),
                    "expires" => self.nth_word(1, "after"),
                    "subject" | "preheader" | "from" | "reply_to" => self.nth(1).is_string(),
                    "on" | "consent" | "layout" | "covers" | "body" | "offer" | "locales" | "utm"
                    | "call" | "expect" => name(),
                    "codes" => self.nth_word(1, "file") || self.nth_word(1, "generate"),
                    "strings" => self.nth_word(1, "file"),
                    "valid" => self.nth(1) == Kind::Number,
                    _ => false,
                }
    }

    /// Whether the name here, though `:` or `=` follows, is best read as a value or type: `tier = gold` on the line of
    /// the condition it is in means `==`, and a sign that begins the next line lacks a name of its own there. A name on
    /// a new line, or after a sign that still lacks its value, is the next member's. It is a mistake in any case.
    pub fn at_misplaced_sign(&self) -> bool {
        let wanting = |s: Solid| matches!(s.token.kind, Kind::Assign | Kind::Colon);
        let compared = self.nth(1) == Kind::Assign && !self.previous().is_some_and(wanting);
        let next_line = self.names_member(1) && self.solid(1).is_some_and(|s| s.first);
        !self.at_line_start() && (compared || next_line)
    }

    fn nth_is_reserved(&self, ahead: usize) -> bool {
        crate::grammar::RESERVED.contains(&self.nth_text(ahead))
    }

    // Building

    /// Puts everything before the next token into the tree, so that a node begins at a token.
    fn flush(&mut self) {
        let next = self.solids.get(self.at).map_or(self.tokens.len(), |s| s.raw);
        // What stands after a declaration's last token is the file's, not that declaration's.
        let end = if self.at < self.limit || self.open.len() == 1 { next } else { self.built };
        while self.built < end {
            let token = self.tokens[self.built];
            self.builder.token(Persona::kind_to_raw(token.kind), &self.text[token.start..token.end]);
            self.built += 1;
        }
    }

    /// Takes the next token unread: it neither mends a mistake nor makes one.
    fn take(&mut self) {
        if self.kind() == Kind::End {
            return;
        }
        self.flush();
        self.at += 1;
        let token = self.tokens[self.built];
        self.builder.token(Persona::kind_to_raw(token.kind), &self.text[token.start..token.end]);
        self.built += 1;
    }

    /// Accepts the next token.
    pub fn bump(&mut self) {
        if let Some(next) = self.solid(0) {
            if !self.stuck {
                self.unclosed_string(next.token);
            }
            self.take();
            self.stuck = false;
        }
    }

    /// Begins a node at the next token; the root also holds what stands before the first token.
    pub fn start(&mut self, kind: Kind) {
        if !self.open.is_empty() {
            self.flush();
        }
        self.builder.start_node(Persona::kind_to_raw(kind));
        self.open.push(kind);
    }

    pub fn checkpoint(&mut self) -> Checkpoint {
        self.flush();
        self.builder.checkpoint()
    }

    pub fn start_at(&mut self, checkpoint: Checkpoint, kind: Kind) {
        self.builder.start_node_at(checkpoint, Persona::kind_to_raw(kind));
        self.open.push(kind);
    }

    /// Ends the node begun last.
    pub fn end(&mut self) {
        if self.open.len() == 1 {
            self.flush();
        }
        self.builder.finish_node();
        self.open.pop();
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
        self.eat_word(word) || self.word_error(&format!("`{word}`"), &[word])
    }

    /// `:` or `=` after a name. Where the other sign stands it is taken, and where only the sign is missing its
    /// value is read all the same. Whether a value may follow.
    pub fn expect_sign(&mut self, sign: Kind, what: &str) -> bool {
        if self.eat(sign) {
            return true;
        }
        match (self.kind(), sign) {
            (Kind::Assign | Kind::Equal, Kind::Colon) => self.error_instead(what, None, ":"),
            (Kind::Colon | Kind::Equal, Kind::Assign) => self.error_instead(what, None, "="),
            _ => self.error(what),
        };
        if matches!(self.kind(), Kind::Colon | Kind::Assign | Kind::Equal) {
            self.start(Kind::Error);
            self.take();
            self.end();
            return true;
        }
        !self.at_line_start() && !self.at_entry() && !matches!(self.kind(), Kind::RBrace | Kind::End)
    }

    /// Counts nesting; false, with a problem, where it is too deep. Then nothing may be entered.
    pub fn enter(&mut self) -> bool {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            return true;
        }
        self.error(&format!("at most {MAX_DEPTH} levels of nesting"));
        self.skip_all();
        false
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts one more operator of the expression at hand; false, with a problem, where there are too many.
    pub fn link(&mut self) -> bool {
        self.links += 1;
        if self.links > MAX_LINKS {
            self.error(&format!("at most {MAX_LINKS} operators in one expression"));
            self.skip_all();
        }
        self.links <= MAX_LINKS
    }

    /// Reads a value or condition that is not part of another one.
    pub fn whole_value(&mut self, read: impl FnOnce(&mut Self)) {
        let before = std::mem::take(&mut self.links);
        read(self);
        self.links = before;
        self.value_end = self.at;
    }

    /// Whether a mistake was told and nothing accepted since.
    pub fn is_stuck(&self) -> bool {
        self.stuck
    }
}

/// The tokens that are no trivia, with their places on their lines. Comments as other languages write them are read as
/// comments, too, once told.
fn solids(text: &str, tokens: &[Token]) -> Vec<Solid> {
    let mut solids = Vec::new();
    let (mut line, mut indent, mut first) = (0, 0, true);
    for (raw, token) in tokens.iter().enumerate() {
        let written = &text[token.start..token.end];
        let is_comment = token.kind == Kind::Bad && Parser::foreign_comment(written).is_some();
        if !token.kind.is_trivia() && !is_comment {
            solids.push(Solid { token: *token, raw, line, first, indent });
            first = false;
        }
        let breaks = written.bytes().filter(|b| *b == b'\n').count() as u32;
        line += breaks;
        if token.kind == Kind::Whitespace && (breaks > 0 || raw == 0) {
            let spaces = written.rsplit('\n').next().unwrap_or("");
            (indent, first) = (spaces.len() as u32, true);
        }
    }
    solids
}
