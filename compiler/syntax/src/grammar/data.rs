//! `customer`, `record`, `event`, `entity`, `retain`: what the data is, and how long it is kept.

use super::{duration, expression, field_name, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

const FIELDS: Members =
    Members { block: "its fields", member: "a field", begins: "a field: a name, `:` and a type", words: &[] };
const MODIFIERS: &[&str] = &["key", "unique", "pii", "matches", "check", "purpose"];

pub(super) fn customer(p: &mut Parser) {
    p.start(Kind::Customer);
    p.bump();
    fields(p);
    p.end();
}

pub(super) fn record(p: &mut Parser) {
    p.start(Kind::Record);
    p.bump();
    named(p, "the record's name");
    fields(p);
    p.end();
}

pub(super) fn entity(p: &mut Parser) {
    p.start(Kind::Entity);
    p.bump();
    named(p, "the entity's name");
    fields(p);
    p.end();
}

pub(super) fn event(p: &mut Parser) {
    p.start(Kind::Event);
    p.bump();
    named(p, "the event's name");
    if p.at(Kind::Assign) {
        event_union(p);
    } else {
        fields(p);
    }
    p.end();
}

fn event_union(p: &mut Parser) {
    p.start(Kind::EventUnion);
    p.bump();
    name_ref(p, "an event's name");
    while !p.is_stuck() {
        if !p.at_word("or") {
            let joined = p.at_word("and") || matches!(p.kind(), Kind::Comma | Kind::Plus | Kind::Bad);
            if !joined || p.at_line_start() {
                break;
            }
            let or = if p.at(Kind::Comma) { " or" } else { "or" };
            p.error_instead("`or` between the events", Some("an event is one or the other: write `or`"), or);
        }
        p.bump();
        name_ref(p, "an event's name");
    }
    p.end();
}

pub(super) fn retain(p: &mut Parser) {
    p.start(Kind::Retain);
    p.bump();
    let _ = name_ref(p, "an event's name") && duration(p);
    p.end();
}

fn fields(p: &mut Parser) {
    p.block(&FIELDS, |p| {
        p.at(Kind::Name) && {
            field(p);
            true
        }
    });
}

fn field(p: &mut Parser) {
    p.start(Kind::Field);
    field_name(p, "a field's name");
    if p.expect_sign(Kind::Colon, "`:` and a type") && type_ref(p) {
        while modifier(p) {}
    }
    p.end();
}

pub(super) fn type_ref(p: &mut Parser) -> bool {
    const LIST: &str = "a list of them is written `list<TYPE>`";
    if p.at(Kind::LBracket) {
        return p.error_with("a type", Some(LIST));
    }
    if !p.at(Kind::Name) || p.at_entry() && !p.at_misplaced_sign() {
        return p.error("a type");
    }
    if !p.enter() {
        return false;
    }
    p.start(Kind::TypeRef);
    if p.at_word("enum") && p.nth(1) == Kind::LBrace {
        enum_type(p);
    } else {
        p.bump();
        if p.eat(Kind::Less) {
            let _ = type_ref(p) && p.expect(Kind::Greater, "`>`");
        } else if matches!(p.kind(), Kind::LBracket | Kind::LParen) || p.at_word("of") && !p.at_entry() {
            p.error_with("a modifier or the next field", Some(LIST));
        }
    }
    p.eat(Kind::Question);
    p.end();
    p.leave();
    !p.is_stuck()
}

fn enum_type(p: &mut Parser) {
    p.start(Kind::EnumType);
    p.bump();
    let opened = p.here();
    p.bump();
    field_name(p, "a value of the enum");
    let sign = p.kind();
    while !p.is_stuck() && matches!(p.kind(), Kind::Comma | Kind::Less) {
        if p.kind() != sign {
            let what = if sign == Kind::Less { "`<`" } else { "`,`" };
            p.error_with(what, Some("values of an enum have an order, `a < b < c`, or none, `a, b, c`"));
        }
        p.bump();
        field_name(p, "a value of the enum");
    }
    p.close(opened, Kind::RBrace, "`,`, `<` or `}`");
    p.end();
}

fn modifier(p: &mut Parser) -> bool {
    // `key: string` is a field of that name.
    if p.is_stuck() || p.at_entry() || p.kind() != Kind::Name {
        return false;
    }
    match p.nth_text(0) {
        "key" | "unique" | "pii" => {
            p.start(Kind::Modifier);
            p.bump();
        }
        "matches" => {
            p.start(Kind::Modifier);
            p.bump();
            p.string("a pattern in quotes");
        }
        "check" => {
            p.start(Kind::Modifier);
            p.bump();
            expression::expression(p);
        }
        "purpose" => {
            p.start(Kind::Modifier);
            p.bump();
            name_ref(p, "the purpose's name");
        }
        _ if p.at_line_start() => return false,
        _ => {
            // On the same line as a type, and no field: a modifier misspelt, or nothing that belongs here.
            p.unknown_word("a modifier", MODIFIERS);
            return false;
        }
    }
    p.end();
    true
}
