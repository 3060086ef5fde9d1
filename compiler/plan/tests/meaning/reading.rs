//! A source's columns given types.

use std::sync::Arc;

use persona_plan::Scalar;
use persona_value::{Currency, EnumType, Type, Value};

use crate::support::*;

fn read(raw: Value, ty: Type) -> Scalar {
    Scalar::Read { raw: Box::new(Scalar::literal(raw, Type::Raw)), ty, zone: None }
}

fn written(raw: &str, ty: Type) -> Scalar {
    read(Value::text(raw), ty)
}

fn in_london(raw: Value) -> Scalar {
    let raw = Box::new(Scalar::literal(raw, Type::Raw));
    Scalar::Read { raw, ty: Type::Timestamp, zone: Some("Europe/London".into()) }
}

fn instant(text: &str) -> Value {
    Value::Instant(text.parse().unwrap())
}

#[test]
fn empty_text_is_missing_and_so_is_what_cannot_be_read() {
    for ty in [Type::Text, Type::Int, Type::Decimal, Type::Bool, Type::Date, Type::Timestamp, Type::Time] {
        is(written("", ty.clone()), missing(ty.clone()));
        is(read(Value::Missing, ty.clone()), missing(ty.clone()));
        if ty != Type::Text {
            is(written("soon", ty.clone()), missing(ty));
        }
    }
}

#[test]
fn text_is_as_it_is_and_numbers_become_their_shortest_form() {
    is(written(" a ", Type::Text), text(" a "));
    is(read(Value::Int(17850), Type::Entity("customer".into())), text("17850"));
    is(read(Value::Decimal("17850.000".parse().unwrap()), Type::Text), text("17850"));
    is(read(Value::Bool(true), Type::Text), text("true"));
    is(read(instant("2011-12-01T09:00:00.5Z"), Type::Text), text("2011-12-01 09:00:00.5"));
}

#[test]
fn an_enum_is_one_of_its_values() {
    let country = EnumType { name: "country".into(), values: names(&["UK", "DE"]), ordered: false };
    let country = Type::Enum(Arc::new(country));
    is(written("DE", country.clone()), text("DE"));
    is(written("de", country.clone()), missing(country));
}

#[test]
fn an_int_is_digits_or_a_whole_number() {
    for (raw, whole) in
        [("12", 12), (" -7 ", -7), ("+5", 5), ("17850.0", 17850), ("9223372036854775807", i64::MAX)]
    {
        is(written(raw, Type::Int), int(whole));
    }
    for raw in ["1.5", "1e3", "1,000", ".0", "-", "9223372036854775808", "0x10"] {
        is(written(raw, Type::Int), missing(Type::Int));
    }
    is(read(Value::Decimal("12.000".parse().unwrap()), Type::Int), int(12));
    is(read(Value::Decimal("12.5".parse().unwrap()), Type::Int), missing(Type::Int));
}

#[test]
fn a_decimal_has_a_point_and_no_exponent() {
    let money = || Type::Money(Currency::parse("GBP").unwrap());
    for (raw, value) in
        [("12.50", "12.5"), ("-0.5", "-0.5"), (".5", "0.5"), ("3", "3"), ("0.0000000005", "0.000000001")]
    {
        is(written(raw, money()), decimal(value));
    }
    for raw in ["1e5", "12,50", "£5", "NaN", "1000000000000000000000000000000"] {
        is(written(raw, money()), missing(money()));
    }
    is(read(Value::Int(3), money()), decimal("3"));
}

#[test]
fn a_bool_is_true_or_false() {
    is(written("TRUE", Type::Bool), yes());
    is(written("false", Type::Bool), no());
    is(written("1", Type::Bool), missing(Type::Bool));
    is(read(Value::Int(1), Type::Bool), missing(Type::Bool));
}

#[test]
fn a_date_is_a_day_with_or_without_a_time() {
    is(written("2011-12-01", Type::Date), date("2011-12-01"));
    is(written("2011-12-01T23:59:00Z", Type::Date), date("2011-12-01"));
    is(read(instant("2011-12-01T23:59:00Z"), Type::Date), date("2011-12-01"));
    for raw in ["2011-02-30", "01/12/2011", "20111201", "2011-12-01 late", "2011-12-1"] {
        is(written(raw, Type::Date), missing(Type::Date));
    }
}

#[test]
fn a_timestamp_is_iso_and_utc_unless_it_says_otherwise() {
    for raw in [
        "2011-12-01 09:00",
        "2011-12-01T09:00:00",
        "2011-12-01T09:00:00Z",
        "2011-12-01 10:00:00+01",
        "2011-12-01 10:00:00+0100",
        "2011-12-01T08:30:00.000-00:30",
    ] {
        is(written(raw, Type::Timestamp), at("2011-12-01T09:00:00Z"));
    }
    is(written("2011-12-01", Type::Timestamp), at("2011-12-01T00:00:00Z"));
    is(written("2011-12-01 09:00:00.1234567", Type::Timestamp), at("2011-12-01T09:00:00.123456Z"));
    is(read(instant("1969-12-31T23:59:59.9999995Z"), Type::Timestamp), at("1969-12-31T23:59:59.999999Z"));
    for raw in [
        "2011-12-01 9:00",
        "2011-12-01 24:00",
        "2011-12-01 09:00+15:00",
        "2011-12-01 09:00:00.",
        "1322730000",
    ] {
        is(written(raw, Type::Timestamp), missing(Type::Timestamp));
    }
}

#[test]
fn with_a_zone_the_column_shows_that_wall_clock() {
    is(in_london(Value::text("2011-06-01 09:00")), at("2011-06-01T08:00:00Z"));
    // A column without a zone arrives as if it were UTC.
    is(in_london(instant("2011-06-01T09:00:00Z")), at("2011-06-01T08:00:00Z"));
    is(in_london(Value::text("2011-06-01")), at("2011-05-31T23:00:00Z"));
    // An offset in the text is no wall clock.
    is(in_london(Value::text("2011-06-01 09:00Z")), at("2011-06-01T09:00:00Z"));
}

#[test]
fn a_wall_clock_that_shows_a_time_twice_means_the_first() {
    is(in_london(Value::text("2026-10-25 01:30")), at("2026-10-25T00:30:00Z"));
}

#[test]
fn a_time_the_wall_clock_skips_moves_forward_by_the_gap() {
    is(in_london(Value::text("2026-03-29 01:30")), at("2026-03-29T01:30:00Z"));
}
