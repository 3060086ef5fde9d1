//! What is kept, what is refused, and what a kill leaves.

mod files;
mod kept;
mod killed;
mod runs;
