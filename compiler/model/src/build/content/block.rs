//! `content`: a conditional block, and its parameters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{
    cycle::Cycle, duplicate_name::DuplicateName, misplaced::Misplaced, unreachable::Unreachable,
};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind};
use persona_template::{Binding, Escape, Scope};
use persona_value::{Field, Type};

use super::super::scope::ContentScope;
use super::super::{Names, data, shared};
use super::Ground;
use super::templates::{Shown, Templates};
use crate::infer::{Checker, Row};
use crate::presence::Present;
use crate::{Case, Content, Reads, Symbol};

/// What each block or layout shows.
pub(super) type BlockShows = BTreeMap<Arc<str>, Shown>;

/// Blocks, each with its parameters.
pub(in super::super) type Parameters = BTreeMap<String, Vec<(Field, Span)>>;

/// The parameters of every block, so that all templates can fill them.
pub(in super::super) fn parameters(checker: &mut Checker, declarations: &[&Declaration]) -> Parameters {
    let mut all = Parameters::new();
    for declaration in declarations {
        let Kind::Content { name: Some(name), parameters, .. } = &declaration.kind else { continue };
        if all.contains_key(&name.text) {
            continue;
        }
        let mut names = Names::exact("parameter");
        let mut kept = Vec::new();
        for parameter in parameters {
            if !names.add(&parameter.name, checker.problems) {
                continue;
            }
            let (ty, optional) = match &parameter.ty {
                Some(written) => {
                    let ty = data::parameter_type(checker, written, &parameter.name.text);
                    if let Type::List(_) | Type::Record(_) = ty {
                        checker.problems.report(Misplaced {
                            headline: "a block is given plain values".into(),
                            at: written.span,
                            why: "this holds several".into(),
                            help: Some("let the block read it from the customer, or give its parts".into()),
                        });
                        (Type::Unknown, true)
                    } else {
                        (ty, written.optional)
                    }
                }
                None => (Type::Unknown, true),
            };
            let field = Field { name: shared(&parameter.name.text), ty, optional };
            kept.push((field, parameter.name.span));
        }
        all.insert(name.text.clone(), kept);
    }
    all
}

/// The scope of each block: what all templates know, and its parameters.
pub(super) fn scope<'g>(
    checker: &mut Checker,
    ground: &Ground<'g>,
    parameters: &[(Field, Span)],
) -> ContentScope<'g> {
    let mut scope = ground.scope.clone();
    for (field, at) in parameters {
        let taken = ground.scope.lookup(&field.name).filter(|b| b.ty != Type::Unknown);
        if let Some(taken) = taken {
            checker.problems.report(DuplicateName {
                what: "value in this block".into(),
                name: field.name.to_string(),
                again_at: *at,
                first_at: taken.declared_at,
            });
            continue;
        }
        let binding = Binding { ty: field.ty.clone(), optional: field.optional, declared_at: Some(*at) };
        scope = scope.with_own(&field.name, binding);
    }
    scope
}

pub(super) fn contents<'g>(
    checker: &mut Checker,
    declarations: &[&Declaration],
    ground: &Ground<'g>,
    parameters: &Parameters,
) -> (Vec<Content>, BlockShows, BTreeMap<Arc<str>, ContentScope<'g>>) {
    let mut names = Names::new("content block");
    let (mut contents, mut all, mut scopes) = (Vec::new(), BlockShows::new(), BTreeMap::new());
    for declaration in declarations {
        let Kind::Content { name: Some(name), consent, cases, .. } = &declaration.kind else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        let given = parameters.get(&name.text).map(Vec::as_slice).unwrap_or_default();
        let scope = scope(checker, ground, given);
        let mut shown = Shown::default();
        let what = format!("the content block `{}`", name.text);
        let kept = self::cases(checker, ground, &name.text, cases, &scope, &mut shown);
        if !cases.iter().any(|c| c.otherwise.is_some()) && !cases.is_empty() {
            let form = "otherwise \"\"\"…\"\"\"";
            checker.missing_member(what, "`otherwise`: some customers would see nothing", name.span, form);
        }
        // What it is given is nothing of the customer's.
        for (field, _) in given {
            shown.uses.names.remove(&*field.name);
            shown.values.remove(&field.name);
            shown.reads.values.remove(&field.name);
        }
        if let Some(through) = leads_to(&name.text, &shown, &all) {
            let mut names = vec![name.text.clone()];
            names.extend(through.filter(|t| *t != name.text));
            let at =
                contents.iter().filter(|c: &&Content| names.contains(&c.name.to_string())).map(|c| c.span);
            let at = std::iter::once(name.span).chain(at).collect();
            checker.problems.report(Cycle { names, at });
        }
        let consent = consent.as_ref().and_then(|consent| {
            if ground.model.consent(&consent.text).is_none() {
                let known =
                    ground.model.consents.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
                checker.unknown_name("consent", consent, known);
                return None;
            }
            checker.refer(consent, Symbol::Consent);
            Some((shared(&consent.text), consent.span))
        });
        all.insert(shared(&name.text), shown);
        scopes.insert(shared(&name.text), scope);
        contents.push(Content {
            name: shared(&name.text),
            parameters: given.iter().map(|(field, _)| field.clone()).collect(),
            consent,
            cases: kept,
            reads_at: Reads::default(),
            span: name.span,
        });
    }
    (contents, all, scopes)
}

/// The cases of a block, or of a variant of it.
pub(super) fn cases(
    checker: &mut Checker,
    ground: &Ground,
    name: &str,
    cases: &[ast::Case],
    scope: &ContentScope,
    shown: &mut Shown,
) -> Vec<Case> {
    // Whoever comes to a case did not fit those before it.
    let mut passed = Present::new();
    let mut kept = Vec::new();
    let mut otherwise: Option<Span> = None;
    for case in cases {
        if let Some(otherwise_at) = otherwise {
            let what = format!("this case of `{name}`");
            checker.problems.report(Unreachable { what, at: case.span, otherwise_at });
            continue;
        }
        otherwise = case.otherwise;
        let when = case.when.as_ref().map(|w| checker.condition(w, &[Row::Customer]));
        if let Some(when) = &when {
            shown.read_by(when);
        }
        let mut present = passed.clone();
        if let Some(proof) = when.as_ref().map(|when| ground.presence.proof(when)) {
            present.extend(proof.holds);
            passed.extend(proof.fails);
        }
        let scope = scope.clone().with_present(present);
        let Some(text) = &case.text else { continue };
        let mut templates = Templates { checker, read: ground.read };
        let (html, html_shown) = templates.block(text, &scope);
        let (text, _) = templates.inline(text, &scope, Escape::Text);
        shown.merge(&html_shown);
        kept.push(Case { when, html, text });
    }
    kept
}

/// The block through which a block shows itself, if it does: itself, or one declared before it.
fn leads_to(name: &str, shown: &Shown, known: &BlockShows) -> Option<Option<String>> {
    let uses = &shown.uses;
    if uses.blocks.contains(name) {
        return Some(None);
    }
    for first in &uses.blocks {
        let mut waiting = vec![first.clone()];
        let mut seen = BTreeSet::new();
        while let Some(block) = waiting.pop() {
            let Some(below) = known.get(block.as_str()).map(|s| &s.uses) else { continue };
            if below.blocks.contains(name) {
                return Some(Some(first.clone()));
            }
            waiting.extend(below.blocks.iter().filter(|b| seen.insert((*b).clone())).cloned());
        }
    }
    None
}
