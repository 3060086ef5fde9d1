//! `source`: each field of what it feeds gets a value over the source's columns.

use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{
    file_not_found::FileNotFound, misplaced::Misplaced, missing_mapping::MissingMapping,
    unknown_name::UnknownName,
};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, MappingValue};
use persona_value::Type;

use super::{Names, shared};
use crate::infer::{Checker, Row};
use crate::{
    Attribute, Expr, ExprKind, Feed, FeedTarget, Fields, Files, Location, Model, Source, Summary, Symbol,
};

pub(super) fn sources(
    checker: &mut Checker,
    declarations: &[&Declaration],
    files: &dyn Files,
) -> Vec<Source> {
    let mut names = Names::new("source");
    let mut sources = Vec::new();
    for declaration in declarations {
        let Kind::Source(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if names.add(name, checker.problems)
            && let Some(source) = source(checker, name, ast, declaration, files)
        {
            sources.push(source);
        }
    }
    sources
}

fn source(
    checker: &mut Checker,
    name: &ast::Name,
    ast: &ast::Source,
    declaration: &Declaration,
    files: &dyn Files,
) -> Option<Source> {
    checker.later(&ast.later, &[]);
    checker.repeated("location", &ast.locations.iter().map(|l| l.span).collect::<Vec<_>>());
    let Some(location) = ast.locations.first() else {
        if ast.later.is_empty() {
            let form = "file \"data/orders.csv\"";
            checker.missing_member(format!("the source `{}`", name.text), "table or file", name.span, form);
        }
        return None;
    };
    let group_by: Vec<Arc<str>> = ast.group_by.iter().map(|n| shared(&n.text)).collect();
    let row = Row::Source { grouped: false };
    let filter = location.filter.as_ref().map(|f| checker.condition(f, &[row]));
    let place = self::location(checker, location, files);
    if ast.feeds.is_empty() {
        let form = "feeds purchase { … }";
        checker.missing_member(format!("the source `{}`", name.text), "`feeds`", name.span, form);
    }
    let feeds = ast.feeds.iter().filter_map(|f| feed(checker, f, &group_by)).collect();
    Some(Source {
        name: shared(&name.text),
        docs: declaration.docs.clone(),
        location: place?,
        filter,
        group_by,
        feeds,
        fresh: ast.fresh.as_ref().and_then(|f| checker.length(f)),
        span: name.span,
    })
}

fn location(checker: &mut Checker, ast: &ast::Location, files: &dyn Files) -> Option<Location> {
    let text = ast.path.as_ref()?;
    let path = text.value();
    if !ast.is_file {
        return Some(Location::Table(path.into()));
    }
    let known = [".csv", ".csv.gz", ".tsv", ".parquet"];
    if !known.iter().any(|ending| path.to_lowercase().ends_with(ending)) {
        let headline = format!("`{path}` is neither CSV nor Parquet by its ending");
        let why = "it ends in none of .csv, .csv.gz, .tsv and .parquet".to_string();
        checker.problems.report(Misplaced { headline, at: text.span, why, help: None });
        return None;
    }
    if !files.exists(Path::new(&path)) {
        let why = "there is no such file".to_string();
        checker.problems.report(FileNotFound { path, at: text.span, why, looked_in: files.folder() });
        return None;
    }
    Some(Location::File(path.into()))
}

/// The fields of what is fed.
fn target(checker: &mut Checker, ast: &ast::Feeds) -> Option<(FeedTarget, Vec<Attribute>)> {
    let name = ast.target.as_ref()?;
    let built_in = |fields: &[(&str, Type, bool)]| -> Vec<Attribute> {
        fields.iter().map(|(name, ty, optional)| Attribute::built_in(name, ty.clone(), *optional)).collect()
    };
    match name.text.as_str() {
        "customer" => {
            checker.refer(name, |_| Symbol::Customer);
            return Some((FeedTarget::Customer, checker.customer.attributes.clone()));
        }
        "suppression" => {
            let fields = built_in(&[("email", Type::Email, false), ("reason", Type::Text, true)]);
            return Some((FeedTarget::Suppression, fields));
        }
        "consent" => {
            let fields = [
                ("customer", Type::Text, false),
                ("at", Type::Timestamp, false),
                ("given", Type::Bool, false),
            ];
            let consent = ast.consent.as_ref()?;
            checker.refer(consent, Symbol::Consent);
            return Some((FeedTarget::Consent(shared(&consent.text)), built_in(&fields)));
        }
        _ => {}
    }
    if let Some(entity) = checker.entity(&name.text) {
        let found = (FeedTarget::Entity(entity.name.clone()), entity.fields.clone());
        checker.refer(name, Symbol::Entity);
        return Some(found);
    }
    if let Some(event) = checker.events.iter().find(|e| *e.name == *name.text) {
        if !event.of.is_empty() {
            let headline = format!("`{}` unites other events and cannot be fed", name.text);
            let why = "a union of events".to_string();
            let help = Some(format!("feed one of {}", event.of.join(", ")));
            checker.problems.report(Misplaced { headline, at: name.span, why, help });
            return None;
        }
        let unique = event.unique().is_some();
        let mut fields = built_in(&[("customer", Type::Text, false), ("at", Type::Timestamp, false)]);
        fields.push(Attribute::built_in("received", Type::Timestamp, true));
        if !unique {
            fields.push(Attribute::built_in("id", Type::Text, true));
        }
        let event_name = event.name.clone();
        fields.extend(event.fields.clone());
        checker.refer(name, Symbol::Event);
        return Some((FeedTarget::Event(event_name), fields));
    }
    let events = checker.events.iter().filter(|e| e.of.is_empty()).map(|e| (e.name.to_string(), e.span));
    let entities = checker.entities.iter().map(|e| (e.name.to_string(), Some(e.span)));
    let others = ["customer", "consent", "suppression"].map(|n| (n.to_string(), None));
    let candidates = events.chain(entities).chain(others).collect();
    checker.unknown_name("event or entity", name, candidates);
    None
}

fn feed(checker: &mut Checker, ast: &ast::Feeds, group_by: &[Arc<str>]) -> Option<Feed> {
    let (target, mut declared) = target(checker, ast)?;
    let by = match &ast.by {
        Some(by) => Some(found_by(checker, by, &target)?),
        None => None,
    };
    if let Some(by) = &by {
        // The rest of the customer is known elsewhere: only this must be there.
        declared.iter_mut().for_each(|field| field.optional |= field.name != *by);
        declared.iter_mut().for_each(|field| field.optional &= field.name != *by);
    }
    let target_name = match &target {
        FeedTarget::Customer => "customer".to_string(),
        FeedTarget::Event(name) | FeedTarget::Entity(name) => name.to_string(),
        FeedTarget::Consent(name) => format!("consent {name}"),
        FeedTarget::Suppression => "suppression".to_string(),
    };
    let row = Row::Source { grouped: !group_by.is_empty() };
    let mut names = Names::new("field");
    let (mut fields, mut lists) = (Vec::new(), Vec::new());
    let mut told = false;
    for mapping in &ast.mappings {
        if !names.add(&mapping.field, checker.problems) {
            continue;
        }
        let Some(field) = declared.iter().find(|f| *f.name == *mapping.field.text) else {
            let candidates = declared.iter().map(|f| (f.name.to_string(), f.span)).collect();
            checker.unknown_name(&format!("field of `{target_name}`"), &mapping.field, candidates);
            // Very likely the field that will now seem to be missing.
            told = true;
            continue;
        };
        match &target {
            FeedTarget::Customer => checker.refer(&mapping.field, Symbol::Attribute),
            FeedTarget::Event(of) | FeedTarget::Entity(of) => checker.refer_field(of, &mapping.field),
            FeedTarget::Consent(_) | FeedTarget::Suppression => {}
        }
        match (&field.ty, &mapping.value) {
            (Type::Unknown, _) => {}
            (Type::List(item), MappingValue::List(span, items)) => {
                if group_by.is_empty() {
                    let headline =
                        format!("`{}` gathers the rows of a group, and this source has none", field.name);
                    let why = "each row stands for itself here".to_string();
                    let help = Some("add `group by` and a column to the source".to_string());
                    checker.problems.report(Misplaced { headline, at: *span, why, help });
                } else if let Some(items) = list(checker, item, items, *span) {
                    lists.push((field.name.clone(), items));
                }
            }
            (_, MappingValue::List(span, _)) => {
                let headline =
                    format!("`{}` is {}, not a list", field.name, crate::infer::describe(&field.ty));
                let why = "a list stands here".to_string();
                checker.problems.report(Misplaced { headline, at: *span, why, help: None });
            }
            (Type::List(_), MappingValue::Expr(expr)) => {
                let headline = format!("`{}` is a list", field.name);
                let why = "a single value stands here".to_string();
                let help = Some("write `list { sku = stock_code  quantity = quantity }`".to_string());
                checker.problems.report(Misplaced { headline, at: expr.span(), why, help });
            }
            (_, MappingValue::Expr(expr)) => {
                let value = checker.expression(expr, std::slice::from_ref(&row));
                let value = checker.assign(value, &field.ty, &field.name, field.span);
                let value = of_group(checker, value, group_by);
                fields.push((field.name.clone(), value));
            }
        }
    }
    let given = |name: &str| ast.mappings.iter().any(|m| m.field.text == name);
    let missing: Vec<&Attribute> = declared
        .iter()
        .filter(|f| !f.optional && !matches!(f.ty, Type::List(_)) && !given(&f.name))
        .collect();
    if !missing.is_empty() && !told && !checker.is_broken(ast.span) {
        let at = ast.target.as_ref().map_or(ast.span, |t| t.span);
        checker.problems.report(MissingMapping {
            target: target_name,
            fields: missing.iter().map(|f| f.name.to_string()).collect(),
            at,
            declared_at: missing.first().and_then(|f| f.span),
        });
    }
    if let Some(list) = lists.first().map(|(name, _)| name.clone()) {
        items_find_their_event(checker, ast, &target, &list, &fields);
    }
    // In the order declared, so that what is generated does not depend on how a source is written.
    let place = |name: &Arc<str>| declared.iter().position(|f| f.name == *name);
    fields.sort_by_key(|(name, _)| place(name));
    Some(Feed { target, by, fields, lists, span: ast.span })
}

/// The items of a list know their event by its `unique` field, so that each row must be able to tell it.
fn items_find_their_event(
    checker: &mut Checker,
    ast: &ast::Feeds,
    target: &FeedTarget,
    list: &str,
    fields: &[(Arc<str>, Expr)],
) {
    let FeedTarget::Event(event) = target else { return };
    let Some(event) = checker.events.iter().find(|e| e.name == *event) else { return };
    let Some(unique) = event.unique() else {
        let headline = format!("`{}` has a list and no `unique` field", event.name);
        let at = ast.target.as_ref().map_or(ast.span, |t| t.span);
        let why = format!("the items of `{list}` would not know which event they belong to");
        let help = Some("declare the field that tells these events apart as `unique`".to_string());
        checker.problems.report(Misplaced { headline, at, why, help });
        return;
    };
    let Some((name, value)) = fields.iter().find(|(name, _)| *name == unique.name) else { return };
    let mut summarised = false;
    value.walk(&mut |e| summarised |= matches!(e.kind, ExprKind::Group(..)));
    if summarised {
        let headline = format!(
            "the items of `{list}` belong to an event by its `{name}`, which differs within the group"
        );
        let why = "not made of the columns that rows are grouped by".to_string();
        let help = Some(format!("write `group by` and the columns that `{name}` is made of"));
        checker.problems.report(Misplaced { headline, at: value.span, why, help });
    }
}

/// The attribute by which customers are found.
fn found_by(checker: &mut Checker, by: &ast::Name, target: &FeedTarget) -> Option<Arc<str>> {
    if *target != FeedTarget::Customer {
        let headline = "only customers are found by an attribute".to_string();
        let why = "this source feeds something else".to_string();
        checker.problems.report(Misplaced { headline, at: by.span, why, help: None });
        return None;
    }
    if let Some(attribute) = checker.customer.attribute(&by.text).map(|a| a.name.clone()) {
        checker.refer(by, Symbol::Attribute);
        return Some(attribute);
    }
    let candidates = checker.customer.attributes.iter().map(|a| (a.name.to_string(), a.span)).collect();
    checker.unknown_name("attribute", by, candidates);
    None
}

/// The fields of a list's items.
fn list(checker: &mut Checker, item: &Type, mappings: &[ast::Mapping], span: Span) -> Option<Fields> {
    let Type::Record(record) = item else {
        let headline = "only lists of records are gathered from rows".to_string();
        let why = "declare a `record` for its items".to_string();
        checker.problems.report(Misplaced { headline, at: span, why, help: None });
        return None;
    };
    let mut names = Names::new("field");
    let mut fields = Vec::new();
    let mut told = false;
    for mapping in mappings {
        if !names.add(&mapping.field, checker.problems) {
            continue;
        }
        let (Some(field), MappingValue::Expr(expr)) = (record.field(&mapping.field.text), &mapping.value)
        else {
            let candidates = record.fields.iter().map(|f| (f.name.to_string(), None)).collect();
            checker.unknown_name(&format!("field of `{}`", record.name), &mapping.field, candidates);
            told = true;
            continue;
        };
        checker.refer_field(&record.name, &mapping.field);
        let value = checker.expression(expr, &[Row::Source { grouped: false }]);
        fields.push((field.name.clone(), checker.assign(value, &field.ty, &field.name, None)));
    }
    let given = |name: &str| mappings.iter().any(|m| m.field.text == name);
    let missing: Vec<String> =
        record.fields.iter().filter(|f| !f.optional && !given(&f.name)).map(|f| f.name.to_string()).collect();
    if !missing.is_empty() && !told && !checker.is_broken(span) {
        let target = record.name.to_string();
        checker.problems.report(MissingMapping { target, fields: missing, at: span, declared_at: None });
    }
    let place = |name: &Arc<str>| record.fields.iter().position(|f| f.name == *name);
    fields.sort_by_key(|(name, _)| place(name));
    Some(fields)
}

/// In a grouped source, a value of single rows is the smallest in the group: the same in every engine, and the one
/// value there is where all rows agree. Beside a summary it has to be said.
fn of_group(checker: &mut Checker, value: Expr, group_by: &[Arc<str>]) -> Expr {
    if group_by.is_empty() || value.is_unknown() {
        return value;
    }
    let mut bare = Vec::new();
    bare_columns(&value, group_by, &mut bare);
    let Some(at) = bare.first() else { return value };
    let mut summarised = false;
    value.walk(&mut |e| summarised |= matches!(e.kind, ExprKind::Group(..)));
    if summarised {
        let headline = "a group has many rows: this column has a value in each".to_string();
        let why = "neither summarised nor grouped by".to_string();
        let help = Some("write `min(…)` or `max(…)` around it".to_string());
        checker.problems.report(Misplaced { headline, at: *at, why, help });
        return Expr::unknown(value.span);
    }
    let (ty, span) = (value.ty.clone(), value.span);
    Expr { kind: ExprKind::Group(Summary::Min, Some(Box::new(value))), ty, optional: true, span }
}

/// Columns outside of summaries that the group is not made by.
fn bare_columns(expr: &Expr, group_by: &[Arc<str>], found: &mut Vec<Span>) {
    match &expr.kind {
        ExprKind::Group(..) => {}
        ExprKind::Column(name) if !group_by.contains(name) => found.push(expr.span),
        _ => expr.children().into_iter().for_each(|c| bare_columns(c, group_by, found)),
    }
}

/// Feeds of consents that nothing declares.
pub(super) fn consent_feeds(checker: &mut Checker, model: &Model) {
    for feed in model.sources.iter().flat_map(|s| &s.feeds) {
        let FeedTarget::Consent(name) = &feed.target else { continue };
        if model.consent(name).is_none() && !checker.unread.holds(name) {
            let names: Vec<&str> = model.consents.iter().map(|c| &*c.name).collect();
            let nearest = persona_diagnostics::suggest(name, names.iter().copied());
            let nearest = nearest.map(|n| (n.to_string(), model.consent(n).map(|c| c.span)));
            checker.problems.report(UnknownName {
                what: "consent".into(),
                name: name.to_string(),
                at: feed.span,
                nearest,
                available: names.iter().map(|n| format!("`{n}`")).collect(),
            });
        }
    }
}
