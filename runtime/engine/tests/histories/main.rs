//! Histories of virtual customers, run by run: the rules of the engine's documentation, each told as what happened.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy knows tests, but not what only tests call")]

mod by_the_clock;
mod campaigns;
mod policy;
mod reentry;
mod rendering;
mod sending;
mod shop;
mod simulation;
mod starts;
mod waits;
