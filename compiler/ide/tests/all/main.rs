//! What an editor is told, over a small shop. `¦` is the cursor.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy knows tests, but not what only tests call")]

mod again;
mod answers;
mod completing;
mod edits;
mod renaming;
mod shop;
