//! `campaign` and `policy`: what goes out at a time, and what holds for all that goes out.

use super::journey::{exit_on, local_time, send};
use super::science::percentage;
use super::{duration, expression, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

const CAMPAIGN: Members = Members {
    block: "`to`, `at` and `send`",
    member: "a member of a campaign",
    begins: "`to`, `at`, `every`, `spread over` or `send`",
    words: &["to", "at", "every", "spread", "send", "approve", "valid", "priority", "exit"],
};
const POLICY: Members = Members {
    block: "what holds for every message",
    member: "a member of the policy",
    begins: "`quiet`, `at most`, `one of`, `warm up` or `pause at`",
    words: &["quiet", "at", "one", "warm", "pause"],
};
const DAYS: &[&str] = &["day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// What a cap counts.
const COUNTED: &[&str] = &["emails", "email", "messages", "message"];

pub(super) fn campaign(p: &mut Parser) {
    p.start(Kind::Campaign);
    p.bump();
    named(p, "the campaign's name");
    p.block(&CAMPAIGN, |p| {
        match p.nth_text(0) {
            "to" => to(p),
            "at" => at(p),
            "every" => every(p),
            "spread" => spread(p),
            "send" => send(p),
            "approve" => approve(p),
            "valid" => valid_for(p),
            "priority" => priority(p),
            "exit" => exit_on(p),
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

/// `at 2026-06-21 09:00 local`, `at 2026-06-21 best_hour`, `at best_hour`.
fn at(p: &mut Parser) {
    p.start(Kind::At);
    p.bump();
    if !p.eat_word("best_hour")
        && p.expect(Kind::Date, "a date and a time, such as `2026-06-21 09:00 local`")
        && !p.eat_word("best_hour")
    {
        local_time(p);
    }
    p.end();
}

/// `every monday at 09:00`, `every day at best_hour`.
pub(super) fn every(p: &mut Parser) {
    p.start(Kind::Every);
    p.bump();
    if p.at_words(DAYS) {
        p.bump();
        if p.expect_word("at")
            && !p.eat_word("best_hour")
            && p.expect(Kind::Time, "a time of day, such as `09:00`")
        {
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

fn approve(p: &mut Parser) {
    p.start(Kind::Approve);
    p.bump();
    let _ = p.expect_word("by") && p.string("who approves it, in quotes");
    p.end();
}

pub(super) fn valid_for(p: &mut Parser) {
    p.start(Kind::ValidFor);
    p.bump();
    let _ = p.expect_word("for") && duration(p);
    p.end();
}

pub(super) fn priority(p: &mut Parser) {
    p.start(Kind::Priority);
    p.bump();
    p.expect(Kind::Number, "a whole number; the higher goes first");
    p.end();
}

pub(super) fn policy(p: &mut Parser) {
    p.start(Kind::Policy);
    p.bump();
    p.block(&POLICY, |p| {
        match p.nth_text(0) {
            "quiet" => quiet(p),
            "at" => cap(p),
            "one" => one_of(p),
            "warm" => warm_up(p),
            "pause" => pause(p),
            _ => return false,
        }
        true
    });
    p.end();
}

/// `quiet 21:00 to 08:00 local except transactional`.
fn quiet(p: &mut Parser) {
    p.start(Kind::Quiet);
    p.bump();
    if p.expect(Kind::Time, "a time of day, such as `21:00`") && p.expect_word("to") && local_time(p) {
        except(p);
    }
    p.end();
}

/// `at most 3 emails per 7 days except transactional`.
fn cap(p: &mut Parser) {
    p.start(Kind::Cap);
    p.bump();
    if p.expect_word("most")
        && p.expect(Kind::Number, "how many e-mails")
        && one_word(p, COUNTED, "`emails` or `messages`")
        && p.expect_word("per")
        && duration(p)
    {
        except(p);
    }
    p.end();
}

fn one_word(p: &mut Parser, words: &[&str], what: &str) -> bool {
    let there = p.at_words(words);
    if there {
        p.bump();
    }
    there || p.word_error(what, words)
}

fn except(p: &mut Parser) {
    if p.at_word("except") {
        p.start(Kind::Except);
        p.bump();
        messages(p, "`transactional` or an e-mail's name");
        p.end();
    }
}

/// Names of messages.
fn messages(p: &mut Parser, what: &str) -> bool {
    let mut taken = name_ref(p, what);
    while taken && p.eat(Kind::Comma) {
        taken = name_ref(p, what);
    }
    taken
}

/// `one of tier_reward, thank_you per 1 day`.
fn one_of(p: &mut Parser) {
    p.start(Kind::OneOf);
    p.bump();
    let _ = p.expect_word("of") && messages(p, "an e-mail's name") && p.expect_word("per") && duration(p);
    p.end();
}

/// `warm up from 200 per day doubling every 2 days`.
fn warm_up(p: &mut Parser) {
    p.start(Kind::WarmUp);
    p.bump();
    let _ = p.expect_word("up")
        && p.expect_word("from")
        && p.expect(Kind::Number, "how many e-mails the first day may send")
        && p.expect_word("per")
        && p.expect_word("day")
        && p.expect_word("doubling")
        && p.expect_word("every")
        && duration(p);
    p.end();
}

/// `pause at complaint rate 0.3% per 7 days`.
fn pause(p: &mut Parser) {
    p.start(Kind::Pause);
    p.bump();
    let _ = p.expect_word("at")
        && one_word(p, &["complaint", "bounce"], "`complaint` or `bounce`")
        && p.expect_word("rate")
        && percentage(p, "a share, such as `0.3%`")
        && p.expect_word("per")
        && duration(p);
    p.end();
}
