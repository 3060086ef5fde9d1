//! Programs beside real data, on DuckDB and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::panic)] // these are tests

#[path = "../../../warehouse/tests/common/server.rs"]
mod server;

mod compare;
mod hostile;
mod shop;
