//! `test`: what happens to some customers, and what is expected then.

use std::sync::Arc;

use jiff::Timestamp;
use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{
    contradiction::Contradiction, misplaced::Misplaced, missing_values::MissingValues,
    out_of_order::OutOfOrder,
};
use persona_syntax::ast::{
    self, Declaration, DeclarationKind as Kind, Name, TestContent, TestLine, TestValue,
};
use persona_value::{Type, Value};

use super::journey::{date, time};
use super::policy::Messages;
use super::{Names, shared, start};
use crate::infer::{Checker, Row, describe};
use crate::{
    Attribute, Expectation, Expected, Expr, Happening, Happens, Model, Symbol, Test, TestCustomer, TestRow,
    Values,
};

pub(super) fn tests(checker: &mut Checker, declarations: &[&Declaration], model: &Model) -> Vec<Test> {
    let mut labels = Names::exact("test");
    let mut tests = Vec::new();
    let messages = Messages::of(declarations);
    let variants = variants(declarations);
    for declaration in declarations {
        let Kind::Test(ast) = &declaration.kind else { continue };
        let Some(label) = &ast.label else { continue };
        let name = Name { text: label.value(), span: label.span };
        if labels.add(&name, checker.problems) {
            let mut reader = Reader::new(checker, model, &messages, &variants);
            ast.lines.iter().for_each(|line| reader.customer(line));
            ast.lines.iter().for_each(|line| reader.line(line));
            if ast.lines.iter().all(|line| !matches!(line, TestLine::Expect { .. })) {
                let what = format!("the test \"{}\"", name.text);
                reader.checker.missing_member(what, "`expect`: it could not fail", ast.keyword, EXPECT);
            }
            tests.push(reader.finish(&name.text, ast.keyword));
        }
    }
    tests
}

/// The variants of every experiment.
fn variants(declarations: &[&Declaration]) -> Vec<(String, Span)> {
    let experiments = declarations.iter().filter_map(|d| match &d.kind {
        Kind::Experiment(experiment) => Some(&experiment.variants),
        _ => None,
    });
    let names = experiments.flatten().filter_map(|variant| variant.name.as_ref());
    names.map(|name| (name.text.clone(), name.span)).collect()
}

const EXPECT: &str = "expect ada gets welcome at 2026-03-01 10:00";

/// Reads the lines of one test.
struct Reader<'r, 'c> {
    checker: &'r mut Checker<'c>,
    model: &'r Model,
    messages: &'r Messages,
    /// Those of every experiment, and where they are declared.
    variants: &'r [(String, Span)],
    names: Names,
    customers: Vec<TestCustomer>,
    rows: Vec<TestRow>,
    happenings: Vec<Happening>,
    expectations: Vec<Expectation>,
}

impl<'r, 'c> Reader<'r, 'c> {
    fn new(
        checker: &'r mut Checker<'c>,
        model: &'r Model,
        messages: &'r Messages,
        variants: &'r [(String, Span)],
    ) -> Reader<'r, 'c> {
        Reader {
            checker,
            model,
            messages,
            variants,
            names: Names::exact("customer of this test"),
            customers: Vec::new(),
            rows: Vec::new(),
            happenings: Vec::new(),
            expectations: Vec::new(),
        }
    }

    fn finish(self, label: &str, span: Span) -> Test {
        let Reader { customers, rows, happenings, expectations, .. } = self;
        Test { label: label.into(), customers, rows, happenings, expectations, span }
    }

    /// Customers first: a line may name one that is given further down.
    fn customer(&mut self, line: &TestLine) {
        let TestLine::Customer { name, values } = line else { return };
        if !self.names.add(name, self.checker.problems) {
            return;
        }
        let attributes = self.checker.customer.attributes.clone();
        let (consents, values): (Vec<_>, Vec<_>) = values.iter().partition(|v| v.field.text == "consent");
        let consents = consents.into_iter().flat_map(|value| self.consents(&value.value)).collect();
        let values = self.values("customer", &attributes, &values);
        let (name, span) = (shared(&name.text), name.span);
        self.customers.push(TestCustomer { name, values, consents, variants: Vec::new(), span });
    }

    /// `marketing` or `[marketing, news]`.
    fn consents(&mut self, value: &TestContent) -> Vec<Arc<str>> {
        let written: Vec<&ast::Expr> = match value {
            TestContent::Value(ast::Expr::List(all, _)) => all.iter().collect(),
            TestContent::Value(one) => vec![one],
            TestContent::Items(..) => Vec::new(),
        };
        let mut consents = Vec::new();
        for value in written {
            match value {
                ast::Expr::Name(name) => consents.extend(start::consent(self.checker, name, self.model)),
                ast::Expr::Missing(_) => {}
                other => {
                    self.checker.problems.report(Misplaced {
                        headline: "a consent that was given is named".into(),
                        at: other.span(),
                        why: "this is no consent's name".into(),
                        help: Some("write `consent: marketing`, or `consent: [marketing, news]`".into()),
                    });
                }
            }
        }
        consents
    }

    fn line(&mut self, line: &TestLine) {
        match line {
            TestLine::Customer { .. } => {}
            TestLine::Row { entity, values } => self.row(entity.as_ref(), values),
            TestLine::Variant { who, variant } => {
                let who = who.as_ref().and_then(|who| self.who(who));
                let variant = variant.as_ref().filter(|variant| self.is_variant(variant));
                if let (Some(who), Some(variant)) = (who, variant) {
                    self.customers[who].variants.push(shared(&variant.text));
                }
            }
            TestLine::Event { at, who, event, values } => {
                let (at, who) = (self.in_order(at), who.as_ref().and_then(|who| self.who(who)));
                let Some(event) = event else { return };
                let what = self.event(event, values);
                self.happens(at, who, what, event.span);
            }
            TestLine::Consent { at, who, gives, consent } => {
                let (at, who) = (self.in_order(at), who.as_ref().and_then(|who| self.who(who)));
                let Some(consent) = consent else { return };
                let found = start::consent(self.checker, consent, self.model);
                let what = found.map(|c| if *gives { Happens::Gives(c) } else { Happens::Withdraws(c) });
                self.happens(at, who, what, consent.span);
            }
            TestLine::Expect { who, expectation, at } => {
                self.expectation(who.as_ref(), expectation, at.as_ref())
            }
        }
    }

    fn happens(
        &mut self,
        at: Option<(Timestamp, Span)>,
        who: Option<usize>,
        what: Option<Happens>,
        end: Span,
    ) {
        if let (Some((at, start)), Some(who), Some(what)) = (at, who, what) {
            self.happenings.push(Happening { at, who, what, span: start.to(end) });
        }
    }

    /// The place of the customer of this name.
    fn who(&mut self, name: &Name) -> Option<usize> {
        let found = self.customers.iter().position(|c| *c.name == *name.text);
        if found.is_none() {
            let all = self.customers.iter().map(|c| (c.name.to_string(), Some(c.span))).collect();
            self.checker.unknown_name("customer in this test", name, all);
        }
        found
    }

    /// Whether an experiment has a variant of this name.
    fn is_variant(&mut self, name: &Name) -> bool {
        let declared = self.variants.iter().any(|(known, _)| *known == name.text);
        if !declared {
            let all = self.variants.iter().map(|(name, at)| (name.clone(), Some(*at))).collect();
            self.checker.unknown_name("variant of an experiment", name, all);
        }
        declared
    }

    fn row(&mut self, name: Option<&Name>, values: &[TestValue]) {
        let Some(name) = name else { return };
        let Some(entity) = self.checker.entity(&name.text).cloned() else {
            let all = self.checker.entities.iter().map(|e| (e.name.to_string(), Some(e.span))).collect();
            self.checker.unknown_name("entity", name, all);
            return;
        };
        self.checker.refer(name, Symbol::Entity);
        let values = self.values(&entity.name, &entity.fields, &values.iter().collect::<Vec<_>>());
        let key = entity.key();
        if !values.iter().any(|(field, _)| **field == *key) && !self.checker.is_told_in(name.span) {
            self.lacks(&entity.name, name.span, &entity.fields, |field| field.key);
        }
        self.rows.push(TestRow { entity: entity.name, values });
    }

    fn event(&mut self, name: &Name, values: &[TestValue]) -> Option<Happens> {
        let given: Vec<&TestValue> = values.iter().collect();
        if name.text == "customer" {
            let attributes = self.checker.customer.attributes.clone();
            return Some(Happens::Change(self.values("customer", &attributes, &given)));
        }
        let event = self.checker.event_name(name)?;
        let event = self.checker.events.get(&event)?.clone();
        if let Some(part) = event.of.first() {
            self.checker.problems.report(Misplaced {
                headline: format!("`{}` unites other events: one of them happens", event.name),
                at: name.span,
                why: "a union of events".into(),
                help: Some(format!("write one of them, such as `{part}`")),
            });
            return None;
        }
        let told = self.checker.problems.iter().count();
        let mut fields = event.fields.clone();
        // When it arrived, if that is not when it happened; and what tells it from others, if no field does.
        fields.push(Attribute::built_in("received", Type::Timestamp, true));
        if event.unique().is_none() {
            fields.push(Attribute::built_in("id", Type::Text, true));
        }
        let values = self.values(&event.name, &fields, &given);
        if self.checker.problems.iter().count() == told {
            let names: Vec<&str> = given.iter().map(|v| v.field.text.as_str()).collect();
            let missing =
                |f: &Attribute| !f.optional && !matches!(f.ty, Type::List(_)) && !names.contains(&&*f.name);
            self.lacks(&event.name, name.span, &fields, missing);
        }
        Some(Happens::Event(event.name, values))
    }

    /// Tells which fields have no value.
    fn lacks(&mut self, of: &str, at: Span, fields: &[Attribute], missing: impl Fn(&Attribute) -> bool) {
        let missing: Vec<&Attribute> = fields.iter().filter(|f| missing(f)).collect();
        let Some(first) = missing.first() else { return };
        if self.checker.is_broken(at) {
            return;
        }
        self.checker.problems.report(MissingValues {
            of: of.to_string(),
            fields: missing.iter().map(|f| f.name.to_string()).collect(),
            at,
            declared_at: first.span,
        });
    }

    /// Values of declared fields.
    fn values(&mut self, of: &str, declared: &[Attribute], given: &[&TestValue]) -> Values {
        let mut names = Names::exact("value");
        let mut values = Values::new();
        for given in given {
            if !names.add(&given.field, self.checker.problems) {
                continue;
            }
            let Some(field) = declared.iter().find(|f| *f.name == *given.field.text) else {
                let all = declared.iter().map(|f| (f.name.to_string(), f.span)).collect();
                let what =
                    if of == "customer" { "attribute".to_string() } else { format!("field of `{of}`") };
                self.checker.unknown_name(&what, &given.field, all);
                continue;
            };
            match of {
                "customer" => self.checker.refer(&given.field, Symbol::Attribute),
                of => self.checker.refer_field(of, &given.field),
            }
            let value = self.value(&field.name, &field.ty, field.span, &given.value);
            values.extend(value.map(|value| (field.name.clone(), value)));
        }
        values
    }

    fn value(
        &mut self,
        name: &str,
        ty: &Type,
        declared_at: Option<Span>,
        given: &TestContent,
    ) -> Option<Value> {
        match (ty, given) {
            (Type::Unknown, _) => None,
            (Type::List(item), TestContent::Items(_, items)) => {
                let Type::Record(record) = &**item else { return None };
                let declared = self.checker.records.iter().find(|r| r.name == record.name)?.fields.clone();
                let items = items.iter().map(|item| {
                    let given: Vec<&TestValue> = item.iter().collect();
                    let values = self.values(&record.name, &declared, &given);
                    Value::Record(values.into())
                });
                Some(Value::List(items.collect()))
            }
            (Type::List(_), TestContent::Value(ast::Expr::List(items, _))) if items.is_empty() => {
                Some(Value::List(Vec::new()))
            }
            (Type::List(_), TestContent::Value(value)) => {
                self.misplaced(
                    format!("`{name}` is a list"),
                    value.span(),
                    "a single value stands here",
                    "write its items: `[{ sku: \"A1\" }]`, or `[]`",
                );
                None
            }
            (ty, TestContent::Items(span, _)) => {
                let headline = format!("`{name}` is {}, not a list", describe(ty));
                self.misplaced(headline, *span, "a list stands here", "write one value");
                None
            }
            (ty, TestContent::Value(value)) => {
                let value = self.checker.value_of(value, ty, name, declared_at, &[]);
                self.constant(value)
            }
        }
    }

    fn misplaced(&mut self, headline: String, at: Span, why: &str, help: &str) {
        let (why, help) = (why.to_string(), Some(help.to_string()));
        self.checker.problems.report(Misplaced { headline, at, why, help });
    }

    /// A value that is the same whenever the test runs.
    fn constant(&mut self, value: Expr) -> Option<Value> {
        let zone = &self.checker.project.zone;
        match crate::infer::constant(&value, zone) {
            Some(constant) => Some(constant),
            None if value.is_unknown() => None,
            None => {
                let headline = "a test says what it means by values alone".to_string();
                self.misplaced(headline, value.span, "this is no constant", "write the value itself");
                None
            }
        }
    }

    fn moment(&mut self, ast: &ast::Moment) -> Option<(Timestamp, Span)> {
        let day = ast.date.as_ref().and_then(|d| date(self.checker, d));
        let time = ast.time.as_ref().and_then(|t| time(self.checker, t));
        let shown = day?.to_datetime(time?);
        let at = self.checker.project.zone.to_ambiguous_timestamp(shown).compatible().ok()?;
        Some((at, ast.span))
    }

    /// The instant of something that happens: not before what is written above it.
    fn in_order(&mut self, ast: &ast::Moment) -> Option<(Timestamp, Span)> {
        let (at, span) = self.moment(ast)?;
        if let Some(last) = self.happenings.last().filter(|last| at < last.at) {
            self.checker.problems.report(OutOfOrder { at: span, after: last.span });
            return None;
        }
        Some((at, span))
    }

    /// Tells of an expectation above that excludes this one.
    fn contradicts(&mut self, who: usize, what: &Expected, at: Span) {
        let other = self.expectations.iter().filter(|other| other.who == who);
        let mut other = other.filter_map(|other| match (&other.what, what) {
            (Expected::Gets(a, _), Expected::Never(b)) if a == b => Some((b, other.span, at)),
            (Expected::Never(a), Expected::Gets(b, _)) if a == b => Some((b, at, other.span)),
            _ => None,
        });
        if let Some((message, gets_at, never_at)) = other.next() {
            let (who, message) = (self.customers[who].name.to_string(), message.to_string());
            self.checker.problems.report(Contradiction { who, message, gets_at, never_at });
        }
    }

    fn expectation(&mut self, who: Option<&Name>, expectation: &ast::Expectation, at: Option<&ast::Moment>) {
        let who = who.map(|name| (self.who(name), name.span));
        let at = at.map(|at| self.moment(at));
        let (what, span) = match expectation {
            ast::Expectation::Gets(Some(name)) => {
                let message = self.messages.find(self.checker, name);
                let at = match at {
                    Some(at) => at.map(|(at, _)| Some(at)),
                    None => Some(None),
                };
                (message.zip(at).map(|(message, at)| Expected::Gets(message, at)), name.span)
            }
            ast::Expectation::Never(Some(name)) => {
                (self.messages.find(self.checker, name).map(Expected::Never), name.span)
            }
            ast::Expectation::Gets(None) | ast::Expectation::Never(None) => return,
            ast::Expectation::Holds(condition) => {
                let expected = self.checker.condition(condition, &[Row::Customer]);
                let expected = (!expected.is_unknown()).then_some(expected);
                let at = at.flatten();
                (expected.zip(at).map(|(holds, (at, _))| Expected::Holds(holds, at)), condition.span())
            }
        };
        if let (Some(what), Some((Some(who), start))) = (what, who) {
            self.contradicts(who, &what, start.to(span));
            self.expectations.push(Expectation { who, what, span: start.to(span) });
        }
    }
}
