//! Problems drawn: for people, for logs, for programs.

mod concise;
mod github;
mod human;
mod json;
mod sarif;

pub use concise::concise;
pub use github::github;
pub use human::{Human, Style, human};
pub use json::json;
pub use sarif::sarif;
