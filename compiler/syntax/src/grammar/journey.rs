//! `trigger`: what starts a flow, and its steps.

use super::campaign::{every, priority, valid_for};
use super::content::{consent_ref, transactional};
use super::source::where_;
use super::{any_name_ref, duration, expression, field_name, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

const TRIGGER: Members = Members {
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
const CALL: Members = Members {
    block: "what it hands over",
    member: "a member of a call",
    begins: "`consent`, `transactional` or a name, `=` and a value",
    words: &["consent", "transactional"],
};
/// `else if`, as other languages write it.
const ELSE_IF: &[&str] = &["elsif", "elif", "elseif"];

pub(super) fn trigger(p: &mut Parser) {
    p.start(Kind::Trigger);
    p.bump();
    named(p, "the trigger's name");
    p.block(&TRIGGER, |p| {
        match p.nth_text(0) {
            "on" => on(p),
            "exit" => exit_on(p),
            "once" => once_per(p),
            "needs" => needs(p),
            "valid" => valid_for(p),
            "priority" => priority(p),
            "backfill" => backfill(p),
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
        "call" => call_step(p),
        "update" => update(p),
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
        "every" => every(p),
        "anniversary" if p.nth_word(1, "of") => on_date(p),
        _ if p.at(Kind::Number) || p.at(Kind::Name) && p.nth_word(1, "at") => on_date(p),
        _ if p.at(Kind::Name) && (p.nth_word(1, "rises") || p.nth_word(1, "reaches")) => value_change(p),
        // `enters vip`: two names where one event is written alone.
        _ if p.nth(1) == Kind::Name
            && persona_diagnostics::suggest(p.nth_text(0), ["enter", "leave"]).is_some()
            && !["by", "where", "late"].contains(&p.nth_text(1))
            && !TRIGGER.words.contains(&p.nth_text(1)) =>
        {
            p.unknown_word("`enter` or `leave`", &["enter", "leave"]);
        }
        _ => {
            if event_filter(p) && p.at_word("late") {
                late(p);
            }
        }
    }
    p.end();
}

/// `3 days before trial_ends at 09:00 local`, `anniversary of birthday at 08:00 local`.
fn on_date(p: &mut Parser) {
    p.start(Kind::OnDate);
    let distant = p.at(Kind::Number);
    if distant && duration(p) && !p.eat_word("before") && !p.eat_word("after") {
        p.word_error("`before` or `after`, and a date", &["before", "after"]);
    }
    let yearly = !p.is_stuck() && p.at_word("anniversary") && p.nth_word(1, "of");
    if yearly {
        p.bump();
        p.bump();
    }
    // A date by itself starts nothing without a time of day.
    if !p.is_stuck()
        && name_ref(p, "an attribute or trait that is a date")
        && (p.at_word("at") || !distant && !yearly)
        && p.expect_word("at")
    {
        local_time(p);
    }
    p.end();
}

/// `tier rises`, `net_spend reaches any of 500 GBP, 1000 GBP again`.
fn value_change(p: &mut Parser) {
    p.start(Kind::ValueChange);
    if name_ref(p, "an attribute or trait") && !p.eat_word("rises") && p.eat_word("reaches") {
        if p.at_word("any") && p.nth_word(1, "of") {
            p.bump();
            p.bump();
        }
        expression::expression(p);
        while !p.is_stuck() && p.eat(Kind::Comma) {
            expression::expression(p);
        }
        if !p.is_stuck() {
            p.eat_word("again");
        }
    }
    p.end();
}

/// An event, `by` a key, `where` a condition holds.
pub(super) fn event_filter(p: &mut Parser) -> bool {
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

fn late(p: &mut Parser) {
    p.start(Kind::Late);
    p.bump();
    let _ = p.expect_word("within") && duration(p);
    p.end();
}

pub(super) fn exit_on(p: &mut Parser) {
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

fn needs(p: &mut Parser) {
    p.start(Kind::Needs);
    p.bump();
    let _ = p.expect_word("fresh") && p.expect_word("within") && duration(p);
    p.end();
}

/// `backfill last 7 days at most 1000`.
fn backfill(p: &mut Parser) {
    p.start(Kind::Backfill);
    p.bump();
    let _ = p.expect_word("last")
        && duration(p)
        && p.expect_word("at")
        && p.expect_word("most")
        && p.expect(Kind::Number, "how many flows it starts at most");
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
pub(super) fn local_time(p: &mut Parser) -> bool {
    p.expect(Kind::Time, "a time of day, such as `09:00 local`") && p.expect_word("local")
}

pub(super) fn send(p: &mut Parser) {
    p.start(Kind::Send);
    p.bump();
    name_ref(p, "an e-mail's name");
    p.end();
}

/// `call sms { consent marketing  to = phone }`.
fn call_step(p: &mut Parser) {
    p.start(Kind::CallStep);
    p.bump();
    if name_ref(p, "a destination's name") && p.at(Kind::LBrace) {
        p.block(&CALL, |p| {
            match p.nth_text(0) {
                _ if p.at_entry() => argument(p),
                "consent" => consent_ref(p),
                "transactional" => transactional(p),
                _ => return false,
            }
            true
        });
    }
    p.end();
}

fn argument(p: &mut Parser) {
    p.start(Kind::Argument);
    if field_name(p, "a name") && p.expect_sign(Kind::Assign, "`=` and a value") {
        expression::expression(p);
    }
    p.end();
}

/// `update tier = silver`.
fn update(p: &mut Parser) {
    p.start(Kind::Update);
    p.bump();
    if any_name_ref(p, "an attribute's name") && p.expect_sign(Kind::Assign, "`=` and a value") {
        expression::expression(p);
    }
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
