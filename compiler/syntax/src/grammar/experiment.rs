//! `experiment`: which of several ways does better.

use super::content::{body, case, layout_ref, property};
use super::journey::step;
use super::offer::offer_ref;
use super::science::{amount, percentage, top, using};
use super::{expression, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

const EXPERIMENT: Members = Members {
    block: "its variants",
    member: "a member of an experiment",
    begins: "`holdout`, `variant`, `goal` or `detect`",
    words: &["holdout", "variant", "goal", "detect"],
};
const VARIANT: Members = Members {
    block: "what it changes",
    member: "a change",
    begins: "what it changes, such as `subject`, `body` or `using`",
    words: &[
        "subject",
        "preheader",
        "from",
        "reply_to",
        "body",
        "layout",
        "offer",
        "using",
        "model",
        "top",
        "when",
        "otherwise",
        "wait",
        "send",
        "if",
        "call",
        "update",
    ],
};
const TESTED: &[&str] = &["email", "trigger", "content", "recommend", "model"];

pub(super) fn experiment(p: &mut Parser) {
    p.start(Kind::Experiment);
    p.bump();
    if named(p, "the experiment's name") && p.expect_word("on") {
        tested(p);
    }
    p.block(&EXPERIMENT, |p| {
        match p.nth_text(0) {
            "holdout" => holdout(p),
            "variant" => variant(p),
            "goal" => goal(p),
            "detect" => detect(p),
            _ => return false,
        }
        true
    });
    p.end();
}

/// `cart_reminder`, or `email welcome` where a trigger has the same name.
fn tested(p: &mut Parser) {
    p.start(Kind::Tested);
    if p.at_words(TESTED) && p.nth(1) == Kind::Name {
        p.bump();
    }
    name_ref(p, "what is tried: an e-mail, a trigger, a content block, a recommendation or a model");
    p.end();
}

fn holdout(p: &mut Parser) {
    p.start(Kind::Holdout);
    p.bump();
    percentage(p, "a share, such as `5%`");
    p.end();
}

fn variant(p: &mut Parser) {
    p.start(Kind::Variant);
    p.bump();
    if named(p, "the variant's name") && percentage(p, "its share, such as `50%`") && p.at(Kind::LBrace) {
        p.block(&VARIANT, change);
    }
    p.end();
}

fn change(p: &mut Parser) -> bool {
    match p.nth_text(0) {
        "subject" | "preheader" | "from" | "reply_to" => property(p),
        "body" => body(p),
        "layout" => layout_ref(p),
        "offer" => offer_ref(p),
        "using" => using(p),
        "model" => model_ref(p),
        "top" => top(p),
        "when" | "otherwise" => case(p),
        _ => return step(p),
    }
    true
}

fn model_ref(p: &mut Parser) {
    p.start(Kind::ModelRef);
    p.bump();
    name_ref(p, "the model's name");
    p.end();
}

fn goal(p: &mut Parser) {
    p.start(Kind::Goal);
    p.bump();
    expression::expression(p);
    p.end();
}

/// `detect 2% with power 80% at 95% confidence`.
fn detect(p: &mut Parser) {
    p.start(Kind::Detect);
    p.bump();
    let _ = amount(p, "a difference, such as `2%`")
        && p.expect_word("with")
        && p.expect_word("power")
        && percentage(p, "a power, such as `80%`")
        && p.expect_word("at")
        && percentage(p, "a confidence, such as `95%`")
        && p.expect_word("confidence");
    p.end();
}
