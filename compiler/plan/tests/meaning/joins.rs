//! Rows side by side.

use persona_plan::{Comparison, Join, Rel};

use crate::support::*;

fn data() -> Data {
    Data::default().table("customer", "id string?, country string", "ada | UK \n bob | DE \n - | FR").table(
        "purchase",
        "buyer string?, total int",
        "ada | 10 \n ada | 20 \n cid | 30 \n - | 40",
    )
}

fn join(kind: Join) -> Rel {
    data().rel("customer").join(kind, data().rel("purchase"), vec![("id".into(), "buyer".into())])
}

fn over_15(kind: Join) -> Rel {
    let Rel::Join { kind, left, right, on, .. } = join(kind) else { unreachable!() };
    let and = Some(compare(col("total"), Comparison::Greater, int(15)));
    Rel::Join { kind, left, right, on, and }
}

#[test]
fn inner_gives_each_pair_and_missing_equals_nothing() {
    assert_eq!(
        data().rows(join(Join::Inner)),
        "id | country | buyer | total\n\
         \"ada\" | \"UK\" | \"ada\" | 10\n\
         \"ada\" | \"UK\" | \"ada\" | 20\n"
    );
}

#[test]
fn left_keeps_the_rows_that_have_no_partner() {
    assert_eq!(
        data().rows(join(Join::Left)),
        "id | country | buyer | total\n\
         \"ada\" | \"UK\" | \"ada\" | 10\n\
         \"ada\" | \"UK\" | \"ada\" | 20\n\
         \"bob\" | \"DE\" | missing | missing\n\
         missing | \"FR\" | missing | missing\n"
    );
}

#[test]
fn semi_and_anti_share_the_left_rows_between_them_once_each() {
    assert_eq!(data().rows(join(Join::Semi)), "id | country\n\"ada\" | \"UK\"\n");
    assert_eq!(data().rows(join(Join::Anti)), "id | country\n\"bob\" | \"DE\"\nmissing | \"FR\"\n");
}

#[test]
fn a_further_condition_is_part_of_what_makes_a_pair() {
    assert_eq!(
        data().rows(over_15(Join::Left)),
        "id | country | buyer | total\n\
         \"ada\" | \"UK\" | \"ada\" | 20\n\
         \"bob\" | \"DE\" | missing | missing\n\
         missing | \"FR\" | missing | missing\n"
    );
    assert_eq!(data().rows(over_15(Join::Semi)), "id | country\n\"ada\" | \"UK\"\n");
}

#[test]
fn without_equal_columns_every_pair_is_tried() {
    let data = Data::default().table("a", "x int", "1 \n 2").table("b", "y int", "1 \n 2");
    let all = data.rel("a").join(Join::Inner, data.rel("b"), vec![]);
    assert_eq!(data.rows(all), "x | y\n1 | 1\n1 | 2\n2 | 1\n2 | 2\n");
}

#[test]
fn an_int_joins_the_decimal_of_its_size() {
    let data = Data::default().table("a", "x int", "1 \n 2").table("b", "y decimal", "2 \n 2.5");
    let same = data.rel("a").join(Join::Inner, data.rel("b"), vec![("x".into(), "y".into())]);
    assert_eq!(data.rows(same), "x | y\n2 | 2.0\n");
}
