//! CSS, read for what it uses.

use std::collections::BTreeSet;

use cssparser::{ParseError, Parser, ParserInput, Token};

use super::{Clients, Findings};

/// One colon or two: these came first.
const OLD_ELEMENTS: &[&str] = &["after", "before", "first-letter", "first-line"];

/// The declarations of a `style` attribute, which begins at `offset`.
pub(super) fn attribute(findings: &mut Findings, css: &str, offset: usize, seen_by: Clients) {
    let mut input = ParserInput::new(css);
    let mut style = Style { findings, offset, inlined: true };
    style.declarations(&mut Parser::new(&mut input), seen_by);
}

/// A whole sheet, which begins at `offset`. One that is `inlined` has no selectors when it arrives.
pub(super) fn sheet(findings: &mut Findings, css: &str, offset: usize, seen_by: Clients, inlined: bool) {
    let mut input = ParserInput::new(css);
    let mut style = Style { findings, offset, inlined };
    style.rules(&mut Parser::new(&mut input), seen_by);
}

struct Style<'f, 'a> {
    findings: &'f mut Findings<'a>,
    offset: usize,
    inlined: bool,
}

impl Style<'_, '_> {
    fn uses(&mut self, key: &str, start: usize, css: &Parser, seen_by: Clients) -> Clients {
        let end = css.position().byte_index();
        self.findings.uses(key, self.offset + start..self.offset + end, seen_by)
    }

    /// Rules until the end of what is read: of a sheet, or of the block of an `@media`.
    fn rules(&mut self, css: &mut Parser, seen_by: Clients) {
        loop {
            css.skip_whitespace();
            let start = css.position().byte_index();
            let state = css.state();
            match css.next().cloned() {
                Err(_) => return,
                Ok(Token::AtKeyword(name)) => self.at_rule(css, &name.to_ascii_lowercase(), start, seen_by),
                Ok(Token::CDO | Token::CDC | Token::Semicolon) => {}
                Ok(_) => {
                    css.reset(&state);
                    let left = self.selector(css, seen_by);
                    inside(css, |css| self.declarations(css, left));
                }
            }
        }
    }

    fn at_rule(&mut self, css: &mut Parser, name: &str, start: usize, seen_by: Clients) {
        // `@supports` asks before it relies on anything: who does not know it is left out on purpose.
        let mut left = match name {
            "supports" => seen_by,
            name => self.uses(&format!("at:{name}"), start, css, seen_by),
        };
        loop {
            match css.next().cloned() {
                Err(_) | Ok(Token::Semicolon) => return,
                Ok(Token::ParenthesisBlock) if name == "media" => inside(css, |css| {
                    css.skip_whitespace();
                    let start = css.position().byte_index();
                    if let Ok(feature) = css.expect_ident_cloned() {
                        left =
                            self.uses(&format!("media:{}", feature.to_ascii_lowercase()), start, css, left);
                    }
                }),
                Ok(Token::CurlyBracketBlock) => {
                    // Other blocks hold what their clients asked for, or no declarations of elements.
                    return inside(css, |css| {
                        if name == "media" {
                            self.rules(css, left);
                        }
                    });
                }
                Ok(_) => {}
            }
        }
    }

    /// The selectors of a rule, with its block's opening; gives who applies the rule.
    fn selector(&mut self, css: &mut Parser, seen_by: Clients) -> Clients {
        let mut left = seen_by;
        // Whether the part at hand has anything yet, whether it has a class, and whether a blank came after it.
        let (mut any, mut class, mut blank) = (false, false, false);
        loop {
            let start = css.position().byte_index();
            let Ok(token) = css.next_including_whitespace().cloned() else { return left };
            let kind = match &token {
                Token::CurlyBracketBlock => return left,
                Token::WhiteSpace(_) => {
                    blank = any;
                    continue;
                }
                Token::Comma => Some("selector:grouping"),
                Token::Delim('>') => Some("selector:child"),
                Token::Delim('+') => Some("selector:adjacent-sibling"),
                Token::Delim('~') => Some("selector:general-sibling"),
                _ => None,
            };
            if let Some(kind) = kind {
                (any, class, blank) = (false, false, false);
                left = self.selects(kind, start, css, left);
                continue;
            }
            if blank {
                (class, blank) = (false, false);
                left = self.selects("selector:descendant", start, css, left);
            }
            any = true;
            match &token {
                Token::Ident(_) => left = self.selects("selector:type", start, css, left),
                Token::IDHash(_) => left = self.selects("selector:id", start, css, left),
                Token::Delim('*') => left = self.selects("selector:universal", start, css, left),
                Token::Delim('.') => {
                    let _ = css.expect_ident();
                    let kind = if class { "selector:chaining" } else { "selector:class" };
                    class = true;
                    left = self.selects(kind, start, css, left);
                }
                Token::SquareBracketBlock => {
                    left = self.selects("selector:attribute", start, css, left);
                    inside(css, |_| {});
                }
                Token::Colon => left = self.pseudo(css, start, left),
                Token::Function(_) | Token::ParenthesisBlock => inside(css, |_| {}),
                _ => {}
            }
        }
    }

    fn selects(&mut self, key: &str, start: usize, css: &Parser, seen_by: Clients) -> Clients {
        if self.inlined { seen_by } else { self.uses(key, start, css, seen_by) }
    }

    fn pseudo(&mut self, css: &mut Parser, start: usize, seen_by: Clients) -> Clients {
        let mut element = css.try_parse(|css| css.expect_colon()).is_ok();
        let Ok(token) = css.next().cloned() else { return seen_by };
        let (Token::Ident(name) | Token::Function(name)) = &token else { return seen_by };
        let name = name.to_ascii_lowercase();
        element |= OLD_ELEMENTS.contains(&&*name);
        let key = if element { format!("pseudo-element:{name}") } else { format!("pseudo:{name}") };
        let left = self.uses(&key, start, css, seen_by);
        if matches!(token, Token::Function(_)) {
            inside(css, |_| {});
        }
        left
    }

    /// Declarations until the end of what is read.
    fn declarations(&mut self, css: &mut Parser, seen_by: Clients) {
        let mut declared = BTreeSet::new();
        loop {
            css.skip_whitespace();
            let start = css.position().byte_index();
            match css.next().cloned() {
                Err(_) => return,
                Ok(Token::Semicolon) => {}
                Ok(Token::Ident(name)) => {
                    let name = name.to_ascii_lowercase();
                    let key = if name.starts_with("--") {
                        "css:variable".to_string()
                    } else {
                        format!("property:{name}")
                    };
                    let left = self.uses(&key, start, css, seen_by);
                    // A second declaration is for those who understand it; the others keep the first.
                    let again = !declared.insert(name.clone());
                    self.value(css, &name, if again { Clients::default() } else { left });
                }
                Ok(Token::CurlyBracketBlock) => inside(css, |_| {}),
                Ok(Token::Delim('&')) => {
                    self.uses("css:nesting", start, css, seen_by);
                }
                Ok(_) => {}
            }
        }
    }

    /// What follows a property's name, to the end of its declaration.
    fn value(&mut self, css: &mut Parser, property: &str, seen_by: Clients) {
        if css.try_parse(|css| css.expect_colon()).is_err() {
            return;
        }
        self.words(css, property, seen_by);
    }

    fn words(&mut self, css: &mut Parser, property: &str, seen_by: Clients) {
        loop {
            css.skip_whitespace();
            let start = css.position().byte_index();
            match css.next().cloned() {
                Err(_) | Ok(Token::Semicolon) => return,
                Ok(Token::Ident(word)) => {
                    let word = word.to_ascii_lowercase();
                    self.uses(&format!("value:{property}:{word}"), start, css, seen_by);
                    self.uses(&format!("word:{word}"), start, css, seen_by);
                }
                Ok(Token::Function(name)) => {
                    self.uses(&format!("function:{}", name.to_ascii_lowercase()), start, css, seen_by);
                    inside(css, |css| self.words(css, property, seen_by));
                }
                Ok(Token::Dimension { unit, .. }) => {
                    self.uses(&format!("unit:{}", unit.to_ascii_lowercase()), start, css, seen_by);
                }
                Ok(Token::Percentage { .. }) => {
                    self.uses("unit:%", start, css, seen_by);
                }
                Ok(Token::Delim('!')) => {
                    if css.try_parse(|css| css.expect_ident_matching("important")).is_ok() {
                        self.uses("css:important", start, css, seen_by);
                    }
                }
                Ok(_) => {}
            }
        }
    }
}

/// Reads the inside of the block whose opening was just read.
fn inside<'i>(css: &mut Parser<'i, '_>, read: impl FnOnce(&mut Parser<'i, '_>)) {
    let _ = css.parse_nested_block(|css| {
        read(css);
        // What is left unread is passed over.
        while css.next().is_ok() {}
        Ok::<(), ParseError<'i, ()>>(())
    });
}
