//! Histories of virtual customers, run by run: the rules of the engine's documentation, each told as what happened.

mod campaigns;
mod reentry;
mod rendering;
mod sending;
mod shop;
mod simulation;
mod starts;
mod waits;
