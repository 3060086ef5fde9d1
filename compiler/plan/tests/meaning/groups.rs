//! Values of groups.

use persona_plan::{Aggregate, Aggregate::*, Rel};

use crate::support::*;

fn aggregate(input: Rel, keys: &[&str], values: &[(&str, Aggregate)]) -> Rel {
    let values = values.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Rel::Aggregate { input: Box::new(input), keys: names(keys), values }
}

/// Every aggregate of the column `x` over all rows.
fn all(columns: &str, rows: &str) -> String {
    let data = Data::default().table("t", columns, rows);
    let x = || "x".into();
    let values = [
        ("rows", Count),
        ("present", CountPresent(x())),
        ("distinct", CountDistinct(x())),
        ("sum", Sum(x())),
        ("avg", Avg(x())),
        ("min", Min(x())),
        ("max", Max(x())),
    ];
    let text = data.rows(aggregate(data.rel("t"), &[], &values));
    text.lines().nth(1).unwrap().to_owned()
}

#[test]
fn aggregates_pass_over_missing_values() {
    assert_eq!(all("x int?", "3 \n - \n 4 \n 3"), "4 | 3 | 2 | 10 | 3.333333333 | 3 | 4");
    assert_eq!(all("x gbp?", "2.5 \n - \n 1"), "3 | 2 | 2 | 3.5 | 1.75 | 1.0 | 2.5");
}

#[test]
fn of_no_keys_and_no_rows_there_is_one_row() {
    assert_eq!(all("x int?", ""), "0 | 0 | 0 | 0 | missing | missing | missing");
    assert_eq!(all("x decimal?", "-"), "1 | 0 | 0 | 0.0 | missing | missing | missing");
}

#[test]
fn of_keys_and_no_rows_there_is_none() {
    let data = Data::default().table("t", "k string", "");
    assert_eq!(data.rows(aggregate(data.rel("t"), &["k"], &[("n", Count)])), "k | n\n");
}

#[test]
fn missing_is_a_group_of_its_own() {
    let data = Data::default().table("t", "k string?, x int", "a | 1 \n - | 2 \n a | 3 \n - | 4");
    assert_eq!(
        data.rows(aggregate(data.rel("t"), &["k"], &[("sum", Sum("x".into()))])),
        "k | sum\n\"a\" | 4\nmissing | 6\n"
    );
}

#[test]
fn keys_alone_give_each_group_once() {
    let data = Data::default().table("t", "k string", "a \n b \n a");
    assert_eq!(data.rows(aggregate(data.rel("t"), &["k"], &[])), "k\n\"a\"\n\"b\"\n");
}

#[test]
fn smallest_and_largest_text_go_by_code_point() {
    let data = Data::default().table("t", "x string", "b \n Z \n ä \n a");
    let both = aggregate(data.rel("t"), &[], &[("min", Min("x".into())), ("max", Max("x".into()))]);
    assert_eq!(data.rows(both), "min | max\n\"Z\" | \"ä\"\n");
}

#[test]
fn the_mean_is_of_the_exact_sum_rounded_once_half_away_from_zero() {
    let mean = |rows| all("x decimal", rows).split(" | ").nth(4).unwrap().to_owned();
    assert_eq!(mean("0.000000001 \n 0"), "0.000000001");
    assert_eq!(mean("-0.000000001 \n 0"), "-0.000000001");
    assert_eq!(mean("1 \n 1 \n 0"), "0.666666667");
    assert_eq!(all("x duration", "3 \n 4").split(" | ").nth(4), Some("3.5"));
}

#[test]
fn a_sum_is_judged_at_its_end_not_on_its_way() {
    let most = "99999999999999999999999999999.999999999";
    let sum = |columns, rows: &str| all(columns, rows).split(" | ").nth(3).unwrap().to_owned();
    assert_eq!(sum("x decimal", &format!("{most} \n {most}")), "missing");
    assert_eq!(sum("x decimal", &format!("{most} \n {most} \n -{most}")), most);
    assert_eq!(sum("x int", &format!("{} \n 1", i64::MAX)), "missing");
    assert_eq!(sum("x int", &format!("{} \n 1 \n -1", i64::MAX)), i64::MAX.to_string());
}
