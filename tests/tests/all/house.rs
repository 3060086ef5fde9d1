//! The rules of the house that no compiler checks. `ARCHITECTURE.md` says them in words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use persona_tests::root;

/// A crate's name without `persona-`, and everything its manifest depends on outside of tests.
fn crates() -> BTreeMap<String, Vec<String>> {
    let mut folders = vec![root().join("grammar"), root().join("cli")];
    for group in ["compiler", "runtime"] {
        folders.extend(std::fs::read_dir(root().join(group)).unwrap().map(|e| e.unwrap().path()));
    }
    let mut crates = BTreeMap::new();
    for folder in folders {
        let text = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&text).unwrap();
        let name = manifest["package"]["name"].as_str().unwrap();
        let depends = manifest.get("dependencies").and_then(|d| d.as_table());
        let depends = depends.into_iter().flat_map(|d| d.keys().map(|name| short(name))).collect();
        crates.insert(short(name), depends);
    }
    assert!(crates.len() > 10, "the crates are where they were");
    crates
}

fn short(name: &str) -> String {
    name.strip_prefix("persona-").unwrap_or(name).to_string()
}

/// Every Rust file of a folder and below, with its text up to the tests it ends in.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|e| e.unwrap().path()) {
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_string();
                found.push((path.strip_prefix(root()).unwrap().display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

/// The product's own files: all that lies in a `src`.
fn sources() -> Vec<(String, String)> {
    let folders = ["grammar", "compiler", "runtime", "cli"].map(|f| files(&root().join(f)));
    let all: Vec<_> = folders.into_iter().flatten().filter(|(path, _)| path.contains("/src/")).collect();
    assert!(all.len() > 100, "the sources are where they were");
    all
}

/// Lines of code that hold one of these words, as `path:line`; comments do not count.
fn holding(files: &[(String, String)], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        for (index, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn the_arrows_between_crates() {
    let crates = crates();
    let depends = |name: &str| crates.get(name).unwrap_or_else(|| panic!("there is no crate {name}"));
    let ours = |name: &str| -> Vec<&str> {
        depends(name).iter().map(String::as_str).filter(|d| crates.contains_key(*d)).collect()
    };
    assert_eq!(ours("syntax"), ["diagnostics"], "text becomes a tree without knowing what it means");
    assert!(ours("format").iter().all(|d| ["syntax", "diagnostics"].contains(d)), "layout needs no meaning");
    assert!(ours("value").is_empty() && ours("diagnostics").is_empty() && ours("grammar").is_empty());

    // Who never sees whom.
    let runtime = ["engine", "message", "profile", "run", "simulate", "store", "target", "warehouse"];
    let never: &[(&str, &[&str])] = &[
        ("template", &["syntax", "model", "plan", "sql"]),
        ("model", &["plan", "sql"]),
        ("ide", &["plan", "sql", "lsp-server", "gen-lsp-types"]),
        ("plan", &["syntax", "template", "sql"]),
        ("logic", &["syntax", "sql"]),
        ("sql", &["syntax", "model", "template"]),
        ("engine", &["syntax", "plan", "sql", "message", "store", "warehouse", "run"]),
        ("profile", &["syntax", "sql", "message", "store", "warehouse", "target", "run"]),
        ("simulate", &["syntax", "sql", "message", "store", "warehouse", "target", "run"]),
        ("message", &["syntax", "model", "plan", "sql", "engine", "store", "warehouse", "run"]),
        ("store", &["syntax", "plan", "sql", "message", "warehouse", "run"]),
        ("warehouse", &["syntax", "model", "plan", "sql", "template", "engine", "message", "store", "run"]),
    ];
    for (name, others) in never {
        for other in *others {
            assert!(!depends(name).iter().any(|d| d == other), "{name} depends on {other}");
        }
    }
    for name in
        ["diagnostics", "value", "syntax", "template", "model", "plan", "logic", "sql", "build", "ide"]
    {
        for other in runtime {
            assert!(!depends(name).iter().any(|d| d == other), "{name} of the compiler depends on {other}");
        }
    }
    for name in crates.keys() {
        assert!(!depends(name).iter().any(|d| d == "persona"), "{name} depends on the command");
    }

    // What only one of them knows.
    let only: &[(&str, &str)] = &[
        ("ariadne", "diagnostics"),
        ("logos", "syntax"),
        ("rowan", "syntax"),
        ("sqlparser", "sql"),
        ("rusqlite", "store"),
        ("adbc_core", "warehouse"),
        ("adbc_driver_manager", "warehouse"),
        ("mail-builder", "message"),
        ("clap", "persona"),
        ("lsp-server", "persona"),
        ("gen-lsp-types", "persona"),
    ];
    for (library, owner) in only {
        for (name, depends) in &crates {
            assert_eq!(depends.iter().any(|d| d == library), name == owner, "{library} and {name}");
        }
    }
}

#[test]
fn one_file_draws() {
    let drawing = holding(&sources(), &["ariadne::", "use ariadne"]);
    assert!(!drawing.is_empty());
    let elsewhere: Vec<_> =
        drawing.iter().filter(|at| !at.starts_with("compiler/diagnostics/src/render/human.rs:")).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}

#[test]
fn only_the_command_prints_and_exits() {
    let below: Vec<_> = sources().into_iter().filter(|(path, _)| !path.starts_with("cli/")).collect();
    let found =
        holding(&below, &["println!", "print!(", "process::exit", "ExitCode", "io::stdout", "io::stderr"]);
    assert!(found.is_empty(), "{found:#?}");
}

/// The compiler and the engine are told what time it is.
#[test]
fn every_instant_comes_from_outside() {
    // Liquid itself, for content of others, has a clock: `{{ "now" | date }}`.
    let untyped = "compiler/template/src/untyped/json.rs";
    let told = |path: &str| {
        let pure = ["compiler/", "runtime/engine/", "runtime/profile/", "runtime/simulate/"];
        path != untyped && pure.iter().any(|folder| path.starts_with(folder))
    };
    let files: Vec<_> = sources().into_iter().filter(|(path, _)| told(path)).collect();
    let clocks = ["Timestamp::now", "Zoned::now", "SystemTime", "Instant::now"];
    assert!(holding(&files, &clocks).is_empty(), "{:#?}", holding(&files, &clocks));
    let engine: Vec<_> = files.into_iter().filter(|(path, _)| path.starts_with("runtime/engine/")).collect();
    let world = ["std::fs", "std::net", "std::env", "std::process"];
    assert!(holding(&engine, &world).is_empty(), "{:#?}", holding(&engine, &world));
}

#[test]
fn nothing_is_left_undone_and_nothing_unwrapped() {
    let found = holding(&sources(), &["todo!", "unimplemented!", "dbg!", ".unwrap()", ".expect("]);
    // The parser has an `expect` of its own: it expects a token.
    let found: Vec<_> = found.iter().filter(|at| !at.starts_with("compiler/syntax/src/")).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_file_has_a_thousand_lines() {
    for folder in ["grammar", "compiler", "runtime", "cli", "tests"] {
        for (path, text) in files(&root().join(folder)) {
            assert!(text.lines().count() < 1000, "{path} has {} lines", text.lines().count());
        }
    }
}
