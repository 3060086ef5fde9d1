//! Flows that start by the clock, by a date, or by a value that goes up.

use persona_value::Value;

use crate::shop::{Shop, at};

#[test]
fn a_date_of_the_customers_own_starts_a_flow_once() {
    let mut shop =
        Shop::with("birthday: date?", "trigger b { on anniversary of birthday at 08:00 local  send tips }");
    shop.set("ada", "birthday", Value::Date("1990-03-02".parse().unwrap()));
    shop.set("bob", "birthday", Value::Date("2000-02-29".parse().unwrap()));
    assert_eq!(shop.run("02-28 07:59"), [""; 0]);
    assert_eq!(shop.run("02-28 08:00"), ["bob gets tips"]);
    // The same local day once more, where the clock is behind.
    shop.set("bob", "timezone", Value::text("America/New_York"));
    assert_eq!(shop.run("02-28 13:00"), [""; 0]);
    assert_eq!(shop.run("03-01 12:00"), [""; 0]);
    assert_eq!(shop.run("03-02 09:00"), ["ada gets tips"]);
    assert_eq!(shop.run("03-03 09:00"), [""; 0]);
}

#[test]
fn so_long_before_a_date_or_an_instant() {
    let mut shop = Shop::with(
        "due: date?  ends: timestamp?",
        "trigger a { on 3 days before due at 09:00 local  send tips }
         trigger b { on 2 hours before ends  send reminder }",
    );
    shop.set("ada", "due", Value::Date("2026-03-10".parse().unwrap()));
    shop.set("ada", "ends", Value::Instant(at("03-05 12:30")));
    assert_eq!(shop.run("03-05 10:29"), [""; 0]);
    assert_eq!(shop.run("03-05 10:30"), ["ada gets reminder"]);
    // It is put off: once more.
    shop.set("ada", "ends", Value::Instant(at("03-06 12:30")));
    assert_eq!(shop.run("03-06 10:30"), ["ada gets reminder"]);
    assert_eq!(shop.run("03-07 09:00"), ["ada gets tips"]);
}

#[test]
fn every_monday() {
    let mut shop = Shop::new("trigger m { on every monday at 09:00  send tips  wait 1 hour  send reminder }");
    shop.set("ada", "timezone", Value::text("America/New_York"));
    assert_eq!(shop.run("03-01 12:00"), [""; 0]); // a Sunday
    assert_eq!(shop.run("03-02 09:00"), ["bob gets tips"]);
    assert_eq!(shop.run("03-02 14:00"), ["ada gets tips", "bob gets reminder"]);
    assert_eq!(shop.run("03-08 12:00"), ["ada gets reminder"]);
    assert_eq!(shop.run("03-09 14:30"), ["ada gets tips", "bob gets tips"]);
}

#[test]
fn a_value_rises_from_one_that_was_there() {
    let mut shop = Shop::new("trigger up { on tier rises  send tips }");
    shop.set("ada", "tier", Value::text("bronze"));
    assert_eq!(shop.run("03-01 12:00"), [""; 0]);
    shop.set("bob", "tier", Value::text("silver")); // nothing was there before
    shop.set("ada", "tier", Value::text("gold"));
    assert_eq!(shop.run("03-02 12:00"), ["ada gets tips"]);
    assert_eq!(shop.run("03-02 13:00"), [""; 0]);
    shop.set("ada", "tier", Value::text("bronze"));
    assert_eq!(shop.run("03-03 12:00"), [""; 0]);
    shop.set("ada", "tier", Value::text("silver"));
    assert_eq!(shop.run("03-04 12:00"), ["ada gets tips"]);
}

#[test]
fn a_value_reaches_the_highest_threshold_it_passes_once_or_again() {
    let program = "trait orders = count(purchase)
        trigger once { on orders reaches any of 5, 10  send tips }
        trigger more { on orders reaches any of 5, 10 again  send reminder }";
    let mut shop = Shop::new(program);
    let mut orders = |when: &str, n: i64| {
        shop.set("ada", "orders", Value::Int(n));
        shop.run(when)
    };
    assert_eq!(orders("03-01 12:00", 6), [""; 0], "the first time says nothing");
    assert_eq!(orders("03-02 12:00", 4), [""; 0]);
    assert_eq!(orders("03-03 12:00", 5), ["ada gets reminder"], "five were reached before");
    assert_eq!(orders("03-04 12:00", 12), ["ada gets reminder", "ada gets tips"]);
    assert_eq!(orders("03-05 12:00", 0), [""; 0]);
    assert_eq!(orders("03-06 12:00", 11), ["ada gets reminder"]);
}

#[test]
fn how_late_an_event_may_arrive_is_said() {
    let mut shop = Shop::new("trigger a { on purchase late within 3 days  send tips }");
    shop.run("03-01 12:00");
    shop.does("03-01 12:00", "ada", "purchase").received = at("03-04 12:00");
    shop.does("03-01 11:59", "bob", "purchase").received = at("03-04 12:00");
    assert_eq!(shop.run("03-04 12:00"), ["ada gets tips"]);
}

#[test]
fn a_flow_gives_an_attribute_another_value() {
    let mut shop = Shop::new("trigger a { on purchase  update tier = silver  wait 1 hour  send tips }");
    shop.set("ada", "update a 0", Value::text("silver"));
    shop.does("03-01 12:00", "ada", "purchase");
    shop.run("03-01 12:00");
    let updates: Vec<_> = shop.updates.iter().map(|u| (&*u.attribute, u.value.clone())).collect();
    assert_eq!(updates, [("tier", Value::text("silver"))]);
    shop.run("03-01 12:30");
    assert!(shop.updates.is_empty(), "a step is done once");
}

#[test]
fn the_next_instant_at_which_something_is_due_is_known() {
    let mut shop = Shop::with(
        "birthday: date?",
        "trigger cart { on cart_add  wait 1 hour  send tips }
         trigger b { on anniversary of birthday at 08:00 local  send tips }
         campaign daily { every sunday at 20:00  send reminder }",
    );
    shop.set("ada", "birthday", Value::Date("1990-03-07".parse().unwrap()));
    shop.does("03-02 12:00", "ada", "cart_add");
    shop.run("03-02 12:00");
    let next = |shop: &Shop, now| persona_engine::next(&shop.world(at(now)), &shop.state).unwrap();
    assert_eq!(next(&shop, "03-02 12:00"), at("03-02 13:00"));
    shop.run("03-02 13:00");
    assert_eq!(next(&shop, "03-02 13:00"), at("03-07 08:00"));
    assert_eq!(next(&shop, "03-07 08:00"), at("03-08 20:00"));
}
