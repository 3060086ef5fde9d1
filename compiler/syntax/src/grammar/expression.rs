//! Expressions and event queries.

use super::{duration, name_ref};
use crate::Kind;
use crate::parser::Parser;

/// Functions whose argument may be an event query.
const AGGREGATES: &[&str] = &[
    "count",
    "any",
    "none",
    "sum",
    "avg",
    "min",
    "max",
    "first",
    "last",
    "most_frequent",
    "distinct",
    "list",
    "rfm",
];

/// Words that go on with an expression or end it; no value begins with them.
const RESERVED: &[&str] = &[
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

pub(crate) fn is_time_unit(word: &str) -> bool {
    let word = word.strip_suffix('s').unwrap_or(word);
    matches!(word, "second" | "minute" | "hour" | "day" | "week" | "month" | "year")
}

fn is_currency(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase())
}

/// A condition or a value.
pub(super) fn expression(p: &mut Parser) {
    or(p, true);
}

/// `windows`: whether `in last …` and its like test the value before them; inside a query's `where` they belong to
/// the query instead.
fn or(p: &mut Parser, windows: bool) {
    if !p.enter() {
        return;
    }
    let start = p.checkpoint();
    and(p, windows);
    while !p.is_stuck() && p.at_word("or") {
        p.start_at(start, Kind::Binary);
        p.bump();
        and(p, windows);
        p.end();
    }
    p.leave();
}

fn and(p: &mut Parser, windows: bool) {
    let start = p.checkpoint();
    not(p, windows);
    while !p.is_stuck() && p.at_word("and") {
        p.start_at(start, Kind::Binary);
        p.bump();
        not(p, windows);
        p.end();
    }
}

fn not(p: &mut Parser, windows: bool) {
    if !p.at_word("not") {
        return comparison(p, windows);
    }
    if !p.enter() {
        return;
    }
    p.start(Kind::Unary);
    p.bump();
    not(p, windows);
    p.end();
    p.leave();
}

fn comparison(p: &mut Parser, windows: bool) {
    // `in SEGMENT` with nothing before it: the customer is in it.
    if p.at_word("in") && p.nth(1) == Kind::Name && !at_window(p) {
        p.start(Kind::InSegment);
        p.bump();
        name_ref(p, "a segment's name");
        p.end();
        return;
    }
    let start = p.checkpoint();
    coalesce(p);
    if p.is_stuck() {
        return;
    }
    match p.kind() {
        Kind::Equal | Kind::NotEqual | Kind::Less | Kind::AtMost | Kind::Greater | Kind::AtLeast => {
            p.start_at(start, Kind::Binary);
            p.bump();
            coalesce(p);
            p.end();
        }
        // `NAME =` begins the next member, and its name was not taken as a value; so this is a sign too few.
        Kind::Assign => {
            p.error("`==` to compare");
        }
        Kind::Name if p.at_word("is") => {
            p.start_at(start, Kind::IsTest);
            p.bump();
            if p.at_words(&["present", "missing"]) {
                p.bump();
            } else {
                p.error("`present` or `missing`");
            }
            p.end();
        }
        Kind::Name if at_window(p) => {
            if windows {
                p.start_at(start, Kind::WindowTest);
                window(p);
                p.end();
            }
        }
        Kind::Name if p.at_word("in") || (p.at_word("not") && p.nth_word(1, "in")) => {
            p.start_at(start, Kind::InList);
            p.eat_word("not");
            p.bump();
            if p.at(Kind::LBracket) {
                list_literal(p);
            } else {
                p.error("a list of values, such as `[UK, DE]`");
            }
            p.end();
        }
        _ => {}
    }
}

fn coalesce(p: &mut Parser) {
    let start = p.checkpoint();
    sum(p);
    while !p.is_stuck() && p.at(Kind::Coalesce) {
        p.start_at(start, Kind::Binary);
        p.bump();
        sum(p);
        p.end();
    }
}

fn sum(p: &mut Parser) {
    let start = p.checkpoint();
    product(p);
    while !p.is_stuck() && (p.at(Kind::Plus) || p.at(Kind::Minus)) {
        p.start_at(start, Kind::Binary);
        p.bump();
        product(p);
        p.end();
    }
}

fn product(p: &mut Parser) {
    let start = p.checkpoint();
    unary(p);
    while !p.is_stuck() && (p.at(Kind::Star) || p.at(Kind::Slash)) {
        p.start_at(start, Kind::Binary);
        p.bump();
        unary(p);
        p.end();
    }
}

fn unary(p: &mut Parser) {
    if !p.at(Kind::Minus) {
        return postfix(p);
    }
    if !p.enter() {
        return;
    }
    p.start(Kind::Unary);
    p.bump();
    unary(p);
    p.end();
    p.leave();
}

fn postfix(p: &mut Parser) {
    let start = p.checkpoint();
    primary(p);
    while !p.is_stuck() && p.at(Kind::Dot) {
        p.start_at(start, Kind::Member);
        p.bump();
        name_ref(p, "a field's name");
        p.end();
    }
}

fn primary(p: &mut Parser) {
    match p.kind() {
        Kind::Number => number(p),
        Kind::String | Kind::Text | Kind::UnclosedString | Kind::UnclosedText => {
            p.start(Kind::Literal);
            p.string("a text");
            p.end();
        }
        Kind::Date | Kind::Time | Kind::Timestamp => {
            p.start(Kind::Literal);
            p.bump();
            p.end();
        }
        Kind::LBracket => list_literal(p),
        Kind::LParen => {
            if !p.enter() {
                return;
            }
            p.start(Kind::Paren);
            p.bump();
            expression(p);
            if !p.is_stuck() {
                p.expect(Kind::RParen, "`)`");
            }
            p.end();
            p.leave();
        }
        Kind::Name if p.at_word("if") => if_(p),
        Kind::Name if p.at_words(RESERVED) || p.at_member() || p.at_declaration() => {
            p.error("a value");
        }
        Kind::Name if p.nth(1) == Kind::LParen => call(p),
        Kind::Name if p.at_words(&["true", "false", "now", "today"]) => {
            p.start(Kind::Literal);
            p.bump();
            p.end();
        }
        Kind::Name => {
            name_ref(p, "a value");
        }
        _ => {
            p.error("a value");
        }
    }
}

/// `3`, `20%`, `30 days`, `30 days ago`, `100 GBP`.
fn number(p: &mut Parser) {
    let unit = if p.nth(1) == Kind::Name { p.nth_text(1) } else { "" };
    // `x = 3  min: int`: what is followed by `:` or `=` names the next member.
    let names_member = matches!(p.nth(2), Kind::Colon | Kind::Assign);
    if p.nth(1) == Kind::Percent {
        p.start(Kind::Quantity);
        p.bump();
        p.bump();
        p.end();
    } else if is_time_unit(unit) && !names_member {
        let start = p.checkpoint();
        duration(p);
        if p.at_word("ago") {
            p.start_at(start, Kind::Ago);
            p.bump();
            p.end();
        }
    } else if is_currency(unit) && !names_member {
        p.start(Kind::Quantity);
        p.bump();
        p.bump();
        p.end();
    } else {
        p.start(Kind::Literal);
        p.bump();
        p.end();
    }
}

fn list_literal(p: &mut Parser) {
    if !p.enter() {
        return;
    }
    p.start(Kind::ListLiteral);
    p.bump();
    if !p.at(Kind::RBracket) {
        expression(p);
        while !p.is_stuck() && p.eat(Kind::Comma) {
            expression(p);
        }
    }
    if !p.is_stuck() {
        p.expect(Kind::RBracket, "`,` or `]`");
    }
    p.end();
    p.leave();
}

/// `if A then B else C`.
fn if_(p: &mut Parser) {
    if !p.enter() {
        return;
    }
    p.start(Kind::IfExpr);
    p.bump();
    expression(p);
    if !p.is_stuck() && p.expect_word("then") {
        expression(p);
        if !p.is_stuck() && p.expect_word("else") {
            expression(p);
        }
    }
    p.end();
    p.leave();
}

fn call(p: &mut Parser) {
    if !p.enter() {
        return;
    }
    p.start(Kind::Call);
    let aggregate = p.at_words(AGGREGATES);
    name_ref(p, "a function's name");
    p.start(Kind::Args);
    p.bump();
    if !p.at(Kind::RParen) {
        if aggregate {
            query(p);
        } else {
            expression(p);
        }
        while !p.is_stuck() && p.eat(Kind::Comma) {
            expression(p);
        }
    }
    if !p.is_stuck() {
        p.expect(
            Kind::RParen,
            if aggregate { "`where`, a window such as `in last 30 days`, or `)`" } else { "`,` or `)`" },
        );
    }
    p.end();
    p.end();
    p.leave();
}

/// `EVENT[.FIELD] [where CONDITION] [WINDOW]`, two steps in sequence, or the items of a list. What turns out to be
/// a plain value stays one.
fn query(p: &mut Parser) {
    let start = p.checkpoint();
    or(p, false);
    if p.is_stuck() {
        return;
    }
    let follows = p.at_words(&["where", "then", "without", "less"]) || at_window(p);
    if !follows {
        return;
    }
    p.start_at(start, Kind::Query);
    if p.at_word("where") {
        query_where(p);
    }
    if !p.is_stuck() && p.at_words(&["then", "without"]) {
        p.start(Kind::Sequence);
        p.bump();
        if name_ref(p, "an event's name") {
            if p.at_word("where") {
                query_where(p);
            }
            if !p.is_stuck() && p.expect_word("within") {
                duration(p);
            }
        }
        p.end();
    } else if !p.is_stuck() && p.at_word("less") {
        p.start(Kind::Net);
        p.bump();
        if name_ref(p, "an event's name") && p.expect_word("by") {
            name_ref(p, "the field by which items are matched");
        }
        p.end();
    }
    if !p.is_stuck() && at_window(p) {
        window(p);
    }
    p.end();
}

fn query_where(p: &mut Parser) {
    p.start(Kind::Where);
    p.bump();
    or(p, false);
    p.end();
}

/// Whether a window begins here.
fn at_window(p: &Parser) -> bool {
    let relative =
        p.at_word("in") && (p.nth_word(1, "last") || p.nth_word(1, "next")) && p.nth(2) == Kind::Number;
    let fixed =
        p.at_words(&["since", "before", "between"]) && !matches!(p.nth(1), Kind::Colon | Kind::Assign);
    relative || fixed
}

/// `in last D`, `in next D`, `since T`, `before T`, `between A and B`.
fn window(p: &mut Parser) {
    p.start(Kind::Window);
    match p.nth_text(0) {
        "in" => {
            p.bump();
            p.bump();
            duration(p);
        }
        "between" => {
            p.bump();
            sum(p);
            if !p.is_stuck() && p.expect_word("and") {
                sum(p);
            }
        }
        _ => {
            p.bump();
            sum(p);
        }
    }
    p.end();
}
