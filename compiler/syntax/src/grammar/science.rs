//! `model` and `recommend`: what is learnt from what customers did.

use super::query::{at_window, window};
use super::source::where_;
use super::{any_name_ref, duration, expression, name_ref, named};
use crate::Kind;
use crate::parser::{Members, Parser};

const MODEL: Members = Members {
    block: "`predict`, `from` and `history`",
    member: "a member of a model",
    begins: "a member of a model, such as `predict` or `from`",
    words: &[
        "predict",
        "among",
        "from",
        "using",
        "history",
        "validate",
        "require",
        "retrain",
        "pilot",
        "otherwise",
    ],
};
const RECOMMEND: Members = Members {
    block: "`ENTITY from` and `top`",
    member: "a member of a recommendation",
    begins: "`ENTITY from`, `using`, `top` or `otherwise`",
    words: &["using", "top", "otherwise"],
};
const BOUNDS: &[Kind] = &[Kind::AtLeast, Kind::Greater, Kind::AtMost, Kind::Less];
/// How often, without a number: `every week`.
const OFTEN: &[&str] = &["day", "week", "month"];

pub(super) fn model(p: &mut Parser) {
    p.start(Kind::Model);
    p.bump();
    named(p, "the model's name");
    p.block(&MODEL, |p| {
        match p.nth_text(0) {
            "predict" => predict(p),
            "among" => among(p),
            "from" => features(p),
            "using" => using(p),
            "history" => history(p),
            "validate" => validate(p),
            "require" => require(p),
            "retrain" => retrain(p),
            "pilot" => pilot(p),
            "otherwise" => fallback(p),
            _ => return false,
        }
        true
    });
    p.end();
}

fn predict(p: &mut Parser) {
    p.start(Kind::Predict);
    p.bump();
    if p.at_word("hour") && p.nth_word(1, "of") {
        p.start(Kind::HourOf);
        p.bump();
        p.bump();
        name_ref(p, "an event's name");
        p.end();
    } else {
        expression::expression(p);
    }
    p.end();
}

/// `among customers where …`.
fn among(p: &mut Parser) {
    p.start(Kind::Among);
    p.bump();
    if p.expect_word("customers") && p.at_word("where") {
        where_(p);
    }
    p.end();
}

fn features(p: &mut Parser) {
    p.start(Kind::Features);
    p.bump();
    expression::expression(p);
    while !p.is_stuck() && p.eat(Kind::Comma) {
        expression::expression(p);
    }
    p.end();
}

pub(super) fn using(p: &mut Parser) {
    p.start(Kind::Using);
    p.bump();
    name_ref(p, "a method's name");
    p.end();
}

/// `history 2011-03-01 to 2011-09-01 every 30 days`.
fn history(p: &mut Parser) {
    p.start(Kind::History);
    p.bump();
    let form = "two days, such as `2011-03-01 to 2011-09-01 every 30 days`";
    let _ = p.expect(Kind::Date, form)
        && p.expect_word("to")
        && p.expect(Kind::Date, "a day, such as `2011-09-01`")
        && p.expect_word("every")
        && duration(p);
    p.end();
}

/// `validate 5 folds, last 60 days held out`.
fn validate(p: &mut Parser) {
    p.start(Kind::Validate);
    p.bump();
    if p.at_word("last") {
        held_out(p);
    } else {
        p.start(Kind::Folds);
        let whole = p.expect(Kind::Number, "`5 folds` or `last 60 days held out`") && p.expect_word("folds");
        p.end();
        if whole && p.eat(Kind::Comma) {
            if p.at_word("last") {
                held_out(p);
            } else {
                p.word_error("`last 60 days held out`", &["last"]);
            }
        }
    }
    p.end();
}

fn held_out(p: &mut Parser) {
    p.start(Kind::HeldOut);
    p.bump();
    let _ = duration(p) && p.expect_word("held") && p.expect_word("out");
    p.end();
}

fn require(p: &mut Parser) {
    p.start(Kind::Require);
    p.bump();
    requirement(p);
    while !p.is_stuck() && p.eat_word("and") {
        requirement(p);
    }
    p.end();
}

/// `better than frequency`, `f1 at 20% >= 0.30`.
fn requirement(p: &mut Parser) {
    p.start(Kind::Requirement);
    if p.at_word("better") && p.nth_word(1, "than") {
        p.bump();
        p.bump();
        name_ref(p, "what it is to be better than, such as `frequency`");
    } else if name_ref(p, "a metric, such as `roc_auc`, or `better than`")
        && (!p.eat_word("at") || percentage(p, "a percentage, such as `20%`"))
    {
        if BOUNDS.contains(&p.kind()) {
            p.bump();
            amount(p, "a number, such as `0.70`");
        } else {
            p.error("a bound, such as `>= 0.70`");
        }
    }
    p.end();
}

/// A number, with its unit if it has one.
pub(super) fn amount(p: &mut Parser, what: &str) -> bool {
    if !p.at(Kind::Number) {
        return p.error(what);
    }
    expression::number(p);
    !p.is_stuck()
}

/// `20%`.
pub(super) fn percentage(p: &mut Parser, what: &str) -> bool {
    if !p.at(Kind::Number) {
        return p.error(what);
    }
    p.start(Kind::Quantity);
    p.bump();
    p.expect(Kind::Percent, "`%`");
    p.end();
    !p.is_stuck()
}

fn retrain(p: &mut Parser) {
    p.start(Kind::Retrain);
    p.bump();
    if p.expect_word("every") {
        if p.at_words(OFTEN) {
            p.bump();
        } else if p.at(Kind::Number) {
            duration(p);
        } else {
            p.word_error("`week`, `day`, `month`, or a length of time such as `2 weeks`", OFTEN);
        }
    }
    p.end();
}

/// `pilot 10% for 14 days`.
fn pilot(p: &mut Parser) {
    p.start(Kind::Pilot);
    p.bump();
    let _ = percentage(p, "a share, such as `10%`") && p.expect_word("for") && duration(p);
    p.end();
}

/// `otherwise 2%`.
fn fallback(p: &mut Parser) {
    p.start(Kind::Fallback);
    p.bump();
    expression::expression(p);
    p.end();
}

pub(super) fn recommend(p: &mut Parser) {
    p.start(Kind::Recommend);
    p.bump();
    named(p, "the recommendation's name");
    p.block(&RECOMMEND, |p| {
        match p.nth_text(0) {
            "using" => using(p),
            "top" if !p.nth_word(1, "from") => top(p),
            "otherwise" => bestsellers(p),
            _ if p.at(Kind::Name) && p.nth_word(1, "from") => signals(p),
            _ => return false,
        }
        true
    });
    p.end();
}

/// `product from purchase.lines.sku weight 5, product_view.sku`.
fn signals(p: &mut Parser) {
    p.start(Kind::Signals);
    if name_ref(p, "an entity's name") && p.expect_word("from") {
        signal(p);
        while !p.is_stuck() && p.eat(Kind::Comma) {
            signal(p);
        }
    }
    p.end();
}

fn signal(p: &mut Parser) {
    const WHAT: &str = "an event's reference, such as `purchase.sku`";
    p.start(Kind::Signal);
    if name_ref(p, WHAT) && p.expect(Kind::Dot, "`.` and the field that says which") {
        any_name_ref(p, WHAT);
        while !p.is_stuck() && p.eat(Kind::Dot) {
            any_name_ref(p, "a field's name");
        }
        if !p.is_stuck() && p.eat_word("weight") {
            p.expect(Kind::Number, "a number, such as `5`");
        }
    }
    p.end();
}

/// `top 4 at most 2 per category where in_stock`.
pub(super) fn top(p: &mut Parser) {
    p.start(Kind::Top);
    p.bump();
    p.expect(Kind::Number, "how many, such as `4`");
    while !p.is_stuck() && p.at_word("at") {
        most_per(p);
    }
    if !p.is_stuck() && p.at_word("where") {
        where_(p);
    }
    p.end();
}

fn most_per(p: &mut Parser) {
    p.start(Kind::MostPer);
    p.bump();
    let _ = p.expect_word("most")
        && p.expect(Kind::Number, "how many, such as `2`")
        && p.expect_word("per")
        && any_name_ref(p, "a field's name");
    p.end();
}

/// `otherwise bestsellers in last 30 days`.
fn bestsellers(p: &mut Parser) {
    p.start(Kind::Bestsellers);
    p.bump();
    if p.expect_word("bestsellers") && at_window(p) {
        window(p);
    }
    p.end();
}
