//! What a file declares, and what a project declares by name.

use persona_diagnostics::{FileId, Span};
use persona_model::{Definition, Symbol};

use crate::Analysis;
use crate::typed::shown;

/// A declaration with what lies in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub symbol: Symbol,
    /// Its type, or what it is in words.
    pub detail: String,
    /// All of it.
    pub whole: Span,
    /// Its name's place.
    pub at: Span,
    /// Fields, stages, values.
    pub children: Vec<Entry>,
}

/// What a file declares, in order.
pub fn outline(analysis: &Analysis, file: FileId) -> Vec<Entry> {
    let Some(model) = &analysis.model else { return Vec::new() };
    let mut entries: Vec<Entry> = Vec::new();
    for definition in model.index.definitions().iter().filter(|d| d.at.file == file) {
        let entry = entry(definition);
        place(&mut entries, entry);
    }
    entries
}

/// Into the last entry that holds it, else behind it.
fn place(entries: &mut Vec<Entry>, entry: Entry) {
    match entries.last_mut() {
        Some(last) if last.whole != entry.whole && last.whole.holds(entry.whole) => {
            place(&mut last.children, entry);
        }
        _ => entries.push(entry),
    }
}

fn entry(definition: &Definition) -> Entry {
    let symbol = definition.symbol.clone();
    let detail = definition.holds.as_ref().map_or(symbol.kind().to_string(), shown);
    Entry {
        name: symbol.name().to_string(),
        symbol,
        detail,
        whole: definition.whole,
        at: definition.at,
        children: Vec::new(),
    }
}

/// Everything whose name holds these letters in their order, whatever their case.
pub fn search(analysis: &Analysis, query: &str) -> Vec<Entry> {
    let Some(model) = &analysis.model else { return Vec::new() };
    let matches = |name: &str| {
        let mut letters = name.chars().flat_map(char::to_lowercase);
        query.chars().flat_map(char::to_lowercase).all(|c| letters.any(|l| l == c))
    };
    let all = model.index.definitions().iter();
    all.filter(|d| !matches!(d.symbol, Symbol::Value { .. }) && matches(d.symbol.name())).map(entry).collect()
}
