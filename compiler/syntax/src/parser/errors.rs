//! How a mistake is told: once, at its place, with how the form at hand is written.

use persona_diagnostics::catalogue::{
    syntax_error::SyntaxError, unclosed::Unclosed, unknown_word::UnknownWord,
};
use persona_diagnostics::{Fix, Span};

use super::foreign::Foreign;
use super::{Parser, Solid};
use crate::{Kind, Token};

/// A file that is no program at all is not told about a million times.
const MAX_TOLD: usize = 1000;

impl Parser<'_, '_> {
    pub(super) fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    /// Whether a mistake here is a new one, to be told: what goes wrong after a mistake on its own line mostly
    /// follows from it. From now on the parser is stuck.
    fn tells(&mut self, here: bool) -> bool {
        let line = self.place(here).map(|s| s.line);
        // Two words that changed places over the end of a line are one mistake.
        if self.told_last.is_some_and(|last| self.at <= last + 2) {
            self.stuck = true;
            return false;
        }
        let tells = self.tells_on(line);
        if tells {
            let at_end = self.solid(1).is_none_or(|next| next.first) && !self.at_line_start();
            self.told_last = Some(self.at).filter(|_| at_end && self.solid(0).is_some());
        }
        tells
    }

    fn tells_on(&mut self, line: Option<u32>) -> bool {
        let stuck = std::mem::replace(&mut self.stuck, true);
        let tells = !stuck && self.told < MAX_TOLD && (self.told_line.is_none() || self.told_line != line);
        if tells {
            self.told += 1;
            self.told_line = line;
        }
        tells
    }

    /// The token a mistake is told at: the next one, or the last one of the line before, since what is missing at the
    /// end of a line is missing there. `here`: the line before lacks nothing, the next token is what is wrong.
    fn place(&self, here: bool) -> Option<Solid> {
        self.solid(0).filter(|next| here || !next.first || self.at == 0).or(self.previous())
    }

    /// Says that `what` was expected here, unless a mistake was just told; always false.
    pub fn error(&mut self, what: &str) -> bool {
        self.error_with(what, None)
    }

    /// The same where nothing was missing before the next token.
    pub fn error_here(&mut self, what: &str) -> bool {
        self.tell(what, None, true, None)
    }

    /// The same, with a sentence on how to mend it.
    pub fn error_with(&mut self, what: &str, hint: Option<&str>) -> bool {
        self.tell(what, hint, false, None)
    }

    /// The same where `instead` of the next token is all that can be meant.
    pub fn error_instead(&mut self, what: &str, hint: Option<&str>, instead: &str) -> bool {
        let fix = self.solid(0).map(|next| Fix::certain(self.span(next.token), instead));
        self.tell(what, hint, false, fix)
    }

    /// The same at a token that was taken already, an index in `solids`.
    pub fn error_at(&mut self, index: usize, what: &str, hint: &str) -> bool {
        let solid = self.solids.get(index).copied();
        if self.tells_on(solid.map(|s| s.line)) {
            self.tell_at(solid.map(|s| s.token), true, what, Some(hint), None);
        }
        false
    }

    /// Says that `what` was expected where another language's spelling stands.
    pub(super) fn tell_foreign(&mut self, what: &str, foreign: Foreign) {
        if !self.tells_on(Some(foreign.first.line)) {
            return;
        }
        let at = self.foreign_span(&foreign);
        let found = Some(self.text[at.start as usize..at.end as usize].to_string());
        let hint = Some(foreign.hint);
        let fix = foreign.instead.map(|text| Fix::certain(at, text));
        self.problems.report(SyntaxError { expected: what.to_string(), found, at, hint, form: None, fix });
    }

    /// Tells of comments as other languages write them: once a file, at the first one.
    pub(super) fn tell_comments(&mut self) {
        let comments = self.tokens.iter().filter(|token| token.kind == Kind::Bad);
        let mut comments = comments.filter_map(|t| Some((*t, Self::foreign_comment(self.text_of(*t))?)));
        let Some((token, sign)) = comments.next() else { return };
        let hint = match comments.count() {
            0 => "a comment begins with `//`".to_string(),
            1 => "a comment begins with `//`; one more in this file is to be mended".to_string(),
            more => format!("a comment begins with `//`; {more} more in this file are to be mended"),
        };
        self.told += 1;
        let at = Span::new(self.file, token.start, token.start + sign.len());
        self.problems.report(SyntaxError {
            expected: "`//` before a comment".into(),
            found: Some(sign.to_string()),
            at,
            hint: Some(hint),
            form: None,
            // One that has an end may have code behind it, or several lines.
            fix: (sign != "/*").then(|| Fix::certain(at, "//")),
        });
    }

    fn tell(&mut self, what: &str, hint: Option<&str>, here: bool, fix: Option<Fix>) -> bool {
        if let Some(foreign) = self.foreign() {
            self.tell_foreign(what, foreign);
            return false;
        }
        if !self.tells(here) {
            return false;
        }
        let next = self.solid(0);
        if next.is_some_and(|n| self.unclosed_string(n.token)) {
            return false;
        }
        let place = self.place(here).map(|s| s.token);
        let is_next = place == next.map(|s| s.token);
        self.tell_at(place, is_next, what, hint, fix);
        false
    }

    /// Says that a `}` outside of every block is one too many: at the brace that closed a block of several lines from
    /// the end of a line, if there is one, since it is most likely the slip.
    pub fn stray_brace(&mut self, what: &str) -> bool {
        if self.tells(true) {
            let place = self.doubtful_brace().or(self.solid(0)).map(|s| s.token);
            self.tell_at(place, true, what, Some("there is one `}` too many"), None);
        }
        false
    }

    /// Says the same where what belongs into the block just closed stands behind it, on a line of its own and indented;
    /// whether it does.
    pub fn closed_early(&mut self, what: &str) -> bool {
        let Some(next) = self.solid(0).filter(|next| next.first && next.indent > 0) else { return false };
        let Some(before) = self.previous().filter(|s| s.token.kind == Kind::RBrace) else { return false };
        let known = persona_diagnostics::suggest(
            self.text_of(next.token),
            crate::grammar::DECLARATIONS.iter().copied(),
        );
        // `line { … }` lacks its keyword.
        let early = known.is_none() && self.nth(1) != Kind::LBrace && (!before.first || before.indent > 0);
        if early && self.tells(true) {
            let place = self.doubtful_brace().unwrap_or(before).token;
            self.tell_at(Some(place), true, what, Some("there is one `}` too many"), None);
        }
        early
    }

    fn doubtful_brace(&self) -> Option<Solid> {
        // Far enough for any block one writes, and not so far that a file of braces takes for ever.
        const MAX_LOOK_BACK: usize = 2000;
        let fence = self.fences.iter().rev().find(|fence| **fence <= self.at).copied().unwrap_or(0);
        let mut opened = Vec::new();
        for solid in &self.solids[fence.max(self.at.saturating_sub(MAX_LOOK_BACK))..self.at] {
            match solid.token.kind {
                Kind::LBrace => opened.push(solid.line),
                Kind::RBrace if opened.pop().is_some_and(|line| line != solid.line) && !solid.first => {
                    return Some(*solid);
                }
                _ => {}
            }
        }
        None
    }

    /// Says at that token what was expected: instead of it, if it was `found`, or else behind it.
    fn tell_at(
        &mut self,
        place: Option<Token>,
        found: bool,
        what: &str,
        hint: Option<&str>,
        fix: Option<Fix>,
    ) {
        let at = place.map_or(Span::new(self.file, 0, 0), |t| self.span(t));
        let found = place.filter(|_| found).map(|t| self.text_of(t).to_string());
        let form = self.form();
        let hint = hint.map(str::to_string);
        self.problems.report(SyntaxError { expected: what.to_string(), found, at, hint, form, fix });
    }

    /// How the innermost open form is written.
    fn form(&self) -> Option<String> {
        let of = |kind: &Kind| {
            let rule = kind.rule().filter(|_| kind.is_form())?;
            crate::FORMS.iter().find(|(name, _)| *name == rule).map(|(_, form)| form.to_string())
        };
        self.open.iter().rev().find_map(of)
    }

    /// Says that the next word is none of these, suggesting the nearest; always false. Where no word stands, `what`
    /// was expected.
    pub fn unknown_word(&mut self, what: &str, words: &[&str]) -> bool {
        match self.solid(0) {
            Some(next) if next.token.kind == Kind::Name => {
                if let Some(foreign) = self.foreign() {
                    self.tell_foreign(what, foreign);
                } else if self.tells(true) {
                    let words = words.iter().map(|w| w.to_string()).collect();
                    let (found, at) = (self.text_of(next.token).to_string(), self.span(next.token));
                    self.problems.report(UnknownWord { found, at, what: what.to_string(), words });
                }
                false
            }
            _ => self.error(what),
        }
    }

    /// Says that one of these words was expected: as a misspelling where the word here is near to one of them.
    pub fn word_error(&mut self, what: &str, words: &[&str]) -> bool {
        let near = self.at(Kind::Name)
            && !self.at_line_start()
            && persona_diagnostics::suggest(self.nth_text(0), words.iter().copied()).is_some();
        if near { self.unknown_word(what, words) } else { self.error(what) }
    }

    /// Tells of a string or text that is never closed; whether the token is one.
    pub(super) fn unclosed_string(&mut self, token: Token) -> bool {
        let what = match token.kind {
            Kind::UnclosedString => "\"",
            Kind::UnclosedText => "\"\"\"",
            _ => return false,
        };
        let opened_at = Span::new(self.file, token.start, token.start + what.len());
        let line = self.text[token.start..].lines().next().unwrap_or("").trim_end().len();
        let missing_at = Some(Span::new(self.file, token.start, token.start + line).after());
        self.told += 1;
        self.told_line = self.solid(0).map(|s| s.line);
        self.problems.report(Unclosed { what: what.into(), closing: what.into(), opened_at, missing_at });
        true
    }

    /// Tells that the bracket `opened` (an index in `solids`) is not closed before `missing`.
    pub(super) fn unclosed_bracket(&mut self, opened: usize, missing: usize) {
        let Some(open) = self.solids.get(opened).map(|s| s.token) else { return };
        // A block may be read without the brace that should open it; that is told already.
        let is_bracket = matches!(open.kind, Kind::LBrace | Kind::LParen | Kind::LBracket);
        if !is_bracket || !self.tells(false) {
            return;
        }
        let closing = match open.kind {
            Kind::LParen => ")",
            Kind::LBracket => "]",
            _ => "}",
        };
        let before =
            missing.checked_sub(1).and_then(|i| self.solids.get(i)).map(|s| self.span(s.token).after());
        self.problems.report(Unclosed {
            what: self.text_of(open).to_string(),
            closing: closing.into(),
            opened_at: self.span(open),
            missing_at: before,
        });
    }

    /// A string or text: also takes one that is never closed, with its problem.
    pub fn string(&mut self, what: &str) -> bool {
        if self.kind().is_string() {
            self.bump();
            return true;
        }
        self.foreign_text(what) || self.error(what)
    }
}
