//! Every table of persona's own, in an order in which they can be made: the one list that builds, runs and tests follow.

use std::sync::Arc;

use persona_model::Model;
use persona_value::Type;

use super::tables::trait_table;
use super::{Output, Profiles, Staged, staging};
use crate::Plan;

/// The table of everything that is known of every customer.
pub const PROFILE: &str = "profile";

/// A table of persona's own and how it is made.
#[derive(Clone, Debug)]
pub struct OwnTable {
    /// Its name.
    pub name: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Its rows, over the tables before it.
    pub plan: Plan,
    /// What it is made of.
    pub origin: Origin,
}

/// What a table of persona's own is made of.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The user's tables: it is what a customer, an event, an entity is. For each source that feeds it: what is set
    /// aside (see [`Staged::set_aside`]).
    Sources(Vec<(Arc<str>, Plan)>),
    /// Persona's own: it is the [`PROFILE`].
    Values,
    /// Persona's own: it is the items of this list trait.
    List(Arc<str>),
}

/// All of them: what sources feed, then what is computed from it.
pub fn own_tables(model: &Model, outputs: &[Output]) -> Vec<OwnTable> {
    let sources = staging(model).into_iter().map(OwnTable::from);
    sources.chain(computed(model, outputs)).collect()
}

/// Those that are computed from what sources feed: the profile, with these outputs, and the list traits.
pub fn computed(model: &Model, outputs: &[Output]) -> Vec<OwnTable> {
    let plan = Profiles::everything(model, outputs);
    let profile = OwnTable { name: PROFILE.into(), docs: vec![], plan, origin: Origin::Values };
    let lists = model.traits.iter().filter(|t| matches!(t.value.ty, Type::List(_))).map(|t| OwnTable {
        name: trait_table(&t.name),
        docs: t.docs.clone(),
        plan: Profiles::trait_(model, &t.name),
        origin: Origin::List(t.name.clone()),
    });
    std::iter::once(profile).chain(lists).collect()
}

/// Up to so many audiences, a query for each costs less than one pass for all; `benches/sql` measures it.
pub const FEW: usize = 3;

/// Who is in which segment and stage, and nothing else of anybody: what it costs least to ask.
#[derive(Clone, Debug)]
pub enum Members {
    /// For each segment, the keys of the customers in it; for each lifecycle, keys and stages.
    Each(Vec<(Arc<str>, Plan)>),
    /// One pass for all: of every customer the key, `in_SEGMENT` and, by the lifecycle's name, the stage.
    Together(Plan),
}

/// The cheapest way to know who is in which segment and stage.
pub fn members(model: &Model) -> Members {
    if model.segments.len() + model.lifecycles.len() > FEW {
        return Members::Together(Profiles::audiences(model));
    }
    let segments = model.segments.iter().map(|s| (s.name.clone(), Profiles::segment(model, &s.name)));
    let lifecycles = model.lifecycles.iter().map(|l| (l.name.clone(), Profiles::lifecycle(model, &l.name)));
    Members::Each(segments.chain(lifecycles).collect())
}

impl From<Staged> for OwnTable {
    fn from(staged: Staged) -> OwnTable {
        let Staged { table, docs, plan, set_aside } = staged;
        OwnTable { name: table, docs, plan, origin: Origin::Sources(set_aside) }
    }
}
