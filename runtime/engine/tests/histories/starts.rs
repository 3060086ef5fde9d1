//! What starts a flow.

use crate::shop::{PROJECT, Shop, model, names};
use persona_value::Value;

const ON_PURCHASE: &str = "trigger thanks { on purchase  send receipt }";

#[test]
fn an_event_starts_a_flow_in_the_first_run_that_knows_it_and_in_no_other() {
    let mut shop = Shop::new(ON_PURCHASE);
    shop.does("03-01 09:00", "ada", "purchase");
    assert_eq!(shop.run("03-01 12:00"), ["ada gets receipt"]);
    shop.does("03-01 12:00", "bob", "purchase"); // at the last run's instant, told too late for it
    shop.does("03-01 12:01", "bob", "purchase");
    assert_eq!(shop.run("03-01 13:00"), ["bob gets receipt"]);
    assert_eq!(shop.run("03-01 13:00"), [""; 0], "the same instant once more");
}

#[test]
fn the_first_run_looks_back_24_hours() {
    let mut shop = Shop::new(ON_PURCHASE);
    shop.does("02-28 12:00", "ada", "purchase");
    shop.does("02-28 12:01", "bob", "purchase");
    assert_eq!(shop.run("03-01 12:00"), ["bob gets receipt"]);
}

#[test]
fn an_event_acts_when_it_arrives_and_starts_nothing_after_more_than_a_day() {
    let mut shop = Shop::new(ON_PURCHASE);
    let late = "03-02 10:00";
    shop.run("03-01 12:00");
    shop.does("03-01 11:00", "ada", "purchase").received = crate::shop::at(late);
    shop.does("03-01 09:59", "bob", "purchase").received = crate::shop::at(late);
    assert_eq!(shop.run("03-02 09:00"), [""; 0], "not there yet");
    assert_eq!(shop.run("03-02 12:00"), ["ada gets receipt"]);
}

#[test]
fn an_event_of_the_future_is_held_until_then() {
    let mut shop = Shop::new(ON_PURCHASE);
    shop.does("03-01 12:30", "ada", "purchase").received = crate::shop::at("03-01 11:00");
    assert_eq!(shop.run("03-01 12:00"), [""; 0]);
    assert_eq!(shop.run("03-01 13:00"), ["ada gets receipt"]);
}

#[test]
fn entering_and_leaving_is_what_changed_between_two_runs() {
    let mut shop = Shop::new(
        "trigger in_vip { on enter vip  send reminder }
         trigger out_vip { on leave vip  send tips }
         trigger win_back { on enter lapsed  send receipt }",
    );
    shop.customer("ada").segments = names(&["vip"]);
    assert_eq!(shop.run("03-01 12:00"), [""; 0], "the first deployment writes to nobody");
    shop.customer("bob").segments = names(&["vip"]);
    assert_eq!(shop.run("03-02 12:00"), ["bob gets reminder"]);
    shop.customer("ada").segments = names(&[]);
    shop.set("bob", "stage", Value::text("lapsed"));
    assert_eq!(shop.run("03-03 12:00"), ["ada gets tips", "bob gets receipt"]);
    shop.facts.remove("bob");
    assert_eq!(shop.run("03-04 12:00"), [""; 0], "who is no customer any more leaves nothing");
}

#[test]
fn a_changed_definition_sets_membership_silently() {
    let program = "trigger in_vip { on enter rich  send reminder }";
    let mut shop = Shop::new(&format!("segment rich {{ when tier == gold }} {program}"));
    shop.run("03-01 12:00");
    shop.customer("ada").segments = names(&["rich"]);
    // Only moved, and commented on: the same definition.
    let moved = format!("/// They buy.\n\n  segment rich {{\n when tier == gold }} {program}");
    let mut same = Shop { model: model(PROJECT, &moved), ..shop.clone() };
    assert_eq!(same.run("03-02 12:00"), ["ada gets reminder"]);
    let wider = format!("segment rich {{ when tier >= silver }} {program}");
    let mut changed = Shop { model: model(PROJECT, &wider), ..shop };
    assert_eq!(changed.run("03-02 12:00"), [""; 0]);
    changed.customer("bob").segments = names(&["rich"]);
    assert_eq!(changed.run("03-03 12:00"), ["bob gets reminder"]);
}

#[test]
fn a_definition_is_also_what_it_reads() {
    let program = "trait orders = count(purchase in last 30 days)  segment core { when orders > 2 }
                   segment rich { when in core and tier == gold }
                   trigger in_vip { on enter rich  send reminder }";
    let mut shop = Shop::new(program);
    shop.run("03-01 12:00");
    shop.customer("ada").segments = names(&["rich"]);
    let mut changed = Shop { model: model(PROJECT, &program.replace("30 days", "60 days")), ..shop.clone() };
    assert_eq!(changed.run("03-02 12:00"), [""; 0]);
    assert_eq!(shop.run("03-02 12:00"), ["ada gets reminder"]);
}

#[test]
fn a_consent_starts_a_flow_if_it_still_stands() {
    let mut shop = Shop::new("trigger welcome { on consent marketing  send tips }");
    shop.gives("03-01 09:00", "ada", "marketing");
    shop.gives("03-01 09:00", "bob", "marketing");
    shop.customer("bob").consents = names(&[]);
    assert_eq!(shop.run("03-01 12:00"), ["ada gets tips"]);
}
