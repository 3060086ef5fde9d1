//! `source`: where the data is and how it becomes customers, events and entities.

use super::{any_name_ref, duration, expression, field_name, later_member, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

pub(super) const SOURCE: Members = Members {
    block: "where the data is",
    member: "a member of a source",
    begins: "`table`, `file`, `group by`, `feeds` or `fresh`",
    words: &[
        "table", "file", "group", "feeds", "fresh", "track", "form", "webhook", "http", "feed", "consent",
    ],
};
const FEEDS: Members = Members {
    block: "a field for each column",
    member: "a field",
    begins: "a field: a name, `=` and a value",
    words: &[],
};
const ITEM: Members = Members { block: "the fields of an item", ..FEEDS };

pub(super) fn source(p: &mut Parser) {
    p.start(Kind::Source);
    p.bump();
    named(p, "the source's name");
    p.block(&SOURCE, |p| {
        match p.nth_text(0) {
            "table" | "file" => location(p),
            "group" => group_by(p),
            "feeds" => feeds(p),
            "fresh" => fresh(p),
            "track" | "form" | "webhook" | "http" | "feed" | "consent" => later_member(p),
            _ => return false,
        }
        true
    });
    p.end();
}

fn location(p: &mut Parser) {
    p.start(Kind::Location);
    let what = if p.at_word("table") { "the table's name in quotes" } else { "the file's path in quotes" };
    p.bump();
    if p.string(what) && p.at_word("where") {
        where_(p);
    }
    p.end();
}

pub(super) fn where_(p: &mut Parser) {
    p.start(Kind::Where);
    p.bump();
    expression::expression(p);
    p.end();
}

fn group_by(p: &mut Parser) {
    p.start(Kind::GroupBy);
    p.bump();
    if p.expect_word("by") && name_ref(p, "a column's name") {
        while p.eat(Kind::Comma) {
            name_ref(p, "a column's name");
        }
    }
    p.end();
}

fn feeds(p: &mut Parser) {
    p.start(Kind::Feeds);
    p.bump();
    feed_target(p);
    p.block(&FEEDS, |p| {
        p.at(Kind::Name) && {
            mapping(p);
            true
        }
    });
    p.end();
}

fn feed_target(p: &mut Parser) {
    p.start(Kind::FeedTarget);
    if p.at_word("consent") {
        any_name_ref(p, "`consent`");
        name_ref(p, "the consent's name");
    } else {
        name_ref(p, "what it feeds: `customer`, an event or an entity");
    }
    if p.eat_word("by") {
        name_ref(p, "the attribute by which customers are found");
    }
    p.end();
}

fn mapping(p: &mut Parser) {
    p.start(Kind::Mapping);
    field_name(p, "a field's name");
    if p.expect_sign(Kind::Assign, "`=` and a value") {
        if p.at_word("list") && p.nth(1) == Kind::LBrace {
            list_mapping(p);
        } else {
            expression::expression(p);
        }
    }
    p.end();
}

fn list_mapping(p: &mut Parser) {
    p.start(Kind::ListMapping);
    p.bump();
    p.block(&ITEM, |p| {
        p.at(Kind::Name) && {
            mapping(p);
            true
        }
    });
    p.end();
}

fn fresh(p: &mut Parser) {
    p.start(Kind::Fresh);
    p.bump();
    let _ = p.expect_word("within") && duration(p);
    p.end();
}
