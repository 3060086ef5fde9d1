//! Hovers, declarations, uses, outlines, hints, colours.

use persona_ide::{TokenKind, definitions, highlights, hints, hover, outline, references, search, tokens};

use crate::shop::Shop;

#[track_caller]
fn hovered(path: &str, excerpt: &str) -> String {
    let mut shop = Shop::new();
    assert!(shop.told().is_empty(), "{:?}", shop.told());
    let cursor = shop.at(path, excerpt);
    hover(&shop.analysis(), cursor).map(|h| h.text).unwrap_or_default()
}

#[test]
fn a_name_is_shown_with_its_type_its_comment_and_its_place() {
    let spend = hovered("audience.persona", "sp¦end > 100");
    assert_eq!(
        spend,
        "```persona\ntrait spend: money<GBP>\n```\n\nAll they ever spent.\n\n*audience.persona:2*"
    );
    let name = hovered("content/hello.html", "na¦me | default");
    assert!(
        name.starts_with("```persona\nattribute name: string?\n```\n\nWhat friends call them."),
        "{name}"
    );
    assert!(name.contains("Personal data."), "{name}");
    assert!(hovered("content/hello.html", "line.quan¦tity").contains("field line.quantity: int"));
    assert!(hovered("content/hello.html", "ev¦ent.lines").contains("event purchase"));
    assert!(hovered("flows.persona", "on purch¦ase").contains("`total: money<GBP>`"));
    assert!(hovered("flows.persona", "in v¦ip").contains("“High-Value”"));
}

#[test]
fn a_keyword_is_shown_with_how_it_is_written() {
    assert!(hovered("audience.persona", "seg¦ment vip").contains("segment vip \"VIP\" { when"));
    assert!(hovered("flows.persona", "ex¦it on").contains("exit on purchase"));
    let sum = hovered("audience.persona", "su¦m(purchase");
    assert!(sum.contains("sum(purchase.total in last 30 days)"), "{sum}");
    assert_eq!(hovered("audience.persona", "spend > ¦100"), "");
}

#[test]
fn definitions_lie_in_other_files() {
    let mut shop = Shop::new();
    for (path, excerpt, place) in [
        ("flows.persona", "send he¦llo", "flows.persona:3 hello"),
        ("flows.persona", "{{ spe¦nd", "audience.persona:2 spend"),
        ("content/hello.html", "line.quan¦tity", "data.persona:11 quantity"),
        ("content/hello.html", "{{ li¦ne.", "content/hello.html:2 line"),
        ("content/hello.html", "\"he¦ro\"", "flows.persona:1 hero"),
        ("content/hello.html", "go¦ld", "data.persona:7 gold"),
        ("audience.persona", "last(visit).pa¦ge", "data.persona:13 page"),
    ] {
        let cursor = shop.at(path, excerpt);
        let found = definitions(&shop.analysis(), cursor);
        assert_eq!(shop.say_all(found), [place], "{excerpt}");
    }
}

#[test]
fn uses_are_found_in_every_file_and_template() {
    let mut shop = Shop::new();
    let cursor = shop.at("data.persona", "na¦me:");
    let found = references(&shop.analysis(), cursor, false);
    let uses = ["flows.persona:1 name", "flows.persona:6 name", "content/hello.html:3 name"];
    assert_eq!(shop.say_all(found), uses);
    let with = references(&shop.analysis(), cursor, true);
    assert_eq!(with.len(), 4);
    let cursor = shop.at("flows.persona", "{{ na¦me");
    assert_eq!(highlights(&shop.analysis(), cursor).len(), 2);
}

#[test]
fn an_outline_nests_fields_and_stages() {
    let mut shop = Shop::new();
    let cursor = shop.at("audience.persona", "¦trait spend");
    let entries = outline(&shop.analysis(), cursor.file);
    let said: Vec<String> = entries.iter().map(|e| format!("{} {}", e.name, e.detail)).collect();
    assert_eq!(said[..2], ["spend money<GBP>", "seen list<visit>"]);
    assert_eq!(entries.last().unwrap().children.len(), 2, "the stages");
    let data = shop.at("data.persona", "¦customer");
    let customer = &outline(&shop.analysis(), data.file)[0];
    assert_eq!((customer.children.len(), customer.children[3].children.len()), (4, 3), "fields, and values");
    let found = search(&shop.analysis(), "lspg");
    assert_eq!(found.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["last_page"]);
}

#[test]
fn hints_show_types_that_are_not_written() {
    let mut shop = Shop::new();
    let cursor = shop.at("audience.persona", "¦trait spend");
    let shown: Vec<String> = hints(&shop.analysis(), cursor.file).into_iter().map(|h| h.text).collect();
    assert_eq!(shown, [": money<GBP>", ": list<visit>", ": string?"]);
    let cursor = shop.at("content/hello.html", "¦{% for");
    let shown: Vec<String> = hints(&shop.analysis(), cursor.file).into_iter().map(|h| h.text).collect();
    assert_eq!(shown, [": line"]);
}

#[test]
fn every_word_has_its_colour_and_none_lies_over_another() {
    let mut shop = Shop::new();
    for path in ["data.persona", "audience.persona", "flows.persona", "content/hello.html"] {
        let cursor = shop.at(path, "¦e");
        let all = tokens(&shop.analysis(), cursor.file);
        assert!(all.windows(2).all(|w| w[0].at.end <= w[1].at.start), "{path}");
        assert!(all.len() > 5, "{path}");
    }
    let cursor = shop.at("flows.persona", "¦content hero");
    let analysis = shop.analysis();
    let said: Vec<(&str, TokenKind)> =
        tokens(&analysis, cursor.file).iter().map(|t| (analysis.sources.text(t.at), t.kind)).collect();
    for (word, kind) in [
        ("trigger", TokenKind::Keyword),
        ("hello", TokenKind::Class),
        ("purchase", TokenKind::Event),
        ("vip", TokenKind::Type),
        ("spend", TokenKind::Variable),
        ("name", TokenKind::Property),
    ] {
        assert!(said.contains(&(word, kind)), "{word}: {said:?}");
    }
}
