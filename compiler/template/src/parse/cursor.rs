//! Expressions read from the tokens of one tag.

use std::ops::Range;
use std::sync::Arc;

use persona_diagnostics::catalogue::malformed_tag::MalformedTag;
use persona_diagnostics::{Problems, Span};
use persona_value::{Currency, Decimal};

use super::tokens::{Kind, Token, tokens};
use crate::Source;
use crate::tree::*;

/// A tag whose inside makes no sense from some token on. The problem is told where it arises.
pub(super) struct Malformed;

pub(super) type Read<T> = Result<T, Malformed>;

/// Filters after one value and steps of one path, at most: the same bound for what is compiled.
const LONGEST: usize = 64;

/// Parentheses and brackets within one another, at most: a bound on the stack.
const DEEPEST: u32 = 32;

const PARENTHESES: &str = "conditions have no parentheses: put one `{% if %}` into another";

/// Reads the tokens of one tag from left to right.
pub(super) struct Cursor<'a> {
    source: &'a Source<'a>,
    problems: &'a mut Problems,
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    depth: u32,
    /// The tag as it is called in messages: `{{ … }}`, `{% for … %}`.
    tag: String,
    /// What stands between its braces; of a tag, behind its name.
    body: Range<usize>,
}

impl<'a> Cursor<'a> {
    pub fn new(
        source: &'a Source<'a>,
        problems: &'a mut Problems,
        tag: String,
        body: Range<usize>,
    ) -> Cursor<'a> {
        let end = body.end;
        let tokens = tokens(source.text, body.clone());
        Cursor { source, problems, tokens, next: 0, end, depth: 0, tag, body }
    }

    // ---- tokens

    pub fn kind(&self) -> Option<Kind> {
        self.tokens.get(self.next).map(|t| t.kind)
    }

    pub fn text(&self) -> &'a str {
        self.tokens.get(self.next).map_or("", |t| &self.source.text[t.at.clone()])
    }

    fn at(&self) -> Range<usize> {
        self.tokens.get(self.next).map_or(self.end..self.end, |t| t.at.clone())
    }

    /// The place of the next token; empty at the end.
    pub fn span(&self) -> Span {
        self.source.span(self.at())
    }

    /// The place from `start` to the last token read.
    fn span_from(&self, start: usize) -> Span {
        let end = self.next.checked_sub(1).map_or(start, |last| self.tokens[last].at.end);
        self.source.span(start..end.max(start))
    }

    pub fn is_at_end(&self) -> bool {
        self.next >= self.tokens.len()
    }

    /// Passes over the rest of the tag, where that means nothing.
    pub fn pass(&mut self) {
        self.next = self.tokens.len();
    }

    pub fn take_sign(&mut self, sign: char) -> bool {
        let found = self.kind() == Some(Kind::Sign(sign));
        self.next += usize::from(found);
        found
    }

    pub fn take_word(&mut self, word: &str) -> bool {
        let found = self.kind() == Some(Kind::Word) && self.text() == word;
        self.next += usize::from(found);
        found
    }

    /// Whether the token after the next is this sign.
    pub fn then_sign(&self, sign: char) -> bool {
        self.tokens.get(self.next + 1).is_some_and(|t| t.kind == Kind::Sign(sign))
    }

    /// Tells that `expected` belongs where the next token is.
    pub fn fail<T>(&mut self, expected: &str) -> Read<T> {
        let found = self.text();
        let help = match found {
            "&&" | "&" => Some("write `and`".to_string()),
            "||" => Some("write `or`".to_string()),
            "=" if self.tag.contains("if ") || self.tag.contains("unless ") => {
                Some("to compare, write `==`".to_string())
            }
            "+" => Some("write `| plus: …`".to_string()),
            "*" => Some("write `| times: …`".to_string()),
            "/" if self.next > 0 => Some("write `| divided_by: …`".to_string()),
            "$" => Some("write the bare name: `first_name`".to_string()),
            "{" if self.tag == "{{ … }}" => {
                Some("two braces are enough: values are made safe where they are printed".to_string())
            }
            "{" => Some("inside of a tag a name has no braces".to_string()),
            ">" if self.next == 0 => Some("a content block is shown by `{% render \"…\" %}`".to_string()),
            "#" | "/" if self.tag == "{{ … }}" => Some(
                "blocks are tags: `{% if … %}…{% endif %}`, `{% for item in … %}…{% endfor %}`".to_string(),
            ),
            "|" if self.then_sign('|') => Some("write `or`".to_string()),
            _ if found.starts_with(['‘', '’', '“', '”', '„', '«', '»']) => {
                Some("write straight quotes: `\"…\"`".to_string())
            }
            _ if self.is_in_parentheses() => Some(PARENTHESES.to_string()),
            _ if self.follows_a_filter() => {
                Some(format!("what a filter is given stands behind a colon: `{}: {found}`", self.previous()))
            }
            "(" => Some(PARENTHESES.to_string()),
            _ if self.next > 0 && self.previous() == "not" => Some("write `{% unless … %}`".to_string()),
            _ if self.kind() == Some(Kind::OpenText) => Some("close the quotes".to_string()),
            _ => None,
        };
        let problem = MalformedTag {
            tag: self.tag.clone(),
            found: (!found.is_empty()).then(|| found.to_string()),
            span: self.span(),
            expected: expected.to_string(),
            help,
            instead: if found == "{" { self.without_braces() } else { None },
        };
        self.problems.report(problem);
        Err(Malformed)
    }

    /// The tag without the braces that are too many in it.
    fn without_braces(&self) -> Option<String> {
        let bare = self.source.text[self.body.clone()].replace(['{', '}'], " ");
        let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
        let (open, close) = self.tag.split_once('…')?;
        (!bare.is_empty()).then(|| format!("{open}{bare}{close}"))
    }

    /// Whether this is the inside of parentheses around a condition: `(a == b …`, `(a and …`.
    fn is_in_parentheses(&self) -> bool {
        let opened = self.tokens[..self.next].iter().any(|t| t.kind == Kind::Sign('('));
        let goes_on =
            self.kind() == Some(Kind::Comparison) || matches!(self.text(), "and" | "or" | "contains");
        opened && goes_on
    }

    /// Whether a value stands right behind a filter's name: `| default "friend"`.
    fn follows_a_filter(&self) -> bool {
        let value = matches!(self.kind(), Some(Kind::Text | Kind::Int | Kind::Decimal));
        let before = self.next.checked_sub(2).map(|bar| self.tokens[bar].kind);
        value && before == Some(Kind::Sign('|')) && self.tokens[self.next - 1].kind == Kind::Word
    }

    fn previous(&self) -> &str {
        &self.source.text[self.tokens[self.next - 1].at.clone()]
    }

    /// Everything has been read.
    pub fn finish(&mut self) -> Read<()> {
        if self.is_at_end() { Ok(()) } else { self.fail("the end of the tag") }
    }

    // ---- names and values

    /// A name someone gives: of a variable.
    pub fn name(&mut self, what: &str) -> Read<Name> {
        match self.kind() {
            Some(Kind::Word | Kind::Int) if !self.text().ends_with('?') => Ok(self.take_name()),
            _ => self.fail(what),
        }
    }

    /// A word as it stands.
    pub fn word(&mut self, what: &str) -> Read<Name> {
        if self.kind() == Some(Kind::Word) { Ok(self.take_name()) } else { self.fail(what) }
    }

    fn take_name(&mut self) -> Name {
        let name = Name { text: self.text().into(), span: self.span() };
        self.next += 1;
        name
    }

    /// A quoted text, without its quotes.
    pub fn quoted(&mut self) -> Option<Name> {
        if self.kind() != Some(Kind::Text) {
            return None;
        }
        let text = self.text();
        let name = Name { text: text[1..text.len() - 1].into(), span: self.span() };
        self.next += 1;
        Some(name)
    }

    /// A value without operators: `"text"`, `12.50`, `(1..3)`, `event.total`.
    pub fn operand(&mut self) -> Read<Expr> {
        let start = self.at().start;
        self.depth += 1;
        let kind = if self.depth > DEEPEST {
            self.fail("fewer brackets inside one another")
        } else {
            self.operand_kind()
        };
        self.depth -= 1;
        Ok(Expr { kind: kind?, span: self.span_from(start) })
    }

    fn operand_kind(&mut self) -> Read<ExprKind> {
        match self.kind() {
            Some(Kind::Text) => {
                let text = self.quoted().map_or_else(|| Arc::from(""), |q| q.text);
                Ok(ExprKind::Literal(Literal::Text(text)))
            }
            Some(Kind::Int | Kind::Decimal) => self.number().map(ExprKind::Literal),
            Some(Kind::Sign('(')) => self.range(),
            Some(Kind::Sign('[')) => {
                let root = Root::Computed(Box::new(self.bracketed()?));
                Ok(ExprKind::Path(Path { root, steps: self.steps()? }))
            }
            Some(Kind::Word) => {
                let name = self.take_name();
                let literal = match &*name.text {
                    "nil" | "null" => Literal::Nil,
                    "blank" => Literal::Blank,
                    "empty" => Literal::Empty,
                    "true" => Literal::Bool(true),
                    "false" => Literal::Bool(false),
                    _ => return Ok(ExprKind::Path(Path { root: Root::Name(name), steps: self.steps()? })),
                };
                Ok(ExprKind::Literal(literal))
            }
            _ => self.fail("a value"),
        }
    }

    fn number(&mut self) -> Read<Literal> {
        let (text, at, kind) = (self.text(), self.at(), self.kind());
        let Ok(decimal) = text.parse::<Decimal>() else {
            return self.fail("a number of at most 29 digits");
        };
        let int = text.parse::<i64>();
        if kind == Some(Kind::Int) && int.is_err() {
            return self.fail("a whole number of at most 18 digits");
        }
        self.next += 1;
        let touching = self.at().start == at.end;
        if touching && self.take_sign('%') {
            let hundred = Decimal::from(100);
            return Ok(Literal::Percent(decimal.div(hundred).unwrap_or_default()));
        }
        if self.kind() == Some(Kind::Word)
            && let Some(currency) = Currency::parse(self.text())
        {
            self.next += 1;
            return Ok(Literal::Money(decimal, currency));
        }
        match (kind, int) {
            (Some(Kind::Int), Ok(whole)) => Ok(Literal::Int(whole)),
            _ => Ok(Literal::Decimal(decimal)),
        }
    }

    fn range(&mut self) -> Read<ExprKind> {
        self.next += 1;
        let first = self.operand()?;
        if self.kind() != Some(Kind::Range) {
            return self.fail("`..`");
        }
        self.next += 1;
        let last = self.operand()?;
        if !self.take_sign(')') {
            return self.fail("`)`");
        }
        Ok(ExprKind::Range(Box::new(first), Box::new(last)))
    }

    fn bracketed(&mut self) -> Read<Expr> {
        self.next += 1;
        let index = self.operand()?;
        if self.take_sign(']') { Ok(index) } else { self.fail("`]`") }
    }

    fn steps(&mut self) -> Read<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            if steps.len() >= LONGEST {
                return self.fail("a shorter path");
            }
            if self.take_sign('.') {
                steps.push(Step::Field(self.word("the name of a field")?));
            } else if self.kind() == Some(Kind::Sign('[')) {
                steps.push(Step::Index(self.bracketed()?));
            } else {
                return Ok(steps);
            }
        }
    }

    // ---- conditions and filters

    /// `a == b and c or d`
    pub fn condition(&mut self) -> Read<Expr> {
        let start = self.at().start;
        let first = self.comparison()?;
        let mut rest = Vec::new();
        loop {
            let junction = if self.take_word("and") {
                Junction::And
            } else if self.take_word("or") {
                Junction::Or
            } else {
                break;
            };
            rest.push((junction, self.comparison()?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Expr { kind: ExprKind::Logic(Box::new(first), rest), span: self.span_from(start) })
    }

    fn comparison(&mut self) -> Read<Expr> {
        let start = self.at().start;
        let left = self.operand()?;
        let operator = match (self.kind(), self.text()) {
            (Some(Kind::Comparison), "==") => Operator::Equal,
            (Some(Kind::Comparison), "!=" | "<>") => Operator::NotEqual,
            (Some(Kind::Comparison), "<") => Operator::Less,
            (Some(Kind::Comparison), "<=") => Operator::LessOrEqual,
            (Some(Kind::Comparison), ">") => Operator::Greater,
            (Some(Kind::Comparison), ">=") => Operator::GreaterOrEqual,
            (Some(Kind::Word), "contains") => Operator::Contains,
            (Some(Kind::Word), "in") => Operator::In,
            _ => return Ok(left),
        };
        self.next += 1;
        let right = self.operand()?;
        let kind = ExprKind::Compare(operator, Box::new(left), Box::new(right));
        Ok(Expr { kind, span: self.span_from(start) })
    }

    /// `value | filter: argument, name: argument | …`
    pub fn filtered(&mut self) -> Read<Filtered> {
        let start = self.at().start;
        let input = self.operand()?;
        let mut filters = Vec::new();
        while self.take_sign('|') {
            if filters.len() >= LONGEST {
                return self.fail("fewer filters");
            }
            filters.push(self.filter()?);
        }
        Ok(Filtered { input, filters, span: self.span_from(start) })
    }

    fn filter(&mut self) -> Read<FilterCall> {
        let start = self.at().start;
        let name = self.word("the name of a filter")?;
        let mut arguments = Vec::new();
        if self.take_sign(':') {
            loop {
                let named = self.kind() == Some(Kind::Word) && self.then_sign(':');
                let name = if named { Some(self.take_name()) } else { None };
                if named {
                    self.take_sign(':');
                }
                arguments.push(Argument { name, value: self.operand()? });
                if !self.take_sign(',') {
                    break;
                }
            }
        }
        Ok(FilterCall { name, arguments, span: self.span_from(start) })
    }
}
