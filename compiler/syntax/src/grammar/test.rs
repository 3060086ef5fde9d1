//! `test`: customers, what happens to them, and what is expected.

use super::{expression, field_name, label, name_ref};
use crate::Kind;
use crate::parser::{Members, Parser};

const TEST: Members = Members {
    block: "customers, what they do and what is expected",
    member: "a line of a test",
    begins: "`NAME = customer { … }`, a date and time, or `expect`",
    words: &["expect"],
};
const VALUES: Members = Members {
    block: "a value for each field",
    member: "a field",
    begins: "a field: a name, `:` and a value",
    words: &[],
};

pub(super) fn test(p: &mut Parser) {
    p.start(Kind::Test);
    p.bump();
    if p.kind().is_string() || p.at_foreign_text() {
        label(p);
    } else {
        p.error("what it shows, in double quotes");
    }
    p.block(&TEST, |p| {
        match p.kind() {
            Kind::Date => happening(p),
            _ if p.at_entry() => test_customer(p),
            _ if p.at_word("expect") => expect(p),
            Kind::Name if p.nth(1) == Kind::LBrace => test_row(p),
            Kind::Name if p.nth_word(1, "in") => test_variant(p),
            _ => return false,
        }
        true
    });
    p.end();
}

/// `ada = customer { email: "ada@example.com" }`.
fn test_customer(p: &mut Parser) {
    p.start(Kind::TestCustomer);
    field_name(p, "a name for the customer");
    if p.expect_sign(Kind::Assign, "`=` and `customer { … }`") && p.expect_word("customer") {
        test_values(p);
    }
    p.end();
}

/// `product { sku: "A1" }`.
fn test_row(p: &mut Parser) {
    p.start(Kind::TestRow);
    if name_ref(p, "an entity's name") {
        test_values(p);
    }
    p.end();
}

/// `ada in variant urgent`.
fn test_variant(p: &mut Parser) {
    p.start(Kind::TestVariant);
    let _ = name_ref(p, "a customer of this test")
        && p.expect_word("in")
        && p.expect_word("variant")
        && name_ref(p, "a variant's name");
    p.end();
}

/// `2026-03-01 10:00 ada cart_add { sku: "A1" }`.
fn happening(p: &mut Parser) {
    p.start(Kind::Happening);
    p.bump();
    if p.expect(Kind::Time, "a time of day, such as `10:00`") && name_ref(p, "a customer of this test") {
        if p.at_words(&["gives", "withdraws"]) {
            p.bump();
            name_ref(p, "a consent's name");
        } else if name_ref(p, "an event's name") && p.at(Kind::LBrace) {
            test_values(p);
        }
    }
    p.end();
}

fn test_values(p: &mut Parser) {
    p.block(&VALUES, |p| {
        p.at(Kind::Name) && {
            test_value(p);
            true
        }
    });
}

fn test_value(p: &mut Parser) {
    p.start(Kind::TestValue);
    field_name(p, "a field's name");
    if p.expect_sign(Kind::Colon, "`:` and a value") {
        if p.at(Kind::LBracket) && p.nth(1) == Kind::LBrace {
            test_items(p);
        } else {
            expression::expression(p);
        }
    }
    p.end();
}

/// `[{ sku: "A1" }, { sku: "B2" }]`.
fn test_items(p: &mut Parser) {
    p.start(Kind::TestItems);
    let opened = p.here();
    p.bump();
    test_item(p);
    while !p.is_stuck() && p.eat(Kind::Comma) {
        test_item(p);
    }
    p.close(opened, Kind::RBracket, "`,` or `]`");
    p.end();
}

fn test_item(p: &mut Parser) {
    p.start(Kind::TestItem);
    test_values(p);
    p.end();
}

/// `expect ada gets cart_reminder at 2026-03-01 11:20`.
fn expect(p: &mut Parser) {
    p.start(Kind::Expect);
    p.bump();
    if name_ref(p, "a customer of this test") {
        if p.eat_word("never") {
            let _ = p.expect_word("gets") && name_ref(p, "an e-mail's name");
        } else if p.eat_word("gets") {
            if name_ref(p, "an e-mail's name") && p.at_word("at") {
                moment(p);
            }
        } else {
            expression::expression(p);
            if !p.is_stuck() {
                moment(p);
            }
        }
    }
    p.end();
}

/// `at 2026-03-01 11:20`.
fn moment(p: &mut Parser) {
    let _ = p.expect_word("at")
        && p.expect(Kind::Date, "a date and a time, such as `2026-03-01 11:20`")
        && p.expect(Kind::Time, "a time of day, such as `11:20`");
}
