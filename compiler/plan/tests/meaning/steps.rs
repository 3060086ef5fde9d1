//! Whole plans: steps, unions, projections; how they are shown and stored.

use std::sync::Arc;

use persona_plan::{Aggregate, Comparison, Join, Plan, Rel, Scalar, Step};

use crate::support::*;

fn data() -> Data {
    Data::default().table("customer", "id string", "ada \n bob").table(
        "purchase",
        "buyer string, at timestamp, total gbp?",
        "ada | 2026-06-14T12:00:00Z | 70 \n\
             ada | 2026-06-15T12:00:00Z | 40.5 \n\
             ada | 2026-06-15T12:00:01Z | 1000 \n\
             bob | 2026-06-08T12:00:00Z | 500",
    )
}

/// Customers who spent more than 100 in the last 7 days: (now − 7 days, now].
fn big_spenders() -> Plan {
    let week = Scalar::And(vec![
        compare(
            col("at"),
            Comparison::Greater,
            Scalar::Shift { instant: Box::new(Scalar::Now), seconds: -7 * 86_400 },
        ),
        compare(col("at"), Comparison::AtMost, Scalar::Now),
    ]);
    let spend = Rel::Aggregate {
        input: Box::new(data().rel("purchase").filter(week)),
        keys: names(&["buyer"]),
        values: vec![("spend".into(), Aggregate::Sum("total".into()))],
    };
    let schema = spend.schema();
    let name: Arc<str> = "spend_7d".into();
    let result = data()
        .rel("customer")
        .join(Join::Left, Rel::Step { name: name.clone(), schema }, vec![("id".into(), "buyer".into())])
        .filter(compare(col("spend"), Comparison::Greater, int(100)))
        .project(vec![("id".into(), col("id")), ("spend".into(), col("spend"))]);
    Plan { steps: vec![Step { name, rel: spend }], result }
}

#[test]
fn a_step_is_used_by_name_and_a_window_is_open_at_its_start_and_closed_at_its_end() {
    assert_eq!(data().evaluate(&big_spenders()).unwrap().to_string(), "id | spend\n\"ada\" | 110.5\n");
}

#[test]
fn a_plan_is_shown_as_a_tree() {
    assert_eq!(
        big_spenders().to_string(),
        "\
step spend_7d =
  aggregate per buyer
      spend = sum(total)
    filter (at > (now - 7d)) and (at <= now)
      table own.purchase: buyer string, at timestamp, total money<GBP>?
result =
  project
      id
      spend
    filter spend > 100
      left join on id == buyer
        table own.customer: id string
        step spend_7d
"
    );
}

#[test]
fn a_plan_is_stored_and_comes_back() {
    let plan = big_spenders();
    let stored = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&stored).unwrap(), plan);
}

#[test]
fn a_union_keeps_duplicates() {
    let data = Data::default().table("a", "x int", "1 \n 2").table("b", "x int?", "2 \n -");
    let both = Rel::Union(vec![data.rel("a"), data.rel("b")]);
    assert!(both.schema().columns[0].optional);
    assert_eq!(data.rows(both), "x\n1\n2\n2\nmissing\n");
}

#[test]
fn extending_keeps_what_was_there() {
    let data = Data::default().table("a", "x int", "1 \n 2");
    let more = data.rel("a").extend(vec![("big".into(), compare(col("x"), Comparison::Greater, int(1)))]);
    assert_eq!(data.rows(more), "x | big\n1 | false\n2 | true\n");
}

#[test]
fn tens_of_thousands_of_rows_are_joined_and_grouped_by_hashing() {
    let rows = |n: usize| (0..n).map(|i| format!("c{} | {i}", i % 10_000)).collect::<Vec<_>>().join("\n");
    let data = Data::default().table("customer", "id string, age int", &rows(10_000)).table(
        "purchase",
        "buyer string, total int",
        &rows(30_000),
    );
    let spend = Rel::Aggregate {
        input: Box::new(data.rel("purchase")),
        keys: names(&["buyer"]),
        values: vec![("n".into(), Aggregate::Count)],
    };
    let joined = data.rel("customer").join(Join::Inner, spend, vec![("id".into(), "buyer".into())]);
    let thrice = joined.filter(compare(col("n"), Comparison::Equal, int(3)));
    assert_eq!(data.rows(thrice).lines().count(), 10_001);
}
