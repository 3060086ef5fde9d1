//! Model to plan.
//!
//! Three kinds of plans come out: [`staging`] makes persona's own tables of events, entities and customers from the
//! user's sources; [`Profiles`] works out traits, segments, stages and consents of every customer over those tables;
//! list traits such as a cart become tables of their own, a row an item. [`own_tables`] lists them all.

mod consent;
mod customer;
mod feature;
mod list;
mod names;
mod own;
mod part;
mod row;
mod scalar;
mod source;
mod tables;

pub(crate) use customer::suppressed_by;
pub use customer::{Output, Profiles};
pub use own::{FEW, Members, Origin, OwnTable, PROFILE, computed, members, own_tables};
pub(crate) use source::first_by_time as earliest;
pub use source::{Staged, newest, staging};
pub(crate) use tables::customer as customer_table;
pub use tables::{
    AT, CONSENT_LOG, CUSTOMER, ITEM_EVENT, POSITION, SUPPRESSION, consent_log_rows as consent_log,
    entity_table, event_table, is_entity_table, list_table, raw_table, trait_table,
};
