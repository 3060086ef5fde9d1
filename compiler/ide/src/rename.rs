//! A new name, everywhere at once, or the reason why not.
//!
//! Whether a new name clashes is not guessed: the project is understood once more with it, and every name must stand
//! for what it stood for before.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use persona_diagnostics::{FileId, Severity, Span};
use persona_model::{Definition, Index, Model, Symbol};
use persona_syntax::{Kind, RESERVED, lex};

use crate::{Analysis, Cursor, Workspace, names};

/// A change of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub at: Span,
    /// What stands there instead.
    pub text: String,
}

/// Why something is not renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no name at this place.
    NoName,
    /// It is the language's own.
    BuiltIn(String),
    /// It stands in the data, too, which is not renamed with the program.
    InData(String),
    /// The new name is none.
    NotAName(String),
    /// A word of the language cannot be a name.
    Reserved(String),
    /// The program has errors: what its names stand for is not known for sure.
    Broken,
    /// It would make an error, which is this.
    Error(String),
    /// A name would stand for something else then: the word, its file and line.
    Captured(String, PathBuf, usize),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::NoName => write!(f, "there is no name here"),
            Refused::BuiltIn(name) => write!(f, "`{name}` is a name of the language"),
            Refused::InData(name) => {
                write!(f, "`{name}` stands in the data, too, which would keep the old name")
            }
            Refused::NotAName(text) => {
                write!(f, "`{text}` is no name: write letters, digits and `_`, a letter first")
            }
            Refused::Reserved(word) => write!(f, "`{word}` is a word of the language"),
            Refused::Broken => write!(f, "the program has errors: mend them first"),
            Refused::Error(headline) => write!(f, "this would be an error: {headline}"),
            Refused::Captured(word, path, line) => {
                write!(f, "`{word}` in {}:{line} would stand for something else", path.display())
            }
        }
    }
}

impl std::error::Error for Refused {}

/// The word that would be renamed.
pub fn prepare_rename(analysis: &Analysis, cursor: Cursor) -> Result<Span, Refused> {
    let index = analysis.model.as_ref().map(|m| &m.index).ok_or(Refused::Broken)?;
    let found = names::at(index, cursor).ok_or(Refused::NoName)?;
    let symbols = together(index, found.symbols);
    symbols.iter().try_for_each(|symbol| allowed(index, symbol))?;
    if analysis.sources.text(found.at) != symbols.first().map_or("", Symbol::name) {
        return Err(Refused::NoName);
    }
    Ok(found.at)
}

/// Every change that gives what stands at a cursor a new name.
pub fn rename(workspace: &mut Workspace, cursor: Cursor, new: &str) -> Result<Vec<Edit>, Refused> {
    let analysis = workspace.analysis();
    let model = analysis.model.as_ref().ok_or(Refused::Broken)?;
    let found = names::at(&model.index, cursor).ok_or(Refused::NoName)?;
    let symbols = together(&model.index, found.symbols);
    symbols.iter().try_for_each(|symbol| allowed(&model.index, symbol))?;
    let old = symbols.first().map_or(String::new(), |s| s.name().to_string());
    if old == new {
        return Ok(Vec::new());
    }
    is_name(new)?;
    if analysis.problems.iter().any(|told| told.severity == Severity::Error) {
        return Err(Refused::Broken);
    }
    // A label that stands for a segment is no name of it.
    let mut places = names::places(&model.index, &symbols);
    places.retain(|at| analysis.sources.text(*at) == old);
    let edits: Vec<Edit> = places.iter().map(|at| Edit { at: *at, text: new.to_string() }).collect();
    let renamed = workspace.with(&texts(&analysis, &edits));
    means_the_same(&analysis, model, &renamed, &symbols, &edits, new)?;
    Ok(edits)
}

/// Symbols that are one at some place have one name: a union's field is the field of each of its events.
fn together(index: &Index, symbols: Vec<Symbol>) -> Vec<Symbol> {
    let mut all = symbols;
    loop {
        let mut more: Vec<Symbol> = Vec::new();
        let places: Vec<Span> =
            index.references().iter().filter(|r| all.contains(&r.to)).map(|r| r.at).collect();
        for reference in index.references() {
            if !all.contains(&reference.to)
                && !more.contains(&reference.to)
                && places.binary_search_by_key(&key(reference.at), |at| key(*at)).is_ok()
            {
                more.push(reference.to.clone());
            }
        }
        // A template's `event` stands for events of many names, and is none of them.
        more.retain(|symbol| all.iter().any(|s| s.name() == symbol.name()));
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

fn key(at: Span) -> (FileId, u32, u32) {
    (at.file, at.start, at.end)
}

/// Whether the program alone decides about a name.
fn allowed(index: &Index, symbol: &Symbol) -> Result<(), Refused> {
    let name = symbol.name().to_string();
    let declared: Option<&Definition> = index.definition(symbol);
    match symbol {
        Symbol::Variable { .. } => Ok(()),
        Symbol::Value { .. } => Err(Refused::InData(name)),
        Symbol::Customer => Err(Refused::BuiltIn(name)),
        Symbol::Property(_)
            if matches!(name.as_str(), "from" | "reply_to" | "postal_address" | "logo" | "colour") =>
        {
            Err(Refused::BuiltIn(name))
        }
        // The lifecycle without a name is called by the language.
        Symbol::Lifecycle(_) if declared.is_none_or(|d| (d.at.end - d.at.start) as usize != name.len()) => {
            Err(Refused::BuiltIn(name))
        }
        _ if declared.is_none() => Err(Refused::BuiltIn(name)),
        _ => Ok(()),
    }
}

fn is_name(text: &str) -> Result<(), Refused> {
    match lex(text)[..] {
        [token] if token.kind == Kind::Name => {}
        _ => return Err(Refused::NotAName(text.to_string())),
    }
    if RESERVED.contains(&text) { Err(Refused::Reserved(text.to_string())) } else { Ok(()) }
}

/// The texts of the changed files, with the changes.
fn texts(analysis: &Analysis, edits: &[Edit]) -> Vec<(PathBuf, String)> {
    let mut files: BTreeMap<FileId, String> = BTreeMap::new();
    // From behind, so that places before stay where they are.
    for edit in edits.iter().rev() {
        let text =
            files.entry(edit.at.file).or_insert_with(|| analysis.sources.file(edit.at.file).text.to_string());
        text.replace_range(edit.at.start as usize..edit.at.end as usize, &edit.text);
    }
    files.into_iter().map(|(id, text)| (analysis.sources.file(id).path.clone(), text)).collect()
}

/// Whether every name stands for what it stood for, but for the new name of these symbols.
fn means_the_same(
    before: &Analysis,
    model: &Model,
    after: &Analysis,
    symbols: &[Symbol],
    edits: &[Edit],
    new: &str,
) -> Result<(), Refused> {
    if let Some(error) = after.problems.iter().find(|told| told.severity == Severity::Error) {
        return Err(Refused::Error(error.headline.clone()));
    }
    let Some(renamed) = &after.model else { return Err(Refused::Broken) };
    let said = |analysis: &Analysis, index: &Index| -> Vec<(PathBuf, u32, Symbol)> {
        let place = |at: Span| (analysis.sources.file(at.file).path.clone(), at.start);
        let all = index.references().iter();
        all.map(|r| (place(r.at), r.to.clone())).map(|((path, start), to)| (path, start, to)).collect()
    };
    let mut expected = said(before, &model.index);
    for (path, start, symbol) in &mut expected {
        *start = moved(before, path, *start, edits);
        renamed_parts(symbol, symbols, new);
        if let Symbol::Variable { first, .. } = symbol {
            first.start = moved(before, path, first.start, edits);
            first.end = 0;
        }
    }
    let mut found = said(after, &renamed.index);
    for (_, _, symbol) in &mut found {
        if let Symbol::Variable { first, .. } = symbol {
            first.end = 0;
        }
    }
    // Files are numbered anew, so that a variable's place is known by its start alone.
    let plain = |symbol: &mut Symbol| {
        if let Symbol::Variable { first, .. } = symbol {
            first.file = FileId(0);
        }
    };
    expected.iter_mut().chain(&mut found).for_each(|(_, _, symbol)| plain(symbol));
    expected.sort();
    found.sort();
    let other = found.iter().find(|f| expected.binary_search(f).is_err());
    let lost = expected.iter().find(|e| found.binary_search(e).is_err());
    match other.or(lost) {
        None => Ok(()),
        Some((path, start, symbol)) => {
            let line = after.file(path).map_or(0, |id| after.sources.file(id).locate(*start).line);
            Err(Refused::Captured(symbol.name().to_string(), path.clone(), line))
        }
    }
}

/// Where a byte lies after the edits before it.
fn moved(analysis: &Analysis, path: &std::path::Path, start: u32, edits: &[Edit]) -> u32 {
    let before = edits.iter().filter(|e| e.at.start < start && analysis.sources.file(e.at.file).path == path);
    let grown: i64 = before.map(|e| e.text.len() as i64 - i64::from(e.at.end - e.at.start)).sum();
    (i64::from(start) + grown) as u32
}

/// The symbol with the new name, and what belongs to it.
fn renamed_parts(symbol: &mut Symbol, symbols: &[Symbol], new: &str) {
    let is_new = symbols.contains(symbol);
    let owner = |of: &str| {
        symbols.iter().any(|s| match s {
            Symbol::Event(name) | Symbol::Record(name) | Symbol::Entity(name) | Symbol::Lifecycle(name) => {
                **name == *of
            }
            _ => false,
        })
    };
    let new: Arc<str> = new.into();
    match symbol {
        Symbol::Stage { of, name } | Symbol::Field { of, name } => {
            if is_new {
                *name = new;
            } else if owner(of) {
                *of = new;
            }
        }
        // Values are called after the field that lists them.
        Symbol::Value { of, .. } => {
            let field = |s: &Symbol| {
                matches!(s, Symbol::Attribute(n) if n == of)
                    || matches!(s, Symbol::Field { name, .. } if name == of)
            };
            if symbols.iter().any(field) {
                *of = new;
            }
        }
        // All of them, so that what the language gets next is not forgotten here.
        Symbol::Attribute(name)
        | Symbol::Trait(name)
        | Symbol::Lifecycle(name)
        | Symbol::Segment(name)
        | Symbol::Event(name)
        | Symbol::Record(name)
        | Symbol::Entity(name)
        | Symbol::Source(name)
        | Symbol::Destination(name)
        | Symbol::Consent(name)
        | Symbol::Property(name)
        | Symbol::Layout(name)
        | Symbol::Content(name)
        | Symbol::Email(name)
        | Symbol::Coupon(name)
        | Symbol::Model(name)
        | Symbol::Recommendation(name)
        | Symbol::Experiment(name)
        | Symbol::Trigger(name)
        | Symbol::Campaign(name)
        | Symbol::Variable { name, .. } => {
            if is_new {
                *name = new;
            }
        }
        Symbol::Customer => {}
    }
}
