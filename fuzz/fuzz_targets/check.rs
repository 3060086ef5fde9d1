//! Any text is checked, alone or beside a shop; if nothing is wrong with it, it becomes SQL and plans that run.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| persona_robust::program(text));
