//! What the tests of the dialects share: a program and rows for it ([`Case`]), every plan that `persona build` makes
//! of it ([`plans`]), and the ways to run them: the reference evaluator ([`reference`]), an engine ([`engine`]), a
//! judge ([`judge`]). [`random`] invents programs and rows, and [`shrink`] makes what fails small.
// This crate is only for tests: here, what cannot be done is a failure to be shown at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod answer;
pub mod case;
pub mod engine;
pub mod judge;
pub mod plans;
pub mod postgres;
pub mod program;
pub mod random;
pub mod reference;
pub mod rows;
pub mod shrink;
pub mod spark;

pub use answer::Answer;
pub use case::{Case, Raw, RawTable};
