//! One live flow, starting over, and `once per`.

use crate::shop::{Shop, at};

const CART: &str = "trigger abandoned_cart { on cart_add  wait 1 hour unless purchase  send reminder  wait 1 day  send tips  once per 7 days }";

#[test]
fn until_the_first_send_a_newer_event_starts_the_flow_over() {
    let mut shop = Shop::new(CART);
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.run("03-01 10:10");
    shop.does("03-01 10:20", "ada", "cart_add");
    shop.does("03-01 10:05", "ada", "cart_add").received = at("03-01 10:25"); // older than the one it runs on
    assert_eq!(shop.run("03-01 11:10"), [""; 0], "the hour began again at 10:20");
    assert_eq!(shop.run("03-01 11:20"), ["ada gets reminder"]);
}

#[test]
fn after_the_first_send_events_are_ignored() {
    let mut shop = Shop::new(CART);
    shop.does("03-01 10:00", "ada", "cart_add");
    assert_eq!(shop.run("03-01 11:00"), ["ada gets reminder"]);
    shop.does("03-01 12:00", "ada", "cart_add");
    assert_eq!(shop.run("03-01 14:00"), [""; 0]);
    assert_eq!(shop.run("03-02 11:00"), ["ada gets tips"], "a day after the first, not after the new event");
}

#[test]
fn what_was_withheld_is_no_first_send() {
    let mut shop = Shop::new(CART);
    shop.refuses.insert("reminder", "no");
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.run("03-01 11:00");
    shop.refuses.clear();
    shop.does("03-01 12:00", "ada", "cart_add");
    assert_eq!(shop.run("03-01 13:00"), ["ada gets reminder"], "started over, and not held back by once per");
}

#[test]
fn once_per_counts_from_the_first_send_of_a_flow_that_sent() {
    let mut shop = Shop::new(CART);
    shop.does("03-01 10:00", "ada", "cart_add");
    assert_eq!(shop.run("03-01 11:00"), ["ada gets reminder"]);
    assert_eq!(shop.run("03-02 11:00"), ["ada gets tips"]);
    let mut early = shop.clone();
    early.does("03-08 10:59", "ada", "cart_add"); // six days, 23 hours and 59 minutes
    assert_eq!(early.run("03-08 12:30"), [""; 0]);
    assert_eq!(early.live(), [""; 0]);
    shop.does("03-08 11:00", "ada", "cart_add");
    assert_eq!(shop.run("03-08 12:30"), ["ada gets reminder"]);
}

#[test]
fn with_by_there_is_a_flow_for_each_key() {
    let mut shop = Shop::new("trigger replenish { on purchase by order_id  wait 1 hour  send reminder }");
    shop.does("03-01 10:00", "ada", "purchase").key = Some("one");
    shop.does("03-01 10:30", "ada", "purchase").key = Some("two");
    assert_eq!(shop.run("03-01 11:00"), ["ada gets reminder"]);
    assert_eq!(shop.live(), ["ada"]);
    assert_eq!(shop.run("03-01 11:30"), ["ada gets reminder"]);
}

#[test]
fn of_several_flows_once_per_lets_the_oldest_send() {
    let mut shop = Shop::new(
        "trigger replenish { on purchase by order_id  wait 1 hour  send reminder  once per 1 day }",
    );
    shop.does("03-01 10:30", "ada", "purchase").key = Some("a newer one");
    shop.does("03-01 10:00", "ada", "purchase").key = Some("one");
    assert_eq!(shop.run("03-01 12:00"), ["ada gets reminder"]);
    assert_eq!(shop.why(), ["finished", "once per"]);
    assert_eq!(shop.ended[0].flow.key.as_deref(), Some("one"));
}
