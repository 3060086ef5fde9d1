//! `consent` and `brand`: by whose leave is written, and who writes.

use persona_diagnostics::catalogue::{misplaced::Misplaced, missing_consent::MissingConsent};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Text};

use super::super::{Names, shared};
use crate::infer::Checker;
use crate::{Brand, Consent, Leave, Model, Symbol};

pub(in crate::build) fn consents(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Consent> {
    let mut names = Names::new("consent");
    let mut consents = Vec::new();
    for declaration in declarations {
        let Kind::Consent(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        if ast.label.is_none() {
            let form = format!("consent {} \"Offers and news by e-mail\"", name.text);
            let what = format!("the consent `{}`", name.text);
            checker.missing_member(what, "label: the words people agree to", name.span, &form);
        }
        consents.push(Consent {
            name: shared(&name.text),
            label: ast.label.as_ref().map_or(name.text.clone(), Text::value).into(),
            double: ast.double,
            covers: ast.covers.iter().map(|c| shared(&c.text)).collect(),
            expires: ast.expires.as_ref().and_then(|e| checker.length(e)),
            without_engagement: ast.without_engagement,
            span: name.span,
        });
    }
    consents
}

pub(in crate::build) fn brand(checker: &mut Checker, declarations: &[&Declaration]) -> Brand {
    let mut brand = Brand::default();
    let mut names = Names::new("property of the brand");
    let mut first = None;
    for declaration in declarations {
        let Kind::Brand { keyword, properties } = &declaration.kind else { continue };
        if let Some(first) = first {
            checker.repeated("brand", &[first, *keyword]);
            continue;
        }
        first = Some(*keyword);
        for property in properties {
            if names.add(&property.name, checker.problems)
                && let Some(value) = &property.value
            {
                check_address(checker, &property.name.text, value);
                brand.properties.push((shared(&property.name.text), value.value().into()));
            }
        }
    }
    brand
}

/// A sender's address is looked at here, where it is written: no message could be made with a bad one.
pub(super) fn check_address(checker: &mut Checker, property: &str, value: &Text) {
    if !matches!(property, "from" | "reply_to") {
        return;
    }
    let text = value.value();
    let address = match text.rsplit_once('<') {
        Some((_, rest)) => rest.trim().strip_suffix('>').unwrap_or(""),
        None => text.trim(),
    };
    let plausible = match address.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty() && domain.contains('.') && !address.contains(char::is_whitespace)
        }
        None => false,
    };
    if !plausible {
        let why = "an address is written `Shop <hello@shop.example>`, or `hello@shop.example`";
        checker.bad_literal(&text, value.span, why);
    }
}

/// By whose leave an e-mail is sent; told where it says nothing.
pub(super) fn leave(
    checker: &mut Checker,
    ast: &ast::Email,
    name: &ast::Name,
    model: &Model,
) -> Option<Leave> {
    match (&ast.consent, ast.transactional) {
        (Some(consent), None) => match model.consent(&consent.text) {
            Some(found) if !found.covers.iter().any(|c| **c == *"email") => {
                let headline = format!("the consent `{}` does not cover e-mail", found.name);
                let why = "so this may not be sent by its leave".to_string();
                let help =
                    Some("write `covers email` in the consent, if that is what people agreed to".to_string());
                checker.problems.report(Misplaced { headline, at: consent.span, why, help });
                None
            }
            Some(found) => {
                checker.refer(consent, Symbol::Consent);
                Some(Leave::Consent(found.name.clone()))
            }
            None => {
                let candidates = model.consents.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
                checker.unknown_name("consent", consent, candidates);
                None
            }
        },
        (None, Some(_)) => Some(Leave::Transactional),
        (Some(consent), Some(at)) => {
            let headline = format!("`{}` is transactional and needs a consent at the same time", name.text);
            let why = format!("a transactional e-mail needs no consent, and `{}` is named", consent.text);
            let help = Some(
                "keep `consent` for offers and news, `transactional` for receipts and notices".to_string(),
            );
            checker.problems.report(Misplaced { headline, at, why, help });
            None
        }
        (None, None) if checker.is_broken(name.span) => None,
        (None, None) => {
            let consents = model.consents.iter().map(|c| (c.name.to_string(), c.span)).collect();
            checker.problems.report(MissingConsent {
                what: format!("the e-mail `{}`", name.text),
                at: name.span,
                consents,
            });
            None
        }
    }
}
