//! What is known at one point of a template: variables, what is proved present, where the HTML stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::Type;

use crate::html;
use crate::kind::Kind;

/// Why a value may be missing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Missing {
    /// The value as written.
    pub name: String,
    /// Where that is decided, and what is to be said there.
    pub because: Option<(Span, String)>,
    /// Whether `{% if NAME %}` proves it present.
    pub provable: bool,
}

impl Missing {
    /// It is declared with `?`.
    pub fn declared(name: &str, at: Option<Span>) -> Missing {
        Missing::because(name, at, "declared optional here: some customers have none")
    }

    /// For another reason, to be told there.
    pub fn because(name: &str, at: Option<Span>, why: impl Into<String>) -> Missing {
        Missing { name: name.into(), because: at.map(|at| (at, why.into())), provable: true }
    }

    /// What comes out of a filter, or nothing at all: no condition asks for it.
    pub fn computed(name: &str) -> Missing {
        Missing { name: name.into(), because: None, provable: false }
    }
}

/// A variable of the template.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    pub slot: usize,
    pub kind: Kind,
    pub missing: Option<Missing>,
    /// What it is made of, on any of the ways here.
    pub from: Origins,
    /// On some way here it was not assigned.
    pub unset: bool,
    /// Where it was assigned, last of the ways here.
    pub assigned_at: Span,
    /// Two ways here gave it kinds that do not go together.
    pub conflict: Option<(Span, Kind)>,
}

/// What a value is made of: root names, and fields as `RECORD.FIELD`.
pub(super) type Origins = BTreeSet<Arc<str>>;

/// Paths proved present, as keys: `sku.name`, `@3.price` for variable 3.
pub(super) type Proofs = BTreeSet<String>;

/// What is known at one point.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub variables: BTreeMap<Arc<str>, Variable>,
    pub proved: Proofs,
    pub html: html::State,
    /// The literal text since the last white space or quote: whether an address stands here.
    pub word: String,
    /// Holes of a layout on the way here.
    pub placed: BTreeMap<Arc<str>, Span>,
    /// Nothing comes here: a `skip`, `break` or `continue` stands before.
    pub dead: bool,
    /// A condition on the way here was told to be wrong: what it was to prove is not known.
    pub doubtful: bool,
}

impl Flow {
    pub fn new() -> Flow {
        Flow {
            variables: BTreeMap::new(),
            proved: Proofs::new(),
            html: html::State::Text,
            word: String::new(),
            placed: BTreeMap::new(),
            dead: false,
            doubtful: false,
        }
    }

    /// Whether the path of this key is present: it, or something within it, was proved.
    pub fn is_proved(&self, key: &str) -> bool {
        self.proved.contains(key) || self.is_proved_within(key)
    }

    /// Whether something within the path of this key was proved present.
    pub fn is_proved_within(&self, key: &str) -> bool {
        self.proved.iter().any(|p| is_within(p, key))
    }

    /// Forgets what was proved of a variable that gets a new value.
    pub fn forget(&mut self, slot: usize) {
        let key = variable_key(slot);
        self.proved.retain(|p| *p != key && !is_within(p, &key));
    }

    pub fn with(&self, proofs: &Proofs) -> Flow {
        let mut flow = self.clone();
        flow.proved.extend(proofs.iter().cloned());
        flow
    }
}

fn is_within(path: &str, key: &str) -> bool {
    path.len() > key.len() && path.starts_with(key) && path.as_bytes()[key.len()] == b'.'
}

/// The key of a variable, which no name of the data can have.
pub(super) fn variable_key(slot: usize) -> String {
    format!("@{slot}")
}

/// What is known where two ways meet, and whether the HTML stands at one place there.
pub(super) fn join(left: Flow, right: Flow) -> (Flow, bool) {
    if left.dead {
        return (right, true);
    }
    if right.dead {
        return (left, true);
    }
    let mut variables = left.variables;
    for (name, other) in &right.variables {
        match variables.get_mut(name) {
            Some(variable) => merge(variable, other),
            None => {
                variables.insert(name.clone(), Variable { unset: true, ..other.clone() });
            }
        }
    }
    for (name, variable) in &mut variables {
        variable.unset |= !right.variables.contains_key(name);
    }
    let proved = left.proved.iter().filter(|p| right.proved.contains(*p)).cloned().collect();
    let joined = left.html.join(&right.html);
    let even = joined.is_some();
    let doubtful = left.doubtful && right.doubtful;
    // Where one of the ways is in the midst of an address, so is what follows.
    let word = if is_address(&right.word) { right.word } else { left.word };
    let html = joined.unwrap_or(left.html);
    let mut placed = left.placed;
    placed.extend(right.placed);
    let flow = Flow { variables, proved, html, word, placed, dead: false, doubtful };
    (flow, even)
}

/// Takes in what another way made of a variable.
pub(super) fn merge(variable: &mut Variable, other: &Variable) {
    variable.unset |= other.unset;
    variable.from.extend(other.from.iter().cloned());
    if variable.missing.is_none() {
        variable.missing = other.missing.clone();
    }
    if variable.conflict.is_none() {
        variable.conflict = other.conflict.clone();
    }
    match common(&variable.kind, &other.kind) {
        Some(kind) => variable.kind = kind,
        None => {
            if variable.conflict.is_none() {
                variable.conflict = Some((other.assigned_at, other.kind.clone()));
            }
        }
    }
}

/// The kind that takes in two, if they go together.
pub(super) fn common(left: &Kind, right: &Kind) -> Option<Kind> {
    match (left, right) {
        (l, r) if l == r => Some(l.clone()),
        (Kind::Nil, other) | (other, Kind::Nil) => Some(other.clone()),
        (Kind::Data(Type::Unknown), _) | (_, Kind::Data(Type::Unknown)) => Some(Kind::UNKNOWN),
        (l, r) if l.is_text() && r.is_text() => Some(Kind::TEXT),
        (Kind::Data(Type::Int | Type::Decimal), Kind::Data(Type::Int | Type::Decimal)) => {
            Some(Kind::Data(Type::Decimal))
        }
        _ => None,
    }
}

/// Whether a word that begins so is an address of the web.
pub(super) fn is_address(word: &str) -> bool {
    word.contains("://") || word.starts_with("www.") || word.starts_with("(www.")
}
