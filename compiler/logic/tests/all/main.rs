//! What the compiler says of a whole program, held to the definition of the language.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // these are tests

mod random;
mod support;
mod templates;
