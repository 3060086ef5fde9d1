//! `identity`: which customers of several systems are one.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};
use persona_value::{Decimal, Type};

use super::{Names, shared};
use crate::infer::{Checker, describe};
use crate::{Attribute, FeedTarget, Identity, Keep, Proposal, Source, Symbol};

/// Ids of other systems are attributes that may be missing; those that nobody declared are declared by `ids`.
pub(super) fn attributes(checker: &mut Checker, declarations: &[&Declaration]) {
    for name in first(declarations).into_iter().flat_map(|ast| &ast.ids) {
        if checker.customer.span.is_some() && checker.customer.attribute(&name.text).is_none() {
            let attribute = Attribute::built_in(&name.text, Type::Text, true);
            checker.customer.attributes.push(Attribute { span: Some(name.span), ..attribute });
        }
    }
}

pub(super) fn identity(
    checker: &mut Checker,
    declarations: &[&Declaration],
    sources: &[Source],
) -> Option<Identity> {
    let all = declarations.iter().filter_map(|d| match &d.kind {
        Kind::Identity(ast) => Some(ast.keyword),
        _ => None,
    });
    checker.repeated("identity", &all.collect::<Vec<_>>());
    let ast = first(declarations)?;
    if ast.ids.is_empty() && ast.match_on.is_empty() {
        let what = "`identity`".to_string();
        checker.missing_member(what, "`match on`: no two records would meet", ast.keyword, "match on email");
    }
    let ids = texts(checker, &ast.ids, "an id");
    let match_on = texts(checker, &ast.match_on, "what records are matched on");
    let propose = ast.propose.as_ref().and_then(|p| proposal(checker, p));
    let keep = keep(checker, ast.keep.as_ref(), declarations, sources);
    Some(Identity { ids, match_on, propose, keep, span: ast.keyword })
}

fn first<'a>(declarations: &[&'a Declaration]) -> Option<&'a ast::Identity> {
    declarations.iter().find_map(|d| match &d.kind {
        Kind::Identity(ast) => Some(ast),
        _ => None,
    })
}

/// Attributes that hold text, each once.
fn texts(checker: &mut Checker, names: &[Name], what: &str) -> Vec<Arc<str>> {
    let mut once = Names::exact("attribute");
    let mut found = Vec::new();
    for name in names {
        if !once.add(name, checker.problems) {
            continue;
        }
        let Some(attribute) = checker.customer.attribute(&name.text).cloned() else {
            let candidates = checker.customer.attributes.iter();
            let candidates = candidates.map(|a| (a.name.to_string(), a.span)).collect();
            checker.unknown_name("attribute", name, candidates);
            continue;
        };
        if attribute.span != Some(name.span) {
            checker.refer(name, Symbol::Attribute);
        }
        let shared = matches!(attribute.ty, Type::Enum(_) | Type::Locale | Type::Timezone);
        if (shared || !attribute.ty.is_text()) && attribute.ty != Type::Unknown {
            checker.problems.report(Misplaced {
                headline: format!("{what} is text, and `{}` is {}", name.text, describe(&attribute.ty)),
                at: name.span,
                why: "many customers share such a value".into(),
                help: None,
            });
            continue;
        }
        found.push(attribute.name);
    }
    found
}

fn proposal(checker: &mut Checker, ast: &ast::Propose) -> Option<Proposal> {
    let attributes = texts(checker, &ast.attributes, "what may be alike");
    let written = ast.least.as_ref()?;
    let least = written.text.parse::<Decimal>().ok().filter(|n| {
        let zero = Decimal::from(0);
        *n > zero && *n <= Decimal::from(1)
    });
    if least.is_none() {
        checker.bad_literal(&written.text, written.span, "how alike two texts are lies between 0 and 1");
    }
    Some(Proposal { attributes, least: least? })
}

fn keep(
    checker: &mut Checker,
    ast: Option<&ast::Keep>,
    declarations: &[&Declaration],
    sources: &[Source],
) -> Keep {
    let newest = ast.and_then(|k| k.order.as_ref()).is_none_or(|order| order.text == "newest");
    let declared: Vec<(String, Option<Span>)> = declarations
        .iter()
        .filter_map(|d| match &d.kind {
            Kind::Source(source) => source.name.as_ref().map(|n| (n.text.clone(), Some(n.span))),
            _ => None,
        })
        .collect();
    let mut once = Names::exact("source");
    let mut preferring = Vec::new();
    for name in ast.into_iter().flat_map(|k| &k.preferring) {
        if !once.add(name, checker.problems) {
            continue;
        }
        if !declared.iter().any(|(n, _)| *n == name.text) {
            checker.unknown_name("source", name, declared.clone());
            continue;
        }
        checker.refer(name, Symbol::Source);
        let source = sources.iter().find(|s| *s.name == *name.text);
        if source.is_some_and(|s| s.feeds.iter().all(|f| f.target != FeedTarget::Customer)) {
            checker.problems.report(Misplaced {
                headline: format!("`{}` says nothing of customers that could be preferred", name.text),
                at: name.span,
                why: "this source does not feed `customer`".into(),
                help: None,
            });
            continue;
        }
        preferring.push(shared(&name.text));
    }
    Keep { newest, preferring }
}
