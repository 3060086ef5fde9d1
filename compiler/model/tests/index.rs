//! Every name of a program, where it is declared and used.

#![allow(clippy::unwrap_used, reason = "clippy knows tests, but not what only tests call")]

use persona_model::{Index, Symbol};

/// The names used in a program, each as it stands in its file and what it is: `purchase = event purchase`.
fn used(program: &str, template: &str) -> (Vec<String>, Index) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("persona.toml"), "[project]\nname = \"shop\"\ncurrency = \"GBP\"\n")
        .unwrap();
    std::fs::write(folder.path().join("shop.persona"), program).unwrap();
    std::fs::write(folder.path().join("hello.html"), template).unwrap();
    std::fs::write(folder.path().join("orders.csv"), "").unwrap();
    let loaded = persona_model::load(folder.path());
    let told: Vec<_> = loaded.problems.iter().map(|t| &t.headline).collect();
    assert!(!loaded.problems.any_error(), "{told:#?}");
    let index = loaded.model.unwrap().index;
    let said = index.references().iter().map(|reference| {
        let of = match &reference.to {
            Symbol::Stage { of, .. } | Symbol::Field { of, .. } | Symbol::Value { of, .. } => {
                format!("{of}.")
            }
            _ => String::new(),
        };
        let (word, symbol) = (loaded.sources.text(reference.at), &reference.to);
        format!("{word} = {} {of}{}", symbol.kind(), symbol.name())
    });
    (said.collect(), index)
}

const DATA: &str = "
    customer { id: string key  email: email  name: string?  tier: enum { bronze < gold } }
    entity product { sku: string key  title: string }
    record line { sku: product  quantity: int }
    event sale { order: string unique  total: money  lines: list<line>  item: product }
    event visit { page: string  item: product }
    event activity = sale or visit
    consent marketing \"News\" { covers email }
    brand { from \"Shop <a@b.example>\"  postal_address \"1 High Street\"  logo \"a.png\" }
";

#[track_caller]
fn uses(program: &str, template: &str, expected: &[&str]) {
    let (declared, _) = used(DATA, "");
    let (all, _) = used(&format!("{DATA}{program}"), template);
    let new: Vec<_> = all.iter().skip(declared.len()).map(String::as_str).collect();
    assert_eq!(new, expected);
}

#[test]
fn types_and_unions_name_what_is_declared() {
    let expected = ["product = entity product", "line = record line", "product = entity product"];
    let unions = ["product = entity product", "sale = event sale", "visit = event visit"];
    assert_eq!(used(DATA, "").0, [expected, unions].concat());
}

#[test]
fn names_in_expressions() {
    uses(
        "trait spend = sum(sale.total where item.title is present)
         trait seen = list(visit)
         trait page = last(visit).page
         segment vip \"High-Value\" { when tier >= gold and spend > 3 GBP and any(seen where it.page == \"a\") }
         lifecycle { stage best when in vip  stage other otherwise }
         segment rest { when stage == other and none(sale where any(lines where sku.title == \"x\")) }",
        "",
        &[
            "sale = event sale",
            "total = field sale.total",
            "item = field sale.item",
            "title = field product.title",
            "visit = event visit",
            "visit = event visit",
            "page = field visit.page",
            "tier = attribute tier",
            "gold = value tier.gold",
            "spend = trait spend",
            "seen = trait seen",
            "page = field visit.page",
            "vip = segment vip",
            "stage = lifecycle stage",
            "other = stage stage.other",
            "sale = event sale",
            "lines = field sale.lines",
            "sku = field line.sku",
            "title = field product.title",
        ],
    );
}

#[test]
fn a_field_of_a_union_is_a_field_of_each_of_its_events() {
    uses(
        "trait often = most_frequent(activity.item)",
        "",
        &["activity = event activity", "item = field sale.item", "item = field visit.item"],
    );
}

#[test]
fn names_in_sources() {
    uses(
        "source orders {
           file \"orders.csv\"
           group by invoice
           feeds sale { customer = who  at = time  order = invoice  total = sum(price)  item = sku
             lines = list { sku = sku  quantity = pieces } }
         }
         source people { file \"orders.csv\"  feeds customer by email { email = mail  name = name } }
         source log { file \"orders.csv\"  feeds consent marketing { customer = who  at = time  given = yes } }",
        "",
        &[
            "sale = event sale",
            "customer = field sale.customer",
            "at = field sale.at",
            "order = field sale.order",
            "total = field sale.total",
            "item = field sale.item",
            "lines = field sale.lines",
            "sku = field line.sku",
            "quantity = field line.quantity",
            "customer = customer customer",
            "email = attribute email",
            "email = attribute email",
            "name = attribute name",
            "marketing = consent marketing",
        ],
    );
}

#[test]
fn names_in_flows_and_in_the_templates_they_send() {
    uses(
        "segment vip \"High-Value\" { when tier == gold }
         content hero { when in vip \"\"\"Hi {{ name | default: \"you\" }}\"\"\"  otherwise \"\"\"\"\"\" }
         layout base { body html \"\"\"{% block content %} {{ brand.logo }} {{ unsubscribe_url }}\"\"\" }
         email hello { consent marketing  layout base  subject \"Hi {{ customer.name | default: \"you\" }}\"
           body html file \"hello.html\" }
         trigger welcome { on sale by order where total > 3 GBP  send hello  wait 1 day unless visit
           if in vip { send hello }  exit on visit }
         trigger rise { on enter vip  send hello }
         campaign news { to tier == gold  every monday at 09:00  send hello }",
        "{% render \"hero\" %}{% if customer in vip and customer.segment == \"High-Value\" and tier == gold %}
         {% assign who = name | default: \"you\" %}{{ who }}{% endif %}",
        &[
            "tier = attribute tier",
            "gold = value tier.gold",
            "vip = segment vip",
            "name = attribute name",
            "logo = property of the brand logo",
            "marketing = consent marketing",
            "base = layout base",
            "customer = customer customer",
            "name = attribute name",
            "sale = event sale",
            "order = field sale.order",
            "total = field sale.total",
            "hello = e-mail hello",
            "visit = event visit",
            "vip = segment vip",
            "hello = e-mail hello",
            "visit = event visit",
            "vip = segment vip",
            "hello = e-mail hello",
            "tier = attribute tier",
            "gold = value tier.gold",
            "hello = e-mail hello",
            "hero = content block hero",
            "customer = customer customer",
            "vip = segment vip",
            "customer = customer customer",
            "\"High-Value\" = segment vip",
            "tier = attribute tier",
            "gold = value tier.gold",
            "who = variable who",
            "name = attribute name",
            "who = variable who",
        ],
    );
}

#[test]
fn a_template_that_one_event_sends_names_its_fields() {
    uses(
        "email hello { consent marketing  subject \"{{ event.total }}\"
           body html \"\"\"{{ unsubscribe_url }}{% for line in event.lines %}{{ line.quantity }}{% endfor %}\"\"\" }
         trigger welcome { on sale  send hello }",
        "",
        &[
            "marketing = consent marketing",
            "event = event sale",
            "total = field sale.total",
            "line = variable line",
            "event = event sale",
            "lines = field sale.lines",
            "line = variable line",
            "quantity = field line.quantity",
            "sale = event sale",
            "hello = e-mail hello",
        ],
    );
}

#[test]
fn declarations_keep_their_comments_and_types() {
    let program = format!(
        "{DATA}\n/// Money so far.\ntrait spend = sum(sale.total)\nlifecycle {{ stage all otherwise }}"
    );
    let (_, index) = used(&program, "");
    let spend = index.definition(&Symbol::Trait("spend".into())).unwrap();
    assert_eq!(spend.docs, ["Money so far."]);
    let (ty, optional) = spend.holds.clone().unwrap();
    assert_eq!((ty.to_string().as_str(), optional), ("money<GBP>", false));
    let name = index.definition(&Symbol::Attribute("name".into())).unwrap().holds.clone().unwrap();
    assert_eq!((name.0.to_string().as_str(), name.1), ("string", true));
    let stage = index.definition(&Symbol::Stage { of: "stage".into(), name: "all".into() }).unwrap();
    assert_eq!(&program[stage.at.start as usize..stage.at.end as usize], "all");
}
