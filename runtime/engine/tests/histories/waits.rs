//! How a flow waits, goes on and ends.

use jiff::Timestamp;
use persona_value::Value;

use crate::shop::{PROJECT, Shop, at, model, names};

const CART: &str = "trigger abandoned_cart {
  on cart_add
  wait 1 hour unless purchase
  send reminder
  wait 1 day unless purchase
  send tips
}";

#[test]
fn the_first_wait_starts_at_the_event_and_later_ones_when_the_step_before_ended() {
    let mut shop = Shop::new(CART);
    shop.does("03-01 10:00", "ada", "cart_add");
    assert_eq!(shop.run("03-01 10:59"), [""; 0]);
    assert_eq!(shop.run("03-01 11:30"), ["ada gets reminder"], "due at 11:00, run at 11:30");
    assert_eq!(shop.run("03-02 11:29"), [""; 0]);
    assert_eq!(shop.run("03-02 11:30"), ["ada gets tips"]);
    assert_eq!(shop.why(), ["finished"]);
    assert_eq!(shop.live(), [""; 0]);
}

#[test]
fn a_wait_after_a_wait_starts_when_that_one_ended() {
    let mut shop = Shop::new("trigger slow { on cart_add  wait 1 hour  wait 1 hour  send reminder }");
    shop.does("03-01 10:00", "ada", "cart_add");
    assert_eq!(shop.run("03-01 11:30"), [""; 0]);
    assert_eq!(shop.run("03-01 12:29"), [""; 0]);
    assert_eq!(shop.run("03-01 12:30"), ["ada gets reminder"]);
}

#[test]
fn a_purchase_meanwhile_ends_the_flow_even_if_the_run_comes_late() {
    let mut shop = Shop::new(CART);
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.does("03-01 15:00", "ada", "purchase"); // after the hour, before the run
    assert_eq!(shop.run("03-01 20:00"), [""; 0]);
    assert_eq!(shop.why(), ["purchase came"]);
}

#[test]
fn what_came_before_the_wait_does_not_end_it() {
    let mut shop = Shop::new(CART);
    shop.does("03-01 10:00", "ada", "purchase");
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.does("03-01 10:30", "bob", "purchase");
    assert_eq!(shop.run("03-01 12:00"), ["ada gets reminder"]);
    let mut late = shop.clone();
    // A purchase of before the second wait, told only now: the first wait is over, and the second had not begun.
    late.does("03-01 11:00", "ada", "purchase").received = at("03-01 13:00");
    assert_eq!(late.run("03-02 12:00"), ["ada gets tips"]);
    shop.does("03-01 12:01", "ada", "purchase");
    assert_eq!(shop.run("03-02 12:00"), [""; 0]);
}

#[test]
fn exit_on_ends_a_flow_wherever_it_is() {
    let mut shop = Shop::new(
        "trigger welcome { on consent marketing  send tips  wait until 09:00 local  send reminder  exit on activity }",
    );
    shop.gives("03-01 10:00", "ada", "marketing");
    shop.gives("03-01 10:00", "bob", "marketing");
    shop.does("03-01 09:59", "bob", "refund"); // before the flow
    assert_eq!(shop.run("03-01 12:00"), ["ada gets tips", "bob gets tips"]);
    shop.does("03-01 11:00", "ada", "refund").received = at("03-01 13:00");
    assert_eq!(shop.run("03-02 09:00"), ["bob gets reminder"]);
    assert_eq!(shop.why(), ["activity came", "finished"]);
}

#[test]
fn a_time_of_day_is_the_customers_own_else_the_projects() {
    let mut shop = Shop::new("trigger hello { on cart_add  wait until 09:00 local  send reminder }");
    shop.set("ada", "timezone", Value::text("America/New_York"));
    shop.set("bob", "timezone", Value::text("Mars/Olympus")); // unknown: London
    shop.does("03-01 08:00", "ada", "cart_add");
    shop.does("03-01 08:00", "bob", "cart_add");
    assert_eq!(shop.run("03-01 09:00"), ["bob gets reminder"]);
    assert_eq!(shop.run("03-01 13:59"), [""; 0]);
    assert_eq!(shop.run("03-01 14:00"), ["ada gets reminder"]);
}

#[test]
fn the_next_nine_oclock_may_be_tomorrow() {
    let mut shop = Shop::new("trigger hello { on cart_add  wait until 09:00 local  send reminder }");
    shop.does("03-01 09:01", "ada", "cart_add");
    shop.run("03-01 12:00");
    let due: Vec<Timestamp> = shop.state.flows.values().map(|flow| flow.due).collect();
    assert_eq!(due, [at("03-02 09:00")]);
}

#[test]
fn a_branch_is_decided_when_it_is_reached() {
    let program = "trigger hello { on cart_add  wait 1 hour  if tier >= silver { send receipt } else { send tips }  send reminder }";
    let mut shop = Shop::new(program);
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.does("03-01 10:00", "bob", "cart_add");
    shop.run("03-01 10:30");
    shop.customer("ada").answers = names(&["if hello 0"]);
    assert_eq!(
        shop.run("03-01 11:00"),
        ["ada gets receipt", "ada gets reminder", "bob gets tips", "bob gets reminder"]
    );
}

#[test]
fn a_changed_trigger_ends_its_flows_and_one_that_only_moved_does_not() {
    let mut shop = Shop::new(CART);
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.run("03-01 10:30");
    let moved = format!("/// Forgotten?\n\n{CART}").replace("send tips\n", "send tips once per 7 days");
    let mut same = Shop { model: model(PROJECT, &moved), ..shop.clone() };
    assert_eq!(same.run("03-01 11:00"), ["ada gets reminder"]);
    let mut changed = Shop { model: model(PROJECT, &CART.replace("1 hour", "2 hours")), ..shop.clone() };
    assert_eq!(changed.run("03-01 13:00"), [""; 0]);
    assert_eq!(changed.why(), ["the trigger changed"]);
    assert_eq!(changed.live(), [""; 0]);
    let mut gone = Shop { model: model(PROJECT, ""), ..shop };
    assert_eq!(gone.run("03-01 13:00"), [""; 0]);
    assert_eq!(gone.why(), ["the trigger is gone"]);
}
