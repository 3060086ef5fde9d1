//! Columns as fields: how they are read, what is set aside.

use crate::support::{CUSTOMERS, Shop, load};

/// A source of events with one field of a type, from a column `v` (and `w`), by an expression.
fn read(ty: &str, expr: &str, rows: &str) -> String {
    let shop = Shop::new(&format!(
        "{CUSTOMERS} event e {{ x: {ty} }} source s {{ table \"t\" feeds e {{ customer = c  at = at  x = {expr} }} }}"
    ));
    let rows: String = rows.split(", ").map(|v| format!("ada | 2026-06-01 | {v} | 7\n")).collect();
    shop.table("people", "id, email, tier, age", "")
        .table("t", "c, at, v, w", &rows)
        .staged("event_e", &["x"])
}

#[test]
fn a_column_beside_a_whole_number_may_have_a_fraction() {
    let shop = Shop::new(&format!(
        "{CUSTOMERS} event e {{ x: money }}
         source s {{ table \"t\" where v > 0 and v in [1, 2.5] feeds e {{ customer = c  at = at  x = v }} }}"
    ));
    let rows = "ada | 2026-06-01 | 2.50\nada | 2026-06-02 | 0\nada | 2026-06-03 | 1";
    let staged = shop
        .table("people", "id, email, tier, age", "")
        .table("t", "c, at, v", rows)
        .staged("event_e", &["x"]);
    assert_eq!(staged, "1\n2.5\n");
}

#[test]
fn columns_are_read_as_what_they_go_to() {
    assert_eq!(read("int?", "v * 6", "2, 2.5"), "-\n12\n");
    assert_eq!(read("int", "v ?? w", "2, -"), "2\n7\n");
    assert_eq!(read("int", "v ?? 1", "''"), "1\n");
    assert_eq!(read("decimal", "v ?? 1", "2.5, -"), "1\n2.5\n");
    assert_eq!(read("money", "if v is present then v else w", "2.5, ''"), "2.5\n7\n");
    assert_eq!(read("decimal", "length(v)", "abc"), "3\n");
}

#[test]
fn a_number_that_may_have_a_fraction_is_no_whole_one() {
    let loaded = load(&format!(
        "{CUSTOMERS} event e {{ x: int }} source s {{ table \"t\" feeds e {{ customer = c  at = at  x = v / 2 }} }}"
    ));
    let told: Vec<&str> = loaded.problems.iter().map(|t| t.headline.as_str()).collect();
    assert_eq!(told, ["`x` is a whole number, and this may have a fraction"]);
}

#[test]
fn a_text_worked_out_is_a_value_of_an_enum_or_is_not() {
    let rows = "uk, de, fr";
    assert_eq!(read("enum { UK, DE, other }", "upper(v)", rows), "DE\nUK\nother\n");
    assert_eq!(read("enum { UK, DE }?", "upper(v)", rows), "-\nDE\nUK\n");
    assert_eq!(read("enum { UK, DE }", "upper(v)", rows), "DE\nUK\n");
}

#[test]
fn what_fails_a_check_or_a_pattern_is_set_aside_by_its_first_wrong_field() {
    let program = "customer { id: string key  phone: string? matches \"^[0-9]+$\"  age: int? check it >= 13 }
        source people { table \"people\" feeds customer { id = id  phone = phone  age = age } }";
    let rows = "ada | 123 | 40\nbob | x1 | 40\ncy | - | 12\n- | 1 | 1\ndee | - | -";
    let shop = || Shop::new(program).table("people", "id, phone, age", rows);
    assert_eq!(shop().staged("customer", &["id"]), "ada\ndee\n");
    assert_eq!(shop().set_aside("people"), "age | 1 | 12\nid | 1 | -\nphone | 1 | x1\n");
}

#[test]
fn of_events_with_one_id_the_earliest_counts_whatever_made_the_id() {
    // Two groups may give one id: only a column by itself never does.
    let shop = Shop::new(&format!(
        "{CUSTOMERS} event sale {{ order_id: string unique  n: int }}
         source s {{ table \"t\" group by o feeds sale {{
             customer = min(c)  at = min(at)  order_id = lower(o)  n = sum(n) }} }}"
    ));
    let rows = "A | ada | 2026-06-02 | 1\na | ada | 2026-06-01 | 2\na | ada | 2026-06-01 | 3";
    let staged = shop.table("people", "id, email, tier, age", "").table("t", "o, c, at, n", rows);
    assert_eq!(staged.staged("event_sale", &["id", "n"]), "a | 5\n");
}

#[test]
fn customers_found_by_an_address_get_what_they_lack() {
    let shop = Shop::new(
        "customer { id: string key  email: email?  more_email: string?  name: string? }
         source a { table \"a\" feeds customer { id = id  email = email  more_email = m } }
         source b { table \"b\" feeds customer by email { email = email  name = name  more_email = m } }",
    );
    let staged = shop.table("a", "id, email, m", "ada | a@x | own\nbob | b@x | -\ncy | - | -").table(
        "b",
        "email, name, m",
        "a@x | Ada | other\nb@x | Bob | more\nz@x | Zoe | -",
    );
    let rows = staged.staged("customer", &["id", "name", "more_email"]);
    assert_eq!(rows, "ada | Ada | own\nbob | Bob | more\ncy | - | -\n");
}
