use crate::support::*;
use persona_plan::lower::*;
use persona_diagnostics::Severity;

fn check_all(name: &str, program: &str) {
    let loaded = load(program);
    let mut errors = vec![];
    for t in loaded.problems.iter().filter(|t| t.severity == Severity::Error) { errors.push(format!("[{}] {}", t.code, t.headline)); }
    if !errors.is_empty() { println!("{name}: ERRORS {errors:#?}"); return; }
    let model = loaded.model.unwrap();
    let r = std::panic::catch_unwind(|| {
        let mut bad = vec![];
        let mut one = |what: String, plan: &persona_plan::Plan| if let Err(e) = persona_plan::check(plan) { bad.push(format!("{what}: {e}")); };
        for s in staging(&model) { one(s.table.to_string(), &s.plan); for (n, p) in &s.set_aside { one(format!("aside {n}"), p); } }
        one("everything".into(), &Profiles::everything(&model, &[]));
        for t in &model.traits { one(format!("trait {}", t.name), &Profiles::trait_(&model, &t.name)); }
        for t in &model.segments { one(format!("segment {}", t.name), &Profiles::segment(&model, &t.name)); }
        for t in &model.events { one(format!("occ {}", t.name), &Profiles::occurrences(&model, &persona_model::EventFilter{event: t.name.clone(), filter: None}, now())); }
        bad
    });
    match r { Ok(bad) if bad.is_empty() => println!("{name}: ok"), Ok(bad) => println!("{name}: BAD {bad:#?}"), Err(_) => println!("{name}: PANIC") }
}

const P: &str = "event purchase { order_id: string unique total: money lines: list<line> }\n record line { sku: product quantity: int price: money }\n entity product { sku: string key name: string category: string in_stock: bool }\n
source orders { table \"o\" group by invoice feeds purchase { customer = c at = at order_id = invoice total = sum(price) lines = list { sku = sku quantity = q price = price } } }
event product_view { sku: product category: string? }\n
source pv { table \"pv\" feeds product_view { customer = c at = at sku = sku category = cat } }\n";

#[test]
fn probe() {
    let c = |rest: &str| format!("{CUSTOMERS}{P}{rest}");
    for (name, text) in [
        ("base", c("")),
        ("trait named purchase_count", c("trait purchase_count = count(purchase)")),
        ("trait named favourite_product_name", c("trait favourite = most_frequent(product_view.sku)\ntrait favourite_product_name = favourite.name")),
        ("last record trait", c("trait p = last(purchase)\ntrait q = p.at\ntrait t = p.total")),
        ("alias of list", c("trait l = list(purchase)\ntrait m = l\ntrait n = count(m)")),
        ("list present", c("trait l = list(purchase)\nsegment s { when l is present }")),
        ("event field place", c("event e { place: string }\nsource s { table \"e\" feeds e { customer = c at = at place = p } }\ntrait x = last(e).place")),
        ("event field content", c("event e { content: string }\nsource s { table \"e\" feeds e { customer = c at = at content = p } }\ntrait x = last(e).content")),
        ("attr place", "customer { id: string key place: string }\nsource s { table \"e\" feeds customer { id = id place = p } }".into()),
        ("attr suppressed", "customer { id: string key email: email suppressed: bool }\nsource s { table \"e\" feeds customer { id = id email = e suppressed = s } }".into()),
        ("attr consent_marketing", "customer { id: string key email: email consent_marketing: bool }\nconsent marketing \"x\" {covers email}".into()),
        ("attr in_vip", "customer { id: string key in_vip: bool }\nsegment vip { when in_vip }".into()),
        ("event field id", c("event e { id: string unique }")),
        ("event field at", c("event e { at: timestamp }")),
        ("record position", c("record r { position: int }\nevent e { o: string unique rs: list<r> }\nsource s { table \"e\" group by o feeds e { customer = min(c) at = min(at) o = o rs = list { position = p } } }")),
        ("event position list trait", c("event e { position: int }\ntrait l = list(e)\ntrait n = count(l)")),
        ("sum total and total_value", c("event e { total: money total_value: money }\ntrait a = sum(e.total)\ntrait b = sum(e.total_value)")),
        ("union nested", c("event a = purchase or product_view\nevent b = a or purchase\ntrait n = count(b)")),
        ("tags attribute", "customer { id: string key tags: list<string> }".into()),
        ("record attribute", "record addr { city: string }\ncustomer { id: string key a: addr }".into()),
        ("months bare", c("trait x = 3 months")),
        ("check with query", "event e { x: int }\ncustomer { id: string key age: int check count(e) > 3 }".into()),
        ("check with customer.", "customer { id: string key b: int age: int check it > customer.b }".into()),
        ("check with segment", "segment v { when age > 3 }\ncustomer { id: string key age: int check in v }".into()),
        ("source where in segment", c("segment v { when age > 3 }\nsource z { table \"z\" where in v feeds product { sku = a name = b category = c in_stock = d } }")),
        ("two keys", "customer { id: string key code: string key }".into()),
        ("unique customer", "customer { email: email unique id: string key }".into()),
        ("list no unique", c("event e { rs: list<line> }\nsource s { table \"e\" group by o feeds e { customer = min(c) at = min(at) rs = list { sku = a quantity = b price = c } } }")),
        ("int sum", c("event e { items: int packs: int }\nsource s { table \"e\" group by o feeds e { customer = min(c) at = min(at) items = sum(q) packs = max(q * 6) } }")),
        ("int arithmetic", c("event e { items: int }\nsource s { table \"e\" feeds e { customer = c at = at items = q * 6 } }")),
        ("int coalesce", c("event e { items: int }\nsource s { table \"e\" feeds e { customer = c at = at items = q ?? 1 } }")),
        ("raw coalesce raw int", c("event e { items: int }\nsource s { table \"e\" feeds e { customer = c at = at items = q ?? r } }")),
        ("count as money", c("event e { items: money }\nsource s { table \"e\" group by o feeds e { customer = min(c) at = min(at) items = count() } }\nsource s2 { table \"e\" group by o feeds e { customer = min(c) at = min(at) items = min(p) } }")),
        ("in list int decimal", c("segment a { when age in [18, 20.5] }")),
        ("in list decimals", c("event e { d: decimal }\nsegment a { when any(e where d in [1, 2]) }")),
        ("in list date", "customer { id: string key b: date }\nsegment a { when b in [2026-01-01T09:00] }".into()),
        ("in empty raw", c("source z { table \"z\" where a in [] feeds product { sku = a name = b category = c in_stock = d } }")),
        ("in empty", c("segment a { when age in [] }")),
        ("gold == tier", c("segment a { when gold == tier }")),
        ("tier ?? bronze", c("trait a = tier ?? bronze")),
        ("if then tier else bronze", c("trait a = if age > 3 then tier else bronze")),
        ("enum field enum field", c("event e { a: enum {x, y} b: enum {x, y} }\ntrait t = count(e where a == b)")),
        ("enum trait enum trait", c("event e { a: enum {x, y} }\ntrait f = first(e.a)\ntrait l = last(e.a)\nsegment t { when f == l }")),
        ("max enum", c("event e { a: enum {x < y} }\ntrait f = max(e.a)")),
        ("max enum unordered", c("event e { a: enum {x, y} }\ntrait f = max(e.a)")),
        ("lists customer value", c("trait fav = most_frequent(product_view.category)\ntrait n = count(purchase where any(lines where sku.category == fav))")),
        ("chain", c("trait lp = last(purchase).at\ntrait views = count(product_view since lp)\nsegment s { when views > 3 }\ntrait n = count(purchase where in s)\nlifecycle { stage a when n > 3 stage b otherwise }\nevent e { x: int }\ntrait m = count(e where stage == a since lp)")),
        ("event field customer_age", c("event e { customer_age: int }\ntrait n = count(e where customer_age > age)")),
        ("event field lines_1", c("event e { o: string unique lines_1: int lines: list<line> }\ntrait n = count(e where count(lines) > 3)")),
        ("event named customers_1", c("event customers_1 { a: int }\ntrait n = count(customers_1 since first(purchase).at)")),
        ("event next_at", c("event e { next_at: timestamp }\ntrait n = count(e then purchase within 3 days)")),
        ("case names", "customer { id: string key Email: email email: string }".into()),
        ("group bool", c("event e { flag: bool }\nsource s { table \"e\" group by o feeds e { customer = c at = at flag = f } }")),
        ("avg both", c("segment s { when avg(purchase.total) > avg(purchase.total in last 30 days) }")),
        ("items avg", c("trait l = list(product_view)\nsegment s { when avg(purchase.lines.quantity) > 3 }")),
        ("more_email attr", "customer { id: string key email: email? more_email: email? }\nsource a { table \"a\" feeds customer { id = id more_email = m } }\nsource b { table \"b\" feeds customer by more_email { more_email = m email = e } }".into()),
        ("written_", "customer { id: string key written_id: string? }\nsource a { table \"a\" feeds customer { id = id written_id = m } }".into()),
        ("group key value_1", c("event e { o: string unique n: decimal }\nsource s { table \"e\" group by value_1 feeds e { customer = min(c) at = min(at) o = value_1 n = sum(q) } }")),
        ("constant feeds", c("source s { table \"e\" feeds suppression { email = \"a@b.c\" } }")),
        ("record customer field", c("record r { customer: string n: int }\nevent e { o: string unique rs: list<r> }\ntrait n = count(e where any(rs where n > age))")),
        ("lookups same", c("trait n = count(product_view where sku.category == \"a\" and sku.name == \"b\")\ntrait s = last(product_view).sku.name")),
        ("event field sku__key", c("event e { sku: product sku__key: string }\ntrait n = count(e where sku.name == \"b\")")),
        ("literal in optional", c("trait n = count(product_view where category is missing)\ntrait r = rfm(purchase.total)\nsegment s { when r.recency >= 4 }")),
        ("record field deep", c("segment s { when last(product_view).sku.in_stock }")),
        ("list values", c("trait l = list(purchase.total)\ntrait n = count(l)")),
        ("list less", c("event r { sku: product }\ntrait l = list(product_view less r by sku since last(purchase).at)\ntrait n = any(l where it.sku.in_stock)")),
        ("self union", c("event u = u or purchase")),
        ("dup union", c("event u = purchase or purchase\ntrait n = count(u)")),
        ("entity with list", c("entity x { k: string key ls: list<line> }")),
    ] { check_all(name, &text); }
}
#[test]
fn show() {
    let loaded = load(&std::fs::read_to_string(std::env::var("PROG").unwrap()).unwrap());
    let model = loaded.model.unwrap();
    println!("{}", Profiles::everything(&model, &[]));
    for s in staging(&model) { println!("## {}\n{}", s.table, s.plan); }
}
