//! What is typed counts at once, in templates too; what mends it is offered.

use std::path::Path;

use persona_diagnostics::Span;
use persona_ide::{Judgement, actions, formatted};

use crate::shop::{AUDIENCE, DATA, Shop, TEMPLATE};

#[test]
fn the_editor_counts_more_than_the_disk() {
    let mut shop = Shop::new();
    assert!(shop.told().is_empty(), "{:?}", shop.told());
    shop.edit("audience.persona", &AUDIENCE.replace("tier >=", "teir >="));
    assert_eq!(shop.told(), ["there is no attribute or trait called `teir`"]);
    shop.edit("content/hello.html", &TEMPLATE.replace("| default: \"friend\"", ""));
    assert_eq!(shop.told().len(), 2);
    let analysis = shop.analysis();
    let at = analysis.problems.iter().find(|t| t.code == "missing-fallback").unwrap().span().unwrap();
    assert_eq!(analysis.sources.file(at.file).path, Path::new("content/hello.html"));
    shop.workspace.close(Path::new("content/hello.html"));
    shop.workspace.close(Path::new("audience.persona"));
    assert!(shop.told().is_empty(), "{:?}", shop.told());
}

#[test]
fn files_come_and_go() {
    let mut shop = Shop::new();
    shop.edit("new.persona", "trait twice = spend * 2\n");
    assert!(shop.told().is_empty(), "{:?}", shop.told());
    shop.edit("audience.persona", &format!("{AUDIENCE}trait more = twice * 2\n"));
    assert!(shop.told().is_empty(), "{:?}", shop.told());
    shop.workspace.close(Path::new("new.persona"));
    assert_eq!(shop.told().len(), 1, "it was never saved");
    shop.edit("audience.persona", AUDIENCE);
    let path = shop.workspace.folder().join("data.persona");
    std::fs::write(&path, DATA.replace("page: string", "url: string")).unwrap();
    shop.workspace.changed(Path::new("data.persona"));
    assert_eq!(shop.told(), ["there is no field of `visit` called `page`"]);
    std::fs::remove_file(path).unwrap();
    shop.workspace.changed(Path::new("data.persona"));
    assert!(!shop.told().is_empty());
}

#[test]
fn settings_count_too() {
    let mut shop = Shop::new();
    shop.edit("persona.toml", "[project]\nname = \"shop\"\ncurrency = \"EUR\"\n");
    assert!(shop.told().iter().any(|t| t.contains("GBP") || t.contains("EUR")), "{:?}", shop.told());
    shop.edit("persona.toml", "[project");
    assert!(!shop.told().is_empty());
    shop.edit("persona.toml", "[project]\nname = \"shop\"\ncurrency = \"GBP\"\n");
    assert!(shop.told().is_empty(), "{:?}", shop.told());
}

#[test]
fn a_fix_is_an_action() {
    let mut shop = Shop::new();
    let cursor = shop.edit("audience.persona", &AUDIENCE.replace("tier >=", "teir >="));
    let analysis = shop.analysis();
    let at = analysis.problems[0].span().unwrap();
    let found = actions(&analysis, at);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].title, "Replace `teir` by `tier`");
    assert!(actions(&analysis, Span::new(cursor.file, 0, 3)).is_empty(), "elsewhere nothing is offered");
}

#[test]
fn layout_changes_as_little_as_it_can() {
    assert_eq!(formatted("trait x = 1\n"), None);
    let (range, text) = formatted("trait x = 1\ntrait  y = 2\ntrait z = 3\n").unwrap();
    assert!(range.start >= 12 && range.end <= 24, "{range:?} {text:?}");
}

#[test]
fn what_the_whole_program_shows_stays_told_while_somebody_types_elsewhere() {
    let mut shop = Shop::new();
    let nobody = "segment nobody { when tier == gold and tier == bronze }\n";
    let before = format!("{AUDIENCE}{nobody}");
    shop.edit("audience.persona", &before);
    assert!(shop.told().is_empty(), "{:?}", shop.told());
    let judgement = Judgement::of(&shop.analysis());
    let mut still = |text: &str| {
        shop.edit("audience.persona", text);
        let now = shop.analysis();
        let told = judgement.until(&now);
        told.iter().map(|t| now.sources.text(t.labels[0].span).to_string()).collect::<Vec<_>>()
    };
    let told = still(&before);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(still(&format!("// One more line.\n{before}")), told, "it moves with the declaration");
    assert_eq!(still(&format!("{before}segment more {{ when tier == gold }}\n")), told);
    assert!(still(&before.replace("tier == bronze", "tier == gold")).is_empty(), "this one was touched");
    assert!(still(AUDIENCE).is_empty());
}
