//! What holds of any text whatever. `fuzz/` looks for one of which it does not; the tests beside this replay what was
//! found, and go to the ends of length and depth.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // these are tests

mod program;
mod shop;
mod template;
mod writer;

pub use program::{Checked, PRELUDE, checked, compiled, formatted, parsed, program};
pub use template::{liquid, mail, typed};
pub use writer::written;
