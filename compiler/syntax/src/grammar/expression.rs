//! Expressions: conditions and values.

use super::query::{at_window, query, window};
use super::{SHOUTED, any_name_ref, duration, name_ref};
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

const COMPARISONS: &[Kind] =
    &[Kind::Equal, Kind::NotEqual, Kind::Less, Kind::AtMost, Kind::Greater, Kind::AtLeast];

/// Units of time; each also without its `s`.
pub(super) const TIME_UNITS: &[&str] = &["seconds", "minutes", "hours", "days", "weeks", "months", "years"];

pub(super) fn is_time_unit(word: &str) -> bool {
    TIME_UNITS.iter().any(|unit| *unit == word || unit.strip_suffix('s') == Some(word))
}

fn is_currency(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase()) && !SHOUTED.contains(&word)
}

/// Whether `in last …` and its like test the value before them. Inside a query's `where` they do not: there they are
/// the query's own window, unless they stand in parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Windows {
    Test,
    OfQuery,
}

/// A condition or a value.
pub(super) fn expression(p: &mut Parser) {
    p.whole_value(|p| disjunction(p, Windows::Test));
}

/// A value that is part of another one.
fn inner(p: &mut Parser) {
    disjunction(p, Windows::Test);
}

/// Operands joined by operators of one level, from the left: `a or b or c`.
fn chain(p: &mut Parser, at_operator: impl Fn(&Parser) -> bool, mut operand: impl FnMut(&mut Parser)) {
    let start = p.checkpoint();
    operand(p);
    while !p.is_stuck() && at_operator(p) && p.link() {
        p.start_at(start, Kind::Binary);
        p.bump();
        operand(p);
        p.end();
    }
}

pub(super) fn disjunction(p: &mut Parser, windows: Windows) {
    if p.enter() {
        chain(p, |p| p.at_operator("or"), |p| conjunction(p, windows));
        p.leave();
    }
}

fn conjunction(p: &mut Parser, windows: Windows) {
    chain(p, |p| p.at_operator("and"), |p| negation(p, windows));
}

fn negation(p: &mut Parser, windows: Windows) {
    if !p.at_operator("not") {
        return comparison(p, windows);
    }
    if p.enter() {
        p.start(Kind::Unary);
        p.bump();
        negation(p, windows);
        p.end();
        p.leave();
    }
}

fn comparison(p: &mut Parser, windows: Windows) {
    // `in SEGMENT` with nothing before it: the customer is in it.
    if p.at_operator("in") && p.nth(1) == Kind::Name && !at_window(p) {
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
    if COMPARISONS.contains(&p.kind()) {
        p.start_at(start, Kind::Binary);
        p.bump();
        coalesce(p);
        p.end();
    } else if p.at(Kind::Assign) && !p.at_line_start() {
        // What comes next is read as if the second `=` were there.
        p.error_instead("`==`", Some("`=` gives a name its value; `==` compares two values"), "==");
        p.start_at(start, Kind::Binary);
        p.bump();
        coalesce(p);
        p.end();
    } else if p.at_operator("is") {
        p.start_at(start, Kind::IsTest);
        p.bump();
        if p.at_words(&["present", "missing"]) {
            p.bump();
        } else {
            p.word_error("`present` or `missing`", &["present", "missing"]);
        }
        p.end();
    } else if at_window(p) {
        if windows == Windows::Test {
            p.start_at(start, Kind::WindowTest);
            window(p);
            p.end();
        }
    } else if p.at_operator("in") || p.at_word("not") && p.nth_word(1, "in") {
        p.start_at(start, Kind::InList);
        p.eat_word("not");
        p.bump();
        match p.kind() {
            Kind::LBracket => list_literal(p),
            Kind::Number => {
                p.error("`last` before a length of time, as in `in last 30 days`");
            }
            _ => {
                p.error("`last` and a length of time, or a list such as `[UK, DE]`");
            }
        }
        p.end();
    }
}

fn coalesce(p: &mut Parser) {
    chain(p, |p| p.at(Kind::Coalesce), sum);
}

pub(super) fn sum(p: &mut Parser) {
    chain(p, |p| matches!(p.kind(), Kind::Plus | Kind::Minus), product);
}

fn product(p: &mut Parser) {
    chain(p, |p| matches!(p.kind(), Kind::Star | Kind::Slash), unary);
}

fn unary(p: &mut Parser) {
    if !p.at(Kind::Minus) {
        return postfix(p);
    }
    if p.enter() {
        p.start(Kind::Unary);
        p.bump();
        unary(p);
        p.end();
        p.leave();
    }
}

fn postfix(p: &mut Parser) {
    let start = p.checkpoint();
    primary(p);
    while !p.is_stuck() && p.at(Kind::Dot) && p.link() {
        p.start_at(start, Kind::Member);
        p.bump();
        any_name_ref(p, "a field's name");
        p.end();
    }
}

fn primary(p: &mut Parser) {
    match p.kind() {
        Kind::Number => number(p),
        Kind::LBracket => list_literal(p),
        Kind::LParen => paren(p),
        Kind::Date | Kind::Time | Kind::Timestamp | Kind::Path => literal(p),
        kind if kind.is_string() => literal(p),
        Kind::Name if p.at_operator("if") => if_expr(p),
        Kind::Name if p.at_words(SHOUTED) && p.nth(1) == Kind::LParen => {
            p.error_here("a value");
        }
        Kind::Name if !p.at_words(super::RESERVED) && (!p.at_member() || p.at_misplaced_sign()) => {
            match p.nth_text(0) {
                _ if p.nth(1) == Kind::LParen => call(p),
                "true" | "false" | "now" | "today" => literal(p),
                _ => {
                    any_name_ref(p, "a value");
                }
            }
        }
        _ if p.at_foreign_text() => literal(p),
        _ => {
            p.error("a value");
        }
    }
}

fn literal(p: &mut Parser) {
    p.start(Kind::Literal);
    if !p.foreign_text("a value") {
        p.bump();
    }
    p.end();
}

fn paren(p: &mut Parser) {
    if p.enter() {
        p.start(Kind::Paren);
        let opened = p.here();
        p.bump();
        inner(p);
        p.close(opened, Kind::RParen, "an operator such as `and`, or `)`");
        p.end();
        p.leave();
    }
}

/// `3`, `20%`, `30 days`, `30 days ago`, `100 GBP`.
pub(super) fn number(p: &mut Parser) {
    // `x = 3  min: int`: what is followed by `:` or `=` names the next member.
    let unit = if p.nth(1) == Kind::Name && !p.names_member(2) { p.nth_text(1) } else { "" };
    let start = p.checkpoint();
    if is_time_unit(unit) {
        duration(p);
        if p.at_operator("ago") {
            p.start_at(start, Kind::Ago);
            p.bump();
            p.end();
        }
    } else if p.nth(1) == Kind::Percent || is_currency(unit) {
        p.start(Kind::Quantity);
        p.bump();
        p.bump();
        p.end();
    } else {
        literal(p);
    }
}

fn list_literal(p: &mut Parser) {
    if !p.enter() {
        return;
    }
    p.start(Kind::ListLiteral);
    let opened = p.here();
    p.bump();
    if !p.at(Kind::RBracket) {
        inner(p);
        while !p.is_stuck() && p.eat(Kind::Comma) {
            inner(p);
        }
    }
    p.close(opened, Kind::RBracket, "`,` or `]`");
    p.end();
    p.leave();
}

/// `if A then B else C`.
fn if_expr(p: &mut Parser) {
    if !p.enter() {
        return;
    }
    p.start(Kind::IfExpr);
    p.bump();
    inner(p);
    if !p.is_stuck() && p.expect_word("then") {
        inner(p);
        if !p.is_stuck() && p.expect_word("else") {
            inner(p);
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
    any_name_ref(p, "a function's name");
    p.start(Kind::Args);
    let opened = p.here();
    p.bump();
    if !p.at(Kind::RParen) {
        if aggregate {
            query(p);
        } else {
            inner(p);
        }
        while !p.is_stuck() && p.eat(Kind::Comma) {
            inner(p);
        }
    }
    let what = if aggregate { "`where`, a window such as `in last 30 days`, or `)`" } else { "`,` or `)`" };
    p.close(opened, Kind::RParen, what);
    p.end();
    p.end();
    p.leave();
}
