//! Users call their columns as they like: nothing that plans add is confused with them.

use crate::support::{CUSTOMERS, Shop};

#[test]
fn fields_may_be_called_like_what_plans_add() {
    let fields = [
        "place",
        "content",
        "next_at",
        "next_customer",
        "customer_age",
        "customer_key",
        "sku__key",
        "sku__name",
        "event_at",
        "times",
        "latest",
        "measured",
        "position",
        "event",
        "item_sku",
        "written_o",
        "more_o",
    ];
    let declared: String = fields.iter().map(|f| format!(" {f}: string?")).collect();
    let fed: String = fields.iter().map(|f| format!(" {f} = {f}")).collect();
    let shop = Shop::new(&format!(
        "{CUSTOMERS}
        entity product {{ sku: string key  name: string }}
        source products {{ table \"products\" feeds product {{ sku = sku  name = name }} }}
        event visit {{ o: string unique  sku: product {declared} }}
        source visits {{ table \"visits\" feeds visit {{ customer = c  at = at  o = o  sku = sku {fed} }} }}
        trait last_place      = last(visit).place
        trait last_content    = last(visit.content)
        trait followed        = count(visit then visit within 1 day)
        trait by_age          = count(visit where customer_age == \"a\" and age > 3)
        trait named           = count(visit where sku.name == \"Lamp\" and sku__name == \"n\")
        trait shown           = list(visit)
        trait shown_positions = count(shown where it.position == \"p\" and it.event == \"e\")
        trait favourite       = most_frequent(visit.times)"
    ));
    let row: String = fields.iter().map(|f| format!(" | {}", &f[..1])).collect();
    let profile = shop
        .table("people", "id, email, tier, age", "ada | - | gold | 40")
        .table("products", "sku, name", "A1 | Lamp")
        .table(
            "visits",
            &format!("c, at, o, sku, {}", fields.join(", ")),
            &format!("ada | 2026-06-14 10:00 | 1 | A1{row}\nada | 2026-06-14 11:00 | 2 | A1{row}"),
        )
        .profile(&[
            "id",
            "last_place",
            "last_content",
            "followed",
            "by_age",
            "named",
            "shown_positions",
            "favourite",
        ]);
    assert_eq!(profile, "ada | p | c | 1 | 0 | 0 | 2 | t\n");
}

#[test]
fn traits_may_be_called_like_the_columns_they_are_made_from() {
    let shop = Shop::new(&format!(
        "{CUSTOMERS}
        entity product {{ sku: string key  name: string }}
        source products {{ table \"products\" feeds product {{ sku = sku  name = name }} }}
        event sale {{ sku: product  total: money  total_value: money }}
        source sales {{ table \"sales\" feeds sale {{ customer = c  at = at  sku = sku  total = t  total_value = v }} }}
        trait sale_count             = count(sale)
        trait sale_sum_total         = sum(sale.total)
        trait worth                  = sum(sale.total_value)
        trait favourite              = most_frequent(sale.sku)
        trait favourite_product_name = favourite.name
        trait customers_1            = count(sale since first(sale).at)
        trait bound                  = count(sale where total > sale_sum_total / 2)"
    ));
    let profile = shop
        .table("people", "id, email, tier, age", "ada | - | gold | 40")
        .table("products", "sku, name", "A1 | Lamp")
        .table(
            "sales",
            "c, at, sku, t, v",
            "ada | 2026-06-14 10:00 | A1 | 10 | 7\nada | 2026-06-14 11:00 | A1 | 5 | 1",
        )
        .profile(&[
            "sale_count",
            "sale_sum_total",
            "worth",
            "favourite_product_name",
            "customers_1",
            "bound",
        ]);
    assert_eq!(profile, "2 | 15 | 8 | Lamp | 2 | 1\n");
}

#[test]
fn items_and_groups_have_names_of_their_own_too() {
    let shop = Shop::new(&format!(
        "{CUSTOMERS}
        record line {{ customer: string  position: int  event: string  quantity: int }}
        event sale {{ value_1: string unique  lines_1: int?  item_quantity: int?  lines: list<line> }}
        source sales {{ table \"sales\" group by value_1 feeds sale {{
            customer = min(c)  at = min(at)  value_1 = value_1  lines_1 = sum(of_group_1)
            lines = list {{ customer = c  position = p  event = e  quantity = q }} }} }}
        trait big   = count(sale where count(lines where quantity > age) > 0 and lines_1 == 3)
        trait units = sum(sale.lines.quantity where item_quantity is missing)"
    ));
    let profile = shop
        .table("people", "id, email, tier, age", "ada | - | gold | 4")
        .table(
            "sales",
            "value_1, c, at, of_group_1, p, e, q",
            "s1 | ada | 2026-06-14 10:00 | 1 | 1 | x | 5
             s1 | ada | 2026-06-14 10:00 | 2 | 2 | y | 2",
        )
        .profile(&["big", "units"]);
    assert_eq!(profile, "1 | 7\n");
}
