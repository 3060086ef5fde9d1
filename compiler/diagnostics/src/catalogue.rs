//! Every kind of problem, a folder each: facts, words and fixes in `mod.rs`, the page in `README.md`.
//!
//! The folder's name is the problem's code with `_` for `-`.

pub mod missing_fallback;

/// Every page by code, for `persona explain CODE` and the index in `docs/`.
pub const PAGES: &[(&str, &str)] = &[
    ("missing-fallback", include_str!("catalogue/missing_fallback/README.md")),
];
