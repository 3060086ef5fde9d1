//! The steps of a flow.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{
    misplaced::Misplaced, missing_consent::MissingConsent, type_mismatch::TypeMismatch,
};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name};

use super::content::{self, Parameters, Started};
use super::journey::{exact, time, unkeyed};
use super::scope::ContentScope;
use super::{Names, shared, start};
use crate::infer::{Checker, Row};
use crate::presence::{self, Presence, Present, Proof};
use crate::{Argument, Call, EventFilter, Expr, Leave, Length, Model, On, Reads, Step, Symbol};

/// What every flow can read.
pub(super) struct Around<'a> {
    pub model: &'a Model,
    pub scope: ContentScope<'a>,
    pub presence: &'a Presence<'a>,
    /// The names of all destinations.
    pub destinations: Vec<(String, Option<Span>)>,
}

impl<'a> Around<'a> {
    pub fn of(
        checker: &Checker,
        declarations: &[&Declaration],
        model: &'a Model,
        presence: &'a Presence<'a>,
        parameters: &Parameters,
    ) -> Around<'a> {
        let scope = content::scope(checker, model, presence, parameters);
        Around { model, scope, presence, destinations: destinations(declarations) }
    }
}

/// What the steps of one flow can read.
pub(super) struct Flow<'a> {
    around: &'a Around<'a>,
    /// What `event` is. Where the start is a mistake it is anything.
    event: Option<Started>,
    known: bool,
    /// What is there of a customer whose flow starts.
    present: Present,
}

impl<'a> Flow<'a> {
    pub fn of(around: &'a Around<'a>, on: Option<&On>) -> Flow<'a> {
        let event = on.and_then(|on| content::started(around.model, on));
        let present = on.map(|on| presence::start(around.presence, on)).unwrap_or_default();
        Flow { around, event, known: on.is_some(), present }
    }

    /// The flow's steps, or others in their place.
    pub fn steps(&self, checker: &mut Checker, ast: &[ast::Step]) -> Vec<Step> {
        steps(checker, self, ast, self.present.clone()).0
    }

    /// The customer, and what started the flow.
    pub fn rows(&self) -> Vec<Row> {
        let event = self.event.as_ref().map(|(record, _)| record.clone());
        vec![Row::Customer, if self.known { Row::Start(event) } else { Row::Unstarted }]
    }
}

/// Steps, and what is there at their end; as for templates, time that passes proves nothing of the customer.
fn steps(
    checker: &mut Checker,
    flow: &Flow,
    ast: &[ast::Step],
    mut present: Present,
) -> (Vec<Step>, Present) {
    let rows = flow.rows();
    let mut steps = Vec::new();
    for step in ast {
        let here = presence::in_steps(&present);
        match step {
            ast::Step::Wait { length, until, unless, .. } => {
                present.retain(|path| presence::is_of_event(path));
                let here = presence::in_steps(&present);
                let unless = unless.as_ref().and_then(|u| checker.given(&here, |c| unkeyed(c, u, &rows)));
                steps.extend(wait(checker, length.as_ref(), until.as_ref(), unless));
            }
            ast::Step::Send { email: Some(email), span } => {
                steps.push(Step::Send { email: shared(&email.text), span: *span });
            }
            ast::Step::Send { .. } => {}
            ast::Step::Call(ast) => {
                let called = checker.given(&here, |c| call(c, flow, ast, &present));
                steps.extend(called.map(Step::Call));
            }
            ast::Step::Update { span, attribute, value } => {
                if let Some(attribute) = attribute {
                    let set = checker.given(&here, |c| update(c, flow, attribute, value));
                    let step = |(attribute, value)| Step::Update { attribute, value, span: *span };
                    steps.extend(set.map(step));
                }
                present.retain(|path| presence::is_of_event(path));
            }
            ast::Step::If { condition, then, otherwise, .. } => {
                let condition = checker.given(&here, |c| c.condition(condition, &rows));
                let Proof { holds, fails } = flow.around.presence.proof(&condition);
                let given = |more| presence::united(present.clone(), presence::in_templates(more));
                let (then, yes) = self::steps(checker, flow, then, given(holds));
                let (otherwise, no) = self::steps(checker, flow, otherwise, given(fails));
                present = presence::common(&yes, &no);
                steps.push(Step::If(condition, then, otherwise));
            }
        }
    }
    (steps, present)
}

fn wait(
    checker: &mut Checker,
    length: Option<&ast::Length>,
    until: Option<&ast::Clock>,
    unless: Option<EventFilter>,
) -> Option<Step> {
    if let Some(until) = until {
        return Some(Step::WaitUntil(time(checker, until)?, unless));
    }
    let seconds = exact(checker, length?, "a wait is an exact time")?;
    Some(Step::Wait(Length::Seconds(seconds), unless))
}

/// The names of all destinations.
pub(super) fn destinations(declarations: &[&Declaration]) -> Vec<(String, Option<Span>)> {
    super::journey::declared(declarations, |kind| match kind {
        Kind::Destination(ast) => ast.name.as_ref(),
        _ => None,
    })
}

fn call(checker: &mut Checker, flow: &Flow, ast: &ast::Call, present: &Present) -> Option<Call> {
    let destination = ast.destination.as_ref()?;
    let declared = &flow.around.destinations;
    let found = declared.iter().any(|(name, _)| *name == destination.text);
    if found {
        checker.refer(destination, Symbol::Destination);
    } else {
        checker.unknown_name("destination", destination, declared.clone());
    }
    let leave = leave(checker, flow, ast, destination);
    let mut names = Names::exact("value");
    let (mut arguments, mut reads_at) = (Vec::new(), Reads::default());
    for (name, value) in &ast.arguments {
        if names.add(name, checker.problems) {
            let argument = argument(checker, flow, value, present, &mut reads_at);
            arguments.push((shared(&name.text), argument));
        }
    }
    found.then_some(())?;
    let destination = shared(&destination.text);
    Some(Call { destination, leave: leave?, arguments, reads_at, span: ast.span })
}

fn argument(
    checker: &mut Checker,
    flow: &Flow,
    value: &ast::Expr,
    present: &Present,
    reads: &mut Reads,
) -> Argument {
    match value {
        ast::Expr::Text(text) => {
            let scope = flow.around.scope.clone().with_event(flow.event.clone());
            let scope = scope.with_present(present.clone());
            let (compiled, found) = content::text(checker, text, &scope);
            reads.extend(found);
            Argument::Text(compiled)
        }
        value => Argument::Value(checker.expression(value, &flow.rows())),
    }
}

/// By whose leave a destination is called; told where it says nothing.
fn leave(checker: &mut Checker, flow: &Flow, ast: &ast::Call, destination: &Name) -> Option<Leave> {
    match (&ast.consent, ast.transactional) {
        (Some(consent), None) => start::consent(checker, consent, flow.around.model).map(Leave::Consent),
        (None, Some(_)) => Some(Leave::Transactional),
        (Some(consent), Some(at)) => {
            checker.problems.report(Misplaced {
                headline: "this call is transactional and needs a consent at the same time".into(),
                at,
                why: format!("what is transactional needs no consent, and `{}` is named", consent.text),
                help: Some("keep one of them".into()),
            });
            None
        }
        (None, None) if checker.is_told_in(ast.span) => None,
        (None, None) => {
            checker.problems.report(MissingConsent {
                what: format!("this call of `{}`", destination.text),
                at: destination.span,
                consents: flow.around.model.consents.iter().map(|c| (c.name.to_string(), c.span)).collect(),
            });
            None
        }
    }
}

/// An attribute and its new value.
fn update(checker: &mut Checker, flow: &Flow, name: &Name, value: &ast::Expr) -> Option<(Arc<str>, Expr)> {
    let Some(attribute) = checker.customer.attribute(&name.text).cloned() else {
        let computed = checker.traits.contains_key(name.text.as_str())
            || checker.lifecycles.iter().any(|(l, _)| *l.name == *name.text);
        if computed {
            checker.problems.report(Misplaced {
                headline: format!("`{}` is worked out, and cannot be set", name.text),
                at: name.span,
                why: "a trait or a lifecycle".into(),
                help: Some("set an attribute that it reads".into()),
            });
        } else {
            let all = checker.customer.attributes.iter().map(|a| (a.name.to_string(), a.span)).collect();
            checker.unknown_name("attribute", name, all);
        }
        return None;
    };
    checker.refer(name, Symbol::Attribute);
    if attribute.key {
        checker.problems.report(Misplaced {
            headline: format!("`{}` tells customers apart, and cannot be set", name.text),
            at: name.span,
            why: "the customers' key".into(),
            help: None,
        });
        return None;
    }
    let value = checker.value_of(value, &attribute.ty, &name.text, attribute.span, &flow.rows());
    if value.is_unknown() {
        return None;
    }
    if value.optional && !attribute.optional {
        checker.problems.report(TypeMismatch {
            headline: format!("`{}` is never missing, and this may be", name.text),
            labels: std::iter::once((value.span, "this may be missing".to_string()))
                .chain(attribute.span.map(|at| (at, "declared without `?` here".to_string())))
                .collect(),
            help: None,
        });
        return None;
    }
    Some((attribute.name, value))
}
