//! A refresh as it is found in the warehouse afterwards, on DuckDB and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::panic)] // these are tests

#[path = "../../../warehouse/tests/common/server.rs"]
mod server;

mod broken;
mod log;
mod owned;
mod shop;
mod small;
