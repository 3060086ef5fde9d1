//! `consent`, `brand`, `layout`, `content`, `email`: what is said, and by whose leave.

use super::audience::when;
use super::{duration, label, later_member, name, name_ref};
use crate::Kind;
use crate::parser::Parser;

const EMAIL: &[&str] = &[
    "consent",
    "transactional",
    "layout",
    "subject",
    "preheader",
    "body",
    "from",
    "reply_to",
    "offer",
    "locales",
    "strings",
    "track",
    "utm",
];

pub(super) fn consent(p: &mut Parser) {
    const MEMBERS: &[&str] = &["opt", "covers", "expires"];
    p.start(Kind::Consent);
    p.bump();
    if name(p, "the consent's name") {
        if matches!(p.kind(), Kind::String | Kind::UnclosedString) {
            label(p);
        }
        p.block("what it covers", "`opt in`, `covers` or `expires after`", |p| {
            match p.nth_text(0) {
                "opt" => {
                    p.start(Kind::OptIn);
                    p.bump();
                    if p.expect_word("in") {
                        if p.at_words(&["single", "double"]) {
                            p.bump();
                        } else {
                            p.error("`single` or `double`");
                        }
                    }
                    p.end();
                }
                "covers" => {
                    p.start(Kind::Covers);
                    p.bump();
                    name_ref(p, "what it covers, such as `email`");
                    while p.eat(Kind::Comma) {
                        name_ref(p, "what it covers, such as `email`");
                    }
                    p.end();
                }
                "expires" => {
                    p.start(Kind::Expires);
                    p.bump();
                    if p.expect_word("after") && duration(p) && p.eat_word("without") {
                        p.expect_word("engagement");
                    }
                    p.end();
                }
                _ => return p.unknown_word("a member of a consent", MEMBERS),
            }
            true
        });
    }
    p.end();
}

pub(super) fn brand(p: &mut Parser) {
    p.start(Kind::Brand);
    p.bump();
    p.block("its properties", "a property: a name and a text in quotes", |p| {
        p.at(Kind::Name) && {
            p.start(Kind::Property);
            name(p, "a property's name");
            p.string("a text in quotes");
            p.end();
            true
        }
    });
    p.end();
}

pub(super) fn layout(p: &mut Parser) {
    p.start(Kind::Layout);
    p.bump();
    if name(p, "the layout's name") {
        p.block("its `body`", "`body`", |p| {
            if !p.at_word("body") {
                return p.unknown_word("a member of a layout", &["body"]);
            }
            body(p);
            true
        });
    }
    p.end();
}

fn body(p: &mut Parser) {
    p.start(Kind::Body);
    p.bump();
    if !p.at_words(&["html", "text", "markdown", "mjml"]) {
        p.error("`html`, `text`, `markdown` or `mjml`");
    } else {
        p.bump();
        let what =
            if p.eat_word("file") { "the file's path in quotes" } else { "`file` and a path, or a text" };
        p.string(what);
    }
    p.end();
}

pub(super) fn content(p: &mut Parser) {
    p.start(Kind::Content);
    p.bump();
    if name(p, "the content block's name") {
        p.block("`when` and `otherwise` with their texts", "`when` or `otherwise`", |p| {
            match p.nth_text(0) {
                "when" => {
                    p.start(Kind::Case);
                    when(p);
                    p.string("the text for this case");
                    p.end();
                }
                "otherwise" => {
                    p.start(Kind::Case);
                    p.start(Kind::Otherwise);
                    p.bump();
                    p.end();
                    p.string("the text for all other cases");
                    p.end();
                }
                _ => return p.unknown_word("a member of a content block", &["when", "otherwise"]),
            }
            true
        });
    }
    p.end();
}

pub(super) fn email(p: &mut Parser) {
    p.start(Kind::Email);
    p.bump();
    if name(p, "the e-mail's name") {
        p.block("its `subject` and `body`", "a member of an e-mail, such as `subject` or `body`", |p| {
            match p.nth_text(0) {
                "consent" => {
                    p.start(Kind::ConsentRef);
                    p.bump();
                    name_ref(p, "the consent's name");
                    p.end();
                }
                "transactional" => {
                    p.start(Kind::Transactional);
                    p.bump();
                    p.end();
                }
                "layout" => {
                    p.start(Kind::LayoutRef);
                    p.bump();
                    name_ref(p, "the layout's name");
                    p.end();
                }
                "subject" | "preheader" | "from" | "reply_to" => {
                    p.start(Kind::Property);
                    p.start(Kind::Named);
                    p.bump();
                    p.end();
                    p.string("a text in quotes");
                    p.end();
                }
                "body" => body(p),
                "offer" | "locales" | "strings" | "track" | "utm" => later_member(p, EMAIL),
                _ => return p.unknown_word("a member of an e-mail", EMAIL),
            }
            true
        });
    }
    p.end();
}
