//! What stands at a place, where it is declared, and where else it is used.

use persona_diagnostics::Span;
use persona_model::{Index, Symbol};

use crate::{Analysis, Cursor};

/// A word that stands for something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// The word.
    pub at: Span,
    /// What it stands for; more than one where it stands for several things at once.
    pub symbols: Vec<Symbol>,
}

/// The name at a cursor: in it, or just behind it.
pub(crate) fn at(index: &Index, cursor: Cursor) -> Option<Found> {
    let holds = |at: Span| at.file == cursor.file && at.start <= cursor.offset && cursor.offset <= at.end;
    let of_file = |at: Span| (at.file, at.start);
    let all = index.references();
    // Words are short: one that holds the cursor begins not far before it.
    let end = all.partition_point(|r| of_file(r.at) <= (cursor.file, cursor.offset));
    let near = all[..end].iter().rev().take_while(|r| r.at.file == cursor.file).take(64);
    let mut symbols: Vec<(Span, Symbol)> =
        near.filter(|r| holds(r.at)).map(|r| (r.at, r.to.clone())).collect();
    let defined = index.definitions();
    let from = defined.partition_point(|d| d.at.file < cursor.file);
    let here = defined[from..].iter().take_while(|d| d.at.file == cursor.file);
    symbols.extend(here.filter(|d| holds(d.at)).map(|d| (d.at, d.symbol.clone())));
    // Between two words the one that begins here is meant.
    let at = symbols.iter().map(|(at, _)| *at).max_by_key(|at| at.start)?;
    let mut symbols: Vec<Symbol> = symbols.into_iter().filter(|(a, _)| *a == at).map(|(_, s)| s).collect();
    symbols.sort();
    symbols.dedup();
    Some(Found { at, symbols })
}

/// Where what stands at a cursor is declared.
pub fn definitions(analysis: &Analysis, cursor: Cursor) -> Vec<Span> {
    let Some(index) = analysis.model.as_ref().map(|m| &m.index) else { return Vec::new() };
    let Some(found) = at(index, cursor) else { return Vec::new() };
    let mut places: Vec<Span> = found.symbols.iter().flat_map(|symbol| declared(index, symbol)).collect();
    places.dedup();
    places
}

/// Every place that declares a symbol.
pub(crate) fn declared(index: &Index, symbol: &Symbol) -> Vec<Span> {
    match symbol {
        Symbol::Variable { first, .. } => vec![*first],
        _ => index.definitions().iter().filter(|d| d.symbol == *symbol).map(|d| d.at).collect(),
    }
}

/// Where what stands at a cursor is used, and if asked where it is declared, by file and place.
pub fn references(analysis: &Analysis, cursor: Cursor, declarations: bool) -> Vec<Span> {
    let Some(index) = analysis.model.as_ref().map(|m| &m.index) else { return Vec::new() };
    let Some(found) = at(index, cursor) else { return Vec::new() };
    let mut places = places(index, &found.symbols);
    if !declarations {
        let declared: Vec<Span> = found.symbols.iter().flat_map(|s| declared(index, s)).collect();
        places.retain(|at| !declared.contains(at));
    }
    places
}

/// Where these symbols are declared and used, by file and place.
pub(crate) fn places(index: &Index, symbols: &[Symbol]) -> Vec<Span> {
    let mut places: Vec<Span> =
        index.references().iter().filter(|r| symbols.contains(&r.to)).map(|r| r.at).collect();
    places.extend(symbols.iter().flat_map(|symbol| declared(index, symbol)));
    places.sort_by_key(|at| (at.file, at.start));
    places.dedup();
    places
}

/// The uses of what stands at a cursor, in its file.
pub fn highlights(analysis: &Analysis, cursor: Cursor) -> Vec<Span> {
    let mut places = references(analysis, cursor, true);
    places.retain(|at| at.file == cursor.file);
    places
}
