//! What stands before a cursor, read from the tokens: it must be told in broken text, too.

use persona_model::{Model, Symbol, summarises};
use persona_syntax::{DECLARATIONS, Kind, lex};
use persona_value::Type;

use crate::typed::{self, Member};

/// A word or sign before the cursor.
#[derive(Clone, Debug)]
pub(crate) struct Word<'a> {
    pub kind: Kind,
    pub text: &'a str,
}

/// What stands before the cursor in its declaration.
pub(crate) struct Context<'a> {
    /// The text of the declaration before the word at the cursor.
    pub before: &'a str,
    /// Its words and signs, without spaces and comments.
    pub words: Vec<Word<'a>>,
    /// Where the cursor lies inside a string: its text up to the cursor.
    pub string: Option<&'a str>,
    /// Whether it lies in a comment.
    pub comment: bool,
}

impl<'a> Context<'a> {
    /// Reads what stands before this offset of a program.
    pub fn new(text: &'a str, offset: usize) -> Context<'a> {
        let text = text.get(..offset).unwrap_or(text);
        let start = declaration_start(text);
        let text = &text[start..];
        let tokens = lex(text);
        let mut context = Context { before: text, words: Vec::new(), string: None, comment: false };
        let last = tokens.last().copied();
        for token in &tokens {
            if !token.kind.is_trivia() {
                let word = &text[token.start..token.end];
                context.words.push(Word { kind: token.kind, text: word });
            }
        }
        if let Some(last) = last {
            let written = &text[last.start..last.end];
            match last.kind {
                // The word being typed.
                Kind::Name => {
                    context.before = &text[..last.start];
                    context.words.pop();
                }
                Kind::UnclosedString => context.string = Some(written.strip_prefix('"').unwrap_or(written)),
                Kind::UnclosedText => {
                    context.string = Some(written.strip_prefix("\"\"\"").unwrap_or(written))
                }
                Kind::Comment | Kind::DocComment => context.comment = !written.ends_with('\n'),
                _ => {}
            }
        }
        context
    }

    /// The word this many before the cursor; 0 is the last.
    pub fn back(&self, n: usize) -> Option<&Word<'a>> {
        self.words.len().checked_sub(n + 1).and_then(|at| self.words.get(at))
    }

    pub fn back_text(&self, n: usize) -> &'a str {
        self.back(n).map_or("", |w| w.text)
    }

    /// The declaration's keyword.
    pub fn keyword(&self) -> &'a str {
        self.words.first().map_or("", |w| w.text)
    }

    /// Where the innermost block, parenthesis or bracket around the cursor opens.
    pub fn opener(&self) -> Option<usize> {
        let mut depth = 0usize;
        for (at, word) in self.words.iter().enumerate().rev() {
            match word.kind {
                Kind::RBrace | Kind::RParen | Kind::RBracket => depth += 1,
                Kind::LBrace | Kind::LParen | Kind::LBracket if depth == 0 => return Some(at),
                Kind::LBrace | Kind::LParen | Kind::LBracket => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// What is fed where the cursor stands among a feed's fields: `purchase`, `customer`.
    pub fn feeds(&self) -> Option<&'a str> {
        let opener = self.opener().filter(|at| self.words[*at].kind == Kind::LBrace)?;
        let head = self.words[..opener].iter().rposition(|w| w.text == "feeds")?;
        let plain = self.words[head + 1..opener].iter().all(|w| w.kind == Kind::Name);
        plain.then(|| self.words.get(head + 1).map(|w| w.text)).flatten()
    }

    /// The event whose fields can be read here: that of the query or filter around the cursor.
    pub fn event<'m>(&self, model: &'m Model) -> Option<&'m str> {
        let mut at = self.words.len();
        let mut depth = 0usize;
        while at > 0 {
            at -= 1;
            let word = &self.words[at];
            match word.kind {
                Kind::RParen | Kind::RBracket | Kind::RBrace => depth += 1,
                Kind::LBrace if depth == 0 => return None,
                Kind::LParen | Kind::LBracket | Kind::LBrace if depth > 0 => depth -= 1,
                _ if depth > 0 => {}
                _ if word.text == "where" => {
                    // Back over `.field` to the event's name.
                    let mut root = at.checked_sub(1)?;
                    while root >= 2 && self.words[root - 1].kind == Kind::Dot {
                        root -= 2;
                    }
                    // `by order_id where …`
                    if root >= 2 && self.words[root - 1].text == "by" {
                        root -= 2;
                    }
                    if let Some(event) = model.event(self.words[root].text) {
                        return Some(&event.name);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The path that ends this many words before the cursor, `customer.tier`, as its first word's index.
    fn path(&self, end: usize) -> Option<usize> {
        let mut at = end;
        if self.words.get(at)?.kind != Kind::Name {
            return None;
        }
        while at >= 2 && self.words[at - 1].kind == Kind::Dot && self.words[at - 2].kind == Kind::Name {
            at -= 2;
        }
        Some(at)
    }

    /// What can follow the dot at the cursor.
    pub fn after_dot(&self, model: &Model) -> Vec<Member> {
        let Some(end) = self.words.len().checked_sub(2) else { return Vec::new() };
        // `last(purchase).`
        if self.words[end].kind == Kind::RParen {
            let Some(open) = self.opened(end) else { return Vec::new() };
            let function = open.checked_sub(1).map_or("", |at| self.words[at].text);
            if matches!(function, "first" | "last")
                && let Some(event) = self.words.get(open + 1).and_then(|w| model.event(w.text))
            {
                return typed::of_event(model, &event.name);
            }
            if function == "rfm" {
                let ty = model.traits.iter().find_map(|t| match &t.value.ty {
                    Type::Record(record) if *record.name == *"rfm" => Some(t.value.ty.clone()),
                    _ => None,
                });
                return ty.map_or(Vec::new(), |ty| typed::members(model, &ty));
            }
            return Vec::new();
        }
        let Some(start) = self.path(end) else { return Vec::new() };
        let path: Vec<&str> = self.words[start..=end].iter().step_by(2).map(|w| w.text).collect();
        self.behind(model, &path)
    }

    /// Where the parenthesis closed here is opened.
    fn opened(&self, close: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in (0..=close).rev() {
            match self.words[at].kind {
                Kind::RParen => depth += 1,
                Kind::LParen => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// What lies behind a path.
    fn behind(&self, model: &Model, path: &[&str]) -> Vec<Member> {
        let Some((root, fields)) = path.split_first() else { return Vec::new() };
        let mut members = match *root {
            "customer" => typed::of_customer(model),
            "it" => self.items(model),
            name => match self.root(model, name) {
                Some(ty) => typed::members(model, &ty),
                None => typed::of_event(model, name),
            },
        };
        for field in fields {
            let Some(found) = members.into_iter().find(|m| m.name == *field) else { return Vec::new() };
            members = typed::members(model, &found.holds.0);
        }
        members
    }

    /// The type of a bare name here.
    fn root(&self, model: &Model, name: &str) -> Option<Type> {
        let event = self.event(model).map(|event| typed::of_event(model, event)).unwrap_or_default();
        let mut all = event.into_iter().chain(typed::of_customer(model));
        all.find(|m| m.name == name).map(|m| m.holds.0)
    }

    /// The fields of the items of the list that is summarised here: `sum(cart, it.`
    fn items(&self, model: &Model) -> Vec<Member> {
        let opener = (0..self.words.len()).rev().find(|at| {
            self.words[*at].kind == Kind::LParen && *at > 0 && summarises(self.words[at - 1].text)
        });
        let list = opener.and_then(|at| self.words.get(at + 1));
        let ty = list.and_then(|list| self.root(model, list.text));
        ty.map_or(Vec::new(), |ty| typed::members(model, &ty))
    }

    /// The values that can stand beside what is left of the operator at the cursor.
    pub fn values_beside(&self, model: &Model) -> Vec<(String, Symbol)> {
        let Some(mut end) = self.words.len().checked_sub(2) else { return Vec::new() };
        // `tier in [bronze, `
        if let Some(opener) = self.opener().filter(|at| self.words[*at].kind == Kind::LBracket)
            && opener >= 2
            && self.words[opener - 1].text == "in"
        {
            end = opener - 2;
            if self.words[end].text == "not" && end > 0 {
                end -= 1;
            }
        } else {
            let compares =
                [Kind::Equal, Kind::NotEqual, Kind::Less, Kind::AtMost, Kind::Greater, Kind::AtLeast];
            if !self.back(0).is_some_and(|w| compares.contains(&w.kind)) {
                return Vec::new();
            }
        }
        let Some(start) = self.path(end) else { return Vec::new() };
        let path: Vec<&str> = self.words[start..=end].iter().step_by(2).map(|w| w.text).collect();
        let ty = match path.split_last() {
            Some((name, [])) => self.root(model, name),
            Some((name, base)) => {
                self.behind(model, base).into_iter().find(|m| m.name == **name).map(|m| m.holds.0)
            }
            None => None,
        };
        ty.map_or(Vec::new(), |ty| values_of(model, &ty))
    }
}

/// The values of an enum.
pub(crate) fn values_of(model: &Model, ty: &Type) -> Vec<(String, Symbol)> {
    let Type::Enum(of) = ty else { return Vec::new() };
    let lifecycle = model.lifecycles.iter().any(|l| l.ty == *ty);
    let symbol = |name: &std::sync::Arc<str>| {
        let (of, name) = (of.name.clone(), name.clone());
        if lifecycle { Symbol::Stage { of, name } } else { Symbol::Value { of, name } }
    };
    of.values.iter().map(|name| (name.to_string(), symbol(name))).collect()
}

/// Where the declaration begins that the end of this text lies in: declarations begin at the margin.
fn declaration_start(text: &str) -> usize {
    let mut end = text.len();
    loop {
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let line = &text[start..];
        let word: &str = &line[..line.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(line.len())];
        // The word at the cursor itself begins nothing yet.
        if DECLARATIONS.contains(&word) && start + word.len() < text.len() {
            return start;
        }
        if start == 0 {
            return 0;
        }
        end = start - 1;
    }
}
