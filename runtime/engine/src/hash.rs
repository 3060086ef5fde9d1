//! Names made from content: ids, definitions, buckets. MD5 everywhere, as every warehouse has it.

use std::fmt::Debug;
use std::sync::Arc;

use md5::{Digest, Md5};

/// 32 hex digits for a list of parts. Each part is led by its length, so that no two lists read the same.
pub(crate) fn digest(parts: &[&str]) -> Arc<str> {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(format!("{}:{part}", part.len()));
    }
    hex(&hash.finalize()).into()
}

/// The bucket of an id, 0 to 9,999: the last 15 hex digits of its salted hash, modulo 10,000.
pub(crate) fn bucket(salt: &str, id: &str) -> i64 {
    let text = hex(&Md5::digest(format!("{salt}:{id}")));
    let number = text
        .bytes()
        .skip(17)
        .fold(0i64, |n, digit| (n << 4) | i64::from((digit as char).to_digit(16).unwrap_or(0)));
    number % 10_000
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A definition without the places it is written at: moving it or what stands around it changes nothing.
pub(crate) fn definition(of: &impl Debug) -> String {
    let written = format!("{of:?}");
    let mut parts = written.split("span: Span {");
    let mut kept = parts.next().unwrap_or_default().to_string();
    for part in parts {
        kept.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_is_the_last_15_hex_digits_modulo_10_000() {
        // Worked out with Python's hashlib.
        assert_eq!(bucket("sale", "1001"), 8138);
        assert_eq!(bucket("", ""), 8503);
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["a"]), digest(&["a", ""]));
        assert_eq!(digest(&["a", "b"]).len(), 32);
    }
}
