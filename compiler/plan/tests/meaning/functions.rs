//! The closed list of functions.

use persona_plan::{Function, Function::*};
use persona_value::Type;

use crate::support::*;

#[test]
fn case_and_trimming_are_ascii() {
    is(call(Lower, [text("ÄBC")]), text("Äbc"));
    is(call(Upper, [text("äßc")]), text("äßC"));
    is(call(Trim, [text(" \t\r\n a b \n")]), text("a b"));
    is(call(Trim, [text("\u{a0}a\u{a0}")]), text("\u{a0}a\u{a0}"));
}

#[test]
fn length_counts_code_points() {
    is(call(Length, [text("ä😀")]), int(2));
    is(call(Length, [text("e\u{301}")]), int(2));
}

#[test]
fn a_missing_part_makes_the_whole_text_missing() {
    is(call(Concat, [text("a"), text("b")]), text("ab"));
    is(call(Concat, [text("a"), missing(Type::Text)]), missing(Type::Text));
    is(call(Lower, [missing(Type::Text)]), missing(Type::Text));
}

#[test]
fn questions_about_missing_text_are_answered_with_no() {
    for question in [Contains, StartsWith, EndsWith] {
        is(call(question.clone(), [text("aba"), text("a")]), yes());
        is(call(question.clone(), [text("aba"), text("c")]), no());
        is(call(question.clone(), [missing(Type::Text), text("a")]), no());
        is(call(question, [text("a"), missing(Type::Text)]), no());
    }
}

#[test]
fn matches_searches() {
    let matches = |pattern: &str, value| call(Matches { pattern: pattern.into() }, [value]);
    is(matches("b+", text("abba")), yes());
    is(matches("^b+$", text("abba")), no());
    is(matches("^\\+[0-9]{8,15}$", text("+4412345678")), yes());
    is(matches("a", missing(Type::Text)), no());
}

#[test]
fn dates_come_apart() {
    is(call(Year, [date("2026-06-14")]), int(2026));
    is(call(Month, [date("2026-06-14")]), int(6));
    is(call(Day, [date("2026-06-14")]), int(14));
    is(call(Weekday, [date("2026-06-15")]), int(1));
    is(call(Weekday, [date("2026-06-14")]), int(7));
    is(call(DaysBetween, [date("2024-03-01"), date("2024-02-28")]), int(2));
    is(call(DaysBetween, [date("2024-02-28"), date("2024-03-01")]), int(-2));
}

#[test]
fn every_value_has_one_text_for_hashing() {
    is(call(Canonical, [int(-5)]), text("-5"));
    is(call(Canonical, [decimal("12.5")]), text("12500000000"));
    is(call(Canonical, [at("1970-01-01T00:00:01.000002Z")]), text("1000002"));
    is(call(Canonical, [date("2026-06-05")]), text("2026-06-05"));
    is(call(Canonical, [yes()]), text("true"));
    is(call(Canonical, [text(" A ")]), text(" A "));
    is(call(Canonical, [missing(Type::Int)]), missing(Type::Text));
}

#[test]
fn a_mask_leaves_the_first_character() {
    is(call(Masked, [text("ada@shop.example")]), text("a***"));
    is(call(Masked, [text("ä")]), text("ä***"));
    is(call(Masked, [text("")]), text("***"));
}

#[test]
fn md5_is_of_utf8_in_lower_case_hex() {
    is(call(Md5, [text("")]), text("d41d8cd98f00b204e9800998ecf8427e"));
    // As Python's hashlib says.
    is(call(Md5, [text("ä")]), text("8419b71c87a225a2c70b50486fbee545"));
}

#[test]
fn buckets_are_those_of_every_engine() {
    let vectors = [
        ("0", 5116),
        ("1", 6669),
        ("42", 7455),
        ("ä@exämple.de", 5424),
        ("用户42", 9208),
        ("😀", 3444),
        ("", 6724),
    ];
    for (id, bucket) in vectors {
        is(call(Function::Bucket { salt: "exp1".into() }, [text(id)]), int(bucket));
    }
}
