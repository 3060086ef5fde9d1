//! Programs that the grammar writes.
#![allow(missing_docs)]

#[path = "../../../grammar/tests/common/mod.rs"]
mod common;

/// The program of this seed: of three one is whole, the others have one thing wrong.
pub fn written(seed: u64) -> String {
    let mut writer = common::Writer::new(seed);
    let whole = writer.program();
    if seed.is_multiple_of(3) { whole } else { writer.damage(&whole) }
}
