//! Problems drawn: for people, for logs, for programs.

mod concise;
mod human;
mod json;

pub use concise::concise;
pub use human::{Style, human};
pub use json::json;
