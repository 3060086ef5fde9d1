//! Any template is rendered as Liquid is elsewhere.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| persona_robust::liquid(text));
