//! A program over a history, on a virtual clock: what was decided when.
//!
//! At every instant at which something can change, the plan's reference evaluator works out what is known, and the engine
//! decides: as `persona run` does with a warehouse, but at every such instant and without one. These instants are
//! those of the history itself; the ends of windows, worked out from the lengths of time in the program; midnights,
//! where the program reads days; and what the engine waits for.

mod clock;
mod history;
mod known;
mod program;
mod simulation;
pub mod test;

pub use history::{Change, History};
pub use program::Program;
pub use simulation::Simulation;
