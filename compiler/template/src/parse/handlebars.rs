//! Blocks of Handlebars and Mustache, `{{#if x}}…{{else}}…{{/if}}`: told once, with the tags that say the same here.

use std::ops::Range;

use persona_diagnostics::catalogue::malformed_tag::MalformedTag;

use super::blocks::Parser;
use super::pieces::Piece;
use crate::tree::*;

impl Parser<'_> {
    /// Takes a block that an output opens; whether it did.
    pub(super) fn section(&mut self, body: &Range<usize>, at: &Range<usize>, nodes: &mut Vec<Node>) -> bool {
        let text = self.source.text;
        let inside = &text[body.clone()];
        let Some(head) = inside.strip_prefix(['#', '^']) else { return false };
        let head = head.trim();
        let (word, rest) = head.split_once(char::is_whitespace).unwrap_or((head, ""));
        let ends = self.section_end();
        let otherwise = ends.and_then(|end| self.section_else(end));
        let not = inside.starts_with('^');
        let (begin, end) = match word {
            "if" => (format!("if {}", rest.trim()), "endif"),
            "unless" => (format!("unless {}", rest.trim()), "endunless"),
            "each" => (format!("for item in {}", rest.trim()), "endfor"),
            "with" => (format!("if {}", rest.trim()), "endif"),
            _ if not => (format!("unless {head}"), "endunless"),
            _ => (format!("if {head}"), "endif"),
        };
        let middle = if otherwise.is_some() { "…{% else %}…" } else { "…" };
        self.problems.report(MalformedTag {
            tag: "{{ … }}".into(),
            found: Some(format!("{}{word}", &inside[..1])),
            span: self.source.span(body.clone()),
            expected: "a value".into(),
            help: Some("blocks are tags".into()),
            instead: Some(format!("{{% {begin} %}}{middle}{{% {end} %}}")),
        });
        let Some(end) = ends else { return true };
        let mut parts: Vec<Piece> = self.pieces.drain(..=end).collect();
        parts.pop();
        // What a list's block is made of speaks of its items in other names: it is told once this one is mended.
        if matches!(word, "if" | "unless") {
            let mut last = parts.split_off(otherwise.unwrap_or(parts.len()));
            let otherwise_at = (!last.is_empty()).then(|| self.source.span(at.clone()));
            last.drain(..last.len().min(1));
            let span = self.source.span(at.clone());
            let condition = Expr { kind: ExprKind::Broken, span };
            let arms =
                vec![Arm { condition, negated: word == "unless", body: self.apart(parts, at.clone()) }];
            let otherwise = self.apart(last, at.clone());
            nodes.push(Node { kind: NodeKind::If { arms, otherwise, otherwise_at }, span });
        }
        true
    }

    /// What stands between the braces of an output to come.
    fn output(&self, piece: &Piece) -> &str {
        match piece {
            Piece::Output { body, .. } => &self.source.text[body.clone()],
            _ => "",
        }
    }

    /// Which of the pieces to come ends the block that was just opened.
    fn section_end(&self) -> Option<usize> {
        let mut depth = 0;
        self.pieces.iter().position(|piece| {
            match self.output(piece).as_bytes() {
                [b'#', ..] | [b'^', _, ..] => depth += 1,
                [b'/', ..] if depth == 0 => return true,
                [b'/', ..] => depth -= 1,
                _ => {}
            }
            false
        })
    }

    /// Which of the pieces up to its end begins what is shown else.
    fn section_else(&self, end: usize) -> Option<usize> {
        let mut depth = 0;
        self.pieces.iter().take(end).position(|piece| {
            match self.output(piece).as_bytes() {
                b"else" | b"^" if depth == 0 => return true,
                [b'#', ..] | [b'^', _, ..] => depth += 1,
                [b'/', ..] => depth -= 1,
                _ => {}
            }
            false
        })
    }
}
