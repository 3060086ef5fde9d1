//! Campaigns, by the customer's own clock.

use jiff::SignedDuration;
use persona_value::Value;

use crate::shop::{Shop, at, names};

/// A shop whose customers are all in the campaign's audience.
fn shop(program: &str) -> Shop {
    let mut shop = Shop::new(program);
    shop.customer("ada").answers = names(&["to news"]);
    shop.customer("bob").answers = names(&["to news"]);
    shop
}

#[test]
fn a_weekly_campaign_goes_out_at_the_customers_own_hour() {
    let mut shop = shop("campaign news { to tier >= bronze  every monday at 09:00  send tips }");
    shop.set("bob", "timezone", Value::text("America/New_York"));
    assert_eq!(shop.run("03-02 08:59"), [""; 0], "last Monday's is over");
    assert_eq!(shop.run("03-02 09:00"), ["ada gets tips"]);
    assert_eq!(shop.run("03-02 12:00"), [""; 0]);
    assert_eq!(shop.run("03-02 14:00"), ["bob gets tips"]);
    assert_eq!(shop.run("03-08 23:00"), [""; 0]);
    assert_eq!(shop.run("03-10 23:00"), ["ada gets tips", "bob gets tips"], "late, and once");
}

#[test]
fn of_several_due_days_only_the_latest_is_sent() {
    let mut shop = shop("campaign news { to tier >= bronze  every day at 09:00  send tips }");
    shop.run("03-02 10:00");
    assert_eq!(shop.run("03-06 08:00"), ["ada gets tips", "bob gets tips"]);
    assert_eq!(shop.run("03-06 09:00"), ["ada gets tips", "bob gets tips"]);
}

#[test]
fn a_clock_set_back_over_midnight_leaves_nobody_out() {
    let mut shop = shop("campaign news { to tier >= bronze  every day at 00:00  send tips }");
    shop.facts.remove("bob");
    shop.set("ada", "timezone", Value::text("America/St_Johns"));
    // One minute after midnight of 7 November 2010 it was 23:01 of the 6th once more.
    let mut run = |time: &str| shop.run_at(format!("2010-11-07T{time}Z").parse().unwrap());
    run("02:00");
    assert_eq!(run("02:45"), ["ada gets tips"]);
    assert_eq!(run("03:45"), [""; 0], "the second midnight of the same day");
}

#[test]
fn one_date_is_due_once_even_for_who_moves_west() {
    let mut shop = shop("campaign news { to tier >= bronze  at 2026-03-02 09:00 local  send tips }");
    shop.run("03-02 08:00");
    assert_eq!(shop.run("03-02 10:00"), ["ada gets tips", "bob gets tips"]);
    shop.set("ada", "timezone", Value::text("America/New_York"));
    assert_eq!(shop.run("03-02 15:00"), [""; 0]);
}

#[test]
fn the_audience_is_who_is_in_it_at_the_run() {
    let mut shop = shop("campaign news { to tier >= bronze  every day at 09:00  send tips }");
    shop.customer("bob").answers = names(&[]);
    assert_eq!(shop.run("03-02 10:00"), ["ada gets tips"]);
}

#[test]
fn a_spread_gives_each_customer_a_time_of_their_own() {
    let mut shop =
        Shop::new("campaign news { to tier >= bronze  every day at 09:00  spread over 2 hours  send tips }");
    shop.facts.clear();
    for n in 0..200 {
        let id = format!("c{n:03}");
        shop.set(&id, "email", Value::text(format!("{id}@example.com")));
        shop.customer(&id).answers = names(&["to news"]);
        shop.customer(&id).consents = names(&["marketing"]);
    }
    shop.run("03-02 08:59");
    let mut sent = Vec::new();
    for quarter in 0..9 {
        sent.push(shop.run_at(at("03-02 09:00") + SignedDuration::from_mins(15 * quarter)).len());
    }
    assert_eq!(sent.iter().sum::<usize>(), 200, "each once: {sent:?}");
    assert!(sent[1..].iter().all(|n| (10..=45).contains(n)), "about 25 in each quarter of an hour: {sent:?}");
}
