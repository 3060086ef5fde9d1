//! `recommend`.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};
use persona_value::{Decimal, Type};

use super::shared;
use crate::infer::{Checker, Row, describe};
use crate::{Likeness, Recommendation, Signal, Symbol, Top};

const LIKENESSES: &[(&str, Likeness)] = &[
    ("item_similarity", Likeness::ItemSimilarity),
    ("user_similarity", Likeness::UserSimilarity),
    ("matrix_factorization", Likeness::MatrixFactorization),
];

pub(super) fn recommendations(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Recommendation> {
    let mut recommendations = Vec::new();
    for declaration in declarations {
        let Kind::Recommend(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if checker.recommendations.iter().any(|(_, at)| *at == name.span) {
            recommendations.extend(recommendation(checker, declaration, ast, name));
        }
    }
    recommendations
}

fn recommendation(
    checker: &mut Checker,
    declaration: &Declaration,
    ast: &ast::Recommendation,
    name: &Name,
) -> Option<Recommendation> {
    let what = || format!("the recommendation `{}`", name.text);
    if ast.signals.is_empty() {
        let form = "product from purchase.sku weight 5, product_view.sku";
        checker.missing_member(what(), "what it recommends", name.span, form);
    }
    if ast.top.is_none() {
        checker.missing_member(what(), "`top`: how many", name.span, "top 4");
    }
    let method = match &ast.using {
        Some(using) => likeness(checker, using),
        None => Some(Likeness::ItemSimilarity),
    };
    let bestsellers = ast.bestsellers.as_ref().map(|(at, window)| bestsellers(checker, *at, window.as_ref()));
    let signals = ast.signals.first()?;
    let entity = entity(checker, signals.entity.as_ref()?)?;
    let of: Vec<Signal> = signals.of.iter().filter_map(|s| signal(checker, s, &entity)).collect();
    let top = ast.top.as_ref().and_then(|t| top(checker, t, &entity));
    Some(Recommendation {
        name: shared(&name.text),
        docs: declaration.docs.clone(),
        entity,
        signals: of,
        method: method?,
        top: top?,
        bestsellers,
        span: name.span,
    })
}

fn entity(checker: &mut Checker, name: &Name) -> Option<Arc<str>> {
    if let Some(entity) = checker.entity(&name.text).map(|e| e.name.clone()) {
        checker.refer(name, Symbol::Entity);
        return Some(entity);
    }
    let candidates = checker.entities.iter().map(|e| (e.name.to_string(), Some(e.span))).collect();
    checker.unknown_name("entity", name, candidates);
    None
}

pub(super) fn likeness(checker: &mut Checker, using: &Name) -> Option<Likeness> {
    if let Some((_, method)) = LIKENESSES.iter().find(|(n, _)| *n == using.text) {
        return Some(*method);
    }
    let candidates = LIKENESSES.iter().map(|(n, _)| (n.to_string(), None)).collect();
    checker.unknown_name("method to recommend", using, candidates);
    None
}

/// `purchase.lines.sku`: a field that refers to the entity, of an event or of the items of its list.
fn signal(checker: &mut Checker, ast: &ast::Signal, entity: &Arc<str>) -> Option<Signal> {
    let (event_name, fields) = ast.path.split_first()?;
    let event = checker.event_name(event_name)?;
    let declared = checker.events.get(&event)?.clone();
    let (first, rest) = fields.split_first()?;
    let Some((ty, _)) = declared.field(&first.text) else {
        let candidates = declared.fields.iter().map(|f| (f.name.to_string(), f.span)).collect();
        checker.unknown_name(&format!("field of `{event}`"), first, candidates);
        return None;
    };
    checker.refer_field(&event, first);
    let (list, field, ty) = match (ty, rest) {
        (Type::Unknown, _) => return None,
        (Type::List(item), [field]) => {
            let Type::Record(record) = *item else { return None };
            let Some(found) = record.field(&field.text) else {
                let candidates = record.fields.iter().map(|f| (f.name.to_string(), None)).collect();
                checker.unknown_name(&format!("field of `{}`", record.name), field, candidates);
                return None;
            };
            checker.refer_field(&record.name, field);
            (Some(shared(&first.text)), field, found.ty.clone())
        }
        (ty, []) => (None, first, ty),
        (_, [.., last]) => (None, last, Type::Unknown),
    };
    if !matches!(&ty, Type::Entity(of) if of == entity) {
        let is = if ty == Type::Unknown { "this goes further" } else { describe(&ty) };
        let at = ast.path.first()?.span.to(ast.path.last()?.span);
        checker.problems.report(Misplaced {
            headline: format!("this does not say which `{entity}` it is about"),
            at,
            why: if ty == Type::Unknown { is.to_string() } else { format!("this is {is}") },
            help: Some(format!("name the field of the event whose type is `{entity}`")),
        });
        return None;
    }
    let weight = match &ast.weight {
        None => Decimal::from(1),
        Some(written) => match written.text.parse::<Decimal>() {
            Ok(weight) if weight > Decimal::ZERO => weight,
            _ => {
                checker.bad_literal(&written.text, written.span, "a weight is more than 0");
                return None;
            }
        },
    };
    Some(Signal { event, list, field: shared(&field.text), weight })
}

pub(super) fn top(checker: &mut Checker, ast: &ast::Top, entity: &Arc<str>) -> Option<Top> {
    let declared = checker.entity(entity)?.clone();
    let count = ast.count.as_ref().and_then(|c| self::count(checker, c));
    let mut most = Vec::new();
    for limit in &ast.most {
        let (Some(written), Some(field)) = (&limit.count, &limit.field) else { continue };
        if declared.field(&field.text).is_none() {
            let candidates = declared.fields.iter().map(|f| (f.name.to_string(), f.span)).collect();
            checker.unknown_name(&format!("field of `{entity}`"), field, candidates);
            continue;
        }
        checker.refer_field(entity, field);
        let Some(limit) = self::count(checker, written) else { continue };
        if count.is_some_and(|count| limit > count) {
            checker.bad_literal(&written.text, written.span, "that is more than there are in all");
            continue;
        }
        most.push((limit, shared(&field.text)));
    }
    let rows = [Row::Customer, Row::Candidate(Arc::new(declared.record()))];
    let filter = ast.filter.as_ref().map(|f| checker.condition(f, &rows));
    Some(Top { count: count?, most, filter })
}

/// How many rows: at least one, and no more than a mail shows.
fn count(checker: &mut Checker, written: &Name) -> Option<u32> {
    const MOST: u32 = 100;
    match written.text.parse() {
        Ok(count @ 1..=MOST) => Some(count),
        _ => {
            let why = "how many is a whole number from 1 to 100";
            checker.bad_literal(&written.text, written.span, why);
            None
        }
    }
}

/// The window of the bestsellers, if they have one.
fn bestsellers(checker: &mut Checker, at: Span, window: Option<&ast::Window>) -> Option<crate::Length> {
    match window {
        None => None,
        Some(ast::Window::Last(length, _)) => length.as_ref().and_then(|l| checker.length(l)),
        Some(_) => {
            checker.problems.report(Misplaced {
                headline: "bestsellers are those of the time until now".into(),
                at,
                why: "another stretch of time".into(),
                help: Some("write `otherwise bestsellers in last 30 days`".into()),
            });
            None
        }
    }
}
