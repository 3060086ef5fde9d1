//! What can be written at a cursor: the words that the law lets follow, and the names that make sense there.

mod program;
mod template;

use persona_model::Symbol;

use crate::typed::{Member, docs, shown};
use crate::{Analysis, Cursor};

/// What is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A word of the language, also a type's.
    Keyword,
    /// A function.
    Function,
    /// A filter of templates.
    Filter,
    /// A name.
    Name(Symbol),
}

/// Something that can be written at a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is written, in place of the word at the cursor.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Its type, or how it is called.
    pub detail: String,
    /// Its comment.
    pub docs: String,
    /// Whether it is what is most likely wanted here.
    pub first: bool,
}

/// What can be written at a cursor.
pub fn complete(analysis: &Analysis, cursor: Cursor) -> Vec<Completion> {
    let Some(model) = &analysis.model else { return Vec::new() };
    let text = analysis.sources.file(cursor.file).text.clone();
    let offset = (cursor.offset as usize).min(text.len());
    let mut offered = match analysis.program(cursor.file) {
        Some(_) => program::complete(analysis, model, &text, cursor.file, offset),
        None => match text.get(..offset) {
            Some(before) => template::complete(analysis, model, before, cursor.file, 0),
            None => Vec::new(),
        },
    };
    // The most likely first, else in the order of the names.
    offered.sort_by(|a, b| (!a.first, &a.label).cmp(&(!b.first, &b.label)));
    offered.dedup_by(|a, b| a.label == b.label);
    offered
}

fn keyword(word: &str) -> Completion {
    let (label, kind) = (word.to_string(), CompletionKind::Keyword);
    Completion { label, kind, detail: String::new(), docs: String::new(), first: false }
}

fn named(analysis: &Analysis, symbol: Symbol, first: bool) -> Completion {
    let index = analysis.model.as_ref().map(|m| &m.index);
    let docs = index.map(|index| docs(index, &symbol)).unwrap_or_default();
    Completion {
        label: symbol.name().to_string(),
        detail: symbol.kind().to_string(),
        kind: CompletionKind::Name(symbol),
        docs,
        first,
    }
}

fn member(analysis: &Analysis, member: Member, first: bool) -> Completion {
    let detail = shown(&member.holds);
    Completion { label: member.name, detail, ..named(analysis, member.symbol, first) }
}
