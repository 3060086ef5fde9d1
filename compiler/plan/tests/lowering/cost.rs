//! What it takes to keep a value up to date.

use persona_plan::lower::Profiles;
use persona_plan::{Cost, cost};

use crate::support::{CUSTOMERS, load};

/// The class of a trait over purchases of products.
#[track_caller]
fn of(value: &str) -> Cost {
    let model = load(&format!(
        "{CUSTOMERS}
         entity product {{ sku: string key  category: string? }}
         event purchase {{ order_id: string unique  total: money  sku: product }}
         source orders {{ table \"orders\" feeds purchase {{ customer = customer_id  at = at  received = received
           order_id = id  total = money(total, GBP)  sku = sku }} }}
         trait t = {value}"
    ));
    let model = model.model.unwrap();
    assert_eq!(model.traits.len(), 1, "{value}");
    cost(&Profiles::trait_(&model, "t"))
}

#[test]
fn what_is_counted_for_ever_changes_with_new_events_only() {
    assert_eq!(of("sum(purchase.total)"), Cost::NewEvents);
    assert_eq!(of("last(purchase).at"), Cost::NewEvents);
    assert_eq!(of("count(purchase where total > 10 GBP since 2026-01-01)"), Cost::NewEvents);
    assert_eq!(of("age ?? 18"), Cost::NewEvents);
}

#[test]
fn windows_end() {
    assert_eq!(of("count(purchase in last 30 days)"), Cost::Timers);
    assert_eq!(of("count(purchase in last 2 months)"), Cost::Timers);
    assert_eq!(of("last(purchase).at < 60 days ago"), Cost::Timers);
    assert_eq!(of("any(purchase without purchase within 3 days)"), Cost::Timers);
}

#[test]
fn ranks_and_entities_are_of_everybody() {
    assert_eq!(of("rfm(purchase.total)"), Cost::FullScan);
    assert_eq!(of("most_frequent(purchase.sku.category)"), Cost::FullScan);
    assert_eq!(of("count(purchase where sku.category == \"gifts\" in last 30 days)"), Cost::FullScan);
}
