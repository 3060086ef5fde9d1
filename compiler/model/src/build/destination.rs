//! `destination`: where what is known goes, on what, and what of it.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};

use super::{Names, shared, start, web};
use crate::infer::Checker;
use crate::{Destination, Model, Occasion, Symbol, Verb};

pub(super) fn destinations(
    checker: &mut Checker,
    declarations: &[&Declaration],
    model: &Model,
) -> Vec<Destination> {
    let mut names = Names::new("destination");
    let mut destinations = Vec::new();
    for declaration in declarations {
        let Kind::Destination(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if names.add(name, checker.problems)
            && let Some(destination) = destination(checker, name, ast, declaration, model)
        {
            destinations.push(destination);
        }
    }
    destinations
}

fn destination(
    checker: &mut Checker,
    name: &Name,
    ast: &ast::Destination,
    declaration: &Declaration,
    model: &Model,
) -> Option<Destination> {
    let what = || format!("the destination `{}`", name.text);
    let mut on = Vec::new();
    for occasion in ast.on.iter().flat_map(|(_, on)| on) {
        if let Some((found, at)) = self::occasion(checker, occasion, model) {
            match on.iter().find(|(known, _)| *known == found) {
                Some((_, first)) => checker.repeated("occasion", &[*first, at]),
                None => on.push((found, at)),
            }
        }
    }
    let sends = sends(checker, ast, model);
    let auth = match &ast.auth {
        Some(auth) => web::auth(checker, name, auth),
        None => None,
    };
    let Some(endpoint) = &ast.endpoint else {
        checker.missing_member(what(), "address", name.span, "http post \"https://crm.example/contacts\"");
        return None;
    };
    let url = web::url(checker, endpoint.url.as_ref()?, false)?;
    let method = match endpoint.method.as_ref()?.text.as_str() {
        "put" => Verb::Put,
        "patch" => Verb::Patch,
        _ => Verb::Post,
    };
    // One that says how it is known and got that wrong is not one that needs nothing.
    if ast.auth.is_some() && auth.is_none() {
        return None;
    }
    let docs = declaration.docs.clone();
    Some(Destination { name: shared(&name.text), docs, method, url, auth, on, sends, span: name.span })
}

fn occasion(checker: &mut Checker, ast: &ast::Occasion, model: &Model) -> Option<(Occasion, Span)> {
    Some(match ast {
        ast::Occasion::Changes(at) => (Occasion::Changes, *at),
        ast::Occasion::Enter(name) => {
            let name = name.as_ref()?;
            (Occasion::Enter(start::audience(checker, name)?), name.span)
        }
        ast::Occasion::Leave(name) => {
            let name = name.as_ref()?;
            (Occasion::Leave(start::audience(checker, name)?), name.span)
        }
        ast::Occasion::Consent(at, None) => (Occasion::Consent(None), *at),
        ast::Occasion::Consent(_, Some(name)) => {
            if model.consent(&name.text).is_none() {
                let candidates = model.consents.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
                checker.unknown_name("consent", name, candidates);
                return None;
            }
            checker.refer(name, Symbol::Consent);
            (Occasion::Consent(Some(shared(&name.text))), name.span)
        }
        ast::Occasion::Event(name) => (Occasion::Event(checker.event_name(name)?), name.span),
    })
}

/// What is sent: what is named, else every attribute.
fn sends(checker: &mut Checker, ast: &ast::Destination, model: &Model) -> Vec<(Arc<str>, Span)> {
    let at = ast.name.as_ref().map(|n| n.span);
    let Some(named) = &ast.sends else {
        let attributes = model.customer.attributes.iter().filter(|a| !a.key);
        return attributes.filter_map(|a| Some((a.name.clone(), at?))).collect();
    };
    let mut names = Names::exact("value");
    let mut sends = Vec::new();
    for name in named {
        if !names.add(name, checker.problems) {
            continue;
        }
        if model.customer.attribute(&name.text).is_some() {
            checker.refer(name, Symbol::Attribute);
        } else if let Some(found) = model.trait_(&name.text) {
            if let persona_value::Type::List(_) | persona_value::Type::Record(_) = found.value.ty {
                checker.problems.report(Misplaced {
                    headline: format!("`{}` is no plain value that a destination could be sent", name.text),
                    at: name.span,
                    why: format!("this is {}", crate::infer::describe(&found.value.ty)),
                    help: Some("send a trait made of it".into()),
                });
                continue;
            }
            checker.refer(name, Symbol::Trait);
        } else if model.lifecycle(&name.text).is_some() {
            checker.refer(name, Symbol::Lifecycle);
        } else {
            let attributes = model.customer.attributes.iter().map(|a| (a.name.to_string(), a.span));
            let traits = model.traits.iter().map(|t| (t.name.to_string(), Some(t.span)));
            let lifecycles = model.lifecycles.iter().map(|l| (l.name.to_string(), Some(l.span)));
            let candidates = attributes.chain(traits).chain(lifecycles).collect();
            checker.unknown_name("attribute or trait", name, candidates);
            continue;
        }
        sends.push((shared(&name.text), name.span));
    }
    sends
}
