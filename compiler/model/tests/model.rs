//! What the model makes of programs: types, order, and mistakes that only meaning shows.

#![allow(clippy::unwrap_used, reason = "clippy knows tests, but not what only tests call")]

use persona_model::{ExprKind, Loaded, Model};

const SHOP: &str = "
    customer { id: string key  email: email?  age: int?  tier: enum { bronze < silver < gold }  joined: timestamp }
    entity product { sku: string key  name: string }
    record line { sku: product  quantity: int  price: money }
    event sale { order_id: string unique  total: money  sku: product  lines: list<line>  seen: enum { web, app }? }
    event visit { page: string }
";

fn load(program: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\ncurrency = \"GBP\"\n";
    std::fs::write(folder.path().join("persona.toml"), settings).unwrap();
    std::fs::write(folder.path().join("shop.persona"), program).unwrap();
    persona_model::load(folder.path())
}

#[track_caller]
fn model(program: &str) -> Model {
    let loaded = load(&format!("{SHOP}{program}"));
    let told: Vec<_> = loaded.problems.iter().map(|t| &t.headline).collect();
    assert!(!loaded.problems.any_error(), "{told:?}");
    loaded.model.unwrap()
}

/// The type of an expression, with `?` if it may be missing.
#[track_caller]
fn type_of(expression: &str) -> String {
    let value = model(&format!("trait x = {expression}")).trait_("x").unwrap().value.clone();
    format!("{}{}", value.ty, if value.optional { "?" } else { "" })
}

/// The headline of everything told of a program.
fn told(program: &str) -> Vec<String> {
    load(&format!("{SHOP}{program}")).problems.iter().map(|t| t.headline.clone()).collect()
}

#[track_caller]
fn is_told(program: &str, headline: &str) {
    assert_eq!(told(program), [headline], "{program}");
}

#[test]
fn expressions_have_types_and_know_what_may_be_missing() {
    for (expression, ty) in [
        ("count(sale in last 30 days)", "int"),
        ("sum(sale.total)", "money<GBP>"),
        ("avg(sale.lines.quantity)", "decimal?"),
        ("last(sale).at", "timestamp?"),
        ("last(sale).sku.name", "string?"),
        ("first(sale)", "sale?"),
        ("most_frequent(sale.seen)", "enum { web, app }?"),
        ("max(sale.lines.price)", "money<GBP>?"),
        ("rfm(sale.total).recency", "int?"),
        ("age", "int?"),
        ("age ?? 18", "int"),
        ("age ?? 17.5", "decimal"),
        ("age is present", "bool"),
        ("sum(sale.total) / count(sale)", "money<GBP>?"),
        ("sum(sale.total) * 20%", "money<GBP>"),
        ("sum(sale.total) / 100 GBP", "decimal"),
        ("if any(visit) then tier else bronze", "enum { bronze < silver < gold }"),
        ("joined + 7 days", "timestamp"),
        ("today - 1 month", "date"),
        ("lower(email)", "string?"),
        ("contains(email, \"@shop\")", "bool"),
    ] {
        assert_eq!(type_of(expression), ty, "{expression}");
    }
}

#[test]
fn traits_and_segments_come_after_those_they_read() {
    let model = model(
        "trait c = b + 1  trait b = a + 1  trait a = count(sale where in y)
         segment x { when in y and c > 2 }  segment y { when age > 3 }",
    );
    let names = |all: Vec<&str>| all.join(" ");
    assert_eq!(names(model.traits.iter().map(|t| &*t.name).collect()), "a b c");
    assert_eq!(names(model.segments.iter().map(|s| &*s.name).collect()), "y x");
}

#[test]
fn an_event_of_a_union_of_unions_is_in_it_once() {
    let model = model("event some = sale or visit  event all = some or visit");
    assert_eq!(model.event("all").unwrap().of.iter().map(|e| &**e).collect::<Vec<_>>(), ["sale", "visit"]);
    is_told("event a = b or sale  event b = a or sale", "these are defined by each other: `a` → `b` → `a`");
}

#[test]
fn customer_is_said_where_an_event_has_the_same_name() {
    let model = model(
        "event e { age: int }  trait near = count(e where age > 3)  trait far = count(e where customer.age > 3)",
    );
    let reads = |name: &str| {
        let mut kinds = Vec::new();
        model.trait_(name).unwrap().value.walk(&mut |e| match &e.kind {
            ExprKind::EventField(_) => kinds.push("event"),
            ExprKind::Attribute(_) => kinds.push("customer"),
            _ => {}
        });
        kinds
    };
    assert_eq!((reads("near"), reads("far")), (vec!["event"], vec!["customer"]));
}

#[test]
fn a_key_is_one_and_unique_is_of_events() {
    let customer = |fields: &str| load(&format!("customer {{ {fields} }}"));
    let model = customer("email: email unique  id: string key").model.unwrap();
    assert_eq!(model.customer.key(), "id");
    let twice = customer("id: string key  code: string key");
    assert_eq!(twice.problems.iter().map(|t| &*t.headline).collect::<Vec<_>>(), ["`key` is given twice"]);
}

#[test]
fn names_that_some_warehouse_cannot_tell_apart_are_one() {
    is_told("trait Tier = 1", "the value of the customer `Tier` is declared twice");
    is_told("event visit_x { id: string }", "the field of an event `id` is declared twice");
    is_told(
        "trait in_vip = 1  segment vip { when age > 3 }",
        "`in_vip` is the column that says who is in the segment `vip`",
    );
    is_told("trait suppressed = 1", "`suppressed` is the column that says whether an address is suppressed");
    assert!(told("event e { x: enum { a, A } }").is_empty());
}

#[test]
fn a_check_and_a_source_know_nothing_of_customers() {
    is_told("event e { x: int check count(sale) > it }", "what customers did cannot be asked for here");
    is_told("event e { x: int check it > customer.age }", "a value of the customer cannot be asked for here");
    is_told(
        "segment s { when age > 3 }  source z { table \"z\" where in s feeds product { sku = a  name = b } }",
        "a segment cannot be asked for here",
    );
}

#[test]
fn lists_are_summarised_and_not_compared() {
    is_told("trait l = list(sale)  trait m = l", "a list has one name");
    is_told("trait l = list(sale)  segment s { when l is present }", "a list is never missing: it is empty");
    is_told("record r { n: int }  event e { x: r }", "`x` is a record by itself");
}

#[test]
fn items_know_the_event_they_belong_to() {
    let feed = |event: &str, id: &str| {
        format!(
            "event e {{ {event}  lines: list<line> }} source s {{ table \"t\" group by o feeds e {{
                customer = min(c)  at = min(at) {id} lines = list {{ sku = s  quantity = q  price = p }} }} }}"
        )
    };
    assert!(told(&feed("o: string unique", "o = upper(o)")).is_empty());
    is_told(&feed("n: int?", ""), "`e` has a list and no `unique` field");
    is_told(
        &feed("o: string unique", "o = min(x)"),
        "the items of `lines` belong to an event by its `o`, which differs within the group",
    );
}

#[test]
fn months_are_no_length_by_themselves() {
    is_told("trait x = 3 months", "`3 months`: months and years differ in length: write it in days or weeks");
    is_told(
        "segment s { when days_between(today, joined) in [1, 2.5] and today in [2026-01-01T09:00] }",
        "a date and a point in time cannot be compared in a list",
    );
}

#[test]
fn values_are_read_through_so_many_others_and_no_more() {
    let chain: String = (0..3000).map(|i| format!("trait t{i} = t{} + 1\n", i + 1)).collect();
    is_told(&format!("{chain} trait t3000 = 1"), "`t50` is read through more than 50 others");
}

#[test]
fn a_trigger_sends() {
    is_told("trigger t { on sale wait 1 day }", "the trigger `t` has no `send`: its flows would do nothing");
}
