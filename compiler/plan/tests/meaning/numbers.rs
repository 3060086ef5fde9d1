//! Numbers are exact.

use persona_plan::{Arithmetic, Arithmetic::*, Function, Scalar};
use persona_value::Type;

use crate::support::*;

const MOST: &str = "99999999999999999999999999999.999999999";

fn ints(left: i64, op: Arithmetic, right: i64) -> Scalar {
    calculate(int(left), op, int(right), if op == Divide { Type::Decimal } else { Type::Int })
}

fn decimals(left: &str, op: Arithmetic, right: &str) -> Scalar {
    calculate(decimal(left), op, decimal(right), Type::Decimal)
}

fn calculate(left: Scalar, op: Arithmetic, right: Scalar, ty: Type) -> Scalar {
    Scalar::Arithmetic { op, left: Box::new(left), right: Box::new(right), ty }
}

#[test]
fn two_ints_give_an_int_except_by_division() {
    is(ints(7, Add, 2), int(9));
    is(ints(7, Subtract, 9), int(-2));
    is(ints(7, Multiply, 2), int(14));
    is(ints(7, Divide, 2), decimal("3.5"));
}

#[test]
fn an_int_that_overflows_is_missing() {
    is(ints(i64::MAX, Add, 1), missing(Type::Int));
    is(ints(i64::MIN, Subtract, 1), missing(Type::Int));
    is(ints(i64::MAX, Multiply, 2), missing(Type::Int));
    is(call(Function::Abs, [int(i64::MIN)]), missing(Type::Int));
}

#[test]
fn decimals_add_without_error() {
    is(decimals("0.1", Add, "0.2"), decimal("0.3"));
    is(calculate(int(1), Subtract, decimal("0.000000001"), Type::Decimal), decimal("0.999999999"));
}

#[test]
fn products_and_quotients_round_half_away_from_zero_at_9_places() {
    is(decimals("0.000000001", Multiply, "0.5"), decimal("0.000000001"));
    is(decimals("-0.000000001", Multiply, "0.5"), decimal("-0.000000001"));
    is(decimals("2", Divide, "3"), decimal("0.666666667"));
    is(decimals("-1", Divide, "3"), decimal("-0.333333333"));
}

#[test]
fn a_decimal_of_more_than_38_digits_is_missing() {
    is(decimals(MOST, Add, "0.000000001"), missing(Type::Decimal));
    is(decimals(MOST, Multiply, "1.1"), missing(Type::Decimal));
    is(call(Function::Ceil, [decimal(MOST)]), missing(Type::Decimal));
    is(call(Function::Round { places: 2 }, [decimal(MOST)]), missing(Type::Decimal));
}

#[test]
fn division_by_zero_is_missing() {
    is(ints(1, Divide, 0), missing(Type::Decimal));
    is(decimals("0", Divide, "0"), missing(Type::Decimal));
}

#[test]
fn arithmetic_on_missing_is_missing() {
    is(calculate(missing(Type::Int), Add, int(1), Type::Int), missing(Type::Int));
    is(calculate(int(0), Multiply, missing(Type::Decimal), Type::Decimal), missing(Type::Decimal));
}

#[test]
fn rounding_goes_half_away_from_zero() {
    let round = |value, places| call(Function::Round { places }, [decimal(value)]);
    is(round("2.5", 0), decimal("3"));
    is(round("-2.5", 0), decimal("-3"));
    is(round("1.005", 2), decimal("1.01"));
    is(call(Function::Round { places: 2 }, [int(7)]), int(7));
}

#[test]
fn floor_goes_down_and_ceil_up_on_both_sides_of_zero() {
    is(call(Function::Floor, [decimal("-1.5")]), decimal("-2"));
    is(call(Function::Ceil, [decimal("-1.5")]), decimal("-1"));
    is(call(Function::Floor, [decimal("1.5")]), decimal("1"));
    is(call(Function::Ceil, [decimal("1.5")]), decimal("2"));
    is(call(Function::Floor, [int(-2)]), int(-2));
    is(call(Function::Abs, [decimal("-1.5")]), decimal("1.5"));
}
