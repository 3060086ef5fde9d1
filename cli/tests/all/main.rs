//! The command as its users meet it: arguments in; files, words and an exit code out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // these are tests

mod bodies;
mod cart;
mod check;
mod ci;
mod failures;
mod fmt;
mod help;
mod killed;
mod lsp;
mod mail;
mod new;
mod own_tests;
mod preview;
mod progress;
mod refresh;
mod render;
mod retail;
