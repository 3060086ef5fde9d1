//! The dialect-neutral plan: a small typed relational algebra. It defines what an expression means; SQL and the
//! engine are held to its evaluator.
//!
//! A [`Plan`] is a list of named steps and a result. A [`Rel`] is a bag of rows with a [`Schema`]; a [`Scalar`] is
//! computed from one row. Logic has two values here: a comparison with a missing value is false, never unknown.

mod cost;
mod display;
mod evaluate;
pub mod lower;
mod prune;
pub mod refresh;
mod rel;
pub mod rewrite;
mod scalar;
mod schema;

pub use cost::{Cost, cost};
pub use evaluate::{EvalError, Rows, Tables, check, compute, evaluate};
pub use prune::prune;
pub use rel::{Aggregate, Join, Order, Place, Plan, Rel, Step, Table};
pub use scalar::{Arithmetic, Comparison, Function, Scalar};
pub use schema::{Column, Schema};
