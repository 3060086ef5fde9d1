//! The words that editors colour are those of the grammar. `PERSONA_UPDATE=1` writes them.

use std::collections::BTreeSet;

use persona_syntax::{DECLARATIONS, RESERVED};
use persona_tests::root;
use serde_json::{Value, json};

/// One of these words by itself, and not behind a dot.
fn one_of(words: &BTreeSet<&str>) -> String {
    let words: Vec<&str> = words.iter().copied().collect();
    format!("(?<![.\\p{{Alphabetic}}0-9_])(?:{})(?![\\p{{Alphabetic}}0-9_])", words.join("|"))
}

#[test]
fn the_colours_of_vs_code_know_every_word() {
    let path = root().join("editors/vscode/syntaxes/persona.tmLanguage.json");
    let written = std::fs::read_to_string(&path).unwrap();
    let mut grammar: Value = serde_json::from_str(&written).unwrap();

    let reserved: BTreeSet<&str> = RESERVED.iter().copied().collect();
    let rules = persona_grammar::rules().iter().filter_map(|rule| rule.name.strip_prefix("kw_"));
    let words: BTreeSet<&str> = rules.filter(|word| !reserved.contains(word)).collect();
    assert!(words.contains("send") && reserved.contains("where"), "the words are where they were");

    let declarations: BTreeSet<&str> = DECLARATIONS.iter().copied().collect();
    let declarations: Vec<&str> = declarations.into_iter().collect();
    let repository = &mut grammar["repository"];
    repository["words"]["patterns"][0]["match"] = json!(one_of(&reserved));
    repository["words"]["patterns"][1]["match"] = json!(one_of(&words));
    let name = "[\\p{Alphabetic}_][\\p{Alphabetic}0-9_]*";
    let heads = [
        format!("^\\s*({})\\s+({name})(?=\\s*(?:\\{{|=(?!=)|\"))", declarations.join("|")),
        format!("^\\s*({})(?=\\s*(?:\\{{|\"|$))", declarations.join("|")),
    ];
    for (pattern, head) in heads.into_iter().enumerate() {
        repository["declaration"]["patterns"][pattern]["match"] = json!(head);
    }

    let wanted = format!("{grammar:#}\n");
    if std::env::var_os("PERSONA_UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let now = std::fs::read_to_string(&path).unwrap();
    assert!(now == wanted, "write them with `PERSONA_UPDATE=1 cargo test -p persona-tests`");
}
