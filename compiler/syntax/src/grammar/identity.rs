//! `identity`: which customers of several systems are one.

use super::name_ref;
use crate::Kind;
use crate::parser::{Members, Parser};

const IDENTITY: Members = Members {
    block: "how customers are known",
    member: "a member of `identity`",
    begins: "`ids`, `match on`, `propose on` or `keep`",
    words: &["ids", "match", "propose", "keep"],
};

pub(super) fn identity(p: &mut Parser) {
    p.start(Kind::Identity);
    p.bump();
    p.block(&IDENTITY, |p| {
        match p.nth_text(0) {
            "ids" => ids(p),
            "match" => match_on(p),
            "propose" => propose(p),
            "keep" => keep(p),
            _ => return false,
        }
        true
    });
    p.end();
}

/// `a, b`
fn names(p: &mut Parser, what: &str) {
    name_ref(p, what);
    while !p.is_stuck() && p.eat(Kind::Comma) {
        name_ref(p, what);
    }
}

fn ids(p: &mut Parser) {
    p.start(Kind::Ids);
    p.bump();
    names(p, "the name of an id");
    p.end();
}

fn match_on(p: &mut Parser) {
    p.start(Kind::MatchOn);
    p.bump();
    if p.expect_word("on") && name_ref(p, "an attribute's name") {
        while !p.is_stuck() && p.eat(Kind::Comma) {
            let _ = p.expect_word("then") && name_ref(p, "an attribute's name");
        }
    }
    p.end();
}

fn propose(p: &mut Parser) {
    p.start(Kind::Propose);
    p.bump();
    if p.expect_word("on") {
        similar(p);
        if !p.is_stuck() && p.expect(Kind::AtLeast, "`>=` and how alike they must be, such as `>= 0.92`") {
            p.expect(Kind::Number, "a number from 0 to 1, such as `0.92`");
        }
    }
    p.end();
}

fn similar(p: &mut Parser) {
    p.start(Kind::Similar);
    if p.expect_word("similar") {
        let opened = p.here();
        if p.expect(Kind::LParen, "`(` and the names of attributes") {
            names(p, "an attribute's name");
            p.close(opened, Kind::RParen, "`,` or `)`");
        }
    }
    p.end();
}

fn keep(p: &mut Parser) {
    p.start(Kind::Keep);
    p.bump();
    if p.at_words(&["newest", "oldest"]) {
        p.bump();
        if p.eat(Kind::Comma) && p.expect_word("preferring") {
            names(p, "a source's name");
        }
    } else {
        p.word_error("`newest` or `oldest`", &["newest", "oldest"]);
    }
    p.end();
}
