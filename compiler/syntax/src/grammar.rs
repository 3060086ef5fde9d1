//! One function a rule of `grammar/persona.pest`, by the same name.

mod audience;
mod campaign;
mod content;
mod data;
mod destination;
mod experiment;
mod expression;
mod identity;
mod journey;
mod offer;
mod query;
mod science;
mod source;
mod test;

use crate::Kind;
use crate::parser::Parser;

/// The words that begin a declaration.
pub const DECLARATIONS: &[&str] = &[
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

/// Words that go on with an expression or end it. Nothing can be named by one, or it could not be read.
pub const RESERVED: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "then",
    "else",
    "where",
    "when",
    "otherwise",
    "since",
    "before",
    "between",
    "without",
    "less",
    "by",
    "unless",
];

/// Operators as SQL shouts them: no names of functions, and no currencies.
pub const SHOUTED: &[&str] = &["AND", "OR", "NOT", "IN"];

pub(crate) fn file(p: &mut Parser) {
    p.start(Kind::File);
    let mut broken = false;
    while p.next_declaration() {
        let told = p.told();
        declaration(p, broken);
        broken = p.told() > told;
    }
    p.end();
}

/// `broken`: whether the declaration before held a mistake; then a stray rest of it is not a second one.
fn declaration(p: &mut Parser, broken: bool) {
    let known = DECLARATIONS.contains(&p.nth_text(0));
    if broken && (!p.seems_declaration() || !known && !p.at_line_start()) {
        p.skip_declaration(true);
        return;
    }
    match p.nth_text(0) {
        "customer" => data::customer(p),
        "record" => data::record(p),
        "event" => data::event(p),
        "entity" => data::entity(p),
        "retain" => data::retain(p),
        "source" => source::source(p),
        "destination" => destination::destination(p),
        "identity" => identity::identity(p),
        "trait" => audience::trait_(p),
        "segment" => audience::segment(p),
        "lifecycle" | "exclusive" => audience::lifecycle(p),
        "consent" => content::consent(p),
        "brand" => content::brand(p),
        "layout" => content::layout(p),
        "content" => content::content(p),
        "email" => content::email(p),
        "coupon" => offer::coupon(p),
        "model" => science::model(p),
        "recommend" => science::recommend(p),
        "experiment" => experiment::experiment(p),
        "trigger" => journey::trigger(p),
        "campaign" => campaign::campaign(p),
        "policy" => campaign::policy(p),
        "test" => test::test(p),
        _ => {
            const WHAT: &str = "a declaration, such as `segment` or `email`";
            match p.kind() {
                Kind::Name if p.closed_early(WHAT) => false,
                Kind::Name => p.unknown_word("a declaration", DECLARATIONS),
                Kind::RBrace => p.stray_brace(WHAT),
                _ => p.error_here(WHAT),
            };
            p.skip_declaration(true);
        }
    }
    if p.is_stuck() && p.kind() != Kind::End {
        p.skip_declaration(false);
    }
}

/// The name a declaration gives.
fn named(p: &mut Parser, what: &str) -> bool {
    if !p.at_words(RESERVED) {
        return field_name(p, what);
    }
    let word = p.nth_text(0);
    let is_name = matches!(p.nth(1), Kind::LBrace | Kind::LParen | Kind::Colon | Kind::Assign | Kind::String);
    if !is_name {
        return p.error(what);
    }
    p.error_with(
        what,
        Some(&format!("`{word}` is a word of conditions: give it another name, such as `my_{word}`")),
    );
    // It stands where the name stands: what comes behind it is as good as behind any other.
    field_name(p, what)
}

/// The name of a field, a property or a value: it stands where no expression can, so any word will do.
fn field_name(p: &mut Parser, what: &str) -> bool {
    if !p.at(Kind::Name) {
        return p.error(what);
    }
    p.start(Kind::Named);
    p.bump();
    p.end();
    p.rest_of_dashed_name();
    true
}

/// A name that refers to a declaration, a field or a column.
fn name_ref(p: &mut Parser, what: &str) -> bool {
    if p.at_words(RESERVED) || p.at_member_of_any_block() {
        return p.error(what);
    }
    any_name_ref(p, what) && {
        p.rest_of_dashed_name();
        true
    }
}

/// The same after a `.`, where any word will do.
fn any_name_ref(p: &mut Parser, what: &str) -> bool {
    if !p.at(Kind::Name) {
        return p.error(what);
    }
    p.start(Kind::NameRef);
    p.bump();
    p.end();
    true
}

/// The text people read, if there is one: `"High-Value"`.
fn label(p: &mut Parser) {
    if matches!(p.kind(), Kind::String | Kind::UnclosedString) || p.at_foreign_text() {
        p.start(Kind::Label);
        p.string("the text people read, in double quotes");
        p.end();
    }
}

/// `NUMBER UNIT`: a length of time.
fn duration(p: &mut Parser) -> bool {
    if !p.at(Kind::Number) {
        return p.error("a length of time, such as `7 days`");
    }
    p.start(Kind::Quantity);
    p.bump();
    if expression::is_time_unit(p.nth_text(0)) {
        p.bump();
    } else {
        p.word_error("a unit of time, such as `days`", expression::TIME_UNITS);
    }
    p.end();
    !p.is_stuck()
}
