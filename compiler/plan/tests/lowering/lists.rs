//! List traits: what is added less what is taken away, and summaries of it.

use crate::support::Shop;

fn shop(traits: &str) -> Shop {
    Shop::new(&format!(
        "customer {{ id: string key }}
        source people {{ table \"people\" feeds customer {{ id = id }} }}
        entity product {{ sku: string key  in_stock: bool }}
        source products {{ table \"products\" feeds product {{ sku = sku  in_stock = s }} }}
        event put  {{ sku: product  quantity: int  price: money }}
        event take {{ sku: product  quantity: int }}
        event drop {{ sku: product }}
        event buy  {{ n: int }}
        source puts  {{ table \"puts\" feeds put {{ customer = c  at = at  sku = sku  quantity = q  price = p }} }}
        source takes {{ table \"takes\" feeds take {{ customer = c  at = at  sku = sku  quantity = q }} }}
        source drops {{ table \"drops\" feeds drop {{ customer = c  at = at  sku = sku }} }}
        source buys  {{ table \"buys\" feeds buy {{ customer = c  at = at  n = n }} }}
        {traits}"
    ))
    .table("people", "id", "ada\nbob\ncy")
    .table("products", "sku, s", "A | true\nB | false")
    .table(
        "puts",
        "c, at, sku, q, p",
        "ada | 2026-06-01 | A | 9 | 1
         ada | 2026-06-10 | A | 2 | 2
         ada | 2026-06-11 | B | 1 | 5
         ada | 2026-06-12 | A | 1 | 3
         ada | 2026-06-13 | X | 1 | 1
         bob | 2026-06-10 | A | 1 | 1",
    )
    .table("takes", "c, at, sku, q", "ada | 2026-06-12 | A | 2\nbob | 2026-06-11 | A | 1")
    .table("drops", "c, at, sku", "ada | 2026-06-12 | A\nada | 2026-06-12 | B\nbob | 2026-06-11 | A")
    .table("buys", "c, at, n", "ada | 2026-06-05 | 1")
}

#[test]
fn what_is_taken_away_is_subtracted_and_the_newest_stands_first() {
    let shop = shop(
        "trait cart  = list(put less take by sku since last(buy).at)
         trait total = sum(cart, it.quantity * it.price)
         trait items = count(cart)
         trait stock = any(cart where it.sku.in_stock)
         trait lack  = none(cart where sku.in_stock)
         trait dear  = max(cart.price)",
    );
    let profile = shop.profile(&["id", "total", "items", "stock", "lack", "dear"]);
    // Of A one is left, at its latest price; B was never taken; X is no product any more.
    assert_eq!(
        profile,
        "ada | 9 | 3 | true | false | 5\nbob | 0 | 0 | false | true | -\ncy | 0 | 0 | false | true | -\n"
    );
}

#[test]
fn without_a_number_in_common_counts_are_compared() {
    let shop = shop(
        "trait cart = list(put less drop by sku since 2026-06-06)  trait items = count(cart)
         trait seen = list(put.sku)  trait all = count(seen)  segment any { when any(seen) }",
    );
    // A was put twice and dropped once, B once and once.
    let profile = shop.profile(&["id", "items", "all", "in_any"]);
    assert_eq!(profile, "ada | 2 | 5 | true\nbob | 0 | 1 | true\ncy | 0 | 0 | false\n");
}

#[test]
fn a_long_chain_of_values_is_worked_out_in_steps() {
    let chain: String = (1..45).map(|i| format!("trait t{i} = t{} + 1\n", i - 1)).collect();
    let shop = shop(&format!("trait t0 = count(put)\n{chain}"));
    assert_eq!(shop.profile(&["id", "t44"]), "ada | 49\nbob | 45\ncy | 44\n");
}
