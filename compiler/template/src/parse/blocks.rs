//! Tags and the blocks they open.

use std::collections::VecDeque;
use std::ops::Range;

use persona_diagnostics::catalogue::unclosed_block::UnclosedBlock;
use persona_diagnostics::catalogue::unknown_tag::UnknownTag;
use persona_diagnostics::catalogue::unreachable_branch::UnreachableBranch;
use persona_diagnostics::{Problems, Span, suggest};

use super::blank::drop_blank;
use super::cursor::{Cursor, Malformed, Read};
use super::heads::{cycle, render, repeat, when};
use super::pieces::{Piece, cut_lines};
use super::tags::{IF_PARTS, PARTS, TAGS, UNLESS_PARTS, foreign};
use crate::Source;
use crate::tree::*;

/// Blocks within one another, at most: a bound on the stack.
const DEEPEST: usize = 64;

/// A tag as cut: name, inside, all of it.
#[derive(Clone)]
pub(super) struct Tag {
    pub name: Range<usize>,
    pub body: Range<usize>,
    pub at: Range<usize>,
}

/// A block that is open while its inside is parsed.
pub(super) struct Open {
    pub name: String,
    pub span: Span,
    /// Tags that end this part of it.
    pub ends: &'static [&'static str],
}

pub(super) struct Parser<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) problems: &'a mut Problems,
    pub(super) pieces: VecDeque<Piece>,
    pub(super) open: Vec<Open>,
    /// Written for Liquid itself, which passes over what stands behind an `else`.
    elsewhere: bool,
}

impl<'a> Parser<'a> {
    pub fn new(
        source: &'a Source<'a>,
        pieces: Vec<Piece>,
        elsewhere: bool,
        problems: &'a mut Problems,
    ) -> Parser<'a> {
        Parser { source, problems, pieces: pieces.into(), open: Vec::new(), elsewhere }
    }

    /// Every node to the end of the text.
    pub fn all(&mut self) -> Vec<Node> {
        self.nodes().0
    }

    /// Nodes up to a tag that ends the innermost open block, which is taken; `None` at the end of the text.
    fn nodes(&mut self) -> (Vec<Node>, Option<Tag>) {
        let mut nodes = Vec::new();
        // Tags that are unknown, each with how many nodes stand before it: it may have been meant to open a block.
        let mut unknown: Vec<(usize, Span)> = Vec::new();
        while let Some(piece) = self.pieces.pop_front() {
            match piece {
                Piece::Text { text, at } => {
                    nodes.push(Node { kind: NodeKind::Text(text.into()), span: self.source.span(at) })
                }
                Piece::Output { body, at } => {
                    if self.section(&body, &at, &mut nodes) {
                        continue;
                    }
                    let value = if body.is_empty() {
                        // `{{ }}` prints nothing.
                        let input = Expr {
                            kind: ExprKind::Literal(Literal::Nil),
                            span: self.source.span(at.clone()),
                        };
                        Some(Filtered { span: input.span, input, filters: Vec::new() })
                    } else {
                        self.whole("{{ … }}".into(), body, |c| c.filtered())
                    };
                    if let Some(value) = value {
                        nodes.push(Node { kind: NodeKind::Print(value), span: self.source.span(at) });
                    }
                }
                Piece::Tag { name, body, at } => {
                    let tag = Tag { name, body, at };
                    let word = self.word(&tag);
                    let ends = word.starts_with("end");
                    let of_unknown = ends
                        && !unknown.is_empty()
                        && (PARTS.iter().any(|(part, _)| *part == word) || word == "end")
                        && !self.is_needed(word);
                    if let Some((before, span)) = unknown.pop_if(|_| of_unknown) {
                        let body = nodes.split_off(before);
                        let condition = Expr { kind: ExprKind::Broken, span };
                        let arms = vec![Arm { condition, negated: false, body }];
                        nodes.push(Node {
                            kind: NodeKind::If { arms, otherwise: Vec::new(), otherwise_at: None },
                            span,
                        });
                        continue;
                    }
                    if self.open.last().is_some_and(|open| open.ends.contains(&word)) {
                        return (nodes, Some(tag));
                    }
                    if ends && self.is_wrong_end(word) {
                        self.wrong_end(&tag);
                        return (nodes, Some(tag));
                    }
                    if PARTS.iter().any(|(part, _)| *part == word) {
                        if self
                            .open
                            .iter()
                            .rev()
                            .any(|open| open.ends.contains(&word) && word.starts_with("end"))
                        {
                            // It closes a block further out: this one was never closed.
                            self.put_back(tag);
                            return (nodes, None);
                        }
                        if unknown.is_empty() || ends {
                            self.unexpected(&tag);
                        }
                        continue;
                    }
                    if self.is_unknown(word) {
                        unknown.push((nodes.len(), self.source.span(tag.at.clone())));
                    }
                    self.tag(tag, &mut nodes);
                }
            }
        }
        (nodes, None)
    }

    fn put_back(&mut self, tag: Tag) {
        self.pieces.push_front(Piece::Tag { name: tag.name, body: tag.body, at: tag.at });
    }

    pub(super) fn word(&self, tag: &Tag) -> &'a str {
        &self.source.text[tag.name.clone()]
    }

    /// Reads all of a tag's inside; `None` where it is malformed, which is then told.
    fn whole<T>(
        &mut self,
        tag: String,
        body: Range<usize>,
        read: impl FnOnce(&mut Cursor) -> Read<T>,
    ) -> Option<T> {
        let mut cursor = Cursor::new(self.source, self.problems, tag, body);
        let value = read(&mut cursor).ok()?;
        match cursor.finish() {
            Ok(()) => Some(value),
            Err(Malformed) => None,
        }
    }

    fn inside<T>(&mut self, tag: &Tag, read: impl FnOnce(&mut Cursor) -> Read<T>) -> Option<T> {
        let name = self.word(tag);
        self.whole(format!("{{% {name} … %}}"), tag.body.clone(), read)
    }

    fn tag(&mut self, tag: Tag, nodes: &mut Vec<Node>) {
        let kind = match self.word(&tag) {
            "if" => self.branches(&tag, false),
            "unless" => self.branches(&tag, true),
            "case" => self.case(&tag),
            "for" | "tablerow" => self.repeat(&tag),
            "assign" => self.assign(&tag),
            "echo" if tag.body.is_empty() => None,
            "echo" => self.inside(&tag, |c| c.filtered()).map(NodeKind::Print),
            "skip" => self.inside(&tag, |c| c.filtered()).map(NodeKind::Skip),
            "capture" => {
                let mut named = None;
                self.inside(&tag, |c| {
                    let name = c.quoted().map_or_else(|| c.name("the name of a variable"), Ok)?;
                    named = Some(name);
                    Ok(())
                });
                let body = self.body(&tag, &["endcapture"]);
                named.map(|name| NodeKind::Capture { name, body })
            }
            "ifchanged" => Some(NodeKind::IfChanged(self.body(&tag, &["endifchanged"]))),
            word @ ("increment" | "decrement") => {
                let step = if word == "increment" { 1 } else { -1 };
                self.inside(&tag, |c| c.name("the name of a counter"))
                    .map(|name| NodeKind::Count { name, step })
            }
            "cycle" => self.inside(&tag, cycle),
            "break" => self.inside(&tag, |_| Ok(NodeKind::Break)),
            "continue" => self.inside(&tag, |_| Ok(NodeKind::Continue)),
            "render" => self.inside(&tag, render).map(|r| NodeKind::Render(Box::new(r))),
            "include" => self.inside(&tag, render).map(|r| NodeKind::Include(Box::new(r))),
            "block" => self.inside(&tag, |c| c.word("the name of what goes here")).map(NodeKind::Placeholder),
            "liquid" => {
                self.lines(tag.body.clone(), nodes);
                None
            }
            "#" => self.inside(&tag, |c| c.fail("a `#` at the start of every line of the comment")),
            word => {
                let suggestion = foreign(word).or_else(|| suggest(word, TAGS.iter().copied()));
                let span =
                    self.source.span(if tag.name.is_empty() { tag.at.clone() } else { tag.name.clone() });
                self.problems.report(UnknownTag {
                    name: word.to_string(),
                    span,
                    suggestion: suggestion.map(str::to_string),
                });
                // The name it gives is not unknown, too.
                if suggestion == Some("assign") { self.misspelt_assign(&tag) } else { None }
            }
        };
        if let Some(mut kind) = kind {
            drop_blank(&mut kind);
            nodes.push(Node { kind, span: self.source.span(tag.at) });
        }
    }

    /// A variable. Where its value cannot be read, its name is known all the same: later uses are no mistakes.
    fn assign(&mut self, tag: &Tag) -> Option<NodeKind> {
        let mut named = None;
        let value = self.inside(tag, |c| {
            named = Some(c.name("the name of a variable")?);
            if !c.take_sign('=') {
                return c.fail("`=`");
            }
            c.filtered()
        });
        let (name, span) = (named?, self.source.span(tag.body.clone()));
        Some(NodeKind::Assign { name, value: value.unwrap_or_else(|| Filtered::broken(span)) })
    }

    /// The variable of a tag that was meant to be an `assign`, which is told.
    fn misspelt_assign(&self, tag: &Tag) -> Option<NodeKind> {
        let mut unheard = Problems::apart();
        let mut cursor = Cursor::new(self.source, &mut unheard, String::new(), tag.body.clone());
        let name = cursor.name("a name").ok()?;
        Some(NodeKind::Assign { name, value: Filtered::broken(self.source.span(tag.body.clone())) })
    }

    /// The tags of a `{% liquid %}` tag, one a line; they share no block with what is around.
    fn lines(&mut self, body: Range<usize>, nodes: &mut Vec<Node>) {
        let pieces = cut_lines(self.source, body.clone(), self.problems);
        nodes.extend(self.apart(pieces, body));
    }

    /// Pieces that share no block with what is around.
    pub(super) fn apart(&mut self, pieces: Vec<Piece>, at: Range<usize>) -> Vec<Node> {
        if self.open.len() >= DEEPEST {
            self.too_deep(at);
            return Vec::new();
        }
        let open = std::mem::take(&mut self.open);
        let depth = open.len();
        let mut inner = Parser::new(self.source, pieces, self.elsewhere, self.problems);
        // Empty blocks that nothing closes keep the count of how deep we are.
        inner.open.extend((0..=depth).map(|_| Open {
            name: "liquid".into(),
            span: self.source.span(at.clone()),
            ends: &[],
        }));
        let nodes = inner.all();
        self.open = open;
        nodes
    }

    fn too_deep(&mut self, at: Range<usize>) {
        let mut cursor = Cursor::new(self.source, self.problems, "{% … %}".into(), at);
        let _: Read<()> = cursor.fail("fewer blocks inside one another");
    }

    /// The inside of a block with one part.
    fn body(&mut self, tag: &Tag, ends: &'static [&'static str]) -> Vec<Node> {
        self.part(tag, ends).0
    }

    /// The nodes of one part of a block, and the tag that ended it; tells where the block is never closed.
    fn part(&mut self, tag: &Tag, ends: &'static [&'static str]) -> (Vec<Node>, Option<Tag>) {
        let (name, span) = (self.word(tag).to_string(), self.source.span(tag.at.clone()));
        if self.open.len() >= DEEPEST {
            self.too_deep(tag.at.clone());
            self.pieces.clear();
            return (Vec::new(), None);
        }
        self.open.push(Open { name: name.clone(), span, ends });
        let (nodes, end) = self.nodes();
        self.open.pop();
        match &end {
            None => self.problems.report(UnclosedBlock::new(&name, span)),
            Some(end) if self.word(end).starts_with("end") => {
                self.inside(end, |_| Ok(()));
            }
            Some(_) => {}
        }
        (nodes, end)
    }

    fn branches(&mut self, tag: &Tag, unless: bool) -> Option<NodeKind> {
        let ends: &'static [&'static str] = if unless { UNLESS_PARTS } else { IF_PARTS };
        let mut arms = Vec::new();
        let mut otherwise: Option<Vec<Node>> = None;
        let mut otherwise_at = None;
        let mut condition = self.inside(tag, |c| c.condition());
        let mut negated = unless;
        loop {
            let (body, end) = self.part(tag, ends);
            if let Some(condition) = condition.take() {
                arms.push(Arm { condition, negated, body });
            } else if otherwise_at.is_some() && otherwise.is_none() {
                otherwise = Some(body);
            } else if otherwise_at.is_none() {
                let broken = Expr { kind: ExprKind::Broken, span: self.source.span(tag.at.clone()) };
                arms.push(Arm { condition: broken, negated, body });
            }
            let Some(end) = end else { break };
            match self.word(&end) {
                part @ ("elsif" | "elseif" | "elif" | "else") => {
                    let span = self.source.span(end.at.clone());
                    if let Some(right) = foreign(part) {
                        self.problems.report(UnknownTag {
                            name: part.to_string(),
                            span: self.source.span(end.name.clone()),
                            suggestion: Some(right.to_string()),
                        });
                    }
                    if let Some(otherwise_at) = otherwise_at {
                        self.problems.report(UnreachableBranch { span, otherwise_at });
                    } else if part != "else" {
                        condition = self.inside(&end, |c| c.condition());
                        negated = false;
                    } else {
                        let elsewhere = self.elsewhere;
                        self.inside(&end, |c| {
                            if elsewhere {
                                c.pass();
                            }
                            Ok(())
                        });
                        otherwise_at = Some(span);
                    }
                }
                _ => break,
            }
        }
        Some(NodeKind::If { arms, otherwise: otherwise.unwrap_or_default(), otherwise_at })
    }

    fn case(&mut self, tag: &Tag) -> Option<NodeKind> {
        const ENDS: &[&str] = &["when", "else", "endcase"];
        let subject = self.inside(tag, |c| c.operand());
        let mut whens = Vec::new();
        // What stands before the first `when` is never printed.
        let (_, mut end) = self.part(tag, ENDS);
        while let Some(part) = end {
            let values = match self.word(&part) {
                "when" => self.inside(&part, when).map(Some),
                "else" => self.inside(&part, |_| Ok(None)),
                _ => break,
            };
            let span = self.source.span(part.at.clone());
            let (body, next) = self.part(tag, ENDS);
            if let Some(values) = values {
                whens.push(When { values, body, span });
            }
            end = next;
        }
        subject.map(|subject| NodeKind::Case { subject, whens })
    }

    fn repeat(&mut self, tag: &Tag) -> Option<NodeKind> {
        let table = self.word(tag) == "tablerow";
        let head = self.inside(tag, |c| repeat(c, table));
        let (body, end) =
            if table { self.part(tag, &["endtablerow"]) } else { self.part(tag, &["else", "endfor"]) };
        let otherwise = match end {
            Some(end) if self.word(&end) == "else" => self.body(tag, &["endfor"]),
            _ => Vec::new(),
        };
        let head = Box::new(For { body, otherwise, ..head? });
        Some(if table { NodeKind::TableRow(head) } else { NodeKind::For(head) })
    }
}
