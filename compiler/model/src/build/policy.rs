//! `policy`: what holds for every message.

use std::collections::HashMap;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};
use persona_value::Decimal;

use super::journey::{at_least_one, declared_emails, exact, time};
use super::{shared, step};
use crate::infer::Checker;
use crate::{Cap, Exempt, OneOf, Pause, Policy, Quiet, Rate, Symbol, WarmUp};

/// The one policy of a program; a second one is told.
pub(super) fn policy(checker: &mut Checker, declarations: &[&Declaration]) -> Option<Policy> {
    let mut policies = declarations.iter().filter_map(|d| match &d.kind {
        Kind::Policy(ast) => Some((d, ast)),
        _ => None,
    });
    let (declaration, ast) = policies.next()?;
    for (_, again) in policies {
        checker.repeated("policy", &[ast.keyword, again.keyword]);
    }
    let messages = Messages::of(declarations);
    Some(Policy {
        quiet: ast.quiet.first().and_then(|q| quiet(checker, &messages, q)),
        caps: ast.caps.iter().filter_map(|c| cap(checker, &messages, c)).collect(),
        one_of: ast.one_of.iter().filter_map(|o| one_of(checker, &messages, o)).collect(),
        warm_up: ast.warm_up.first().and_then(|w| warm_up(checker, w)),
        pauses: ast.pauses.iter().filter_map(|p| pause(checker, p)).collect(),
        span: declaration.span,
    })
}

/// Where a message is declared, and what kind of name it has.
type Declared = (Option<Span>, fn(Arc<str>) -> Symbol);

/// All that can be sent: e-mails and destinations, by name.
pub(super) struct Messages {
    all: HashMap<String, Declared>,
}

impl Messages {
    pub fn of(declarations: &[&Declaration]) -> Messages {
        let symbol = |symbol: fn(Arc<str>) -> Symbol| move |(name, at)| (name, (at, symbol));
        let destinations = step::destinations(declarations).into_iter().map(symbol(Symbol::Destination));
        let emails = declared_emails(declarations).into_iter().map(symbol(Symbol::Email));
        // Of two with one name the e-mail is meant.
        Messages { all: destinations.chain(emails).collect() }
    }

    /// A message by its name.
    pub fn find(&self, checker: &mut Checker, name: &Name) -> Option<Arc<str>> {
        let Some((_, symbol)) = self.all.get(&name.text) else {
            let all = self.all.iter().map(|(name, (at, _))| (name.clone(), *at));
            let mut all: Vec<_> = all.collect();
            all.sort();
            checker.unknown_name("e-mail or destination", name, all);
            return None;
        };
        checker.refer(name, symbol);
        Some(shared(&name.text))
    }

    fn exempt(&self, checker: &mut Checker, names: &[Name]) -> Exempt {
        let mut exempt = Exempt::default();
        for name in names {
            if name.text == "transactional" {
                exempt.transactional = true;
            } else {
                exempt.messages.extend(self.find(checker, name));
            }
        }
        exempt
    }
}

fn quiet(checker: &mut Checker, messages: &Messages, ast: &ast::Quiet) -> Option<Quiet> {
    let from = ast.from.as_ref().and_then(|t| time(checker, t));
    let to = ast.to.as_ref().and_then(|t| time(checker, t));
    let except = messages.exempt(checker, &ast.except);
    let (from, to) = (from?, to?);
    if from == to {
        let (first, last) = (ast.from.as_ref()?, ast.to.as_ref()?);
        let written = format!("{} to {}", first.text, last.text);
        checker.bad_literal(&written, first.span.to(last.span), "these quiet hours are over when they begin");
        return None;
    }
    Some(Quiet { from, to, except, span: ast.span })
}

fn cap(checker: &mut Checker, messages: &Messages, ast: &ast::Cap) -> Option<Cap> {
    let most = ast.most.as_ref().and_then(|n| at_least_one(checker, n, "messages"));
    let per = ast.per.as_ref().and_then(|p| checker.length(p));
    let except = messages.exempt(checker, &ast.except);
    let emails = ast.counted.as_ref().is_some_and(|c| c.text.starts_with("email"));
    Some(Cap { most: most?, emails, per: per?, except, span: ast.span })
}

fn one_of(checker: &mut Checker, messages: &Messages, ast: &ast::OneOf) -> Option<OneOf> {
    let mut found: Vec<(Arc<str>, Span)> = Vec::new();
    for name in &ast.messages {
        if let Some((_, first)) = found.iter().find(|(known, _)| **known == *name.text) {
            checker.repeated(&name.text, &[*first, name.span]);
            continue;
        }
        found.extend(messages.find(checker, name).map(|message| (message, name.span)));
    }
    let per = ast.per.as_ref().and_then(|p| checker.length(p))?;
    Some(OneOf { messages: found.into_iter().map(|(name, _)| name).collect(), per, span: ast.span })
}

fn warm_up(checker: &mut Checker, ast: &ast::WarmUp) -> Option<WarmUp> {
    let from = ast.from.as_ref().and_then(|n| at_least_one(checker, n, "e-mails"));
    let doubling =
        ast.doubling.as_ref().and_then(|d| exact(checker, d, "what doubles, doubles in an exact time"));
    Some(WarmUp { from: from?, doubling: doubling?, span: ast.span })
}

fn pause(checker: &mut Checker, ast: &ast::Pause) -> Option<Pause> {
    let of = match ast.of.as_ref()?.text.as_str() {
        "complaint" => Rate::Complaint,
        _ => Rate::Bounce,
    };
    let written = ast.rate.as_ref()?;
    let per = ast.per.as_ref().and_then(|p| checker.length(p));
    let rate = written.text.parse::<Decimal>().and_then(|n| n.div(100.into())).ok();
    let rate = rate.filter(|rate| *rate > Decimal::ZERO && *rate <= 1.into());
    if rate.is_none() {
        let at = written.span;
        checker.bad_literal(&format!("{}%", written.text), at, "a rate is more than 0% and at most 100%");
    }
    Some(Pause { of, rate: rate?, per: per?, span: ast.span })
}
