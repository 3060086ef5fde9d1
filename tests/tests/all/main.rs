//! All integration tests, in one program: it is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // these are tests

mod editors;
mod errors;
mod fixes;
mod house;
mod language;
mod mutations;
mod pages;
mod shown;
