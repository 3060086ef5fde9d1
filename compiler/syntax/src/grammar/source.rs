//! `source`: where the data is and how it becomes customers, events and entities.

use super::{duration, expression, later_member, name, name_ref};
use crate::Kind;
use crate::parser::Parser;

const MEMBERS: &[&str] =
    &["table", "file", "group", "feeds", "fresh", "track", "form", "webhook", "http", "feed", "consent"];

pub(super) fn source(p: &mut Parser) {
    p.start(Kind::Source);
    p.bump();
    if name(p, "the source's name") {
        p.block("where the data is", "`table`, `file`, `group by`, `feeds` or `fresh`", |p| {
            match p.nth_text(0) {
                "table" | "file" => {
                    location(p);
                    true
                }
                "group" => {
                    group_by(p);
                    true
                }
                "feeds" => {
                    feeds(p);
                    true
                }
                "fresh" => {
                    fresh(p);
                    true
                }
                "track" | "form" | "webhook" | "http" | "feed" | "consent" => {
                    later_member(p, MEMBERS);
                    true
                }
                _ => p.unknown_word("a member of a source", MEMBERS),
            }
        });
    }
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

fn where_(p: &mut Parser) {
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
    p.start(Kind::FeedTarget);
    let target = p.nth_text(0);
    if name_ref(p, "what it feeds: `customer`, an event or an entity") && target == "consent" {
        name_ref(p, "the consent's name");
    }
    if p.eat_word("by") {
        name_ref(p, "the attribute by which customers are found");
    }
    p.end();
    if p.at(Kind::Comma) {
        p.error("`{` and a field for each column");
    }
    if !p.is_stuck() {
        p.block("a field for each column", "a field: a name, `=` and a value", |p| {
            p.at(Kind::Name) && {
                mapping(p);
                true
            }
        });
    }
    p.end();
}

fn mapping(p: &mut Parser) {
    p.start(Kind::Mapping);
    name(p, "a field's name");
    if p.expect(Kind::Assign, "`=` and a value") {
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
    p.block("the fields of an item", "a field: a name, `=` and a value", |p| {
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
