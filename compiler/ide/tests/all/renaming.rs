//! New names, and why not.

use persona_ide::{prepare_rename, rename};

use crate::shop::{AUDIENCE, Shop};

/// The places that a new name changes, or why it cannot be.
#[track_caller]
fn renamed(path: &str, excerpt: &str, new: &str) -> Result<Vec<String>, String> {
    let mut shop = Shop::new();
    let cursor = shop.at(path, excerpt);
    let edits = rename(&mut shop.workspace, cursor, new).map_err(|e| e.to_string())?;
    Ok(edits.into_iter().map(|e| shop.say(e.at)).collect())
}

#[test]
fn a_name_changes_in_programs_and_templates() {
    let places = ["audience.persona:2 spend", "audience.persona:7 spend", "flows.persona:6 spend"];
    assert_eq!(renamed("audience.persona", "sp¦end =", "spent").unwrap(), places);
    let places = ["data.persona:11 quantity", "content/hello.html:2 quantity"];
    assert_eq!(renamed("content/hello.html", "line.quan¦tity", "pieces").unwrap(), places);
    let places = ["content/hello.html:2 line", "content/hello.html:2 line"];
    assert_eq!(renamed("content/hello.html", "for li¦ne", "item").unwrap(), places);
    assert_eq!(renamed("flows.persona", "send he¦llo", "welcome").unwrap().len(), 2);
    assert_eq!(renamed("data.persona", "event purch¦ase", "sale").unwrap().len(), 4);
    assert_eq!(renamed("data.persona", "record li¦ne", "row").unwrap().len(), 2);
    assert_eq!(renamed("audience.persona", "stage be¦st", "top").unwrap(), ["audience.persona:11 best"]);
}

#[test]
fn what_is_one_somewhere_is_renamed_together() {
    let mut shop = Shop::new();
    shop.edit("audience.persona", &format!("{AUDIENCE}event tap {{ sku: product }}\nevent any_look = visit or tap\ntrait liked = most_frequent(any_look.sku)\n"));
    let cursor = shop.at("audience.persona", "event tap { s¦ku");
    let edits = rename(&mut shop.workspace, cursor, "article").unwrap();
    let places: Vec<_> = edits.into_iter().map(|e| shop.say(e.at)).collect();
    assert_eq!(places, ["audience.persona:14 sku", "audience.persona:16 sku", "data.persona:13 sku"]);
}

#[test]
fn why_not() {
    let why = |path: &str, excerpt: &str, new: &str| renamed(path, excerpt, new).unwrap_err();
    assert!(
        why("audience.persona", "sp¦end =", "seen").contains("would be an error"),
        "a name that is taken"
    );
    assert!(why("audience.persona", "sp¦end =", "when").contains("word of the language"));
    assert!(why("audience.persona", "sp¦end =", "two words").contains("is no name"));
    assert!(why("audience.persona", "¦= sum(", "x").contains("no name here"));
    assert!(why("data.persona", "go¦ld", "platinum").contains("stands in the data"));
    assert!(why("data.persona", "cust¦omer", "person").contains("name of the language"));
    assert!(why("audience.persona", "lifec¦ycle {", "x").contains("name of the language"));
    let mut shop = Shop::new();
    shop.edit("audience.persona", &format!("{AUDIENCE}segment x {{ when }}\n"));
    let cursor = shop.at("audience.persona", "sp¦end =");
    assert!(rename(&mut shop.workspace, cursor, "spent").unwrap_err().to_string().contains("has errors"));
}

#[test]
fn a_name_that_would_be_taken_for_another_is_refused() {
    let mut shop = Shop::new();
    // `spend` inside of the query would become the event's own `total`.
    shop.edit("audience.persona", &format!("{AUDIENCE}trait big = count(purchase where total > spend)\n"));
    let cursor = shop.at("audience.persona", "sp¦end =");
    let why = rename(&mut shop.workspace, cursor, "total").unwrap_err().to_string();
    assert_eq!(why, "`total` in audience.persona:14 would stand for something else");
}

#[test]
fn what_can_be_renamed_is_the_word_alone() {
    let mut shop = Shop::new();
    let cursor = shop.at("content/hello.html", "\"he¦ro\"");
    let at = prepare_rename(&shop.analysis(), cursor).unwrap();
    assert_eq!(shop.say(at), "content/hello.html:1 hero");
}
