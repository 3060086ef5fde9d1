//! Any template is checked, drawn and rendered, by itself and as the body of an e-mail.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    persona_robust::typed(text);
    persona_robust::mail(text).tell();
});
