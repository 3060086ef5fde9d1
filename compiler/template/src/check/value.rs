//! Literals and paths: what they are, where they are found, whether they may be missing.

use std::sync::Arc;

use persona_diagnostics::catalogue::{type_mismatch::TypeMismatch, unknown_name::UnknownName};
use persona_diagnostics::{Span, suggest};
use persona_value::{RecordType, Type};

use super::Checker;
use super::flow::{Missing, Origins, Variable, merge, variable_key};
use crate::cell::MISSING;
use crate::code::{ATTRIBUTE, Code, LoopFact};
use crate::kind::{Kind, constant};
use crate::scope::{Binding, Mention, Mentioned};
use crate::tree::*;

/// An expression, checked.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub code: Code,
    pub kind: Kind,
    /// Why it may be missing, if it may.
    pub missing: Option<Missing>,
    pub span: Span,
    /// As written.
    pub text: String,
    /// What proofs know it by.
    pub key: Option<String>,
    pub declared_at: Option<Span>,
    /// Text encoded for an address.
    pub encoded: bool,
    /// Text made of a date or a point in time.
    pub of_time: bool,
    /// What it is made of.
    pub from: Origins,
}

impl Typed {
    pub fn new(code: Code, kind: Kind, span: Span, text: String) -> Typed {
        Typed {
            code,
            kind,
            missing: None,
            span,
            text,
            key: None,
            declared_at: None,
            encoded: false,
            of_time: false,
            from: Origins::new(),
        }
    }

    /// A value of a kind that starts no further problems.
    pub fn unknown(span: Span, text: String) -> Typed {
        Typed::new(Code::Constant(MISSING), Kind::UNKNOWN, span, text)
    }

    /// The text, if it is written out.
    pub fn literal_text(&self) -> Option<&Arc<str>> {
        match &self.code {
            Code::Constant(cell) => cell.as_text(),
            _ => None,
        }
    }

    pub fn is_constant(&self) -> bool {
        matches!(self.code, Code::Constant(_))
    }
}

impl Checker<'_> {
    /// A value without operators.
    pub(super) fn operand(&mut self, expr: &Expr) -> Typed {
        let text = spelled(expr);
        match &expr.kind {
            ExprKind::Literal(literal) => {
                let (cell, kind) = constant(literal);
                let mut typed = Typed::new(Code::Constant(cell), kind, expr.span, text);
                if typed.kind == Kind::Nil {
                    typed.missing = Some(Missing::computed("nil"));
                }
                typed
            }
            ExprKind::Path(path) => self.path(path, expr.span),
            ExprKind::Range(first, last) => {
                let (first, last) = (self.bound(first), self.bound(last));
                let code = Code::Range(Box::new(first.code), Box::new(last.code));
                Typed::new(code, Kind::Range, expr.span, text)
            }
            ExprKind::Compare(..) | ExprKind::Logic(..) => {
                let condition = self.condition(expr);
                Typed::new(condition.code, Kind::Data(Type::Bool), expr.span, text)
            }
            ExprKind::Broken => {
                self.errors += 1;
                Typed::unknown(expr.span, text)
            }
        }
    }

    /// A whole number: an end of a range, a limit, an index. Missing counts as 0.
    pub(super) fn bound(&mut self, expr: &Expr) -> Typed {
        let typed = self.operand(expr);
        if !matches!(typed.kind, Kind::Data(Type::Int | Type::Unknown)) {
            let headline =
                format!("`{}` is {}, and a whole number belongs here", typed.text, typed.kind.words());
            self.report(TypeMismatch {
                headline,
                labels: vec![(typed.span, "not a whole number".into())],
                help: None,
            });
        }
        typed
    }

    pub(super) fn path(&mut self, path: &Path, span: Span) -> Typed {
        let name = match &path.root {
            Root::Name(name) => name,
            Root::Computed(expr) => {
                self.operand(expr);
                self.report(TypeMismatch {
                    headline: "a name has to be written out: it cannot come from another value".into(),
                    labels: vec![(expr.span, "this decides at rendering what is read".into())],
                    help: None,
                });
                return Typed::unknown(span, spelled_path(path));
            }
        };
        if matches!(&*name.text, "forloop" | "tablerowloop") && !self.loops.is_empty() {
            return self.loop_fact(path, span);
        }
        let (mut typed, steps) = match (&*name.text, path.steps.first()) {
            // An attribute written `customer.x` is the attribute `x`.
            ("customer", Some(step)) if !self.is_variable(&name.text) && field_name(step).is_some() => {
                match self.attribute(name, step) {
                    Some(typed) => (typed, &path.steps[1..]),
                    None => (self.name(name), &path.steps[..]),
                }
            }
            _ => (self.name(name), &path.steps[..]),
        };
        for step in steps {
            typed = self.step(typed, step);
        }
        typed.span = span;
        typed.text = spelled_path(path);
        if let Some(missing) = &mut typed.missing {
            missing.name = typed.text.clone();
        }
        typed
    }

    fn is_variable(&self, name: &Arc<str>) -> bool {
        self.loops.iter().any(|l| l.name == *name) || self.flow.variables.contains_key(name)
    }

    /// `customer.x`, if `x` is an attribute or a trait.
    fn attribute(&mut self, customer: &Name, step: &Step) -> Option<Typed> {
        let (name, span) = field_name(step)?;
        let Type::Record(record) = self.scope.lookup("customer")?.ty else { return None };
        let field = record.field(&name)?;
        self.mention(customer.span, Mentioned::Root("customer".into()), None);
        self.uses.names.insert(name.to_string());
        let binding = self.scope.lookup(&name).filter(|b| b.ty == field.ty);
        let code = Code::Root(self.root(&format!("{ATTRIBUTE}{name}")));
        let mut typed = Typed::new(code, field.ty.clone().into(), customer.span.to(span), name.to_string());
        typed.declared_at = binding.as_ref().and_then(|b| b.declared_at);
        let optional = binding.map_or(field.optional, |b| b.optional);
        if optional && !self.flow.is_proved(&name) {
            typed.missing = Some(Missing::declared(&name, typed.declared_at));
        }
        typed.key = Some(name.to_string());
        typed.from = [name.clone()].into();
        self.mention_value(span, Mentioned::Root(name), &typed);
        Some(typed)
    }

    /// A name alone: of a loop, of a variable, of the data.
    pub(super) fn name(&mut self, name: &Name) -> Typed {
        if let Some(scope) = self.loops.iter().rev().find(|l| l.name == name.text) {
            let slot = scope.slot;
            let code = Code::Variable { variable: slot, counter: None, root: None };
            let mut typed = Typed::new(code, scope.kind.clone(), name.span, name.text.to_string());
            typed.key = Some(variable_key(slot));
            typed.from = scope.from.clone();
            self.mention_variable(name, slot, &typed);
            return typed;
        }
        let binding = self.scope.lookup(&name.text);
        if let Some(variable) = self.flow.variables.get(&name.text).cloned() {
            return self.assigned(name, variable, binding);
        }
        if let Some(binding) = binding {
            self.uses.names.insert(name.text.to_string());
            let code = Code::Root(self.root(&name.text));
            let mut typed = Typed::new(code, binding.ty.into(), name.span, name.text.to_string());
            typed.declared_at = binding.declared_at;
            if binding.optional && !self.flow.is_proved(&name.text) {
                typed.missing = Some(Missing::declared(&name.text, binding.declared_at));
            }
            typed.key = Some(name.text.to_string());
            typed.from = [name.text.clone()].into();
            self.mention_value(name.span, Mentioned::Root(name.text.clone()), &typed);
            return typed;
        }
        if let Some(counter) = self.counters.get(&name.text) {
            return Typed::new(Code::Counter(*counter), Kind::INT, name.span, name.text.to_string());
        }
        self.unknown_name(name);
        Typed::unknown(name.span, name.text.to_string())
    }

    /// A variable. Where it was not assigned on every way here, it is the name of the data on the others.
    fn assigned(&mut self, name: &Name, mut variable: Variable, shadowed: Option<Binding>) -> Typed {
        let mut root = None;
        if let Some(binding) = shadowed.filter(|_| variable.unset) {
            self.uses.names.insert(name.text.to_string());
            root = Some(self.root(&name.text));
            let missing = (binding.optional && !self.flow.is_proved(&name.text))
                .then(|| Missing::declared(&name.text, binding.declared_at));
            let here = Variable {
                kind: binding.ty.into(),
                missing,
                unset: false,
                assigned_at: binding.declared_at.unwrap_or(variable.assigned_at),
                from: [name.text.clone()].into(),
                ..variable.clone()
            };
            merge(&mut variable, &here);
            variable.unset = false;
        }
        if let Some((other_at, other)) = &variable.conflict {
            let (kind, text) = (&variable.kind, &name.text);
            self.report(TypeMismatch {
                headline: format!("`{text}` is {} here or {} there", kind.words(), other.words()),
                labels: vec![
                    (name.span, "which one is not known here".into()),
                    (variable.assigned_at, format!("this makes it {}", kind.words())),
                    (*other_at, format!("this makes it {}", other.words())),
                ],
                help: None,
            });
            return Typed::unknown(name.span, text.to_string());
        }
        let code = Code::Variable { variable: variable.slot, counter: None, root };
        let mut typed = Typed::new(code, variable.kind, name.span, name.text.to_string());
        let key = variable_key(variable.slot);
        typed.declared_at = Some(variable.assigned_at);
        typed.from = variable.from;
        if !self.flow.is_proved(&key) {
            let unset = variable.unset.then(|| {
                Missing::because(
                    &name.text,
                    Some(variable.assigned_at),
                    "not assigned on every way from here",
                )
            });
            typed.missing = variable.missing.or(unset);
        }
        typed.key = Some(key);
        self.mention_variable(name, variable.slot, &typed);
        typed
    }

    fn unknown_name(&mut self, name: &Name) {
        let names = self.scope.names();
        let own = self.loops.iter().map(|l| &*l.name).chain(self.flow.variables.keys().map(|k| &**k));
        let nearest = suggest(&name.text, own.chain(names.iter().map(String::as_str))).map(str::to_string);
        let nearest = nearest.map(|n| {
            let declared_at = self.scope.lookup(&n).and_then(|b| b.declared_at);
            (n, declared_at)
        });
        let elsewhere = self.elsewhere(&name.text);
        self.report(UnknownName {
            what: "attribute, trait or variable".into(),
            name: name.text.to_string(),
            at: name.span,
            nearest: nearest.filter(|_| elsewhere.is_none()),
            available: elsewhere.into_iter().collect(),
        });
    }

    /// Where there is something of a name that means nothing here.
    fn elsewhere(&self, name: &str) -> Option<String> {
        let of_loop = |m: &Mention| matches!(&m.of, Mentioned::Variable { name: of, .. } if **of == *name);
        Some(match name {
            "event" => "`event` only where triggers on one event send the e-mail".into(),
            "offer" => "`offer` only in an e-mail that names its coupon: `offer COUPON`".into(),
            "forloop" | "tablerowloop" => format!("`{name}` only inside its loop"),
            "now" | "today" => format!("`\"{name}\" | date: …`, with quotes"),
            _ if self.uses.mentions.iter().any(of_loop) => format!("`{name}` only inside its loop"),
            _ => return None,
        })
    }

    /// `forloop.index`, `forloop.parentloop.index`
    fn loop_fact(&mut self, path: &Path, span: Span) -> Typed {
        let text = spelled_path(path);
        let mut steps = path.steps.iter().filter_map(field_name).peekable();
        let mut outer = 0;
        while steps.next_if(|(name, _)| &**name == "parentloop").is_some() {
            outer += 1;
        }
        let fact = steps.next();
        let known = fact.as_ref().and_then(|(name, _)| LoopFact::named(name));
        match known {
            Some(known) if steps.next().is_none() && outer < self.loops.len() => {
                let kind = match known {
                    LoopFact::First | LoopFact::Last | LoopFact::ColumnFirst | LoopFact::ColumnLast => {
                        Type::Bool
                    }
                    LoopFact::Name => Type::Text,
                    _ => Type::Int,
                };
                Typed::new(Code::Loop(outer, known), kind.into(), span, text)
            }
            _ => {
                let (name, at) = fact.map_or((text.clone(), span), |(n, at)| (n.to_string(), at));
                let names = LoopFact::ALL.iter().map(|(name, _)| *name);
                let nearest = suggest(&name, names.clone()).map(|n| (n.to_string(), None));
                let available = names.map(str::to_string).collect();
                self.report(UnknownName { what: "fact of a loop".into(), name, at, nearest, available });
                Typed::unknown(span, text)
            }
        }
    }

    fn step(&mut self, from: Typed, step: &Step) -> Typed {
        match step {
            Step::Field(name) => self.field(from, &name.text, name.span),
            Step::Index(expr) => match field_name(step) {
                Some((name, span)) => self.field(from, &name, span),
                None => self.item(from, expr),
            },
        }
    }

    /// `from.name`
    fn field(&mut self, from: Typed, name: &Arc<str>, at: Span) -> Typed {
        let key = from.key.as_ref().map(|key| format!("{key}.{name}"));
        let next = |code, kind| Typed { code, kind, key: key.clone(), encoded: false, ..from.clone() };
        let mut typed = match (&from.kind, &**name) {
            (kind, _) if kind.is_unknown() => return Typed { key: None, ..from },
            (Kind::Data(Type::Record(record)), _) => {
                let record = record.clone();
                return self.record_field(from, &record, name, at);
            }
            (Kind::Data(Type::Entity(entity)), _) => {
                let Some(record) = self.scope.entity(entity) else {
                    return Typed { kind: Kind::UNKNOWN, key: None, ..from };
                };
                self.uses.entities.insert(entity.to_string());
                // A field of the row that was proved present proves the row, and with it the other fields.
                let found = from.key.as_ref().is_some_and(|key| self.flow.is_proved_within(key));
                let sure = found || self.scope.entity_must_exist(entity);
                let row = Code::Row(entity.clone(), Box::new(from.code.clone()));
                let missing = from.missing.clone().or_else(|| {
                    (!sure).then(|| {
                        let why = format!("there may be no such `{entity}`");
                        Missing::because(&from.text, from.declared_at, why)
                    })
                });
                return self.record_field(Typed { code: row, missing, ..from }, &record, name, at);
            }
            (kind, "size") if kind.item().is_some() || kind.is_text() => {
                next(Code::Size(Box::new(from.code.clone())), Kind::INT)
            }
            (kind, "first" | "last") if kind.item().is_some() => {
                let code = Box::new(from.code.clone());
                let code = if &**name == "first" { Code::First(code) } else { Code::Last(code) };
                let item = kind.item().unwrap_or(Type::Unknown);
                let mut typed = next(code, item.into());
                typed.missing.get_or_insert(Missing::because(&from.text, None, ""));
                typed
            }
            (kind, _) => {
                let help = if kind.item().is_some() {
                    Some(("go through it".into(), format!("{{% for item in {} %}}", from.text)))
                } else {
                    None
                };
                self.report(TypeMismatch {
                    headline: format!("`{}` is {} and has no `{name}`", from.text, kind.words()),
                    labels: vec![(at, "there is nothing of this name in it".into())],
                    help,
                });
                return Typed { kind: Kind::UNKNOWN, missing: None, key: None, ..from };
            }
        };
        self.settle(&mut typed);
        typed
    }

    fn record_field(&mut self, from: Typed, record: &RecordType, name: &Arc<str>, at: Span) -> Typed {
        let Some(field) = record.field(name) else {
            let names: Vec<String> = record.fields.iter().map(|f| f.name.to_string()).collect();
            let nearest = suggest(name, names.iter().map(String::as_str)).map(|n| (n.to_string(), None));
            let what = format!("field of `{}`", record.name);
            let available = if names.len() <= 12 { names } else { Vec::new() };
            self.report(UnknownName { what, name: name.to_string(), at, nearest, available });
            return Typed { kind: Kind::UNKNOWN, missing: None, key: None, ..from };
        };
        let own = field
            .optional
            .then(|| Missing::because(name, from.declared_at, format!("its `{name}` is optional")));
        let mut typed = Typed {
            code: Code::Field(Box::new(from.code), name.clone()),
            kind: field.ty.clone().into(),
            missing: from.missing.or(own),
            key: from.key.map(|key| format!("{key}.{name}")),
            from: [format!("{}.{name}", record.name).into()].into(),
            text: format!("{}.{name}", from.text),
            encoded: false,
            ..from
        };
        // A list is never missing, whatever it hangs on.
        if typed.kind.item().is_some() {
            typed.missing = None;
        }
        self.settle(&mut typed);
        let field = Mentioned::Field { of: record.name.clone(), name: name.clone() };
        self.mention_value(at, field, &typed);
        typed
    }

    /// `from[index]`
    fn item(&mut self, from: Typed, index: &Expr) -> Typed {
        let at = self.operand(index);
        if from.kind.is_unknown() || at.kind.is_unknown() {
            return Typed { kind: Kind::UNKNOWN, missing: None, key: None, ..from };
        }
        match (from.kind.item(), &at.kind) {
            (Some(item), Kind::Data(Type::Int)) => {
                let key =
                    from.key.as_ref().filter(|_| at.is_constant()).map(|key| format!("{key}.[{}]", at.text));
                let mut typed = Typed {
                    code: Code::Item(Box::new(from.code), Box::new(at.code)),
                    kind: item.into(),
                    missing: Some(Missing::because(&from.text, None, "")),
                    key,
                    ..from
                };
                self.settle(&mut typed);
                typed
            }
            (item, _) => {
                let what = if item.is_some() {
                    "a place in a list is a whole number"
                } else {
                    "only a list has places"
                };
                self.report(TypeMismatch {
                    headline: format!("`{}[{}]`: {what}", from.text, at.text),
                    labels: vec![(at.span, format!("this is {}", at.kind.words()))],
                    help: None,
                });
                Typed { kind: Kind::UNKNOWN, missing: None, key: None, ..from }
            }
        }
    }

    /// What was proved on the way here is not missing.
    fn settle(&self, typed: &mut Typed) {
        if typed.missing.is_some() && typed.key.as_ref().is_some_and(|key| self.flow.is_proved(key)) {
            typed.missing = None;
        }
    }
}

/// The name a step asks for, if it is written out: `.x` or `["x"]`.
fn field_name(step: &Step) -> Option<(Arc<str>, Span)> {
    match step {
        Step::Field(name) => Some((name.text.clone(), name.span)),
        Step::Index(Expr { kind: ExprKind::Literal(Literal::Text(text)), span }) => {
            Some((text.clone(), *span))
        }
        Step::Index(_) => None,
    }
}
