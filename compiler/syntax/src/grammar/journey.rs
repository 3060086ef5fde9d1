//! `trigger` and `campaign`: who gets what when.

use super::{duration, expression, later_member, name, name_ref};
use crate::Kind;
use crate::parser::Parser;

const TRIGGER: &[&str] =
    &["on", "wait", "send", "if", "exit", "once", "needs", "valid", "priority", "call", "update", "backfill"];
const STEPS: &[&str] = &["wait", "send", "if", "call", "update"];
const CAMPAIGN: &[&str] = &["to", "at", "every", "spread", "send", "approve", "valid", "priority", "exit"];

pub(super) fn trigger(p: &mut Parser) {
    p.start(Kind::Trigger);
    p.bump();
    if name(p, "the trigger's name") {
        p.block("`on` and its steps", "`on`, `wait`, `send`, `if`, `exit on` or `once per`", |p| {
            match p.nth_text(0) {
                "on" => on(p),
                "exit" => {
                    p.start(Kind::ExitOn);
                    p.bump();
                    if p.expect_word("on") {
                        event_filter(p);
                    }
                    p.end();
                }
                "once" => {
                    p.start(Kind::OncePer);
                    p.bump();
                    let _ = p.expect_word("per") && duration(p);
                    p.end();
                }
                "needs" | "valid" | "priority" | "backfill" => later_member(p, TRIGGER),
                _ => return step(p, "a member of a trigger", TRIGGER),
            }
            true
        });
    }
    p.end();
}

fn step(p: &mut Parser, what: &str, words: &[&str]) -> bool {
    match p.nth_text(0) {
        "wait" => wait(p),
        "send" => send(p),
        "if" => if_(p),
        "call" | "update" => later_member(p, TRIGGER),
        _ => return p.unknown_word(what, words),
    }
    true
}

fn on(p: &mut Parser) {
    p.start(Kind::On);
    p.bump();
    match p.nth_text(0) {
        "enter" | "leave" if p.nth(1) == Kind::Name => {
            p.bump();
            name_ref(p, "a segment's or stage's name");
        }
        "consent" if p.nth(1) == Kind::Name => {
            p.bump();
            name_ref(p, "a consent's name");
        }
        "anniversary" | "every" => later_member(p, TRIGGER),
        _ if p.nth_word(1, "rises") || p.nth_word(1, "reaches") => later_member(p, TRIGGER),
        _ => {
            if event_filter(p) && p.at_word("late") {
                later_member(p, TRIGGER);
            }
        }
    }
    p.end();
}

/// An event, `by` a key, `where` a condition holds.
fn event_filter(p: &mut Parser) -> bool {
    if !name_ref(p, "an event's name") {
        return false;
    }
    if p.eat_word("by") {
        p.start(Kind::GroupBy);
        name_ref(p, "the field that tells flows apart");
        p.end();
    }
    if p.at_word("where") {
        p.start(Kind::Where);
        p.bump();
        expression::expression(p);
        p.end();
    }
    true
}

fn wait(p: &mut Parser) {
    p.start(Kind::Wait);
    p.bump();
    if p.eat_word("until") {
        local_time(p);
    } else {
        duration(p);
    }
    if !p.is_stuck() && p.at_word("unless") {
        p.start(Kind::Unless);
        p.bump();
        event_filter(p);
        p.end();
    }
    p.end();
}

/// `09:00 local`.
fn local_time(p: &mut Parser) -> bool {
    p.expect(Kind::Time, "a time of day, such as `09:00 local`") && p.expect_word("local")
}

fn send(p: &mut Parser) {
    p.start(Kind::Send);
    p.bump();
    name_ref(p, "an e-mail's name");
    p.end();
}

fn if_(p: &mut Parser) {
    p.start(Kind::If);
    p.bump();
    expression::expression(p);
    if !p.is_stuck() {
        steps(p);
    }
    if !p.is_stuck() && p.at_word("else") {
        p.start(Kind::Else);
        p.bump();
        if p.at_word("if") {
            if_(p);
        } else {
            steps(p);
        }
        p.end();
    }
    p.end();
}

fn steps(p: &mut Parser) {
    p.block("its steps", "`wait`, `send` or `if`", |p| step(p, "a step", STEPS));
}

pub(super) fn campaign(p: &mut Parser) {
    p.start(Kind::Campaign);
    p.bump();
    if name(p, "the campaign's name") {
        p.block("`to`, `at` and `send`", "`to`, `at`, `every`, `spread over` or `send`", |p| {
            match p.nth_text(0) {
                "to" => {
                    p.start(Kind::To);
                    p.bump();
                    expression::expression(p);
                    p.end();
                }
                "at" if p.nth_word(1, "best_hour") => later_member(p, CAMPAIGN),
                "at" => at(p),
                "every" => every(p),
                "spread" => {
                    p.start(Kind::Spread);
                    p.bump();
                    let _ = p.expect_word("over") && duration(p);
                    p.end();
                }
                "send" => send(p),
                "approve" | "valid" | "priority" | "exit" => later_member(p, CAMPAIGN),
                _ => return p.unknown_word("a member of a campaign", CAMPAIGN),
            }
            true
        });
    }
    p.end();
}

/// `at 2026-06-21 09:00 local`.
fn at(p: &mut Parser) {
    p.start(Kind::At);
    p.bump();
    if p.expect(Kind::Date, "a date and a time, such as `2026-06-21 09:00 local`") {
        local_time(p);
    }
    p.end();
}

/// `every monday at 09:00`, `every day at 09:00`.
fn every(p: &mut Parser) {
    const DAYS: &[&str] =
        &["day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    p.start(Kind::Every);
    p.bump();
    if !p.at_words(DAYS) {
        p.unknown_word("a day, such as `monday` or `day`", DAYS);
    } else {
        p.bump();
        if p.expect_word("at") && p.expect(Kind::Time, "a time of day, such as `09:00`") {
            p.eat_word("local");
        }
    }
    p.end();
}
