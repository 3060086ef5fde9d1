//! `trigger` and `campaign`: who gets what when.

use super::source::where_;
use super::{any_name_ref, duration, expression, later_member, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

pub(super) const TRIGGER: Members = Members {
    block: "`on` and its steps",
    member: "a member of a trigger",
    begins: "`on`, `wait`, `send`, `if`, `exit on` or `once per`",
    words: &[
        "on", "wait", "send", "if", "exit", "once", "needs", "valid", "priority", "call", "update",
        "backfill",
    ],
};
const STEPS: Members = Members {
    block: "its steps",
    member: "a step",
    begins: "`wait`, `send` or `if`",
    words: &["wait", "send", "if", "call", "update"],
};
pub(super) const CAMPAIGN: Members = Members {
    block: "`to`, `at` and `send`",
    member: "a member of a campaign",
    begins: "`to`, `at`, `every`, `spread over` or `send`",
    words: &["to", "at", "every", "spread", "send", "approve", "valid", "priority", "exit"],
};
/// `else if`, as other languages write it.
const ELSE_IF: &[&str] = &["elsif", "elif", "elseif"];
const DAYS: &[&str] = &["day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

pub(super) fn trigger(p: &mut Parser) {
    p.start(Kind::Trigger);
    p.bump();
    named(p, "the trigger's name");
    p.block(&TRIGGER, |p| {
        match p.nth_text(0) {
            "on" => on(p),
            "exit" => exit_on(p),
            "once" => once_per(p),
            "needs" | "valid" | "priority" | "backfill" => later_member(p),
            _ => return step(p),
        }
        true
    });
    p.end();
}

pub(super) fn step(p: &mut Parser) -> bool {
    match p.nth_text(0) {
        "wait" => wait(p),
        "send" => send(p),
        "if" => if_(p, false),
        "call" | "update" => later_member(p),
        _ => return false,
    }
    true
}

fn on(p: &mut Parser) {
    p.start(Kind::On);
    p.bump();
    match p.nth_text(0) {
        "enter" | "leave" => {
            p.bump();
            name_ref(p, "a segment's or stage's name");
        }
        "consent" => {
            p.bump();
            name_ref(p, "a consent's name");
        }
        "anniversary" | "every" => later_member(p),
        // `enters vip`: two names where one event is written alone.
        _ if p.nth(1) == Kind::Name
            && persona_diagnostics::suggest(p.nth_text(0), ["enter", "leave"]).is_some()
            && !["by", "where", "late"].contains(&p.nth_text(1))
            && !TRIGGER.words.contains(&p.nth_text(1)) =>
        {
            p.unknown_word("`enter` or `leave`", &["enter", "leave"]);
        }
        _ if p.at(Kind::Name) && (p.nth_word(1, "rises") || p.nth_word(1, "reaches")) => later_member(p),
        _ => {
            if event_filter(p) && p.at_word("late") {
                later_member(p);
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
    if p.at_word("by") {
        p.start(Kind::ByKey);
        p.bump();
        any_name_ref(p, "the field that tells flows apart");
        p.end();
    }
    if p.at_word("where") {
        where_(p);
    }
    !p.is_stuck()
}

fn exit_on(p: &mut Parser) {
    p.start(Kind::ExitOn);
    p.bump();
    if p.expect_word("on") {
        event_filter(p);
    }
    p.end();
}

fn once_per(p: &mut Parser) {
    p.start(Kind::OncePer);
    p.bump();
    let _ = p.expect_word("per") && duration(p);
    p.end();
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
    if !p.is_stuck() && p.at_word("if") && !p.at_line_start() {
        if_(p, true);
    }
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

/// `after_wait`: it stands behind a `wait`, where `unless` may have been meant.
fn if_(p: &mut Parser, after_wait: bool) {
    if !p.enter() {
        return;
    }
    p.start(Kind::If);
    let began = p.here();
    p.bump();
    expression::expression(p);
    if after_wait && !p.is_stuck() && !p.at(Kind::LBrace) {
        let hint = "to stop the flow when something happens while it waits, write `unless`";
        p.error_at(began, "`unless`, or the next step", hint);
    } else {
        steps(p);
    }
    if !p.is_stuck() && p.at_word("else") {
        p.start(Kind::Else);
        p.bump();
        if p.at_word("if") {
            if_(p, false);
        } else {
            steps(p);
        }
        p.end();
    } else if !p.is_stuck() && p.at_words(ELSE_IF) {
        p.start(Kind::Else);
        p.error_here("`else if`");
        if_(p, false);
        p.end();
    }
    p.end();
    p.leave();
}

fn steps(p: &mut Parser) {
    p.block(&STEPS, step);
}

pub(super) fn campaign(p: &mut Parser) {
    p.start(Kind::Campaign);
    p.bump();
    named(p, "the campaign's name");
    p.block(&CAMPAIGN, |p| {
        match p.nth_text(0) {
            "to" => to(p),
            "at" if p.nth_word(1, "best_hour") => later_member(p),
            "at" => at(p),
            "every" => every(p),
            "spread" => spread(p),
            "send" => send(p),
            "approve" | "valid" | "priority" | "exit" => later_member(p),
            _ => return false,
        }
        true
    });
    p.end();
}

fn to(p: &mut Parser) {
    p.start(Kind::To);
    p.bump();
    expression::expression(p);
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
    p.start(Kind::Every);
    p.bump();
    if p.at_words(DAYS) {
        p.bump();
        if p.expect_word("at") && p.expect(Kind::Time, "a time of day, such as `09:00`") {
            p.eat_word("local");
        }
    } else {
        p.word_error("a day, such as `monday` or `day`", DAYS);
    }
    p.end();
}

fn spread(p: &mut Parser) {
    p.start(Kind::Spread);
    p.bump();
    let _ = p.expect_word("over") && duration(p);
    p.end();
}
