//! Tree to triggers, campaigns, the policy and tests.

use super::cursor::{Cursor, a_length, label, length, name, name_ref, named, text};
use super::expression::{condition, expressions, first};
use crate::Kind;
use crate::ast::*;

fn event_filter(node: &Cursor) -> EventFilter {
    EventFilter {
        event: name_ref(node),
        by: node.child(Kind::ByKey).and_then(|k| name_ref(&k)),
        filter: node.child(Kind::Where).map(|w| condition(&w)),
    }
}

fn exits(node: &Cursor) -> Vec<EventFilter> {
    node.all(Kind::ExitOn).map(|e| event_filter(&e)).collect()
}

fn on(node: &Cursor) -> On {
    if let Some(every) = node.child(Kind::Every) {
        return On::Every(schedule(&every));
    }
    if let Some(date) = node.child(Kind::OnDate) {
        return On::Date(on_date(&date));
    }
    if let Some(change) = node.child(Kind::ValueChange) {
        return On::Change(self::change(&change));
    }
    // The first word is `on` itself.
    match node.words().nth(1).as_deref() {
        Some("enter") => On::Enter(name_ref(node)),
        Some("leave") => On::Leave(name_ref(node)),
        Some("consent") => On::Consent(name_ref(node)),
        _ => On::Event(event_filter(node), node.child(Kind::Late).and_then(|l| a_length(&l))),
    }
}

fn on_date(node: &Cursor) -> OnDate {
    let word = |word: &str| node.words().any(|w| w == word);
    OnDate {
        distance: a_length(node).map(|length| (length, word("before"))),
        yearly: word("anniversary"),
        of: name_ref(node),
        at: token(node, Kind::Time),
    }
}

fn change(node: &Cursor) -> Change {
    let reaches = node.words().any(|w| w == "reaches");
    Change {
        of: name_ref(node),
        // The first is the name of what changes.
        reaches: reaches.then(|| expressions(node).into_iter().skip(1).collect()),
        again: node.words().any(|w| w == "again"),
    }
}

/// The first token of a kind directly below, as written.
fn token(node: &Cursor, kind: Kind) -> Option<Clock> {
    tokens(node, kind).into_iter().next()
}

fn tokens(node: &Cursor, kind: Kind) -> Vec<Clock> {
    let found = node.tokens().filter(|t| t.kind() == kind);
    found.map(|t| Clock { text: t.text().to_string(), span: node.token_span(&t) }).collect()
}

fn number(node: &Cursor) -> Option<Number> {
    token(node, Kind::Number)
}

/// The n-th word directly below, from 0.
fn nth_word(node: &Cursor, nth: usize) -> Option<Name> {
    let token = node.tokens().filter(|t| t.kind() == Kind::Name).nth(nth)?;
    Some(Name { text: token.text().to_string(), span: node.token_span(&token) })
}

pub(super) fn steps(node: &Cursor) -> Vec<Step> {
    node.children().filter_map(|c| step(&c)).collect()
}

fn step(node: &Cursor) -> Option<Step> {
    let span = node.span();
    Some(match node.kind() {
        Kind::Wait => Step::Wait {
            span,
            length: a_length(node),
            until: token(node, Kind::Time),
            unless: node.child(Kind::Unless).map(|u| event_filter(&u)),
        },
        Kind::Send => Step::Send { span, email: name_ref(node) },
        Kind::CallStep => Step::Call(Call {
            span,
            destination: name_ref(node),
            consent: node.child(Kind::ConsentRef).and_then(|c| name_ref(&c)),
            transactional: node.child(Kind::Transactional).map(|t| t.span()),
            arguments: node
                .all(Kind::Argument)
                .filter_map(|a| Some((named(&a)?, first(&a).unwrap_or(Expr::Missing(a.span())))))
                .collect(),
        }),
        Kind::Update => Step::Update {
            span,
            attribute: name_ref(node),
            value: expressions(node).into_iter().nth(1).unwrap_or(Expr::Missing(span)),
        },
        Kind::If => Step::If {
            span,
            condition: condition(node),
            then: steps(node),
            otherwise: node.child(Kind::Else).map_or(Vec::new(), |e| steps(&e)),
        },
        _ => return None,
    })
}

/// The length of time in the first member of a kind.
fn member_length(node: &Cursor, kind: Kind) -> Option<Length> {
    node.child(kind).and_then(|member| a_length(&member))
}

pub(super) fn trigger(node: &Cursor) -> Trigger {
    Trigger {
        name: named(node),
        on: node.all(Kind::On).map(|o| (o.span(), on(&o))).collect(),
        steps: steps(node),
        exits: exits(node),
        once_per: member_length(node, Kind::OncePer),
        needs: member_length(node, Kind::Needs),
        valid: member_length(node, Kind::ValidFor),
        priority: node.child(Kind::Priority).and_then(|p| number(&p)),
        backfill: node.child(Kind::Backfill).map(|b| Backfill {
            span: b.span(),
            last: a_length(&b),
            most: number(&b),
        }),
    }
}

pub(super) fn campaign(node: &Cursor) -> Campaign {
    let schedules = || node.child(Kind::At).or(node.child(Kind::Every));
    Campaign {
        name: named(node),
        to: node.child(Kind::To).map(|t| condition(&t)),
        schedule: schedules().map(|s| schedule(&s)),
        spread: member_length(node, Kind::Spread),
        sends: node.all(Kind::Send).map(|s| name_ref(&s)).collect(),
        approve: node.child(Kind::Approve).and_then(|a| text(&a)),
        valid: member_length(node, Kind::ValidFor),
        priority: node.child(Kind::Priority).and_then(|p| number(&p)),
        exits: exits(node),
    }
}

fn schedule(node: &Cursor) -> Schedule {
    let day = match node.kind() {
        Kind::Every => Some(ScheduleDay::Every(nth_word(node, 1))),
        _ => token(node, Kind::Date).map(ScheduleDay::Date),
    };
    let best_hour = node.words().any(|w| w == "best_hour");
    Schedule { span: node.span(), day, time: token(node, Kind::Time), best_hour }
}

fn names(node: &Cursor) -> Vec<Name> {
    node.all(Kind::NameRef).filter_map(|n| name(&n)).collect()
}

fn except(node: &Cursor) -> Vec<Name> {
    node.child(Kind::Except).map_or(Vec::new(), |e| names(&e))
}

pub(super) fn policy(node: &Cursor) -> Policy {
    Policy {
        keyword: node.keyword().span,
        quiet: node
            .all(Kind::Quiet)
            .map(|q| {
                let mut times = tokens(&q, Kind::Time).into_iter();
                Quiet { span: q.span(), from: times.next(), to: times.next(), except: except(&q) }
            })
            .collect(),
        caps: node
            .all(Kind::Cap)
            .map(|c| Cap {
                span: c.span(),
                most: number(&c),
                counted: nth_word(&c, 2),
                per: a_length(&c),
                except: except(&c),
            })
            .collect(),
        one_of: node
            .all(Kind::OneOf)
            .map(|o| OneOf { span: o.span(), messages: names(&o), per: a_length(&o) })
            .collect(),
        warm_up: node
            .all(Kind::WarmUp)
            .map(|w| WarmUp { span: w.span(), from: number(&w), doubling: a_length(&w) })
            .collect(),
        pauses: node
            .all(Kind::Pause)
            .map(|p| {
                // The share is a quantity too, and stands before the length of time.
                let mut quantities = p.all(Kind::Quantity);
                let rate = quantities.next().and_then(|q| number(&q));
                let per = quantities.next().and_then(|q| length(&q));
                Pause { span: p.span(), of: nth_word(&p, 2), rate, per }
            })
            .collect(),
    }
}

pub(super) fn test(node: &Cursor) -> Test {
    Test {
        keyword: node.keyword().span,
        label: label(node),
        lines: node.children().filter_map(|c| test_line(&c)).collect(),
    }
}

fn test_line(node: &Cursor) -> Option<TestLine> {
    let mut refs = names(node).into_iter();
    let says = |word: &str| node.words().any(|w| w == word);
    Some(match node.kind() {
        Kind::TestCustomer => TestLine::Customer { name: named(node)?, values: test_values(node) },
        Kind::TestRow => TestLine::Row { entity: refs.next(), values: test_values(node) },
        Kind::TestVariant => TestLine::Variant { who: refs.next(), variant: refs.next() },
        Kind::Happening => {
            let (at, who, what) = (moment(node)?, refs.next(), refs.next());
            if says("gives") || says("withdraws") {
                TestLine::Consent { at, who, gives: says("gives"), consent: what }
            } else {
                TestLine::Event { at, who, event: what, values: test_values(node) }
            }
        }
        Kind::Expect => {
            let who = refs.next();
            let expectation = match (says("never"), says("gets")) {
                (true, _) => Expectation::Never(refs.next()),
                (_, true) => Expectation::Gets(refs.next()),
                // The first is the customer.
                _ => Expectation::Holds(
                    expressions(node).into_iter().nth(1).unwrap_or(Expr::Missing(node.span())),
                ),
            };
            TestLine::Expect { who, expectation, at: moment(node) }
        }
        _ => return None,
    })
}

/// The date and the time directly below, if one of them is there.
fn moment(node: &Cursor) -> Option<Moment> {
    let (date, time) = (token(node, Kind::Date), token(node, Kind::Time));
    let first = date.as_ref().or(time.as_ref())?.span;
    let last = time.as_ref().or(date.as_ref())?.span;
    Some(Moment { span: first.to(last), date, time })
}

fn test_values(node: &Cursor) -> Vec<TestValue> {
    let value = |node: Cursor| {
        let value = match node.child(Kind::TestItems) {
            Some(items) => TestContent::Items(
                items.span(),
                items.all(Kind::TestItem).map(|item| test_values(&item)).collect(),
            ),
            None => TestContent::Value(first(&node).unwrap_or(Expr::Missing(node.span()))),
        };
        Some(TestValue { field: named(&node)?, value })
    };
    node.all(Kind::TestValue).filter_map(value).collect()
}
