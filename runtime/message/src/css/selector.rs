//! Whom a rule is about: as it says itself, or, where that depends on more than the mail, whom at most.

use cssparser::{Delimiter, ParseError, Parser, ParserInput, Token};

/// One selector of a rule.
#[derive(Debug)]
pub(super) struct Selector {
    /// A selector of the same elements, or of more.
    pub asked: String,
    /// How much it weighs: ids, classes and their like, elements.
    pub weight: [u32; 3],
    /// Whether it is about those elements in every mail program and at every time.
    pub sure: bool,
    /// Whether it is about a part of them, as `::before`: what it says is not said of them.
    pub part: bool,
}

/// More than any selector weighs.
pub(super) const HEAVIEST: [u32; 3] = [u32::MAX; 3];

/// Pseudo-classes that depend on the mail alone.
const PLAIN: &[&str] = &[
    "any-link",
    "root",
    "empty",
    "first-child",
    "last-child",
    "only-child",
    "first-of-type",
    "last-of-type",
    "only-of-type",
];
/// Those with a place among siblings in brackets.
const PLACES: &[&str] = &["nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"];
/// Pseudo-classes that depend on the reader.
const STATES: &[&str] = &[
    "link",
    "visited",
    "hover",
    "active",
    "focus",
    "focus-within",
    "focus-visible",
    "target",
    "checked",
    "enabled",
    "disabled",
    "indeterminate",
];
/// What is no element: a rule about it says nothing of one.
const PARTS: &[&str] = &["before", "after", "first-line", "first-letter"];

/// The selectors of a rule.
///
/// A list with a selector that some mail programs do not know holds in part of them only: none of it is sure.
pub(super) fn selectors(list: &str) -> Vec<Selector> {
    let mut input = ParserInput::new(list);
    listed(&mut Parser::new(&mut input), 0)
}

fn listed(input: &mut Parser, depth: u8) -> Vec<Selector> {
    let mut known = true;
    let mut found = Vec::new();
    loop {
        let mut reader = Reader { depth, ..Reader::default() };
        let read = input.parse_until_before(Delimiter::Comma, |input| {
            reader.read(input);
            Ok::<_, ParseError<()>>(())
        });
        known &= read.is_ok() && !reader.unknown;
        found.push(reader.selector());
        // The comma, or the end.
        if input.next().is_err() {
            break;
        }
    }
    found.iter_mut().for_each(|selector| selector.sure &= known);
    found
}

/// A selector as far as it was read.
#[derive(Default)]
struct Reader {
    depth: u8,
    asked: String,
    /// Where the compound begins that is read: what stands between two combinators.
    compound: usize,
    weight: [u32; 3],
    /// Whether it depends on more than the mail.
    depends: bool,
    /// Whether there is something in it that not every mail program knows.
    unknown: bool,
    /// Whether nothing at all can be said of whom it is about.
    unread: bool,
    part: bool,
    attribute: bool,
}

impl Reader {
    fn read(&mut self, input: &mut Parser) {
        let mut combinator = None;
        input.skip_whitespace();
        loop {
            let start = input.position();
            let Ok(token) = input.next_including_whitespace_and_comments().cloned() else { break };
            match token {
                Token::Comment(_) => continue,
                Token::WhiteSpace(_) => {
                    combinator = combinator.or(Some(' '));
                    continue;
                }
                Token::Delim(sign @ ('>' | '+' | '~')) => {
                    self.unread |=
                        self.asked.is_empty() && !self.depends || combinator.is_some_and(|c| c != ' ');
                    combinator = Some(sign);
                    continue;
                }
                _ => {}
            }
            if let Some(sign) = combinator.take() {
                self.combine(sign);
            }
            match token {
                Token::Delim('*') => self.asked.push('*'),
                Token::Ident(_) => self.simple(2, input.slice_from(start)),
                Token::IDHash(_) => self.simple(0, input.slice_from(start)),
                Token::Delim('.') if matches!(input.next_including_whitespace(), Ok(Token::Ident(_))) => {
                    self.simple(1, input.slice_from(start));
                }
                Token::SquareBracketBlock => {
                    let _ = input.parse_nested_block(exhaust);
                    self.attribute = true;
                    self.simple(1, input.slice_from(start));
                }
                Token::Colon => self.pseudo(input, start),
                _ => self.unread = true,
            }
        }
        // A sign with nothing behind it, or nothing at all.
        self.unread |= combinator.is_some_and(|sign| sign != ' ')
            || self.asked.is_empty() && !self.depends && !self.part;
    }

    fn simple(&mut self, weighs: usize, text: &str) {
        self.weight[weighs] = self.weight[weighs].saturating_add(1);
        self.asked.push_str(text);
    }

    fn combine(&mut self, sign: char) {
        self.close();
        if self.attribute {
            // `[data-ogsc] p`: mail programs put such attributes around a mail. Whoever it ends with may be meant.
            self.attribute = false;
            self.depends = true;
            self.asked.clear();
        } else {
            self.asked.push(sign);
        }
        self.compound = self.asked.len();
    }

    /// A compound of which nothing is left is about everything.
    fn close(&mut self) {
        if self.asked.len() == self.compound {
            self.asked.push('*');
        }
    }

    fn pseudo(&mut self, input: &mut Parser, start: cssparser::SourcePosition) {
        let is = |names: &[&str], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        match input.next_including_whitespace().cloned() {
            Ok(Token::Colon) => {
                let name = input.next_including_whitespace().cloned();
                self.part = true;
                self.unknown |= !matches!(name, Ok(Token::Ident(name)) if is(PARTS, &name));
            }
            Ok(Token::Ident(name)) if is(PARTS, &name) => self.part = true,
            Ok(Token::Ident(name)) if is(PLAIN, &name) => self.simple(1, input.slice_from(start)),
            Ok(Token::Ident(name)) if is(STATES, &name) => {
                self.simple(1, "");
                self.depends = true;
            }
            Ok(Token::Function(name)) if is(PLACES, &name) => {
                let _ = input.parse_nested_block(exhaust);
                let text = input.slice_from(start);
                match text.to_ascii_lowercase().contains("of ") {
                    true => self.leave(),
                    false => self.simple(1, text),
                }
            }
            Ok(Token::Function(name)) if name.eq_ignore_ascii_case("not") && self.depth < 4 => {
                let depth = self.depth + 1;
                let inside = input.parse_nested_block(|input| Ok::<_, ParseError<()>>(listed(input, depth)));
                let inside = inside.unwrap_or_default();
                match inside.iter().map(|s| s.weight).max().filter(|_| inside.iter().all(|s| s.sure)) {
                    Some(heaviest) => {
                        (0..3).for_each(|n| self.weight[n] = self.weight[n].saturating_add(heaviest[n]));
                        self.attribute |= inside.iter().any(|s| s.asked.contains('['));
                        self.asked.push_str(input.slice_from(start));
                    }
                    None => self.leave(),
                }
            }
            Ok(Token::Function(_)) => {
                let _ = input.parse_nested_block(exhaust);
                self.leave();
            }
            Ok(Token::Ident(_)) => self.leave(),
            _ => self.unread = true,
        }
    }

    /// Leaves out what is not known: the rest is about the same elements and more.
    fn leave(&mut self) {
        self.unknown = true;
        self.depends = true;
        self.weight = HEAVIEST;
    }

    fn selector(mut self) -> Selector {
        if self.unread {
            return Selector { asked: "*".into(), weight: HEAVIEST, sure: false, part: false };
        }
        self.close();
        let sure = !self.depends && !self.part;
        Selector { asked: self.asked, weight: self.weight, sure, part: self.part }
    }
}

fn exhaust<'i>(input: &mut Parser<'i, '_>) -> Result<(), ParseError<'i, ()>> {
    while input.next().is_ok() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_rule_is_about() {
        let read = |list: &str| -> Vec<(String, [u32; 3], bool)> {
            selectors(list).into_iter().map(|s| (s.asked, s.weight, s.sure)).collect()
        };
        let one = |asked: &str, weight, sure| vec![(asked.to_string(), weight, sure)];
        assert_eq!(read(" div.a > #b\n p "), one("div.a>#b p", [1, 1, 2], true));
        assert_eq!(read("p:not(.a, #b):first-child"), one("p:not(.a, #b):first-child", [1, 1, 1], true));
        assert_eq!(read("td:nth-child( 2n + 1 )"), one("td:nth-child( 2n + 1 )", [0, 1, 1], true));
        assert_eq!(read("a[href^='x,y']"), one("a[href^='x,y']", [0, 1, 1], true));
        // What depends on the reader or his mail program: at most those who are left.
        assert_eq!(read(".card:hover > :focus"), one(".card>*", [0, 3, 0], false));
        assert_eq!(read("[data-ogsc] .dark"), one(".dark", [0, 2, 0], false));
        assert_eq!(read("p:is(.a, .b)"), one("p", HEAVIEST, false));
        assert_eq!(read("a:not(:hover)"), one("a", HEAVIEST, false));
        for unread in ["", "p..a", "> p", "p >", "a|b", "#1a", "p > > a", "."] {
            assert_eq!(read(unread), one("*", HEAVIEST, false), "{unread}");
        }
        // A part of an element is no element.
        assert!(selectors("p::before, p:after").iter().all(|s| s.part && !s.sure));
        // One that is not known everywhere puts those beside it in doubt.
        let sure = |list: &str| selectors(list).iter().map(|s| s.sure).collect::<Vec<_>>();
        assert_eq!(sure("a, a:hover"), [true, false]);
        assert_eq!(sure("a, b:is(i)"), [false, false]);
        assert_eq!(sure("a, b::before"), [true, false]);
        assert_eq!(sure("a, b::-moz-focus-inner"), [false, false]);
    }
}
