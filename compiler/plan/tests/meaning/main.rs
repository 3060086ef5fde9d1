//! What a plan means, a rule a test. SQL and the engine are held to the same rules by comparing them with
//! this evaluator.

#![allow(clippy::unwrap_used, reason = "clippy knows tests, but not what only tests call")]

mod support;

mod functions;
mod groups;
mod ill_formed;
mod joins;
mod logic;
mod numbers;
mod orders;
mod reading;
mod steps;
mod time;
