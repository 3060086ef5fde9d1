//! Numbers and shares.

use persona_plan::{Order, Rel};

use crate::support::*;

fn number(input: Rel, per: &[&str], order: Vec<Order>) -> Rel {
    Rel::Number { input: Box::new(input), per: names(per), order, name: "n".into() }
}

/// The share of each of the rows 1, 2, 3 …, in that order.
fn shares(rows: i64, buckets: i64) -> String {
    let numbers: Vec<String> = (1..=rows).map(|n| n.to_string()).collect();
    let data = Data::default().table("t", "x int", &numbers.join("\n"));
    let order = vec![Order::up("x")];
    let rel = Rel::Ntile { input: Box::new(data.rel("t")), buckets, order, name: "share".into() };
    let text = data.rows(rel);
    text.lines().skip(1).filter_map(|line| line.split(" | ").nth(1)).collect()
}

#[test]
fn missing_comes_last_either_way() {
    let data = Data::default().table("t", "x string?", "b \n - \n a \n Z");
    assert_eq!(
        data.rows(number(data.rel("t"), &[], vec![Order::up("x")])),
        "x | n\n\"b\" | 3\nmissing | 4\n\"a\" | 2\n\"Z\" | 1\n"
    );
    assert_eq!(
        data.rows(number(data.rel("t"), &[], vec![Order::down("x")])),
        "x | n\n\"b\" | 1\nmissing | 4\n\"a\" | 2\n\"Z\" | 3\n"
    );
}

#[test]
fn each_group_is_numbered_from_1_and_missing_is_a_group() {
    let data = Data::default().table("t", "k string?, x int", "a | 2 \n - | 5 \n a | 1 \n - | 4");
    assert_eq!(
        data.rows(number(data.rel("t"), &["k"], vec![Order::up("x")])),
        "k | x | n\n\"a\" | 2 | 2\nmissing | 5 | 2\n\"a\" | 1 | 1\nmissing | 4 | 1\n"
    );
}

#[test]
fn later_terms_decide_between_equals() {
    let data = Data::default().table("t", "x int, id string", "1 | b \n 2 | c \n 1 | a");
    assert_eq!(
        data.rows(number(data.rel("t"), &[], vec![Order::down("x"), Order::up("id")])),
        "x | id | n\n1 | \"b\" | 3\n2 | \"c\" | 1\n1 | \"a\" | 2\n"
    );
}

#[test]
fn the_first_of_each_group_keeps_its_columns() {
    let data = Data::default().table("t", "k string, x int", "a | 2 \n b | 5 \n a | 1");
    assert_eq!(
        data.rows(data.rel("t").first_per(names(&["k"]), vec![Order::up("x")])),
        "k | x\n\"b\" | 5\n\"a\" | 1\n"
    );
}

#[test]
fn an_order_that_does_not_decide_is_ill_formed_unless_the_rows_are_the_same() {
    let data =
        Data::default().table("t", "x int, id string", "1 | a \n 1 | b").table("same", "x int", "1 \n 1");
    assert_eq!(
        data.problem(number(data.rel("t"), &[], vec![Order::up("x")])),
        "different rows tie in the order by x"
    );
    assert_eq!(data.rows(number(data.rel("same"), &[], vec![Order::up("x")])), "x | n\n1 | 1\n1 | 2\n");
}

#[test]
fn of_shares_that_do_not_come_out_even_the_first_are_larger() {
    assert_eq!(shares(10, 5), "1122334455");
    assert_eq!(shares(8, 3), "11122233");
    assert_eq!(shares(7, 3), "1112233");
    assert_eq!(shares(2, 5), "12");
    assert_eq!(shares(0, 5), "");
}

#[test]
fn a_fifth_of_the_customers_of_online_retail() {
    // 4,339 customers: 868, 868, 868, 868, 867, as DuckDB and PostgreSQL deal them out.
    let shares = shares(4_339, 5);
    let sizes: Vec<usize> = "12345".chars().map(|share| shares.matches(share).count()).collect();
    assert_eq!(sizes, [868, 868, 868, 868, 867]);
}
