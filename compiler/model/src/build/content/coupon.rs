//! `coupon`: codes for customers.

use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::catalogue::file_not_found::FileNotFound;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name, Text};
use persona_template::Binding;
use persona_value::Type;

use super::super::{Names, shared};
use super::Ground;
use crate::infer::{Checker, Row};
use crate::{Codes, Coupon, Files, Symbol};

pub(in crate::build) fn coupons(
    checker: &mut Checker,
    declarations: &[&Declaration],
    files: &dyn Files,
) -> Vec<Coupon> {
    let mut names = Names::new("coupon");
    let mut coupons = Vec::new();
    for declaration in declarations {
        let Kind::Coupon(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if !names.add(name, checker.problems) {
            continue;
        }
        if ast.codes.is_empty() {
            let what = format!("the coupon `{}`", name.text);
            checker.missing_member(what, "`codes`", name.span, "codes file \"codes.csv\"");
        }
        let codes = ast.codes.first().and_then(|c| codes(checker, c, files));
        let valid = ast.valid.as_ref().and_then(|v| checker.length(v));
        let when = ast.when.as_ref().map(|w| checker.condition(w, &[Row::Customer]));
        let Some(codes) = codes else { continue };
        coupons.push(Coupon {
            name: shared(&name.text),
            label: ast.label.as_ref().map_or(name.text.clone(), Text::value).into(),
            docs: declaration.docs.clone(),
            codes,
            valid,
            one_each: ast.one_each.is_some(),
            when,
            span: name.span,
        });
    }
    coupons
}

fn codes(checker: &mut Checker, ast: &ast::Codes, files: &dyn Files) -> Option<Codes> {
    let text = ast.text.as_ref()?;
    let written = text.value();
    if ast.is_file {
        if !files.exists(Path::new(&written)) {
            let (at, looked_in) = (text.span, files.folder());
            let why = "there is no such file".to_string();
            checker.problems.report(FileNotFound { path: written, at, why, looked_in });
            return None;
        }
        return Some(Codes::File(written.into()));
    }
    // Digits and letters that are not mistaken for each other: ten, and twenty.
    let places = written.chars().map(|c| match c {
        '#' => 10f64.log10(),
        '@' => 20f64.log10(),
        _ => 0.0,
    });
    if places.sum::<f64>() < 8.0 - 1e-9 {
        let why = "codes like this can be guessed: at least 8 digits (`#`) or 7 letters (`@`)";
        checker.bad_literal(&written, text.span, why);
        return None;
    }
    Some(Codes::Pattern(written.into()))
}

/// The coupon that an e-mail offers; one declared with a mistake is not unknown.
pub(super) fn offered(checker: &mut Checker, ground: &Ground, name: &Name) -> Option<Arc<str>> {
    let declared = ground.declarations.iter().filter_map(|d| match &d.kind {
        Kind::Coupon(coupon) => coupon.name.as_ref().map(|n| (n.text.clone(), Some(n.span))),
        _ => None,
    });
    let declared: Vec<_> = declared.collect();
    if !declared.iter().any(|(n, _)| *n == name.text) {
        checker.unknown_name("coupon", name, declared);
        return None;
    }
    checker.refer(name, Symbol::Coupon);
    ground.coupon(&name.text).map(|c| c.name.clone())
}

/// What `offer` is in a template: missing where the coupon's condition does not hold.
pub(super) fn binding(coupon: Option<&Coupon>) -> Binding {
    let Some(coupon) = coupon else {
        return Binding { ty: Type::Unknown, optional: false, declared_at: None };
    };
    let ty = Type::Record(Arc::new(coupon.record()));
    Binding { ty, optional: coupon.when.is_some(), declared_at: Some(coupon.span) }
}
