//! Parts of templates that nobody is shown, and values that fall between two of them.
//!
//! What a template asks becomes the language's own expressions where both mean the same; of the rest nothing is known.
//! So every condition has two readings: who *may* meet it, and who *must*.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use persona_diagnostics::catalogue::{excluded_branch::ExcludedBranch, unreachable_case::UnreachableCase};
use persona_diagnostics::{Problems, Span};
use persona_model::{Change, Comparison, Expr, ExprKind, Model, On, Tested};
use persona_template::{Choice, Condition, ConditionKind, Operand, Order};
use persona_value::{Type, Value};

use crate::ask::Logic;
use crate::branches::boundaries;
use crate::lower::Scope;
use crate::segments::contradiction;
use crate::senders::{Sender, Sent, senders};
use crate::term::{Formula, any, not};

/// E-mails, what is tried in their place, layouts and blocks.
pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    let model = logic.model;
    let names = own_names(model);
    let sent = Sent::of(model);
    let mut readers: HashMap<Span, usize> = HashMap::new();
    model.emails.iter().for_each(|email| *readers.entry(email.body.span).or_default() += 1);
    let mut told = Told::default();
    for email in &model.emails {
        let event = event(model, &sent, &email.name);
        // What is said only of those who get it is said of all who get the same file.
        let senders = match readers.get(&email.body.span) {
            Some(1) => {
                logic.scope = event.clone().map_or(Scope::Customer, Scope::Event);
                // Of whom nobody is sent it at all is told there.
                let mut senders = senders(logic, &sent, &email.name);
                senders.retain(|sender| !logic.impossible(&sender.known));
                senders
            }
            _ => vec![],
        };
        let place = Place { names: names.clone(), event, parameters: vec![] };
        let mut templates = vec![&email.subject, &email.body.template];
        templates.extend(&email.preheader);
        for experiment in &model.experiments {
            if experiment.on != Tested::Email(email.name.clone()) {
                continue;
            }
            for change in experiment.variants.iter().flat_map(|v| &v.changes) {
                match change {
                    Change::Subject(template) | Change::Preheader(template) => templates.push(template),
                    Change::Body(body) => templates.push(&body.template),
                    _ => {}
                }
            }
        }
        let mut walk =
            Walk { logic, place: &place, senders: &senders, told: &mut told, problems, sure: true };
        for template in templates {
            walk.choices(template.choices(), &[]);
        }
        logic.scope = Scope::Customer;
    }
    for layout in &model.layouts {
        let place = Place { names: names.clone(), event: None, parameters: vec![] };
        let mut walk = Walk { logic, place: &place, senders: &[], told: &mut told, problems, sure: true };
        walk.choices(layout.body.template.choices(), &[]);
    }
    for content in &model.contents {
        let parameters = content.parameters.iter().map(|p| p.name.clone()).collect();
        let place = Place { names: names.clone(), event: None, parameters };
        for case in &content.cases {
            // Whoever is shown a case meets its condition.
            let known: Vec<_> = case.when.iter().map(|when| logic.truth(when)).collect();
            if logic.impossible(&known) {
                continue;
            }
            let mut walk = Walk { logic, place: &place, senders: &[], told: &mut told, problems, sure: true };
            walk.choices(case.html.choices(), &known);
        }
    }
}

/// What templates know under a name that customers' values do not have.
fn own_names(model: &Model) -> Vec<Arc<str>> {
    let recommended = model.recommendations.iter().map(|r| r.name.clone());
    ["offer", "brand", "event"].into_iter().map(Arc::from).chain(recommended).collect()
}

/// The event that starts all flows that send an e-mail, if it is one.
fn event(model: &Model, sent: &Sent, email: &str) -> Option<Arc<str>> {
    if sent.campaigns.contains_key(email) {
        return None;
    }
    let mut found = None;
    for trigger in sent.triggers.get(email).into_iter().flatten() {
        let On::Event { filter, .. } = &trigger.on else { return None };
        if found.get_or_insert(&filter.event) != &&filter.event {
            return None;
        }
    }
    found.filter(|name| model.event(name).is_some_and(|e| e.of.is_empty())).cloned()
}

/// What names mean in one template.
struct Place {
    /// Names of every template that are no values of the customer.
    names: Vec<Arc<str>>,
    /// What `event` is, where that is known.
    event: Option<Arc<str>>,
    /// Names of its own.
    parameters: Vec<Arc<str>>,
}

/// Where something was told: a file may be read by many e-mails.
#[derive(Default)]
struct Told {
    unreached: HashSet<Span>,
    between: HashSet<Span>,
}

struct Walk<'a, 'm> {
    logic: &'a mut Logic<'m>,
    place: &'a Place,
    senders: &'a [Sender],
    told: &'a mut Told,
    problems: &'a mut Problems,
    /// Whether all conditions on the way here have equals in the language.
    sure: bool,
}

/// A way with its two readings.
struct Read {
    at: Span,
    may: Expr,
    must: Expr,
    /// Whether both are the same.
    exact: bool,
}

impl Walk<'_, '_> {
    /// `known` holds of everybody who comes here.
    fn choices(&mut self, choices: &[Choice], known: &[Arc<Formula>]) {
        let mut known = known.to_vec();
        for choice in choices {
            self.choice(choice, &mut known);
        }
    }

    fn choice(&mut self, choice: &Choice, known: &mut Vec<Arc<Formula>>) {
        let mut before: Vec<Read> = Vec::new();
        let mut none_before: Vec<Arc<Formula>> = Vec::new();
        let mut left: Vec<Arc<Formula>> = Vec::new();
        for way in &choice.ways {
            let read = way.when.as_ref().map(|when| self.read(when));
            let mut here = known.clone();
            here.extend(none_before.iter().cloned());
            here.extend(read.as_ref().map(|read| self.logic.truth(&read.may)));
            if self.logic.impossible(&here) {
                self.unreachable(way.at, read.as_ref(), &before, known);
            } else if !self.excluded(way.at, &here) {
                let sure = self.sure;
                self.sure &= before.iter().chain(&read).all(|read| read.exact);
                self.choices(&way.inside, &here);
                self.sure = sure;
            }
            // Whoever must go a way that ends the message comes no further.
            if way.ends
                && let Some(read) = &read
            {
                let must = self.logic.truth(&read.must);
                let mut here = none_before.iter().map(not).collect::<Vec<_>>();
                here.push(not(&must));
                left.push(any(here));
            }
            match read {
                Some(read) => {
                    none_before.push(not(&self.logic.truth(&read.must)));
                    before.push(read);
                }
                None => break,
            }
        }
        // An `else` is there for what is left.
        let nobody_left_out = choice.ways.iter().any(|way| way.when.is_none());
        if !nobody_left_out && self.sure && before.iter().all(|read| read.exact) {
            let cases: Vec<&Expr> = before.iter().map(|read| &read.may).collect();
            if !cases.iter().any(|case| reads_event(case)) && self.told.between.insert(choice.ways[0].at) {
                boundaries(self.logic, &cases, known, self.problems);
            }
        }
        known.extend(left);
    }

    /// Tells that nobody at all comes here.
    fn unreachable(&mut self, at: Span, read: Option<&Read>, before: &[Read], known: &[Arc<Formula>]) {
        if !self.told.unreached.insert(at) {
            return;
        }
        let own = read.map(|read| self.logic.truth(&read.may));
        let alone = own.as_ref().is_some_and(|own| self.logic.impossible(std::slice::from_ref(own)));
        let parts = match read {
            Some(read) if alone => contradiction(self.logic, &read.may),
            _ => vec![],
        };
        let by_way: Vec<Arc<Formula>> = own.into_iter().collect();
        let around = !alone && self.logic.impossible(&[known, &by_way].concat());
        let taken_by = match alone || around {
            true => vec![],
            false => self.fewest(before, &[known, &by_way].concat()),
        };
        let what = if read.is_some() { "part" } else { "`else`" }.to_string();
        self.problems.report(UnreachableCase { what, at, rest: read.is_none(), parts, taken_by });
    }

    /// The fewest of the earlier ways that take everybody.
    fn fewest(&mut self, before: &[Read], known: &[Arc<Formula>]) -> Vec<Span> {
        let mut kept: Vec<(Span, Arc<Formula>)> =
            before.iter().map(|read| (read.at, not(&self.logic.truth(&read.must)))).collect();
        for read in before {
            let fewer: Vec<_> = kept.iter().filter(|(at, _)| *at != read.at).cloned().collect();
            let rest: Vec<_> = fewer.iter().map(|(_, fails)| fails.clone()).collect();
            if self.logic.impossible(&[known, &rest].concat()) {
                kept = fewer;
            }
        }
        kept.into_iter().map(|(at, _)| at).collect()
    }

    /// Tells that nobody comes here to whom the e-mail is sent.
    fn excluded(&mut self, at: Span, here: &[Arc<Formula>]) -> bool {
        let senders = self.senders;
        if senders.is_empty() || self.told.unreached.contains(&at) {
            return false;
        }
        let nobody = senders
            .iter()
            .all(|sender| !sender.known.is_empty() && self.logic.impossible(&[&sender.known, here].concat()));
        if nobody {
            self.told.unreached.insert(at);
            let sender = |s: &Sender| (s.what.to_string(), s.name.to_string(), s.at);
            self.problems.report(ExcludedBranch { at, senders: senders.iter().map(sender).collect() });
        }
        nobody
    }

    fn read(&self, condition: &Condition) -> Read {
        let (may, must) = (self.expr(condition, true), self.expr(condition, false));
        let exact = self.is_exact(condition);
        Read { at: condition.span, may, must, exact }
    }

    fn is_exact(&self, condition: &Condition) -> bool {
        match &condition.kind {
            ConditionKind::Not(inner) => self.is_exact(inner),
            ConditionKind::All(parts) | ConditionKind::Any(parts) => parts.iter().all(|p| self.is_exact(p)),
            _ => self.atom(condition, true).is_some(),
        }
    }

    /// A condition in the language's own terms; what cannot be said in them is taken to be `unknown`.
    fn expr(&self, condition: &Condition, unknown: bool) -> Expr {
        let span = condition.span;
        let joined = |parts: &[Condition], and: bool| {
            let parts = parts.iter().map(|p| self.expr(p, unknown));
            let join = |a, b| match and {
                true => ExprKind::And(Box::new(a), Box::new(b)),
                false => ExprKind::Or(Box::new(a), Box::new(b)),
            };
            parts.reduce(|a, b| asks(join(a, b), span)).unwrap_or_else(|| constant(and, span))
        };
        match &condition.kind {
            ConditionKind::Not(inner) => asks(ExprKind::Not(Box::new(self.expr(inner, !unknown))), span),
            ConditionKind::All(parts) => joined(parts, true),
            ConditionKind::Any(parts) => joined(parts, false),
            _ => self.atom(condition, unknown).unwrap_or_else(|| constant(unknown, span)),
        }
    }

    /// One question; `None` where it has no equal in the language.
    fn atom(&self, condition: &Condition, unknown: bool) -> Option<Expr> {
        let span = condition.span;
        Some(match &condition.kind {
            ConditionKind::Constant(truth) => constant(*truth, span),
            ConditionKind::Segment(name) => {
                let segment = self.logic.model.segment(name)?;
                // One that is worked out now and then says what was true then.
                segment.refresh.is_none().then(|| asks(ExprKind::InSegment(name.clone()), span))?
            }
            ConditionKind::Present(value) => self.present(self.value(value, span)?),
            ConditionKind::Holds(value) => {
                let value = self.value(value, span)?;
                match &value.ty {
                    Type::Bool => value,
                    _ => self.present(value),
                }
            }
            ConditionKind::Blank(value) => {
                let value = self.value(value, span)?;
                let is_text = value.ty.is_text() && !matches!(value.ty, Type::Enum(_));
                match &value.ty {
                    Type::Bool => asks(ExprKind::Not(Box::new(value)), span),
                    // White space alone is blank too, which only the value shows.
                    _ if is_text && unknown => return None,
                    _ if is_text => asks(ExprKind::Not(Box::new(self.present(value))), span),
                    _ => asks(ExprKind::Not(Box::new(self.present(value))), span),
                }
            }
            ConditionKind::Compare(order, left, right) => self.comparison(*order, left, right, span)?,
            _ => return None,
        })
    }

    fn present(&self, value: Expr) -> Expr {
        let span = value.span;
        asks(ExprKind::IsPresent(Box::new(value)), span)
    }

    fn comparison(&self, order: Order, left: &Operand, right: &Operand, span: Span) -> Option<Expr> {
        let (left, right) = match (left, right) {
            (Operand::Constant(constant), path) => {
                let path = self.value(path, span)?;
                (literal(constant, &path, span)?, path)
            }
            (path, Operand::Constant(constant)) => {
                let path = self.value(path, span)?;
                let constant = literal(constant, &path, span)?;
                (path, constant)
            }
            (left, right) => {
                let (left, right) = (self.value(left, span)?, self.value(right, span)?);
                (left.ty == right.ty).then_some((left, right))?
            }
        };
        let is_plain_text = left.ty.is_text() && !matches!(left.ty, Type::Enum(_));
        if is_plain_text && order != Order::Equal {
            return None;
        }
        let order = match order {
            Order::Equal => Comparison::Equal,
            Order::Less => Comparison::Less,
            Order::AtMost => Comparison::AtMost,
            Order::Greater => Comparison::Greater,
            Order::AtLeast => Comparison::AtLeast,
        };
        Some(asks(ExprKind::Compare(order, Box::new(left), Box::new(right)), span))
    }

    /// A value of the customer or of the event; `None` where the name is the template's own.
    fn value(&self, operand: &Operand, span: Span) -> Option<Expr> {
        let Operand::Path { names, of_customer } = operand else { return None };
        let (first, fields) = names.split_first()?;
        if !of_customer {
            if self.place.parameters.contains(first) {
                return None;
            }
            if **first == *"event" {
                let [field] = fields else { return None };
                let (ty, optional) = self.logic.model.event(self.place.event.as_ref()?)?.field(field)?;
                return Some(Expr { kind: ExprKind::EventField(field.clone()), ty, optional, span });
            }
            if self.place.names.contains(first) {
                return None;
            }
        }
        let model = self.logic.model;
        let value = if let Some(attribute) = model.customer.attribute(first) {
            let kind = ExprKind::Attribute(first.clone());
            Expr { kind, ty: attribute.ty.clone(), optional: attribute.optional, span }
        } else if let Some(declared) = model.trait_(first) {
            let (ty, optional) = (declared.value.ty.clone(), declared.value.optional);
            Expr { kind: ExprKind::Trait(first.clone()), ty, optional, span }
        } else if let Some(lifecycle) = model.lifecycle(first) {
            let (ty, optional) = (lifecycle.ty.clone(), !lifecycle.is_total());
            Expr { kind: ExprKind::Stage(first.clone()), ty, optional, span }
        } else {
            return None;
        };
        match (fields, &value.ty) {
            ([], Type::List(_) | Type::Record(_) | Type::Unknown) => None,
            ([], _) => Some(value),
            ([field], Type::Entity(entity)) => {
                let declared = model.entity(entity)?.field(field)?;
                let (ty, entity, field) = (declared.ty.clone(), entity.clone(), field.clone());
                if matches!(ty, Type::List(_) | Type::Record(_)) {
                    return None;
                }
                let kind = ExprKind::Lookup { key: Box::new(value), entity, field };
                Some(Expr { kind, ty, optional: true, span })
            }
            _ => None,
        }
    }
}

fn reads_event(condition: &Expr) -> bool {
    let mut reads = false;
    condition.walk(&mut |e| reads |= matches!(e.kind, ExprKind::EventField(_)));
    reads
}

fn asks(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, ty: Type::Bool, optional: false, span }
}

fn constant(truth: bool, span: Span) -> Expr {
    asks(ExprKind::Literal(Value::Bool(truth)), span)
}

/// A constant beside a value, where the two are of one kind: days and instants meet at a midnight nobody knows here.
fn literal(value: &Value, beside: &Expr, span: Span) -> Option<Expr> {
    let fits = match (value, &beside.ty) {
        (Value::Bool(_), ty) => *ty == Type::Bool,
        (Value::Int(_) | Value::Decimal(_), ty) => {
            matches!(ty, Type::Int | Type::Decimal | Type::Money(_) | Type::Percent)
        }
        (Value::Text(_), ty) => ty.is_text(),
        (Value::Date(_), ty) => *ty == Type::Date,
        (Value::Instant(_), ty) => *ty == Type::Timestamp,
        (Value::Time(_), ty) => *ty == Type::Time,
        _ => false,
    };
    let (kind, ty) = (ExprKind::Literal(value.clone()), beside.ty.clone());
    fits.then_some(Expr { kind, ty, optional: false, span })
}
