//! One function a rule of `grammar/persona.pest`, by the same name.

mod audience;
mod content;
mod data;
mod expression;
mod journey;
mod source;

use crate::Kind;
use crate::parser::Parser;

/// The words that begin a declaration.
pub(crate) const DECLARATIONS: &[&str] = &[
    "customer",
    "record",
    "event",
    "entity",
    "source",
    "trait",
    "segment",
    "lifecycle",
    "exclusive",
    "consent",
    "brand",
    "layout",
    "content",
    "email",
    "trigger",
    "campaign",
    "destination",
    "identity",
    "retain",
    "coupon",
    "policy",
    "model",
    "recommend",
    "experiment",
    "test",
];

pub(crate) fn file(p: &mut Parser) {
    p.start_root();
    while p.kind() != Kind::End {
        declaration(p);
    }
    p.flush_all();
    p.end();
}

fn declaration(p: &mut Parser) {
    if p.kind() != Kind::Name {
        p.error("a declaration, such as `segment` or `email`");
        p.skip_declaration();
        return;
    }
    match p.nth_text(0) {
        "customer" => data::customer(p),
        "record" => data::record(p),
        "event" => data::event(p),
        "entity" => data::entity(p),
        "source" => source::source(p),
        "trait" => audience::trait_(p),
        "segment" => audience::segment(p),
        "lifecycle" | "exclusive" => audience::lifecycle(p),
        "consent" => content::consent(p),
        "brand" => content::brand(p),
        "layout" => content::layout(p),
        "content" => content::content(p),
        "email" => content::email(p),
        "trigger" => journey::trigger(p),
        "campaign" => journey::campaign(p),
        word if DECLARATIONS.contains(&word) => later(p),
        _ => {
            p.unknown_word("a declaration", DECLARATIONS);
            p.skip_declaration();
        }
    }
    if p.is_stuck() {
        p.skip_declaration();
    }
}

/// A declaration of the language that this version reads over: its block is kept, its meaning is told to be missing.
fn later(p: &mut Parser) {
    p.start(Kind::Later);
    p.bump();
    while !matches!(p.kind(), Kind::LBrace | Kind::End) && !p.at_declaration() {
        p.bump();
    }
    if p.at(Kind::LBrace) {
        balanced(p);
    }
    p.end();
}

/// `{ … }` as it is.
fn balanced(p: &mut Parser) {
    let mut depth = 0u32;
    loop {
        match p.kind() {
            Kind::LBrace => depth += 1,
            Kind::RBrace => depth = depth.saturating_sub(1),
            Kind::End => break,
            _ if p.at_declaration() => break,
            _ => {}
        }
        p.bump();
        if depth == 0 {
            break;
        }
    }
}

/// The name a declaration gives.
fn name(p: &mut Parser, what: &str) -> bool {
    if !p.at(Kind::Name) {
        return p.error(what);
    }
    p.start(Kind::Named);
    p.bump();
    p.end();
    true
}

/// A name that refers to a declaration.
fn name_ref(p: &mut Parser, what: &str) -> bool {
    if !p.at(Kind::Name) {
        return p.error(what);
    }
    p.start(Kind::NameRef);
    p.bump();
    p.end();
    true
}

/// The text people read: `"High-Value"`.
fn label(p: &mut Parser) {
    p.start(Kind::Label);
    p.string("a label in quotes");
    p.end();
}

/// `NUMBER UNIT`: a length of time.
fn duration(p: &mut Parser) -> bool {
    if !(p.at(Kind::Number) && expression::is_time_unit(p.nth_text(1))) {
        return p.error("a length of time, such as `7 days`");
    }
    p.start(Kind::Quantity);
    p.bump();
    p.bump();
    p.end();
    true
}

/// A member of the language that this version reads over, up to the next member.
fn later_member(p: &mut Parser, members: &[&str]) {
    p.start(Kind::LaterMember);
    p.bump();
    loop {
        match p.kind() {
            Kind::RBrace | Kind::End => break,
            Kind::LBrace => balanced(p),
            _ if p.at_declaration() => break,
            _ if p.at_words(members) && p.at_line_start() => break,
            Kind::Name if matches!(p.nth(1), Kind::Colon | Kind::Assign) && p.at_line_start() => break,
            _ => p.bump(),
        }
    }
    p.end();
}
