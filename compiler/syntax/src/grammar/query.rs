//! Event queries: `EVENT[.FIELD] [where CONDITION] [WINDOW]`.

use super::expression::{Windows, disjunction, sum};
use super::{any_name_ref, duration, name_ref};
use crate::Kind;
use crate::parser::Parser;

/// A query, two steps in sequence, or the items of a list. What turns out to be a plain value stays one.
pub(super) fn query(p: &mut Parser) {
    let start = p.checkpoint();
    disjunction(p, Windows::OfQuery);
    let goes_on = p.at_words(&["where", "then", "without", "less"]) || at_window(p);
    if p.is_stuck() || !goes_on {
        return;
    }
    p.start_at(start, Kind::Query);
    if p.at_word("where") {
        query_where(p);
    }
    if !p.is_stuck() && p.at_words(&["then", "without"]) {
        sequence(p);
    } else if !p.is_stuck() && p.at_word("less") {
        net(p);
    }
    if !p.is_stuck() && at_window(p) {
        window(p);
    }
    p.end();
}

fn query_where(p: &mut Parser) {
    p.start(Kind::Where);
    p.bump();
    disjunction(p, Windows::OfQuery);
    p.end();
}

/// `then EVENT [where CONDITION] within D`, `without …`.
fn sequence(p: &mut Parser) {
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
}

/// `less EVENT by FIELD`.
fn net(p: &mut Parser) {
    p.start(Kind::Net);
    p.bump();
    if name_ref(p, "an event's name") && p.expect_word("by") {
        any_name_ref(p, "the field by which items are matched");
    }
    p.end();
}

/// Whether a window begins here; so no segment is called `last` or `next`.
pub(super) fn at_window(p: &Parser) -> bool {
    if p.names_member(1) {
        return false;
    }
    let relative = p.at_word("in") && (p.nth_word(1, "last") || p.nth_word(1, "next"));
    relative || p.at_words(&["since", "before", "between"])
}

/// `in last D`, `in next D`, `since T`, `before T`, `between A and B`.
pub(super) fn window(p: &mut Parser) {
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
            if p.at_word("to") {
                p.error_instead("`and`", Some("both ends are written like this: `between A and B`"), "and");
            } else if !p.is_stuck() && p.expect_word("and") {
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
