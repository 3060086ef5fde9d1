//! What a refresh does to persona's own tables once the profile is made: memberships and stages merged, who came and who
//! went written down, sizes noted.
//!
//! It is a list of [`Deed`]s, each a plan and what becomes of its rows. The same list is run against a warehouse and
//! written to files; it knows neither. Everything is stamped with the instant of the evaluation.

pub mod examine;
mod merge;
mod passed;
mod state;
mod views;

use std::sync::Arc;

use persona_model::Model;

use crate::{Plan, Schema};

pub use merge::{fingerprint, merge};
pub use passed::passed;
pub use state::{
    AUDIENCE, AUDIENCE_SIZE, CHANGE, EMAIL_DAY, HISTORY, Kind, LOG, MEMBERSHIP, OWN_TABLE, SOURCE_MARK,
    STATE_VERSION, StateTable, VERSION, declared, profile, program, state_tables,
};
pub use views::{View, views};

/// Something done to one of persona's own tables.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Why, for the reader.
    pub title: String,
    /// Which table.
    pub table: Arc<str>,
    /// What.
    pub act: Act,
}

/// What is done to a table.
#[derive(Clone, Debug)]
pub enum Act {
    /// It is made, without rows, unless it is there.
    Make(Schema),
    /// These rows take its place.
    Replace(Plan),
    /// These rows are added.
    Insert(Plan),
    /// Rows are taken away that agree in these columns, none of them missing, with one of the plan.
    Delete(Vec<Arc<str>>, Plan),
    /// It is taken away.
    Drop,
}

/// All that a script does behind the tables of sources and the profile.
pub fn script(model: &Model) -> Vec<Deed> {
    let mut deeds = state::made();
    deeds.push(state::forgotten());
    deeds.extend(merge(model, None));
    deeds.push(state::noted(model));
    deeds
}

impl Deed {
    fn new(title: impl Into<String>, table: &str, act: Act) -> Deed {
        Deed { title: title.into(), table: table.into(), act }
    }
}
