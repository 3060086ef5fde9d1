//! `consent`, `brand`, `layout`, `content`, `email`: what is said, and by whose leave.

use super::audience::{otherwise, when};
use super::data::type_ref;
use super::{duration, field_name, label, name_ref, named, offer};
use crate::Kind;
use crate::parser::{Members, Parser};

const CONSENT: Members = Members {
    block: "what it covers",
    member: "a member of a consent",
    begins: "`opt in`, `covers` or `expires after`",
    words: &["opt", "covers", "expires"],
};
const BRAND: Members = Members {
    block: "its properties",
    member: "a property",
    begins: "a property: a name and a text in quotes",
    words: &[],
};
const LAYOUT: Members =
    Members { block: "its `body`", member: "a member of a layout", begins: "`body`", words: &["body"] };
const CONTENT: Members = Members {
    block: "`when` and `otherwise` with their texts",
    member: "a member of a content block",
    begins: "`when`, `otherwise` or `consent`",
    words: &["when", "otherwise", "consent"],
};
const EMAIL: Members = Members {
    block: "its `subject` and `body`",
    member: "a member of an e-mail",
    begins: "a member of an e-mail, such as `subject` or `body`",
    words: &[
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
    ],
};
const FORMATS: &[&str] = &["html", "text", "markdown", "mjml"];

pub(super) fn consent(p: &mut Parser) {
    p.start(Kind::Consent);
    p.bump();
    named(p, "the consent's name");
    label(p);
    p.block(&CONSENT, |p| {
        match p.nth_text(0) {
            "opt" => opt_in(p),
            "covers" => covers(p),
            "expires" => expires(p),
            _ => return false,
        }
        true
    });
    p.end();
}

fn opt_in(p: &mut Parser) {
    p.start(Kind::OptIn);
    p.bump();
    if p.expect_word("in") {
        if p.at_words(&["single", "double"]) {
            p.bump();
        } else {
            p.word_error("`single` or `double`", &["single", "double"]);
        }
    }
    p.end();
}

fn covers(p: &mut Parser) {
    p.start(Kind::Covers);
    p.bump();
    name_ref(p, "what it covers, such as `email`");
    while p.eat(Kind::Comma) {
        name_ref(p, "what it covers, such as `email`");
    }
    p.end();
}

fn expires(p: &mut Parser) {
    p.start(Kind::Expires);
    p.bump();
    if p.expect_word("after") && duration(p) && p.eat_word("without") {
        p.expect_word("engagement");
    }
    p.end();
}

pub(super) fn brand(p: &mut Parser) {
    p.start(Kind::Brand);
    p.bump();
    p.block(&BRAND, |p| {
        p.at(Kind::Name) && {
            property(p);
            true
        }
    });
    p.end();
}

pub(super) fn property(p: &mut Parser) {
    p.start(Kind::Property);
    field_name(p, "a property's name");
    p.string("a text in quotes");
    p.end();
}

pub(super) fn layout(p: &mut Parser) {
    p.start(Kind::Layout);
    p.bump();
    named(p, "the layout's name");
    p.block(&LAYOUT, |p| {
        p.at_word("body") && {
            body(p);
            true
        }
    });
    p.end();
}

pub(super) fn body(p: &mut Parser) {
    p.start(Kind::Body);
    p.bump();
    if p.at_words(FORMATS) {
        p.bump();
        let is_file = p.eat_word("file");
        p.string(if is_file { "the file's path in quotes" } else { "`file` and a path, or a text" });
    } else {
        p.word_error("`html`, `text`, `markdown` or `mjml`", FORMATS);
    }
    p.end();
}

pub(super) fn content(p: &mut Parser) {
    p.start(Kind::Content);
    p.bump();
    named(p, "the content block's name");
    if p.at(Kind::LParen) {
        parameters(p);
    }
    p.block(&CONTENT, |p| {
        match p.nth_text(0) {
            "consent" => consent_ref(p),
            "when" | "otherwise" => case(p),
            _ => return false,
        }
        true
    });
    p.end();
}

/// `(title: string, image: url?)`.
fn parameters(p: &mut Parser) {
    p.start(Kind::Parameters);
    let opened = p.here();
    p.bump();
    if !p.at(Kind::RParen) {
        parameter(p);
        while !p.is_stuck() && p.eat(Kind::Comma) {
            parameter(p);
        }
    }
    p.close(opened, Kind::RParen, "`,` or `)`");
    p.end();
}

fn parameter(p: &mut Parser) {
    p.start(Kind::Parameter);
    if field_name(p, "a parameter's name") && p.expect_sign(Kind::Colon, "`:` and a type") {
        type_ref(p);
    }
    p.end();
}

pub(super) fn case(p: &mut Parser) {
    p.start(Kind::Case);
    if p.at_word("when") {
        when(p);
        p.string("the text for this case");
    } else {
        otherwise(p);
        p.string("the text for all other cases");
    }
    p.end();
}

pub(super) fn email(p: &mut Parser) {
    p.start(Kind::Email);
    p.bump();
    named(p, "the e-mail's name");
    p.block(&EMAIL, |p| {
        match p.nth_text(0) {
            "consent" => consent_ref(p),
            "transactional" => transactional(p),
            "layout" => layout_ref(p),
            "subject" | "preheader" | "from" | "reply_to" => property(p),
            "body" => body(p),
            "offer" => offer::offer_ref(p),
            "locales" => offer::locales(p),
            "strings" => offer::strings(p),
            "track" => offer::tracked(p),
            "utm" => offer::utm(p),
            _ => return false,
        }
        true
    });
    p.end();
}

pub(super) fn consent_ref(p: &mut Parser) {
    p.start(Kind::ConsentRef);
    p.bump();
    name_ref(p, "the consent's name");
    p.end();
}

pub(super) fn transactional(p: &mut Parser) {
    p.start(Kind::Transactional);
    p.bump();
    p.end();
}

pub(super) fn layout_ref(p: &mut Parser) {
    p.start(Kind::LayoutRef);
    p.bump();
    name_ref(p, "the layout's name");
    p.end();
}
