//! `coupon`, and what an e-mail says beside its words: its offer, its languages, what is followed.

use super::audience::when;
use super::{duration, label, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

const COUPON: Members = Members {
    block: "its `codes`",
    member: "a member of a coupon",
    begins: "`codes`, `valid`, `one per customer` or `when`",
    words: &["codes", "valid", "one", "when"],
};
const TRACKABLE: &[&str] = &["opens", "clicks"];
const UTM: &[&str] = &["campaign", "source", "medium", "term", "content"];

pub(super) fn offer_ref(p: &mut Parser) {
    p.start(Kind::OfferRef);
    p.bump();
    name_ref(p, "the coupon's name");
    p.end();
}

/// `locales en, pt-BR otherwise en`.
pub(super) fn locales(p: &mut Parser) {
    p.start(Kind::Locales);
    p.bump();
    locale(p);
    while !p.is_stuck() && p.eat(Kind::Comma) {
        locale(p);
    }
    if !p.is_stuck() && p.eat_word("otherwise") {
        locale(p);
    }
    p.end();
}

fn locale(p: &mut Parser) {
    if !p.at(Kind::Name) || p.at_word("otherwise") || p.at_member_of_any_block() {
        p.error("a language, such as `en` or `pt-BR`");
        return;
    }
    p.start(Kind::Locale);
    p.bump();
    while !p.is_stuck() && p.eat(Kind::Minus) {
        if matches!(p.kind(), Kind::Name | Kind::Number) {
            p.bump();
        } else {
            p.error("a region, such as `BR` in `pt-BR`");
        }
    }
    p.end();
}

/// `strings file "i18n/{locale}.toml"`.
pub(super) fn strings(p: &mut Parser) {
    p.start(Kind::Strings);
    p.bump();
    if p.expect_word("file") {
        p.string("the files' path in quotes, such as \"i18n/{locale}.toml\"");
    }
    p.end();
}

/// `track opens, clicks`.
pub(super) fn tracked(p: &mut Parser) {
    p.start(Kind::Tracked);
    p.bump();
    trackable(p);
    while !p.is_stuck() && p.eat(Kind::Comma) {
        trackable(p);
    }
    p.end();
}

fn trackable(p: &mut Parser) {
    if p.at_words(TRACKABLE) {
        p.bump();
    } else {
        p.word_error("`opens` or `clicks`", TRACKABLE);
    }
}

/// `utm campaign "cart" medium "email"`.
pub(super) fn utm(p: &mut Parser) {
    p.start(Kind::Utm);
    p.bump();
    if !p.at_words(UTM) {
        p.word_error("`campaign`, `source`, `medium`, `term` or `content`", UTM);
    }
    while !p.is_stuck() && p.at_words(UTM) {
        p.start(Kind::UtmTag);
        p.bump();
        p.string("a text in quotes");
        p.end();
    }
    p.end();
}

pub(super) fn coupon(p: &mut Parser) {
    p.start(Kind::Coupon);
    p.bump();
    named(p, "the coupon's name");
    label(p);
    p.block(&COUPON, |p| {
        match p.nth_text(0) {
            "codes" => codes(p),
            "valid" => valid(p),
            "one" => one_each(p),
            "when" => when(p),
            _ => return false,
        }
        true
    });
    p.end();
}

/// `codes file "cart10.csv"`, `codes generate "CART-########"`.
fn codes(p: &mut Parser) {
    const FROM: &[&str] = &["file", "generate"];
    p.start(Kind::Codes);
    p.bump();
    if p.at_words(FROM) {
        let is_file = p.at_word("file");
        p.bump();
        p.string(if is_file { "the file's path in quotes" } else { "a pattern, such as \"CART-########\"" });
    } else {
        p.word_error("`file` or `generate`", FROM);
    }
    p.end();
}

fn valid(p: &mut Parser) {
    p.start(Kind::Valid);
    p.bump();
    duration(p);
    p.end();
}

/// `one per customer`.
fn one_each(p: &mut Parser) {
    p.start(Kind::OneEach);
    p.bump();
    let _ = p.expect_word("per") && p.expect_word("customer");
    p.end();
}
