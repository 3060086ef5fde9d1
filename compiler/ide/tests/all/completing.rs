//! Completion, mostly in text that is not whole.

use persona_ide::complete;

use crate::shop::{AUDIENCE, FLOWS, Shop};

/// What is offered where a file ends in this.
#[track_caller]
fn offered_in(path: &str, whole: &str, typed: &str) -> Vec<String> {
    let mut shop = Shop::new();
    let cursor = shop.edit(path, &format!("{whole}{typed}"));
    complete(&shop.analysis(), cursor).into_iter().map(|c| c.label).collect()
}

#[track_caller]
fn offers(typed: &str, some: &[&str], none: &[&str]) {
    let offered = offered_in("audience.persona", AUDIENCE, typed);
    for name in some {
        assert!(offered.iter().any(|o| o == name), "{name} in `{typed}`: {offered:?}");
    }
    for name in none {
        assert!(!offered.iter().any(|o| o == name), "no {name} in `{typed}`: {offered:?}");
    }
}

#[test]
fn members_of_a_block() {
    offers("segment x {\n  ", &["when", "refresh"], &["wait", "spend"]);
    offers("segment x {\n  wh¦\n}\n", &["when"], &[]);
    offers("trigger x {\n  on purchase\n  ", &["wait", "send", "exit"], &["spend", "subject"]);
    offers("email x {\n  ", &["subject", "body", "consent"], &["when"]);
    offers("customer {\n  id: ", &["string", "product", "line"], &["spend"]);
    offers("customer {\n  id: string ", &["key", "pii"], &[]);
    offers("", &["segment", "trait"], &["when", "spend"]);
    offers("seg¦", &["segment"], &["spend"]);
}

#[test]
fn names_where_they_make_sense() {
    offers("segment x { when last_page in ", &["last"], &["spend"]);
    offers("segment x { when in ", &["vip"], &["spend", "purchase"]);
    offers("trait x = count(", &["purchase", "activity", "email_open", "seen"], &["vip"]);
    offers("trait x = count(purchase.", &["total", "order_id", "at"], &["page"]);
    offers("trait x = last(visit).", &["page", "sku"], &["total"]);
    offers("trait x = any(seen where it.", &["page", "sku"], &["total"]);
    offers("trait x = count(purchase where tot¦", &["total", "spend"], &["page"]);
    offers("trigger x { on ", &["purchase", "enter", "consent"], &["spend"]);
    offers("trigger x { on enter ", &["vip", "best"], &["purchase", "spend"]);
    offers("trigger x { on consent ", &["marketing"], &["purchase"]);
    offers("trigger x { on purchase  send ", &["hello"], &["base", "purchase"]);
    offers("email x { layout ", &["base"], &["hello"]);
    offers("email x { consent ", &["marketing"], &["hello"]);
    offers("source x { file \"a.csv\"  feeds ", &["purchase", "customer", "product"], &["spend"]);
    offers(
        "source x { file \"a.csv\"  feeds purchase { order_id = a  ",
        &["total", "customer"],
        &["order_id"],
    );
    offers("event x = purchase or ", &["visit"], &["spend"]);
}

#[test]
fn values_stand_beside_their_enum() {
    offers("segment x { when tier == ", &["gold", "bronze", "spend"], &["best"]);
    offers("segment x { when tier in [gold, ", &["bronze"], &[]);
    offers("segment x { when stage == ", &["best", "other"], &["gold"]);
    offers("segment x { when spend > ", &["spend"], &["gold"]);
    let first = offered_in("audience.persona", AUDIENCE, "segment x { when tier == ");
    assert_eq!(first[..3], ["bronze", "gold", "silver"], "what fits comes first");
}

#[test]
fn in_templates() {
    let offered = |typed: &str| offered_in("content/hello.html", "{% for line in event.lines %}", typed);
    let has = |typed: &str, name: &str| offered(typed).iter().any(|o| o == name);
    assert!(has("{{ ", "name") && has("{{ ", "spend") && has("{{ ", "event") && has("{{ ", "line"));
    assert!(has("{{ line.", "quantity") && !has("{{ line.", "name"));
    assert!(has("{{ event.", "total") && has("{{ line.sku.", "title") && has("{{ customer.", "tier"));
    assert!(has("{{ name | ", "default") && has("{{ name | up", "upcase") && !has("{{ name | ", "spend"));
    assert!(has("{% ", "if") && has("{% end", "endfor"));
    assert!(has("{% if customer in ", "vip") && has("{% if tier == ", "gold"));
    assert!(has("{% render \"", "hero"));
    assert!(offered("Hello ").is_empty(), "text is the author's");
    assert!(offered("{{ name | default: \"").is_empty());
}

#[test]
fn what_an_email_offers_and_a_variant_of_it() {
    let whole = format!("{FLOWS}\ncoupon thanks \"10 % off\" {{ codes generate \"########\" }}\n");
    let offered = |typed: &str| offered_in("flows.persona", &whole, typed);
    let email = "email x { consent marketing  offer thanks  subject \"X\"  body text \"\"\"{{ ¦ }}\"\"\" }";
    assert!(offered(email).contains(&"offer".to_string()));
    assert!(offered(&email.replace('¦', "offer.¦")).contains(&"expires".to_string()));
    let variant = "experiment try on email hello {\n  variant a 50%\n  variant b 50% { subject \"{{ event.¦ }}\" }\n  \
                   goal any(purchase in next 7 days)\n}";
    assert!(offered(variant).contains(&"total".to_string()));
}

#[test]
fn in_templates_inside_of_a_program() {
    let offered = |typed: &str| offered_in("flows.persona", FLOWS, typed);
    assert!(offered("email x { subject \"{{ ¦ }}\" }").contains(&"spend".to_string()));
    assert!(offered("email x { subject \"{{ name | ¦ }}\" }").contains(&"default".to_string()));
    assert!(offered("email x { body html \"\"\"<p>{{ customer.¦").contains(&"tier".to_string()));
    assert!(offered("email x { subject \"Hello ¦\" }").is_empty());
    assert!(offered("// in a comment ¦").is_empty());
}
