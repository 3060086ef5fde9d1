//! `trait`, `segment`, `lifecycle`: who is who.

use super::{duration, expression, label, named};
use crate::Kind;
use crate::parser::{Members, Parser};

const SEGMENT: Members = Members {
    block: "`when` with a condition",
    member: "a member of a segment",
    begins: "`when` or `refresh every`",
    words: &["when", "refresh"],
};
const LIFECYCLE: Members =
    Members { block: "its stages", member: "a member of a lifecycle", begins: "`stage`", words: &["stage"] };

pub(super) fn trait_(p: &mut Parser) {
    p.start(Kind::Trait);
    p.bump();
    named(p, "the trait's name");
    label(p);
    if p.expect_sign(Kind::Assign, "`=` and what it is") {
        expression::expression(p);
    }
    p.end();
}

pub(super) fn segment(p: &mut Parser) {
    p.start(Kind::Segment);
    p.bump();
    named(p, "the segment's name");
    label(p);
    p.block(&SEGMENT, |p| {
        match p.nth_text(0) {
            "when" => when(p),
            "refresh" => refresh(p),
            _ => return false,
        }
        true
    });
    p.end();
}

pub(super) fn when(p: &mut Parser) {
    p.start(Kind::When);
    p.bump();
    expression::expression(p);
    p.end();
}

fn refresh(p: &mut Parser) {
    p.start(Kind::Refresh);
    p.bump();
    let _ = p.expect_word("every") && duration(p);
    p.end();
}

pub(super) fn lifecycle(p: &mut Parser) {
    p.start(Kind::Lifecycle);
    p.eat_word("exclusive");
    p.expect_word("lifecycle");
    // `stage new …`: its first member, where the `{` is missing.
    if p.at(Kind::Name) && !p.at_member() {
        named(p, "the lifecycle's name");
    }
    p.block(&LIFECYCLE, |p| {
        p.at_word("stage") && {
            stage(p);
            true
        }
    });
    p.end();
}

fn stage(p: &mut Parser) {
    p.start(Kind::Stage);
    p.bump();
    named(p, "the stage's name");
    label(p);
    match p.nth_text(0) {
        "when" => when(p),
        "otherwise" => otherwise(p),
        _ => {
            p.word_error("`when` and a condition, or `otherwise`", &["when", "otherwise"]);
        }
    }
    p.end();
}

pub(super) fn otherwise(p: &mut Parser) {
    p.start(Kind::Otherwise);
    p.bump();
    p.end();
}
