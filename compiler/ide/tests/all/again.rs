//! What was kept from before changes nothing: after every edit a workspace knows what one that starts anew does.

use std::path::Path;

use fastrand::Rng;
use persona_ide::{Analysis, Workspace};

use crate::shop::{AUDIENCE, DATA, FLOWS, Shop, TEMPLATE};

/// Parts of a text, each with what may stand there instead.
type Otherwise = &'static [(&'static str, &'static str)];

/// Files, and what may stand otherwise in each: names, types and places that templates elsewhere depend on.
const FILES: &[(&str, &str, Otherwise)] = &[
    (
        "data.persona",
        DATA,
        &[
            ("/// Someone", "/// Some\n/// one"),
            ("string? pii", "string pii"),
            ("silver < ", ""),
            ("quantity: int", "quantity: decimal"),
            ("quantity", "pieces"),
            ("lines: list<line>", "note: string?"),
            ("entity product", "entity article"),
            ("postal_address", "reply_to \"b@shop.example\"  postal_address"),
        ],
    ),
    (
        "audience.persona",
        AUDIENCE,
        &[
            ("/// All they", "/// All\n/// they"),
            ("High-Value", "Best"),
            ("sum(purchase.total)", "count(purchase)"),
            ("segment vip", "segment rich"),
            ("spend > 100 GBP", "length(name) > 2"),
            ("when in vip", "when tier == silver"),
        ],
    ),
    (
        "flows.persona",
        FLOWS,
        &[
            ("content hero {", "content hero(item: int) {"),
            ("content hero", "// a block\ncontent hero"),
            ("when in vip \"", "when not in vip \""),
            ("spent {{ spend }}", "{{ brand.from }} {{ \"hi\" | t }}"),
            ("layout  base", "layout  bare"),
            ("on purchase", "on visit"),
            ("body html file", "body mjml file"),
            ("send hello", "when length(name) > 1 { send hello }"),
        ],
    ),
    (
        "content/hello.html",
        TEMPLATE,
        &[
            ("tier == gold", "tier == silver"),
            ("{% if", "\n{% if"),
            ("tier == gold", "customer in \"High-Value\""),
            ("| default: \"friend\"", ""),
            ("line.quantity", "line.sku.title"),
            ("\"hero\"", "\"hero\", item: 3"),
        ],
    ),
];

#[test]
fn what_is_kept_changes_nothing() {
    let mut mistakes = 0;
    let mut steps = 0;
    for seed in 0..3 {
        let mut rng = Rng::with_seed(seed);
        let mut shop = Shop::new();
        let mut now: Vec<Vec<bool>> = FILES.iter().map(|(_, _, edits)| vec![false; edits.len()]).collect();
        for step in 0..30 {
            let file = rng.usize(..FILES.len());
            let (path, text, edits) = FILES[file];
            let edit = rng.usize(..edits.len());
            now[file][edit] = !now[file][edit];
            let chosen = edits.iter().zip(&now[file]).filter(|(_, chosen)| **chosen);
            let mut text = chosen.fold(text.to_string(), |text, ((from, to), _)| text.replacen(from, to, 1));
            // Half typed.
            if rng.u8(..4) == 0 {
                let at: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                let from = rng.usize(..at.len() - 6);
                text.replace_range(
                    at[from]..at[from + rng.usize(..6)],
                    rng.choice(["", "{", "x", "\""]).unwrap(),
                );
            }
            shop.workspace.edit(Path::new(path), text.as_str());
            let analysis = shop.analysis();
            let anew = anew(&shop.workspace);
            mistakes += usize::from(!analysis.problems.is_empty());
            steps += 1;
            assert_eq!(analysis.problems, anew.problems, "seed {seed}, step {step}: {path}\n{text}");
            assert_eq!(meant(&analysis), meant(&anew), "seed {seed}, step {step}: {path}\n{text}");
        }
    }
    assert!(mistakes > steps / 10 && mistakes < steps, "{mistakes} of {steps} had problems");
}

/// The same files, looked at for the first time.
fn anew(workspace: &Workspace) -> std::sync::Arc<Analysis> {
    let mut anew = Workspace::new(workspace.folder());
    for (path, ..) in FILES {
        if let Some(text) = workspace.text(Path::new(path)) {
            anew.edit(Path::new(path), text.clone());
        }
    }
    anew.analysis()
}

/// Names with their places, and what is said, as it was compiled.
fn meant(analysis: &Analysis) -> Vec<String> {
    let Some(model) = &analysis.model else { return Vec::new() };
    let index = (model.index.references(), model.index.definitions());
    let said = (&model.emails[..], &model.layouts[..], &model.contents[..]);
    format!("{index:#?}\n{said:#?}").lines().map(str::to_string).collect()
}
