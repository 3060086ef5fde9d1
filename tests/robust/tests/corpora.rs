//! What fuzzing starts from and what it has found, replayed on every test run.

#![allow(clippy::unwrap_used)] // these are tests

use std::path::Path;

/// The texts a target starts from, and those it once failed on.
fn texts(target: &str) -> Vec<(String, Vec<u8>)> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut found = Vec::new();
    for folder in ["corpus", "found"] {
        for entry in std::fs::read_dir(fuzz.join(folder).join(target)).into_iter().flatten() {
            let path = entry.unwrap().path();
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    assert!(found.len() >= 8, "the corpus of {target} is where it was");
    found.sort();
    found
}

/// Tries every text; one that fails is named.
fn replay(target: &str, holds: fn(&str)) {
    for (path, bytes) in texts(target) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        println!("{path}");
        holds(&text);
    }
}

#[test]
fn programs_are_parsed_and_laid_out() {
    replay("syntax", |text| {
        persona_robust::parsed(text);
        persona_robust::formatted(text);
    });
}

#[test]
fn programs_are_checked_and_compiled() {
    replay("check", persona_robust::program);
}

#[test]
fn written_programs_go_all_the_way() {
    for (_, bytes) in texts("grammar") {
        let seed = bytes.iter().rev().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        let text = persona_robust::written(seed);
        persona_robust::parsed(&text);
        persona_robust::formatted(&text);
        persona_robust::program(&text);
    }
}

#[test]
fn templates_are_checked_and_rendered() {
    replay("template", |text| {
        persona_robust::typed(text);
        persona_robust::mail(text).tell();
    });
}

#[test]
fn liquid_is_rendered() {
    replay("liquid", persona_robust::liquid);
}
