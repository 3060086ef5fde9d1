//! Every kind of problem, a folder each: facts, words and fixes in `mod.rs`, the page in `README.md`.
//!
//! The folder's name is the problem's code with `_` for `-`.

pub mod malformed_tag;
pub mod missing_fallback;
pub mod syntax_error;
pub mod unclosed;
pub mod unclosed_block;
pub mod unclosed_tag;
pub mod unexpected_tag;
pub mod unknown_tag;
pub mod unknown_word;
pub mod unreachable_branch;

/// Every page by code, for `persona explain CODE` and the index in `docs/`.
pub const PAGES: &[(&str, &str)] = &[
    ("missing-fallback", include_str!("catalogue/missing_fallback/README.md")),
    ("unclosed-tag", include_str!("catalogue/unclosed_tag/README.md")),
    ("unclosed-block", include_str!("catalogue/unclosed_block/README.md")),
    ("unexpected-tag", include_str!("catalogue/unexpected_tag/README.md")),
    ("unknown-tag", include_str!("catalogue/unknown_tag/README.md")),
    ("malformed-tag", include_str!("catalogue/malformed_tag/README.md")),
    ("unreachable-branch", include_str!("catalogue/unreachable_branch/README.md")),
];
