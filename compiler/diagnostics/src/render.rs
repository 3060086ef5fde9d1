//! Problems drawn: for people, for logs, for programs.

mod concise;
mod excerpt;
mod github;
mod human;
mod json;
mod sarif;
mod text;

pub use concise::concise;
pub use github::github;
pub use human::{Style, human};
pub use json::json;
pub use sarif::sarif;
