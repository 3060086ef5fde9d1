//! `trait`, `segment`, `lifecycle`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::misplaced::Misplaced;
use persona_diagnostics::catalogue::{cycle::Cycle, duplicate_name::DuplicateName, unreachable::Unreachable};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind};
use persona_value::{EnumType, Type};

use super::{Names, shared};
use crate::infer::name::DEEPEST;
use crate::infer::{Checker, Declared, Pending, Row};
use crate::{Expr, ExprKind, Lifecycle, Prediction, STAGE, Segment, Stage, Trait};

/// Names of traits, segments and lifecycles, so that any expression can use them.
pub(super) fn collect(checker: &mut Checker, declarations: &[&Declaration]) {
    // Attributes, traits, lifecycles, models and recommendations are values of a customer: one namespace.
    let mut values = Names::of_values("value of the customer");
    for attribute in checker.customer.attributes.clone() {
        if let Some(span) = attribute.span {
            values.add(&ast::Name { text: attribute.name.to_string(), span }, checker.problems);
        }
    }
    let mut segments = Names::new("segment");
    let mut labels: BTreeMap<String, Span> = BTreeMap::new();
    for declaration in declarations {
        match &declaration.kind {
            Kind::Trait { name: Some(name), value, .. } if values.add(name, checker.problems) => {
                let waiting = Pending::Waiting(value.clone());
                checker.traits.insert(shared(&name.text), (name.span, waiting));
            }
            Kind::Model(ast) => {
                if let Some(name) = &ast.name
                    && values.add(name, checker.problems)
                {
                    super::science::collect(checker, name, ast);
                }
            }
            Kind::Recommend(ast) => {
                if let Some(name) = &ast.name
                    && values.add(name, checker.problems)
                {
                    let (name, span) = (shared(&name.text), name.span);
                    checker.recommendations.push((name, span));
                }
            }
            Kind::Segment { name: Some(name), label, .. } if segments.add(name, checker.problems) => {
                let text = label.as_ref().map_or(name.text.clone(), ast::Text::value);
                let at = label.as_ref().map_or(name.span, |l| l.span);
                if let Some(first) = labels.insert(text.clone(), at) {
                    checker.problems.report(DuplicateName {
                        what: "label of a segment".into(),
                        name: text.clone(),
                        again_at: at,
                        first_at: Some(first),
                    });
                }
                let (name, span) = (shared(&name.text), name.span);
                checker.segments.push(Declared {
                    name,
                    label: text.into(),
                    span,
                    optional: false,
                    exclusive: false,
                });
            }
            Kind::Lifecycle { keyword, name, exclusive, stages } => {
                let span = name.as_ref().map_or(*keyword, |n| n.span);
                let text = name.as_ref().map_or(STAGE.to_string(), |n| n.text.clone());
                let name = ast::Name { text, span };
                if !values.add(&name, checker.problems) {
                    continue;
                }
                let optional = !stages.iter().any(|s| s.otherwise.is_some());
                let mut names = Names::exact("stage");
                let stages = stages.iter().filter_map(|s| s.name.as_ref());
                let stages = stages.filter(|s| names.add(s, checker.problems)).map(|s| shared(&s.text));
                let name = shared(&name.text);
                let ty = EnumType { name: name.clone(), values: stages.collect(), ordered: false };
                let declared = Declared { label: name.clone(), name, span, optional, exclusive: *exclusive };
                checker.lifecycles.push((declared, Type::Enum(Arc::new(ty))));
            }
            _ => {}
        }
    }
    profile_columns(checker, declarations, &values);
}

/// Values of the customer are columns of the profile, and so is who is in a segment and who gave a consent: a value
/// called like one of these columns would hide it.
fn profile_columns(checker: &mut Checker, declarations: &[&Declaration], values: &Names) {
    let mut columns = vec![("suppressed".to_string(), "whether an address is suppressed".to_string())];
    for declaration in declarations {
        match &declaration.kind {
            Kind::Segment { name: Some(name), .. } => {
                columns.push((format!("in_{}", name.text), format!("who is in the segment `{}`", name.text)));
            }
            Kind::Consent(ast::Consent { name: Some(name), .. }) => {
                columns.push((
                    format!("consent_{}", name.text),
                    format!("who gave the consent `{}`", name.text),
                ));
            }
            _ => {}
        }
    }
    for (column, says) in columns {
        if let Some(at) = values.place(&column) {
            checker.problems.report(Misplaced {
                headline: format!("`{column}` is the column that says {says}"),
                at,
                why: "a value of the customer has the same name".into(),
                help: Some("give it another name".into()),
            });
        }
    }
}

/// Traits, each after those it reads.
pub(super) fn traits(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Trait> {
    let mut docs = BTreeMap::new();
    for declaration in declarations {
        if let Kind::Trait { name: Some(name), .. } = &declaration.kind {
            let shared_name = shared(&name.text);
            checker.trait_type(&shared_name);
            docs.entry(shared_name).or_insert(declaration.docs.clone());
        }
    }
    let order = checker.order.clone();
    let finished = order.into_iter().filter_map(|name| match checker.traits.get(&name) {
        Some((span, Pending::Done(value))) => Some(Trait {
            docs: docs.get(&name).cloned().unwrap_or_default(),
            value: value.clone(),
            span: *span,
            name,
        }),
        _ => None,
    });
    finished.collect()
}

pub(super) fn segments(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let declared: HashMap<Span, Declared> = checker.segments.iter().map(|s| (s.span, s.clone())).collect();
    for declaration in declarations {
        let Kind::Segment { name: Some(name), when, refresh, .. } = &declaration.kind else { continue };
        let Some(declared) = declared.get(&name.span).cloned() else { continue };
        let when = match when {
            Some(when) => checker.condition(when, &[Row::Customer]),
            None => {
                let what = format!("the segment `{}`", name.text);
                checker.missing_member(
                    what,
                    "condition",
                    name.span,
                    "when count(purchase in last 30 days) > 3",
                );
                Expr::unknown(name.span)
            }
        };
        let refresh = refresh.as_ref().and_then(|r| checker.length(r));
        let docs = declaration.docs.clone();
        segments.push(Segment {
            name: declared.name,
            label: declared.label,
            docs,
            when,
            refresh,
            span: name.span,
        });
    }
    segments
}

pub(super) fn lifecycles(checker: &mut Checker, declarations: &[&Declaration]) -> Vec<Lifecycle> {
    let mut lifecycles = Vec::new();
    for declaration in declarations {
        let Kind::Lifecycle { keyword, name, exclusive, stages } = &declaration.kind else { continue };
        let span = name.as_ref().map_or(*keyword, |n| n.span);
        let Some((declared, ty)) = checker.lifecycles.iter().find(|(l, _)| l.span == span).cloned() else {
            continue;
        };
        let mut otherwise: Option<Span> = None;
        let mut kept = Vec::new();
        for stage in stages {
            let Some(name) = &stage.name else { continue };
            if let Some(otherwise_at) = otherwise {
                let what = format!("the stage `{}`", name.text);
                checker.problems.report(Unreachable { what, at: name.span, otherwise_at });
                continue;
            }
            otherwise = stage.otherwise;
            let when = stage.when.as_ref().map(|w| match exclusive {
                true => checker.exclusive_stage(w),
                false => checker.condition(w, &[Row::Customer]),
            });
            let label = stage.label.as_ref().map_or(name.text.clone(), ast::Text::value);
            if when.is_some() || stage.otherwise.is_some() {
                kept.push(Stage { name: shared(&name.text), label: label.into(), when, span: name.span });
            }
        }
        if stages.is_empty() {
            checker.missing_member("the lifecycle".into(), "stages", span, "stage active otherwise");
        }
        let (name, docs) = (declared.name, declaration.docs.clone());
        lifecycles.push(Lifecycle { name, docs, stages: kept, ty, exclusive: *exclusive, span });
    }
    lifecycles
}

/// What an expression reads of traits, segments and lifecycles.
pub(super) fn reads(expr: &Expr) -> BTreeSet<(char, Arc<str>)> {
    let mut found = BTreeSet::new();
    expr.walk(&mut |e| match &e.kind {
        ExprKind::Trait(name) => drop(found.insert(('t', name.clone()))),
        ExprKind::Items(items) => {
            if let crate::ItemSource::Trait(name) = &items.of {
                found.insert(('t', name.clone()));
            }
        }
        ExprKind::InSegment(name) => drop(found.insert(('s', name.clone()))),
        ExprKind::Stage(name) => drop(found.insert(('l', name.clone()))),
        ExprKind::Model(name) => drop(found.insert(('m', name.clone()))),
        _ => {}
    });
    found
}

type Key = (char, Arc<str>);

/// Segments, lifecycles, models and traits that need each other. (Traits alone are told when their types are worked out.)
pub(super) fn circles(
    checker: &mut Checker,
    traits: &[Trait],
    segments: &[Segment],
    lifecycles: &[Lifecycle],
    predictions: &[Prediction],
) {
    let mut graph: BTreeMap<Key, (Span, BTreeSet<Key>)> = BTreeMap::new();
    for t in traits {
        graph.insert(('t', t.name.clone()), (t.span, reads(&t.value)));
    }
    for s in segments {
        graph.insert(('s', s.name.clone()), (s.span, reads(&s.when)));
    }
    for l in lifecycles {
        let all = l.stages.iter().filter_map(|s| s.when.as_ref()).flat_map(reads).collect();
        graph.insert(('l', l.name.clone()), (l.span, all));
    }
    for p in predictions {
        // What a model predicts of the others is no value of theirs: only what it is worked out from counts.
        let of_queries = p.target.forecast().into_iter().flat_map(|f| f.query.filter.iter());
        let all = p.features.iter().chain(&p.among).chain(&p.fallback).chain(of_queries);
        graph.insert(('m', p.name.clone()), (p.span, all.flat_map(reads).collect()));
    }
    if let Some((_, name)) = deepest(&graph) {
        let at = graph.iter().find(|((_, n), _)| *n == name).map(|(_, (span, _))| *span);
        at.into_iter().for_each(|at| checker.too_deep(&name, at));
        return;
    }
    let mut done: BTreeSet<Key> = BTreeSet::new();
    for start in graph.keys() {
        let mut path = Vec::new();
        if let Some(circle) = circle(start, &graph, &mut done, &mut path) {
            // A circle of traits alone was told already.
            if circle.iter().any(|(kind, _)| *kind != 't') {
                let names = circle.iter().map(|(_, name)| name.to_string()).collect();
                let at = circle.iter().filter_map(|key| graph.get(key).map(|(span, _)| *span)).collect();
                checker.problems.report(Cycle { names, at });
            }
        }
    }
}

/// A value that is read through too many others, if there is one. Those of a circle are passed over.
fn deepest(graph: &BTreeMap<Key, (Span, BTreeSet<Key>)>) -> Option<Key> {
    let mut depths: BTreeMap<&Key, usize> = BTreeMap::new();
    loop {
        let before = depths.len();
        for (key, (_, below)) in graph.iter().filter(|(key, _)| !depths.contains_key(key)).collect::<Vec<_>>()
        {
            let below = below.iter().filter(|b| graph.contains_key(*b)).map(|b| depths.get(b).copied());
            if let Some(depth) = below.collect::<Option<Vec<_>>>() {
                depths.insert(key, depth.into_iter().max().unwrap_or(0) + 1);
            }
        }
        if let Some((key, _)) = depths.iter().find(|(_, depth)| **depth > DEEPEST) {
            return Some((*key).clone());
        }
        if depths.len() == before {
            return None;
        }
    }
}

/// Depth first; gives the first circle met.
fn circle(
    at: &Key,
    graph: &BTreeMap<Key, (Span, BTreeSet<Key>)>,
    done: &mut BTreeSet<Key>,
    path: &mut Vec<Key>,
) -> Option<Vec<Key>> {
    if let Some(from) = path.iter().position(|k| k == at) {
        return Some(path[from..].to_vec());
    }
    if !done.insert(at.clone()) {
        return None;
    }
    path.push(at.clone());
    let below = graph.get(at).map(|(_, below)| below.clone()).unwrap_or_default();
    let found = below.iter().find_map(|next| circle(next, graph, done, path));
    path.pop();
    found
}

/// Segments, each after those it reads; of those that are ready, the first declared.
pub(super) fn in_order(segments: Vec<Segment>) -> Vec<Segment> {
    let place: HashMap<Arc<str>, usize> =
        segments.iter().enumerate().map(|(i, s)| (s.name.clone(), i)).collect();
    let mut waits_for = vec![0; segments.len()];
    let mut waited_for_by = vec![Vec::new(); segments.len()];
    for (i, segment) in segments.iter().enumerate() {
        let below = reads(&segment.when).into_iter().filter(|(kind, _)| *kind == 's');
        for read in below.filter_map(|(_, name)| place.get(&name)).filter(|read| **read != i) {
            waits_for[i] += 1;
            waited_for_by[*read].push(i);
        }
    }
    let mut ready: BTreeSet<usize> = (0..segments.len()).filter(|i| waits_for[*i] == 0).collect();
    let mut waiting: BTreeMap<usize, Segment> = segments.into_iter().enumerate().collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    // A circle was told; any order will do then.
    while let Some(next) = ready.pop_first().or_else(|| waiting.keys().next().copied()) {
        ordered.extend(waiting.remove(&next));
        for i in &waited_for_by[next] {
            waits_for[*i] -= 1;
            if waits_for[*i] == 0 && waiting.contains_key(i) {
                ready.insert(*i);
            }
        }
    }
    ordered
}
