//! `source`: where rows come from, and each field of what it feeds gets a value over them.

mod exists;
mod feed;
mod place;

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{misplaced::Misplaced, unknown_name::UnknownName};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind};

use super::{Names, shared};
use crate::infer::{Checker, Reads, Row};
use crate::{FeedTarget, Files, Model, Source};

pub(super) use exists::existing_references;

pub(super) fn sources(
    checker: &mut Checker,
    declarations: &[&Declaration],
    files: &dyn Files,
) -> Vec<Source> {
    let mut names = Names::new("source");
    let mut paths = Names::exact("path");
    let mut sources = Vec::new();
    for declaration in declarations {
        let Kind::Source(ast) = &declaration.kind else { continue };
        let Some(name) = &ast.name else { continue };
        if names.add(name, checker.problems)
            && let Some(source) = source(checker, name, ast, declaration, files, &mut paths)
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
    paths: &mut Names,
) -> Option<Source> {
    checker.repeated("location", &ast.locations.iter().map(|l| l.span).collect::<Vec<_>>());
    let Some(location) = ast.locations.first() else {
        let form = "file \"data/orders.csv\"";
        checker.missing_member(format!("the source `{}`", name.text), "table or file", name.span, form);
        return None;
    };
    belongs(checker, ast, &location.keyword);
    let rows = Rows {
        keyword: location.keyword.text.clone(),
        reads: reads(&location.keyword.text),
        group_by: ast.group_by.iter().map(|n| shared(&n.text)).collect(),
        signed: ast.signed.is_some(),
    };
    let filter = location.filter.as_ref().map(|f| checker.condition(f, &[rows.single()]));
    let place = place::location(checker, name, ast, location, files, paths);
    if ast.feeds.is_empty() {
        let form = "feeds purchase { … }";
        checker.missing_member(format!("the source `{}`", name.text), "`feeds`", name.span, form);
    }
    let feeds: Vec<_> = ast.feeds.iter().filter_map(|f| feed::feed(checker, f, &rows)).collect();
    if let Some(consent) = &ast.consent
        && rows.keyword == "form"
        && !ast.feeds.iter().any(|f| f.target.as_ref().is_some_and(|t| t.text == "customer"))
    {
        checker.problems.report(Misplaced {
            headline: "nothing in this form says who gives the consent".into(),
            at: consent.span,
            why: "a consent is somebody's".into(),
            help: Some("write `feeds customer { email = email }` beside it".into()),
        });
    }
    Some(Source {
        name: shared(&name.text),
        docs: declaration.docs.clone(),
        location: place?,
        location_span: location.path.as_ref().map_or(location.span, |path| path.quoted),
        filter,
        group_by: rows.group_by,
        feeds,
        fresh: ast.fresh.as_ref().and_then(|f| checker.length(f)),
        span: name.span,
    })
}

/// What the rows of a source are like, for those who read them.
pub(super) struct Rows {
    /// The word that says where they come from.
    keyword: String,
    reads: Reads,
    group_by: Vec<Arc<str>>,
    /// Whether it is known who sent them, of those that are sent.
    signed: bool,
}

impl Rows {
    /// A row by itself.
    fn single(&self) -> Row {
        Row::Source { grouped: false, reads: self.reads }
    }

    /// A row, or the rows of a group.
    fn grouped(&self) -> Row {
        Row::Source { grouped: !self.group_by.is_empty(), reads: self.reads }
    }

    /// Whether what they say is a claim: anybody could have sent it.
    fn claimed(&self) -> bool {
        matches!(self.keyword.as_str(), "track" | "form") || self.keyword == "webhook" && !self.signed
    }
}

fn reads(keyword: &str) -> Reads {
    match keyword {
        "webhook" | "http" => Reads::Places,
        "form" => Reads::Form,
        "track" | "feed" => Reads::Names,
        _ => Reads::Columns,
    }
}

/// Each member stands in a source of its kind.
fn belongs(checker: &mut Checker, ast: &ast::Source, keyword: &ast::Name) {
    let columns: &[&str] = &["table", "file"];
    let mut members: Vec<(&str, Option<Span>, &[&str])> = vec![
        ("signed", ast.signed.as_ref().map(|s| s.span), &["webhook"]),
        ("every", ast.every.as_ref().map(|e| e.span), &["http", "feed"]),
        ("auth", ast.auth.as_ref().map(|a| a.span), &["http", "feed"]),
        ("each", ast.each.as_ref().map(|e| e.span), &["webhook", "http"]),
        ("pages", ast.pages.as_ref().map(|p| p.span), &["http"]),
        ("consent", ast.consent.as_ref().map(|c| c.span), &["form"]),
    ];
    members.push(("group by", ast.group_by.first().map(|n| n.span), columns));
    for (member, at, kinds) in members {
        let Some(at) = at.filter(|_| !kinds.contains(&keyword.text.as_str())) else { continue };
        let kinds: Vec<String> = kinds.iter().map(|k| format!("`{k}`")).collect();
        checker.problems.report(Misplaced {
            headline: format!("`{member}` belongs to a source with {}", kinds.join(" or ")),
            at,
            why: format!("this source is a `{}`", keyword.text),
            help: None,
        });
    }
}

/// Consents that sources name and nothing declares.
pub(super) fn consents(checker: &mut Checker, declarations: &[&Declaration], model: &Model) {
    for declaration in declarations {
        let Kind::Source(source) = &declaration.kind else { continue };
        let Some(name) = source.consent.as_ref().and_then(|c| c.name.as_ref()) else { continue };
        if model.consent(&name.text).is_none() {
            let candidates = model.consents.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
            checker.unknown_name("consent", name, candidates);
        }
    }
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
