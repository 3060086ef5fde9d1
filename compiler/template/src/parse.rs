//! From text to nodes. Parsing never fails: what makes no sense is told at its place and left out.

mod blank;
mod blocks;
mod cursor;
mod ends;
mod handlebars;
mod heads;
mod pieces;
mod stray;
mod tags;
mod tokens;

use persona_diagnostics::Problems;

use crate::tree::Template;
use crate::{Source, parse::blocks::Parser};

/// Every tag that a template of persona can have, `end…` among them.
pub fn tags() -> impl Iterator<Item = &'static str> {
    let parts = tags::PARTS.iter().map(|(part, _)| *part).filter(|part| !tags::TAGS.contains(part));
    tags::TAGS.iter().copied().filter(|tag| *tag != "include").chain(parts)
}

/// Parses a template. Every error of its form is reported at its place: a tag or block that is never closed where
/// it opens. What cannot be read is left out of the result, so that checking it starts no further problems.
pub fn parse(source: Source, problems: &mut Problems) -> Template {
    read(source, false, problems)
}

/// The same of a template that was written for Liquid itself, which is laxer: braces that close nothing are text, and what
/// stands behind an `else` means nothing.
pub(crate) fn parse_elsewhere(source: Source, problems: &mut Problems) -> Template {
    read(source, true, problems)
}

fn read(source: Source, elsewhere: bool, problems: &mut Problems) -> Template {
    let pieces = pieces::cut(&source, elsewhere, problems);
    let nodes = Parser::new(&source, pieces, elsewhere, problems).all();
    Template { nodes: nodes.into(), span: source.span(0..source.text.len()), written: None }
}
