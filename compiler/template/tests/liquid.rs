//! Liquid's conformance suite, golden-liquid, through the engine without types.
#![allow(clippy::unwrap_used, reason = "a failing helper fails its test")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use persona_template::render_untyped;
use serde_json::Value;

/// Cases refused on purpose, and why.
const REFUSED: &[(&str, &str)] = &[
    ("filters, divided by, float division", "numbers have 9 places, here as in the rest of the language"),
    (
        "tags, case, unexpected when token",
        "the suite has this template twice; as its case for `strict2` wants, it is refused",
    ),
];

/// The suite lies outside the repository: in `../shared` beside it, or where `PERSONA_SHARED` says.
fn suite() -> Option<Value> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let shared = std::env::var_os("PERSONA_SHARED").map_or_else(beside, PathBuf::from);
    let text = std::fs::read_to_string(shared.join("data/golden-liquid/golden_liquid.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

/// What is wrong with a case's outcome, if anything is.
fn fault(case: &Value) -> Option<String> {
    let template = case["template"].as_str().unwrap();
    let partials: BTreeMap<String, String> =
        case["templates"].as_object().map_or_else(BTreeMap::new, |templates| {
            templates.iter().map(|(name, text)| (name.clone(), text.as_str().unwrap().to_string())).collect()
        });
    let rendered = render_untyped(template, &partials, &case["data"]);
    let wanted: Vec<&str> = match (&case["result"], &case["results"]) {
        (Value::String(result), _) => vec![result],
        (_, Value::Array(results)) => results.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    match (rendered, case["invalid"] == true) {
        (Err(_), true) => None,
        (Ok(text), true) => Some(format!("rendered {text:?}, and is invalid")),
        (Ok(text), false) if wanted.contains(&text.as_str()) => None,
        (Ok(text), false) => Some(format!("rendered {text:?}, not {:?}", wanted[0])),
        (Err(error), false) => Some(format!("{error}; wanted {:?}", wanted[0])),
    }
}

#[test]
fn golden_liquid() {
    let Some(suite) = suite() else {
        eprintln!("skipped: golden_liquid.json is not there; say where with PERSONA_SHARED");
        return;
    };
    let cases = suite["tests"].as_array().unwrap();
    let mut faults = Vec::new();
    for case in cases {
        let refused = REFUSED.iter().any(|(name, _)| case["name"] == *name);
        match (fault(case), refused) {
            (Some(fault), false) => {
                faults.push(format!("{}: {}\n    {fault}", case["name"], case["template"]))
            }
            (None, true) => faults.push(format!("{}: passes, and is listed as refused", case["name"])),
            _ => {}
        }
    }
    println!("{} of {} cases of golden-liquid pass", cases.len() - faults.len() - REFUSED.len(), cases.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
