//! What holds for every message, at the moment of sending.

use persona_value::Value;

use crate::shop::{Shop, at, names};

const QUIET: &str = "policy { quiet 21:00 to 08:00 local except transactional }";
const CART: &str = "trigger cart { on cart_add  wait 1 hour unless purchase  send receipt  send reminder  wait 1 hour  send tips  exit on refund }";

#[test]
fn quiet_hours_hold_a_message_to_their_end_and_what_is_exempt_goes() {
    let mut shop = Shop::new(&format!("{QUIET} {CART}"));
    shop.does("03-01 19:59", "ada", "cart_add");
    shop.does("03-01 20:00", "bob", "cart_add");
    assert_eq!(shop.run("03-01 20:59"), ["ada gets receipt", "ada gets reminder"]);
    assert_eq!(shop.run("03-01 21:00"), ["bob gets receipt"], "the first minute is quiet");
    assert_eq!(shop.run("03-01 22:00"), [""; 0]);
    assert_eq!(shop.run("03-02 07:59"), [""; 0]);
    assert_eq!(
        shop.run("03-02 08:00"),
        ["ada gets tips", "bob gets reminder"],
        "the last is not, and nothing twice"
    );
    assert_eq!(shop.run("03-02 09:00"), ["bob gets tips"], "an hour after it went");
}

#[test]
fn when_quiet_hours_end_all_since_the_last_wait_is_decided_again() {
    let program = "trigger cart { on cart_add  wait 1 hour unless purchase  if tier == gold { send reminder } else { send tips } }";
    let mut shop = Shop::new(&format!("{QUIET} {program}"));
    shop.does("03-01 21:00", "ada", "cart_add");
    shop.does("03-01 21:00", "bob", "cart_add");
    assert_eq!(shop.run("03-01 22:00"), [""; 0]);
    shop.does("03-02 06:00", "bob", "purchase");
    shop.customer("ada").answers = names(&["if cart 0"]);
    assert_eq!(shop.run("03-02 08:00"), ["ada gets reminder"]);
    assert_eq!(shop.why(), ["finished", "purchase came"]);
}

#[test]
fn consent_is_asked_for_when_the_message_goes() {
    let mut shop = Shop::new(&format!("{QUIET} trigger cart {{ on cart_add  send reminder }}"));
    shop.does("03-01 22:00", "ada", "cart_add");
    assert_eq!(shop.run("03-01 22:00"), [""; 0]);
    shop.customer("ada").consents = names(&[]);
    assert_eq!(shop.run("03-02 08:00"), ["ada: reminder withheld, no consent to marketing"]);
}

#[test]
fn what_is_of_no_use_afterwards_is_withheld() {
    let flow = "trigger cart { on cart_add  send reminder  valid for 4 hours  once per 1 day }";
    let mut shop = Shop::new(&format!("{QUIET} {flow}"));
    shop.does("03-01 22:00", "ada", "cart_add");
    shop.does("03-02 04:00", "bob", "cart_add");
    let late = "ada: reminder withheld, of no use any more when it may be sent";
    assert_eq!(shop.run("03-01 22:00"), [late]);
    assert_eq!(shop.run("03-02 04:00"), [""; 0]);
    assert_eq!(shop.run("03-02 08:00"), ["bob gets reminder"], "four hours are not over yet");
    shop.does("03-02 09:00", "bob", "cart_add").customer = "ada";
    assert_eq!(shop.run("03-02 13:01"), [late], "a run that comes late is no better");
}

#[test]
fn quiet_hours_are_the_customers_own() {
    let mut shop = Shop::new(&format!("{QUIET} trigger cart {{ on cart_add  send reminder }}"));
    shop.set("ada", "timezone", Value::text("America/New_York"));
    shop.does("03-01 09:00", "ada", "cart_add"); // 04:00 in New York
    shop.does("03-01 09:00", "bob", "cart_add");
    assert_eq!(shop.run("03-01 09:00"), ["bob gets reminder"]);
    assert_eq!(shop.run("03-01 13:00"), ["ada gets reminder"]);
}

#[test]
fn a_cap_counts_what_all_flows_sent_and_its_time_is_half_open() {
    let mut shop = Shop::new(
        "policy { at most 2 emails per 7 days except transactional }
         trigger cart { on cart_add  send reminder  send receipt }",
    );
    let mut cart = |when: &str| {
        shop.does(when, "ada", "cart_add");
        shop.run(when)
    };
    let over = ["ada: reminder withheld, at most 2 per 7 days", "ada gets receipt"];
    assert_eq!(cart("03-01 10:00"), ["ada gets reminder", "ada gets receipt"]);
    assert_eq!(cart("03-02 10:00"), ["ada gets reminder", "ada gets receipt"]);
    assert_eq!(cart("03-03 10:00"), over);
    assert_eq!(cart("03-08 09:59"), over);
    assert_eq!(cart("03-08 10:00"), ["ada gets reminder", "ada gets receipt"], "seven days after the first");
}

#[test]
fn of_messages_due_together_the_higher_priority_goes_first_then_the_name() {
    let mut shop = Shop::new(
        "policy { at most 1 emails per 1 day }
         trigger a { on cart_add  send tips }
         trigger b { on cart_add  send reminder  priority 5 }
         trigger c { on cart_add  send receipt  priority 5 }",
    );
    shop.does("03-01 10:00", "ada", "cart_add");
    assert_eq!(
        shop.run("03-01 10:00"),
        [
            "ada gets reminder",
            "ada: receipt withheld, at most 1 per 1 day",
            "ada: tips withheld, at most 1 per 1 day"
        ]
    );
}

#[test]
fn of_some_messages_a_customer_gets_one() {
    let mut shop = Shop::new(
        "policy { one of tips, reminder per 1 day }
         trigger a { on cart_add  send tips }
         trigger b { on purchase  send reminder  send receipt }",
    );
    shop.does("03-01 10:00", "ada", "cart_add");
    shop.does("03-01 10:00", "ada", "purchase");
    shop.does("03-02 10:00", "ada", "purchase");
    assert_eq!(
        shop.run("03-01 10:00"),
        [
            "ada gets tips",
            "ada: reminder withheld, one of several per 1 day: tips was sent",
            "ada gets receipt"
        ]
    );
    assert_eq!(shop.run("03-02 10:00"), ["ada gets reminder", "ada gets receipt"]);
}

#[test]
fn a_new_sender_begins_with_few_and_the_rest_waits_for_the_next_day() {
    let mut shop = Shop::new(
        "policy { warm up from 1 per day doubling every 1 day }
         trigger a { on cart_add  send tips }",
    );
    for customer in ["ada", "bob", "cid", "dan", "eve"] {
        shop.set(customer, "email", Value::text("x@example.com"));
        shop.customer(customer).consents.insert("marketing".into());
        shop.does("03-01 10:00", customer, "cart_add");
    }
    assert_eq!(shop.run("03-01 10:00"), ["ada gets tips"]);
    assert_eq!(shop.run("03-01 23:00"), [""; 0]);
    // Two on the second day; for the others the third would be later than a day, as long as a message is held.
    let late = |name: &str| format!("{name}: tips withheld, of no use any more when it may be sent");
    assert_eq!(
        shop.run("03-02 00:00"),
        ["bob gets tips".to_string(), "cid gets tips".to_string(), late("dan"), late("eve")]
    );
}

#[test]
fn a_campaign_is_held_and_decided_again_too() {
    let mut shop = Shop::new(
        "policy { quiet 21:00 to 08:00 local }
         campaign late { to tier == gold  every day at 22:00  send tips  exit on purchase }",
    );
    for customer in ["ada", "bob", "cid"] {
        shop.set(customer, "email", Value::text("x@example.com"));
        shop.customer(customer).consents.insert("marketing".into());
        shop.customer(customer).answers = names(&["to late"]);
    }
    shop.run("03-01 12:00");
    assert_eq!(shop.run("03-01 22:00"), [""; 0]);
    shop.does("03-02 07:00", "bob", "purchase");
    shop.customer("cid").answers.clear();
    assert_eq!(shop.run("03-02 07:59"), [""; 0]);
    assert_eq!(shop.run("03-02 08:00"), ["ada gets tips"]);
    assert_eq!(shop.run("03-02 08:01"), [""; 0]);
    assert!(shop.state.held.is_empty());
    assert_eq!(shop.run("03-02 22:00"), [""; 0]);
    let until: Vec<_> = shop.state.held.values().map(|held| held.until).collect();
    assert_eq!(until, [at("03-03 08:00"), at("03-03 08:00")], "who is in the audience now");
}
