//! What the grammar writes, whole or damaged, beside a shop, goes all the way.
#![no_main]

libfuzzer_sys::fuzz_target!(|seed: u64| {
    let text = persona_robust::written(seed);
    persona_robust::parsed(&text);
    persona_robust::formatted(&text);
    persona_robust::program(&text);
});
