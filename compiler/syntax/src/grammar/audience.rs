//! `trait`, `segment`, `lifecycle`: who is who.

use super::{duration, expression, label, name};
use crate::Kind;
use crate::parser::Parser;

pub(super) fn trait_(p: &mut Parser) {
    p.start(Kind::Trait);
    p.bump();
    if name(p, "the trait's name") {
        if matches!(p.kind(), Kind::String | Kind::UnclosedString) {
            label(p);
        }
        if p.expect(Kind::Assign, "`=` and what it is") {
            expression::expression(p);
        }
    }
    p.end();
}

pub(super) fn segment(p: &mut Parser) {
    p.start(Kind::Segment);
    p.bump();
    if name(p, "the segment's name") {
        if matches!(p.kind(), Kind::String | Kind::UnclosedString) {
            label(p);
        }
        p.block("`when` with a condition", "`when` or `refresh every`", |p| match p.nth_text(0) {
            "when" => {
                when(p);
                true
            }
            "refresh" => {
                p.start(Kind::Refresh);
                p.bump();
                let _ = p.expect_word("every") && duration(p);
                p.end();
                true
            }
            _ => p.unknown_word("a member of a segment", &["when", "refresh"]),
        });
    }
    p.end();
}

pub(super) fn when(p: &mut Parser) {
    p.start(Kind::When);
    p.bump();
    expression::expression(p);
    p.end();
}

pub(super) fn lifecycle(p: &mut Parser) {
    p.start(Kind::Lifecycle);
    p.eat_word("exclusive");
    if p.expect_word("lifecycle") {
        if p.at(Kind::Name) {
            name(p, "the lifecycle's name");
        }
        p.block("its stages", "`stage`", |p| {
            if !p.at_word("stage") {
                return p.unknown_word("a member of a lifecycle", &["stage"]);
            }
            stage(p);
            true
        });
    }
    p.end();
}

fn stage(p: &mut Parser) {
    p.start(Kind::Stage);
    p.bump();
    if name(p, "the stage's name") {
        if matches!(p.kind(), Kind::String | Kind::UnclosedString) {
            label(p);
        }
        match p.nth_text(0) {
            "when" => when(p),
            "otherwise" => {
                p.start(Kind::Otherwise);
                p.bump();
                p.end();
            }
            _ => {
                p.error("`when` and a condition, or `otherwise`");
            }
        }
    }
    p.end();
}
