//! `source`: where the data is and how it becomes customers, events and entities.

use super::{any_name_ref, content, duration, expression, field_name, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

pub(super) const SOURCE: Members = Members {
    block: "where the data is",
    member: "a member of a source",
    begins: "where its rows are, such as `table` or `form`; or `feeds`, `group by` or `fresh`",
    words: &[
        "table", "file", "track", "form", "webhook", "http", "feed", "group", "signed", "every", "auth",
        "each", "pages", "feeds", "consent", "fresh",
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
            "table" | "file" | "track" | "form" | "webhook" | "http" | "feed" => location(p),
            "group" => group_by(p),
            "signed" => signed(p),
            "every" => poll(p),
            "auth" => auth(p),
            "each" => each(p),
            "pages" => pages(p),
            "feeds" => feeds(p),
            "consent" => content::consent_ref(p),
            "fresh" => fresh(p),
            _ => return false,
        }
        true
    });
    p.end();
}

fn location(p: &mut Parser) {
    p.start(Kind::Location);
    let what = match p.nth_text(0) {
        "track" => None,
        "table" => Some("the table's name in quotes"),
        "file" => Some("the file's path in quotes"),
        "http" | "feed" => Some("its web address in quotes"),
        _ => Some("the path of its address in quotes, such as `\"/forms/join\"`"),
    };
    p.bump();
    if let Some(what) = what
        && p.string(what)
        && p.at_word("where")
    {
        where_(p);
    }
    p.end();
}

/// `signed hmac_sha256 env NAME`, and in which header the signature stands.
fn signed(p: &mut Parser) {
    p.start(Kind::Signed);
    p.bump();
    if name_ref(p, "how it is signed: `hmac_sha256`") && credential(p) && p.eat_word("header") {
        p.string("the header's name in quotes");
    }
    p.end();
}

fn poll(p: &mut Parser) {
    p.start(Kind::Poll);
    p.bump();
    duration(p);
    p.end();
}

pub(super) fn auth(p: &mut Parser) {
    p.start(Kind::Auth);
    p.bump();
    let known = match p.nth_text(0) {
        "bearer" | "basic" => {
            p.bump();
            true
        }
        "header" => {
            p.bump();
            p.string("the header's name in quotes")
        }
        _ => p.word_error("`bearer`, `basic` or `header`", &["bearer", "basic", "header"]),
    };
    let _ = known && credential(p);
    p.end();
}

/// Where a secret is; one that stands there itself is told later, in better words.
fn credential(p: &mut Parser) -> bool {
    p.start(Kind::Credential);
    let read = if p.kind().is_string() || p.at_foreign_text() {
        p.string("`env` and a variable's name")
    } else {
        p.expect_word("env") && any_name_ref(p, "the variable's name, such as `CRM_TOKEN`")
    };
    p.end();
    read
}

fn each(p: &mut Parser) {
    p.start(Kind::Each);
    p.bump();
    path(p);
    p.end();
}

fn pages(p: &mut Parser) {
    p.start(Kind::Pages);
    p.bump();
    let _ = p.expect_word("next") && path(p);
    p.end();
}

fn path(p: &mut Parser) -> bool {
    if !p.at(Kind::Path) {
        return p.error("a place in the document, such as `$.orders`");
    }
    p.start(Kind::Literal);
    p.bump();
    p.end();
    true
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
    if p.at(Kind::Comma) {
        while !p.is_stuck() && p.eat(Kind::Comma) {
            feed_target(p);
        }
    } else if !p.is_stuck() && (p.at(Kind::LBrace) || p.at_entry()) {
        p.block(&FEEDS, |p| {
            p.at(Kind::Name) && {
                mapping(p);
                true
            }
        });
    }
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
        if p.at_word("list") && matches!(p.nth(1), Kind::LBrace | Kind::Path) {
            list_mapping(p);
        } else {
            expression::expression(p);
            if !p.is_stuck() && p.at_word("must") && p.nth_word(1, "exist") {
                p.start(Kind::MustExist);
                p.bump();
                p.bump();
                p.end();
            }
        }
    }
    p.end();
}

fn list_mapping(p: &mut Parser) {
    p.start(Kind::ListMapping);
    p.bump();
    if p.at(Kind::Path) {
        path(p);
    }
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
