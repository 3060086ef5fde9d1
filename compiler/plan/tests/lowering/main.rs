//! What programs mean, down to the rows: model to plan, evaluated.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy knows tests, but not what only tests call")]

mod support;

mod consent;
mod cost;
mod lists;
mod names;
mod sources;
mod time;
mod values;
