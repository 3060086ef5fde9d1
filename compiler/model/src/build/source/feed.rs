//! `feeds`: what rows become.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{misplaced::Misplaced, missing_mapping::MissingMapping};
use persona_syntax::ast::{self, Mapping, MappingValue, Name};
use persona_value::Type;

use super::super::{Names, shared};
use super::Rows;
use crate::infer::{Checker, Reads};
use crate::{Attribute, Expr, ExprKind, Feed, FeedTarget, Fields, Summary, Symbol};

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
    if let Some(event) = checker.events.get(&name.text) {
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

pub(super) fn feed(checker: &mut Checker, ast: &ast::Feeds, rows: &Rows) -> Option<Feed> {
    let (target, mut declared) = target(checker, ast)?;
    if !may_feed(checker, ast, &target, rows) {
        return None;
    }
    let by = match &ast.by {
        Some(by) => Some(found_by(checker, by, &target)?),
        None => None,
    };
    let by_names = ast.mappings.is_none().then(|| by_names(&declared, &target, ast, rows));
    let written = by_names.as_ref().or(ast.mappings.as_ref())?;
    let by = match by {
        None if target == FeedTarget::Customer && rows.keyword == "form" => {
            finds_customer(checker, ast, written)?
        }
        by => by,
    };
    if let Some(by) = &by {
        // The rest of the customer is known elsewhere: only this must be there.
        declared.iter_mut().for_each(|field| field.optional |= field.name != *by);
        declared.iter_mut().for_each(|field| field.optional &= field.name != *by);
    }
    known_by_itself(&mut declared, &target, rows);
    let target_name = match &target {
        FeedTarget::Customer => "customer".to_string(),
        FeedTarget::Event(name) | FeedTarget::Entity(name) => name.to_string(),
        FeedTarget::Consent(name) => format!("consent {name}"),
        FeedTarget::Suppression => "suppression".to_string(),
    };
    let mut names = Names::new("field");
    let (mut fields, mut lists, mut arrays) = (Vec::new(), Vec::new(), Vec::new());
    let mut must_exist = Vec::new();
    let mut told = false;
    for mapping in written {
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
        if let Some(at) = mapping.must_exist {
            refers(checker, &field.name, &field.ty, at);
            must_exist.push((field.name.clone(), at));
        }
        match (&field.ty, &mapping.value) {
            (Type::Unknown, _) => {}
            (Type::List(item), MappingValue::List(span, array, items)) => {
                if !takes_array(checker, &field.name, array.as_ref(), *span, rows) {
                    continue;
                }
                if array.is_none() && rows.group_by.is_empty() {
                    let headline =
                        format!("`{}` gathers the rows of a group, and this source has none", field.name);
                    let why = "each row stands for itself here".to_string();
                    let help = Some("add `group by` and a column to the source".to_string());
                    checker.problems.report(Misplaced { headline, at: *span, why, help });
                } else if let Some(items) =
                    list(checker, (&field.name, item), items, *span, rows, &mut must_exist)
                {
                    arrays.extend(array.as_ref().map(|a| (field.name.clone(), shared(&a.text))));
                    lists.push((field.name.clone(), items));
                }
            }
            (_, MappingValue::List(span, ..)) => {
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
                let value = checker.expression(expr, &[rows.grouped()]);
                let value = checker.assign(value, &field.ty, &field.name, field.span);
                let value = of_group(checker, value, &rows.group_by);
                fields.push((field.name.clone(), value));
            }
        }
    }
    let given = |name: &str| written.iter().any(|m| m.field.text == name);
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
    let claims =
        fields.iter().filter(|(_, value)| rows.claims(value)).map(|(name, _)| name.clone()).collect();
    Some(Feed { target, by, fields, lists, arrays, claims, must_exist, span: ast.span })
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
    let Some(event) = checker.events.get(event) else { return };
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
fn list(
    checker: &mut Checker,
    (name, item): (&str, &Type),
    mappings: &[Mapping],
    span: Span,
    rows: &Rows,
    must_exist: &mut Vec<(Arc<str>, Span)>,
) -> Option<Fields> {
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
        if let Some(at) = mapping.must_exist {
            refers(checker, &field.name, &field.ty, at);
            must_exist.push((format!("{name}.{}", field.name).into(), at));
        }
        let value = checker.expression(expr, &[rows.single()]);
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

/// Whether a feed of this kind may say such a thing. What anybody can send tells of customers and what they do, and
/// of nothing else.
fn may_feed(checker: &mut Checker, ast: &ast::Feeds, target: &FeedTarget, rows: &Rows) -> bool {
    let what = match target {
        FeedTarget::Customer | FeedTarget::Event(_) if rows.keyword == "feed" => {
            let headline = "a product feed knows no customers".to_string();
            let why = "it feeds entities".to_string();
            let help = Some("use `http` for documents of other kinds".to_string());
            checker.problems.report(Misplaced { headline, at: ast.span, why, help });
            return false;
        }
        FeedTarget::Customer | FeedTarget::Event(_) => return true,
        _ if !rows.claimed() => return true,
        FeedTarget::Entity(name) => format!("`{name}`"),
        FeedTarget::Consent(_) => "a consent".to_string(),
        FeedTarget::Suppression => "the suppressed addresses".to_string(),
    };
    let help = match (rows.keyword.as_str(), target) {
        ("webhook", _) => "say how it is signed: `signed hmac_sha256 env SECRET`",
        ("form", FeedTarget::Consent(_)) => "write `consent` and its name as a member of the form",
        _ => "feed it from a source that is signed, fetched, or lies in the warehouse",
    };
    checker.problems.report(Misplaced {
        headline: format!("{what} cannot be fed by what anybody can send"),
        at: ast.span,
        why: format!("nobody knows who sent this: it comes from a `{}` without a signature", rows.keyword),
        help: Some(help.into()),
    });
    false
}

/// A mapping of every field to what has its name, for a feed that gives none.
fn by_names(declared: &[Attribute], target: &FeedTarget, ast: &ast::Feeds, rows: &Rows) -> Vec<Mapping> {
    let at = ast.target.as_ref().map_or(ast.span, |t| t.span);
    let name = |text: &str| Name { text: text.to_string(), span: at };
    let value = |text: &str| match rows.reads {
        Reads::Places => ast::Expr::Path(format!("$.{text}"), at),
        _ => ast::Expr::Name(name(text)),
    };
    let mapping = |field: &str, value| Mapping { field: name(field), value, must_exist: None };
    // What persona can say of an event by itself is no column of a table.
    let told = |field: &&Attribute| match target {
        FeedTarget::Event(_) if rows.keyword != "track" => {
            !matches!(&*field.name, "received" | "id") || field.span.is_some()
        }
        _ => true,
    };
    let of = |field: &Attribute| match &field.ty {
        Type::List(_) if matches!(rows.reads, Reads::Columns | Reads::Form) => None,
        Type::List(item) => {
            let Type::Record(record) = &**item else { return None };
            let items = record.fields.iter().map(|f| mapping(&f.name, MappingValue::Expr(value(&f.name))));
            let array = ast::Path { text: format!("$.{}", field.name), span: at };
            Some(mapping(&field.name, MappingValue::List(at, Some(array), items.collect())))
        }
        _ => Some(mapping(&field.name, MappingValue::Expr(value(&field.name)))),
    };
    declared.iter().filter(told).filter_map(of).collect()
}

/// By what a form finds its customer, if not by the key: the address that it gives.
fn finds_customer(checker: &mut Checker, ast: &ast::Feeds, written: &[Mapping]) -> Option<Option<Arc<str>>> {
    let given = |a: &&Attribute| written.iter().any(|m| m.field.text == *a.name);
    let attributes = || checker.customer.attributes.iter();
    if ast.mappings.is_some() && attributes().any(|a| a.key && given(&a)) {
        return Some(None);
    }
    let address = attributes().find(|a| a.ty == Type::Email && given(a)).map(|a| a.name.clone());
    if address.is_none() && !checker.is_broken(ast.span) {
        checker.problems.report(Misplaced {
            headline: "nothing in this form says which customer it is of".into(),
            at: ast.target.as_ref().map_or(ast.span, |t| t.span),
            why: "neither the key nor an e-mail address is given".into(),
            help: Some("give the attribute by which customers are found: `email = email`".into()),
        });
    }
    address.map(Some)
}

/// What is sent to persona comes at a time and, from a browser, from somebody: what is left out of these is known.
fn known_by_itself(declared: &mut [Attribute], target: &FeedTarget, rows: &Rows) {
    match (rows.keyword.as_str(), target) {
        // A property that is not sent is missing, and sets its row aside where it may not be.
        ("track", _) => declared.iter_mut().for_each(|field| field.optional = true),
        ("form", FeedTarget::Event(_)) => {
            let known = |field: &&mut Attribute| field.span.is_none();
            declared.iter_mut().filter(known).for_each(|field| field.optional = true);
        }
        _ => {}
    }
}

/// Whether a list's items may come from there: documents have arrays, tables have groups of rows.
fn takes_array(
    checker: &mut Checker,
    field: &str,
    array: Option<&ast::Path>,
    span: Span,
    rows: &Rows,
) -> bool {
    let documents = matches!(rows.reads, Reads::Places | Reads::Names);
    let (headline, why, help) = match array {
        None if documents => (
            format!("`{field}` does not say which array its items are in"),
            "a document has arrays, not groups of rows",
            "write `list $.items { … }`",
        ),
        Some(_) if !documents => (
            format!("the items of `{field}` are rows: there is no array here"),
            "this source has no documents",
            "leave out the place, and group the rows",
        ),
        _ => return true,
    };
    let at = array.map_or(span, |a| a.span);
    checker.problems.report(Misplaced { headline, at, why: why.into(), help: Some(help.into()) });
    false
}

/// Whether what must exist is a reference; told if not.
fn refers(checker: &mut Checker, field: &str, ty: &Type, at: Span) {
    if !matches!(ty, Type::Entity(_) | Type::Unknown) {
        checker.problems.report(Misplaced {
            headline: format!(
                "`{field}` is {}: it refers to nothing that could exist",
                crate::infer::describe(ty)
            ),
            at,
            why: "only of a reference to an entity".into(),
            help: Some("remove it".into()),
        });
    }
}

impl Rows {
    /// Whether a value is what a browser says: all that comes unsigned, and what a page put into hidden fields.
    fn claims(&self, value: &Expr) -> bool {
        let mut hidden = false;
        value.walk(&mut |e| {
            hidden |= matches!(&e.kind, ExprKind::Column(name) if name.starts_with("hidden."))
        });
        match self.keyword.as_str() {
            "form" => hidden,
            _ => self.claimed(),
        }
    }
}
