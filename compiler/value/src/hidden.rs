//! Text that tells nothing, or little, of what it was made of.

use md5::{Digest, Md5};

/// The MD5 of UTF-8 text in 32 lower-case hex digits.
pub fn hashed(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What stands for all characters but the first.
pub const MASK: &str = "***";

/// The first character and a mask of one length, whatever the text's.
pub fn masked(text: &str) -> String {
    text.chars().take(1).chain(MASK.chars()).collect()
}
