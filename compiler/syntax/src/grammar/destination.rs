//! `destination`: where what is known goes, and when.

use super::{name_ref, named, source};
use crate::Kind;
use crate::parser::{Members, Parser};

const DESTINATION: Members = Members {
    block: "where it goes",
    member: "a member of a destination",
    begins: "`http`, `auth`, `on` or `sends`",
    words: &["http", "auth", "on", "sends"],
};
const METHODS: &[&str] = &["post", "put", "patch"];

pub(super) fn destination(p: &mut Parser) {
    p.start(Kind::Destination);
    p.bump();
    named(p, "the destination's name");
    p.block(&DESTINATION, |p| {
        match p.nth_text(0) {
            "http" => endpoint(p),
            "auth" => source::auth(p),
            "on" => occasions(p),
            "sends" => sends(p),
            _ => return false,
        }
        true
    });
    p.end();
}

fn endpoint(p: &mut Parser) {
    p.start(Kind::Endpoint);
    p.bump();
    if p.at_words(METHODS) {
        p.bump();
        p.string("its web address in quotes");
    } else {
        p.word_error("`post`, `put` or `patch`", METHODS);
    }
    p.end();
}

fn occasions(p: &mut Parser) {
    p.start(Kind::Occasions);
    p.bump();
    occasion(p);
    while !p.is_stuck() && p.eat(Kind::Comma) {
        occasion(p);
    }
    p.end();
}

fn occasion(p: &mut Parser) {
    p.start(Kind::Occasion);
    match p.nth_text(0) {
        "customer" => {
            p.bump();
            p.expect_word("changes");
        }
        "enter" | "leave" => {
            p.bump();
            name_ref(p, "a segment's or a stage's name");
        }
        "consent" => {
            p.bump();
            let ends = p.at_words(super::RESERVED) || p.at_member_of_any_block() || p.at_word("sends");
            if p.at(Kind::Name) && !ends {
                name_ref(p, "a consent's name");
            }
        }
        _ => {
            name_ref(p, "`customer changes`, `enter`, `leave`, `consent` or an event");
        }
    }
    p.end();
}

fn sends(p: &mut Parser) {
    p.start(Kind::Sends);
    p.bump();
    name_ref(p, "the name of what is sent");
    while !p.is_stuck() && p.eat(Kind::Comma) {
        name_ref(p, "the name of what is sent");
    }
    p.end();
}
