//! Any text is parsed without a byte lost, and laid out without a word lost.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    persona_robust::parsed(text);
    persona_robust::formatted(text);
});
