//! Blocks and brackets, and how to go on after a mistake in one.

use super::Parser;
use crate::Kind;
use crate::grammar::{DECLARATIONS, RESERVED};

/// What a block holds, for its problems and for finding the next member after one.
pub(crate) struct Members {
    /// The block as a whole: "its fields".
    pub block: &'static str,
    /// One member: "a member of a segment".
    pub member: &'static str,
    /// What one begins with: "`when` or `refresh every`".
    pub begins: &'static str,
    /// The words one begins with; none where members are `NAME : …` or `NAME = …`.
    pub words: &'static [&'static str],
}

/// How far ahead on its line a closing bracket is looked for.
const MAX_LOOK: usize = 200;

impl Parser<'_, '_> {
    /// `{ member* }`. `member` takes one member, or takes nothing and returns false where none begins here.
    pub fn block(&mut self, members: &'static Members, mut member: impl FnMut(&mut Self) -> bool) {
        let opened = self.at;
        if !self.open_block(members) || !self.enter() {
            return;
        }
        self.blocks.push(members);
        let told = self.told;
        let mut parted = false;
        loop {
            match self.kind() {
                Kind::RBrace => {
                    self.bump();
                    break;
                }
                Kind::End => {
                    // A mistake inside has most likely eaten the brace.
                    if self.told == told && !self.stuck {
                        let (opened, missing) = self.blame(opened);
                        self.unclosed_bracket(opened, missing);
                    }
                    self.stuck = true;
                    break;
                }
                _ if self.at_outer_member() => {
                    self.unclosed_bracket(opened, self.at);
                    break;
                }
                // Said once a block: who parts one member from the next by a comma parts them all.
                Kind::Comma | Kind::Bad if matches!(self.nth_text(0), "," | ";") => {
                    if !parted {
                        let hint = "nothing stands between members; leave out the `,`";
                        self.error_instead(members.begins, Some(hint), "");
                    }
                    parted = true;
                    self.start(Kind::Error);
                    self.take();
                    self.end();
                    self.stuck = false;
                }
                _ => {
                    let (before, indent) = (self.at, self.solid(0).map_or(0, |s| s.indent));
                    if !member(self) {
                        self.no_member(members);
                    }
                    if self.stuck || self.at == before {
                        self.skip_member(members, indent, self.at == before);
                    }
                }
            }
        }
        self.blocks.pop();
        self.leave();
    }

    /// Whether a member of a block around this one begins here, so that this one lacks its brace.
    fn at_outer_member(&self) -> bool {
        let word = self.nth_text(0);
        let Some((inner, outer)) = self.blocks.split_last() else { return false };
        let known = || word == "else" || outer.iter().any(|block| block.words.contains(&word));
        let own = inner.words.contains(&word) || inner.words.is_empty() && self.at_entry();
        self.at(Kind::Name)
            && !outer.is_empty()
            && !own
            && (self.at_line_start() || word == "else")
            && known()
    }

    /// The `{`; where it is missing or doubled, whether the block can be read all the same.
    fn open_block(&mut self, members: &Members) -> bool {
        if !self.eat(Kind::LBrace) {
            self.error(&format!("`{{` and {}", members.block));
            let line = self.previous().map(|p| p.line);
            let same_line = |n: &usize| self.solid(*n).is_some_and(|s| Some(s.line) == line);
            let brace = (0..MAX_LOOK).take_while(same_line).find(|n| self.nth(*n) == Kind::LBrace);
            match brace {
                Some(tokens) => {
                    self.skip(tokens);
                    self.bump();
                }
                None if self.begins_member(members, u32::MAX) => self.stuck = false,
                None => return false,
            }
        }
        if self.at(Kind::LBrace) {
            self.error(members.begins);
            self.skip(1);
            self.stuck = false;
        }
        true
    }

    /// Says that no member begins here.
    fn no_member(&mut self, members: &Members) {
        let after_value = self.value_end == self.at;
        let words: Vec<&str> = if after_value {
            [members.words, &["and", "or", "in", "is"]].concat()
        } else {
            members.words.to_vec()
        };
        if after_value && !self.at_line_start() {
            let word = self.nth_text(0);
            if self.at(Kind::Name)
                && !words.contains(&word)
                && persona_diagnostics::suggest(word, words.iter().copied()).is_some()
            {
                self.unknown_word(&format!("an operator or {}", members.member), &words);
            } else {
                self.error(&format!("an operator such as `and`, or {}", members.begins));
            }
        } else if self.at(Kind::Name) && !words.is_empty() {
            self.unknown_word(members.member, &words);
        } else {
            self.error_here(members.begins);
        }
    }

    /// Whether a member of such a block seems to begin here, if the member before it began at this indent.
    fn begins_member(&self, members: &Members, indent: u32) -> bool {
        if members.words.is_empty() && self.at_entry() {
            return true;
        }
        let Some(next) = self.solid(0).filter(|s| s.token.kind == Kind::Name) else { return false };
        let word = self.nth_text(0);
        let known = members.words.contains(&word);
        known && (next.first || self.at_member())
            || next.first && next.indent <= indent && !RESERVED.contains(&word) && indent != u32::MAX
    }

    /// After a mistake in a member: on to the next one, or the end of the block.
    fn skip_member(&mut self, members: &Members, indent: u32, at_least_one: bool) {
        let mut depth = 0u32;
        let mut first = at_least_one;
        self.start(Kind::Error);
        loop {
            match self.kind() {
                Kind::End => break,
                Kind::RBrace if depth == 0 => break,
                _ if depth == 0 && !first && self.begins_member(members, indent) => break,
                Kind::LBrace => depth += 1,
                Kind::RBrace => depth -= 1,
                _ => {}
            }
            first = false;
            self.take();
        }
        self.end();
        // What was skipped was accepted by nobody: the next member starts afresh.
        self.stuck = false;
    }

    /// After a mistake outside a block: on to the next declaration.
    pub fn skip_declaration(&mut self, at_least_one: bool) {
        self.start(Kind::Error);
        let mut depth = 0i32;
        let mut first = at_least_one;
        while self.kind() != Kind::End {
            let next = self.solid(0);
            let at_margin = next.is_some_and(|s| s.first && s.indent == 0) && self.seems_declaration();
            if !first && (at_margin || depth <= 0 && self.declares(self.at)) {
                break;
            }
            match self.kind() {
                Kind::LBrace => depth += 1,
                Kind::RBrace => depth -= 1,
                _ => {}
            }
            first = false;
            self.take();
        }
        self.end();
        self.stuck = false;
    }

    /// What is left of the declaration, unread: keeps a hostile file linear.
    pub(super) fn skip_all(&mut self) {
        self.skip(self.limit - self.at);
        self.stuck = true;
    }

    /// So many tokens, unread.
    pub(super) fn skip(&mut self, tokens: usize) {
        if tokens > 0 {
            self.start(Kind::Error);
            (0..tokens).for_each(|_| self.take());
            self.end();
        }
    }

    /// Whether a declaration's head stands at this index: its keyword, and what only a head goes on with.
    pub(super) fn declares(&self, index: usize) -> bool {
        let solid = |ahead: usize| self.solids.get(index + ahead).map(|s| s.token);
        let kind = |ahead| solid(ahead).map_or(Kind::End, |t| t.kind);
        let word = |ahead| solid(ahead).filter(|t| t.kind == Kind::Name).map_or("", |t| self.text_of(t));
        match word(0) {
            "customer" | "brand" | "identity" | "policy" => kind(1) == Kind::LBrace,
            "lifecycle" if kind(1) == Kind::LBrace => true,
            "exclusive" => word(1) == "lifecycle",
            "test" => kind(1).is_string(),
            "retain" => kind(1) == Kind::Name && kind(2) == Kind::Number,
            "experiment" => kind(1) == Kind::Name && word(2) == "on",
            "content" if kind(1) == Kind::Name && kind(2) == Kind::LParen => true,
            keyword if DECLARATIONS.contains(&keyword) => {
                kind(1) == Kind::Name
                    && (matches!(kind(2), Kind::LBrace | Kind::Assign) || kind(2).is_string())
            }
            _ => false,
        }
    }

    /// Whether a declaration may be meant here, well written or not.
    pub fn seems_declaration(&self) -> bool {
        self.kind() == Kind::Name
            && matches!(self.nth(1), Kind::Name | Kind::LBrace | Kind::String | Kind::UnclosedString)
    }

    /// Goes on at the next declaration. False at the end of the file.
    pub fn next_declaration(&mut self) -> bool {
        let next = self.fences.partition_point(|fence| *fence <= self.at);
        self.limit = self.fences.get(next).copied().unwrap_or(self.solids.len());
        self.stuck = false;
        self.at < self.solids.len()
    }

    /// How many problems were told so far.
    pub fn told(&self) -> usize {
        self.told
    }

    /// `)`, `]` or `}` of a bracket opened at `opened`. After a mistake inside, on to it if it stands on this line.
    pub fn close(&mut self, opened: usize, closing: Kind, what: &str) {
        if self.eat(closing) {
            return;
        }
        let ends = match self.kind() {
            Kind::End | Kind::RBrace => true,
            _ => self.at_line_start(),
        };
        if ends {
            self.unclosed_bracket(opened, self.at);
        } else {
            self.error(what);
        }
        if let Some(tokens) = self.closing_on_line(closing) {
            self.skip(tokens);
            self.bump();
        }
    }

    /// How many tokens stand between here and that closing bracket, if it is on the line at hand.
    fn closing_on_line(&self, closing: Kind) -> Option<usize> {
        let line = self.previous()?.line;
        let mut depth = 0u32;
        for ahead in 0..MAX_LOOK {
            let next = self.solid(ahead).filter(|s| s.line == line)?;
            match next.token.kind {
                kind if kind == closing && depth == 0 => return Some(ahead),
                Kind::LParen | Kind::LBracket | Kind::LBrace => depth += 1,
                Kind::RParen | Kind::RBracket | Kind::RBrace => depth = depth.checked_sub(1)?,
                _ => {}
            }
        }
        None
    }

    /// The index of the next token, to close a bracket by.
    pub fn here(&self) -> usize {
        self.at
    }

    /// Which brace is to blame where the block opened at `opened` meets its declaration's end, and where its own
    /// closing brace is missing: the one whose line is indented further than the line that closes it, if any.
    fn blame(&self, opened: usize) -> (usize, usize) {
        let mut open = Vec::new();
        for index in opened..self.at {
            let solid = self.solids[index];
            match solid.token.kind {
                Kind::LBrace => open.push(index),
                Kind::RBrace => {
                    let top = open.pop().unwrap_or(opened);
                    if solid.first && top != opened && solid.indent < self.solids[top].indent {
                        return (top, index);
                    }
                }
                _ => {}
            }
        }
        (open.pop().unwrap_or(opened), self.at)
    }
}
