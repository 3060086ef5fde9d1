//! Logic has two values.

use persona_plan::{Comparison::*, Scalar};
use persona_value::{Type, Value};

use crate::support::*;

fn not(part: Scalar) -> Scalar {
    Scalar::Not(Box::new(part))
}

#[test]
fn a_comparison_with_a_missing_value_is_false_and_its_negation_true() {
    for op in [Equal, Less, AtMost, Greater, AtLeast] {
        is(compare(missing(Type::Int), op, int(1)), no());
        is(compare(int(1), op, missing(Type::Int)), no());
        is(not(compare(int(1), op, missing(Type::Int))), yes());
    }
}

#[test]
fn missing_does_not_equal_missing() {
    is(compare(missing(Type::Text), Equal, missing(Type::Text)), no());
}

#[test]
fn a_missing_bool_is_false() {
    is(Scalar::And(vec![yes(), missing(Type::Bool)]), no());
    is(Scalar::Or(vec![missing(Type::Bool), yes()]), yes());
    is(Scalar::Or(vec![missing(Type::Bool)]), no());
    is(not(missing(Type::Bool)), yes());
    let choice = Scalar::If {
        condition: Box::new(missing(Type::Bool)),
        then: Box::new(int(1)),
        otherwise: Box::new(int(2)),
    };
    is(choice, int(2));
}

#[test]
fn all_of_nothing_is_true_and_one_of_nothing_false() {
    is(Scalar::And(vec![]), yes());
    is(Scalar::Or(vec![]), no());
}

#[test]
fn missing_is_in_no_list() {
    let in_list =
        |value| Scalar::OneOf { value: Box::new(value), options: vec![Value::text("UK"), Value::text("DE")] };
    is(in_list(text("DE")), yes());
    is(in_list(text("FR")), no());
    is(in_list(missing(Type::Text)), no());
    is(not(in_list(missing(Type::Text))), yes());
}

#[test]
fn coalesce_takes_the_first_present_value() {
    is(Scalar::Coalesce(vec![missing(Type::Int), int(2), int(3)]), int(2));
    is(Scalar::Coalesce(vec![missing(Type::Int), missing(Type::Int)]), missing(Type::Int));
    is(Scalar::IsMissing(Box::new(missing(Type::Int))), yes());
    is(Scalar::IsMissing(Box::new(text(""))), no());
}

#[test]
fn text_compares_by_code_point() {
    for (smaller, larger) in [("Z", "a"), ("z", "ä"), ("a", "aa"), ("", "a"), ("\u{ffff}", "😀")] {
        is(compare(text(smaller), Less, text(larger)), yes());
    }
    // `é` as one code point and as two are two texts.
    is(compare(text("\u{e9}"), Equal, text("e\u{301}")), no());
}

#[test]
fn ints_and_decimals_compare_by_size() {
    is(compare(int(2), Equal, decimal("2")), yes());
    is(compare(int(2), Less, decimal("2.000000001")), yes());
    // As doubles these two would be equal.
    is(compare(int(9_007_199_254_740_993), Greater, decimal("9007199254740992")), yes());
}

#[test]
fn rank_is_the_place_in_the_order_declared() {
    let rank = |value| Scalar::Rank { value: Box::new(value), order: names(&["bronze", "silver", "gold"]) };
    is(rank(text("bronze")), int(0));
    is(rank(text("gold")), int(2));
    is(rank(text("tin")), missing(Type::Int));
    is(compare(rank(text("gold")), AtLeast, rank(missing(Type::Text))), no());
}
