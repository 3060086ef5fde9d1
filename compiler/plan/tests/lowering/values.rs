//! What traits and segments are of whom.

use crate::support::{CUSTOMERS, Shop};

/// Ada bought for 1, 1 and 2 pounds, Bob for 2; Cy never.
fn sales(traits: &str) -> Shop {
    Shop::new(&format!(
        "{CUSTOMERS}
        event sale {{ total: money  level: enum {{ low < mid < high }}?  shipped: timestamp?  ordered: timestamp? }}
        source sales {{ table \"sales\" feeds sale {{ customer = c  at = at  total = t  level = l  shipped = s }} }}
        {traits}"
    ))
    .table("people", "id, email, tier, age", "ada | - | gold | 40\nbob | - | - | -\ncy | - | bronze | 12")
    .table(
        "sales",
        "c, at, t, l, s",
        "ada | 2026-06-01 | 1 | high | 2026-06-02
         ada | 2026-06-02 | 1 | low | -
         ada | 2026-06-14 | 2 | mid | -
         bob | 2026-06-14 | 2 | - | -",
    )
}

#[test]
fn averages_are_compared_and_never_divided() {
    let shop = sales(
        "trait mean    = avg(sale.total)
         trait alias   = mean
         trait shown   = list(sale)
         segment exact    { when mean == 1.333333333 GBP }
         segment above    { when alias > 1.333333333 GBP }
         segment below    { when 1.333333333 GBP < avg(sale.total) }
         segment items    { when avg(shown, it.total) > 1.333333333 GBP }
         segment both     { when avg(sale.total in last 7 days) > avg(sale.total) }
         segment same     { when avg(sale.total in last 7 days) == mean }
         segment unequal  { when mean != 2 GBP }",
    );
    let columns = ["id", "in_exact", "in_above", "in_below", "in_items", "in_both", "in_same", "in_unequal"];
    assert_eq!(
        shop.profile(&columns),
        "ada | false | true | true | true | true | false | true
bob | false | true | true | true | false | true | false
cy | false | false | false | false | false | false | true\n"
    );
}

#[test]
fn beside_an_enum_a_bare_name_is_its_value() {
    let shop = sales(
        "segment left     { when gold == tier }
         trait   filled   = tier ?? bronze
         trait   chosen   = if age > 30 then tier else silver
         segment not_gold { when tier != gold }
         segment listed   { when tier not in [gold, silver] }",
    );
    assert_eq!(
        shop.profile(&["id", "in_left", "filled", "chosen", "in_not_gold", "in_listed"]),
        "ada | true | gold | gold | false | false
bob | false | bronze | silver | true | true
cy | false | bronze | silver | true | true\n"
    );
}

#[test]
fn the_largest_of_an_ordered_enum_is_by_its_order() {
    let shop = sales(
        "trait best  = max(sale.level)
         trait worst = min(sale.level)
         segment fine { when max(sale.level) >= mid }
         segment kept { when first(sale.level) == best }",
    );
    assert_eq!(
        shop.profile(&["id", "best", "worst", "in_fine", "in_kept"]),
        "ada | high | low | true | true\nbob | - | - | false | false\ncy | - | - | false | false\n"
    );
}

#[test]
fn what_is_missing_lies_in_no_window() {
    let shop = sales("trait n = count(sale where (shipped since ordered))");
    assert_eq!(shop.profile(&["id", "n"]), "ada | 1\nbob | 0\ncy | 0\n");
}

#[test]
fn an_event_of_two_unions_is_one() {
    let shop = sales(
        "event visit { x: string? }
         event some = sale or visit
         event all  = some or sale
         trait n = count(all)",
    );
    assert_eq!(shop.profile(&["id", "n"]), "ada | 3\nbob | 1\ncy | 0\n");
}

#[test]
fn values_read_each_other_through_any_number_of_rounds() {
    let shop = sales(
        "trait last_at = last(sale).at
         trait recent  = count(sale since last_at)
         segment busy  { when recent > 0 and sum(sale.total) > 3 GBP }
         trait of_busy = count(sale where in busy since last_at)
         lifecycle { stage top when of_busy > 0 stage rest otherwise }
         trait of_top  = count(sale where stage == top)",
    );
    let profile = shop.profile(&["id", "recent", "in_busy", "of_busy", "stage", "of_top"]);
    assert_eq!(
        profile,
        "ada | 1 | true | 1 | top | 3\nbob | 1 | false | 0 | rest | 0\ncy | 0 | false | 0 | rest | 0\n"
    );
}

#[test]
fn scores_share_out_customers_and_nobody_else() {
    let shop = sales("trait scores = rfm(sale.total)").table(
        "sales",
        "c, at, t, l, s",
        "ada | 2026-06-01 | 1 | - | -
         ghost_1 | 2026-06-02 | 5 | - | -
         ghost_2 | 2026-06-03 | 5 | - | -
         bob | 2026-06-14 | 2 | - | -",
    );
    // Of two customers one is in the first fifth and one in the second.
    assert_eq!(shop.profile(&["id", "scores__monetary"]), "ada | 1\nbob | 2\ncy | -\n");
}
