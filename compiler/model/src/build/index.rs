//! Notes where names are declared and used.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Name, TypeKind};
use persona_template::{Mentioned, Uses};
use persona_value::{EnumType, Type};

use super::shared;
use crate::index::{Definition, Index, Symbol};
use crate::infer::{Checker, Row};
use crate::{Expr, ExprKind, Model, STAGE};

impl Checker<'_> {
    /// Notes that a name was found to be this: `checker.refer(&name, Symbol::Email)`.
    pub(crate) fn refer(&mut self, name: &Name, symbol: impl FnOnce(Arc<str>) -> Symbol) {
        self.index.refer(name.span, symbol(shared(&name.text)), None);
    }

    /// Notes that a name is a field of this event, record or entity.
    pub(crate) fn refer_field(&mut self, of: &str, field: &Name) {
        for symbol in self.fields_of(of, &field.text) {
            self.index.refer(field.span, symbol, None);
        }
    }

    /// Notes what a name in an expression was found to be.
    pub(crate) fn refer_value(&mut self, at: Span, found: &Expr) {
        let symbols = match &found.kind {
            ExprKind::Attribute(name) => vec![Symbol::Attribute(name.clone())],
            ExprKind::Trait(name) => vec![Symbol::Trait(name.clone())],
            ExprKind::Stage(name) => vec![Symbol::Lifecycle(name.clone())],
            ExprKind::Model(name) => vec![Symbol::Model(name.clone())],
            ExprKind::EventField(name) => {
                let has = |event: &str| self.events.get(event).is_some_and(|e| e.field(name).is_some());
                let event = self.rows.iter().rev().find_map(|row| match row {
                    Row::Event(event) if has(event) => Some(event.clone()),
                    _ => None,
                });
                event.map(|event| self.fields_of(&event, name)).unwrap_or_default()
            }
            ExprKind::ItemField(name) => {
                let record = self.rows.iter().rev().find_map(|row| match row {
                    Row::Item(record) | Row::Candidate(record) if record.field(name).is_some() => {
                        Some(record.name.clone())
                    }
                    _ => None,
                });
                record.map(|record| self.fields_of(&record, name)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        for symbol in symbols {
            self.index.refer(at, symbol, Some((found.ty.clone(), found.optional)));
        }
    }

    /// Notes that a word is a value of an enum: of a lifecycle, one of its stages.
    pub(crate) fn refer_choice(&mut self, at: Span, of: &EnumType, name: &str) {
        let symbol = self.choice_of(of, name);
        self.index.refer(at, symbol, None);
    }

    fn choice_of(&self, of: &EnumType, name: &str) -> Symbol {
        let is_lifecycle =
            self.lifecycles.iter().any(|(_, ty)| matches!(ty, Type::Enum(stages) if **stages == *of));
        let (of, name) = (of.name.clone(), shared(name));
        if is_lifecycle { Symbol::Stage { of, name } } else { Symbol::Value { of, name } }
    }

    /// A field of a union is the field of every event that it unites.
    fn fields_of(&self, of: &str, name: &str) -> Vec<Symbol> {
        let field = |of: &Arc<str>| Symbol::Field { of: of.clone(), name: shared(name) };
        match self.events.get(of) {
            Some(union) if !union.of.is_empty() && !is_built_in(name) => union.of.iter().map(field).collect(),
            _ => vec![field(&shared(of))],
        }
    }

    /// Takes over what a template says of its names.
    pub(super) fn refer_template(&mut self, uses: &mut Uses) {
        for mention in std::mem::take(&mut uses.mentions) {
            let symbols = match mention.of {
                Mentioned::Root(name) => self.customer_value(&name),
                Mentioned::Field { of, name } if *of == *"brand" => vec![Symbol::Property(name)],
                Mentioned::Field { of, name } if *of == *"customer" => self.customer_value(&name),
                Mentioned::Field { of, name } => self.fields_of(&of, &name),
                Mentioned::Value { of, name } => vec![self.choice_of(&of, &name)],
                Mentioned::Segment(name) => vec![Symbol::Segment(name)],
                Mentioned::Block(name) => vec![Symbol::Content(name)],
                Mentioned::Variable { name, first } => vec![Symbol::Variable { name, first }],
            };
            // The event that starts the flow is no name of its own: the word stands for the event.
            let event = match &mention.holds {
                Some((Type::Record(record), _)) if symbols.is_empty() => {
                    self.events.iter().find(|e| e.name == record.name).map(|e| Symbol::Event(e.name.clone()))
                }
                _ => None,
            };
            for symbol in symbols.into_iter().chain(event) {
                self.index.refer(mention.at, symbol, mention.holds.clone());
            }
        }
    }

    /// What a root name of a template stands for.
    fn customer_value(&self, name: &Arc<str>) -> Vec<Symbol> {
        if self.customer.attribute(name).is_some() {
            return vec![Symbol::Attribute(name.clone())];
        }
        if self.lifecycles.iter().any(|(l, _)| l.name == *name) {
            return vec![Symbol::Lifecycle(name.clone())];
        }
        if self.traits.contains_key(name) {
            return vec![Symbol::Trait(name.clone())];
        }
        if self.models.contains_key(name) {
            return vec![Symbol::Model(name.clone())];
        }
        if self.recommendations.iter().any(|(r, _)| r == name) {
            return vec![Symbol::Recommendation(name.clone())];
        }
        if **name == *"customer" { vec![Symbol::Customer] } else { Vec::new() }
    }
}

fn is_built_in(field: &str) -> bool {
    crate::EVENT_FIELDS.iter().any(|(name, _)| *name == field)
}

/// Every name that is declared. A declaration that declares no name says so here.
pub(super) fn definitions(index: &mut Index, declarations: &[&Declaration], model: &Model) {
    for declaration in declarations {
        let mut define = |at: Span, symbol: Symbol, holds: Option<(Type, bool)>| {
            let docs = declaration.docs.clone();
            index.define(Definition { symbol, at, whole: declaration.span, docs, holds });
        };
        let mut named = |name: &Option<Name>, symbol: fn(Arc<str>) -> Symbol| {
            if let Some(name) = name {
                let value = model.trait_(&name.text).filter(|t| t.span == name.span);
                let holds = value.map(|t| (t.value.ty.clone(), t.value.optional));
                let model = model.predictions.iter().find(|m| m.span == name.span);
                let holds = holds.or(model.map(|m| (m.ty.clone(), m.optional)));
                define(name.span, symbol(shared(&name.text)), holds);
            }
        };
        match &declaration.kind {
            Kind::Customer { keyword, fields } => {
                define(*keyword, Symbol::Customer, None);
                self::fields(index, "customer", fields, &model.customer.attributes, |_, name| {
                    Symbol::Attribute(name)
                });
            }
            Kind::Record { name, fields } => {
                named(name, Symbol::Record);
                let record = name.as_ref().and_then(|n| model.records.iter().find(|r| *r.name == *n.text));
                of_named(index, name, fields, record.map(|r| &r.fields[..]));
            }
            Kind::Event { name, fields } => {
                named(name, Symbol::Event);
                let event = name.as_ref().and_then(|n| model.event(&n.text));
                of_named(index, name, fields, event.map(|e| &e.fields[..]));
            }
            Kind::Entity { name, fields } => {
                named(name, Symbol::Entity);
                let entity = name.as_ref().and_then(|n| model.entity(&n.text));
                of_named(index, name, fields, entity.map(|e| &e.fields[..]));
            }
            Kind::EventUnion { name, .. } => named(name, Symbol::Event),
            Kind::Source(source) => named(&source.name, Symbol::Source),
            Kind::Destination(destination) => named(&destination.name, Symbol::Destination),
            Kind::Trait { name, .. } => named(name, Symbol::Trait),
            Kind::Segment { name, .. } => named(name, Symbol::Segment),
            Kind::Lifecycle { keyword, name, stages, .. } => {
                let text = name.as_ref().map_or(STAGE, |n| &n.text);
                let holds = model.lifecycle(text).map(|l| (l.ty.clone(), false));
                define(name.as_ref().map_or(*keyword, |n| n.span), Symbol::Lifecycle(text.into()), holds);
                for stage in stages.iter().filter_map(|s| s.name.as_ref()) {
                    let symbol = Symbol::Stage { of: text.into(), name: shared(&stage.text) };
                    let (at, whole) = (stage.span, stage.span);
                    index.define(Definition { symbol, at, whole, docs: Vec::new(), holds: None });
                }
            }
            Kind::Consent(consent) => named(&consent.name, Symbol::Consent),
            Kind::Brand { properties, .. } => {
                for property in properties {
                    define(property.name.span, Symbol::Property(shared(&property.name.text)), None);
                }
            }
            Kind::Layout { name, .. } => named(name, Symbol::Layout),
            Kind::Content { name, .. } => named(name, Symbol::Content),
            Kind::Email(email) => named(&email.name, Symbol::Email),
            Kind::Coupon(coupon) => named(&coupon.name, Symbol::Coupon),
            Kind::Model(model) => named(&model.name, Symbol::Model),
            Kind::Recommend(recommend) => named(&recommend.name, Symbol::Recommendation),
            Kind::Experiment(experiment) => named(&experiment.name, Symbol::Experiment),
            Kind::Trigger(trigger) => named(&trigger.name, Symbol::Trigger),
            Kind::Campaign(campaign) => named(&campaign.name, Symbol::Campaign),
            // Ids that `customer` does not declare are declared here.
            Kind::Identity(identity) => {
                for id in &identity.ids {
                    let attribute = model.customer.attribute(&id.text).filter(|a| a.span == Some(id.span));
                    let holds = attribute.map(|a| (a.ty.clone(), a.optional));
                    if holds.is_some() {
                        define(id.span, Symbol::Attribute(shared(&id.text)), holds);
                    }
                }
            }
            Kind::Retain { .. } | Kind::Policy(_) | Kind::Test(_) => {}
        }
    }
}

fn of_named(
    index: &mut Index,
    name: &Option<Name>,
    fields: &[ast::Field],
    declared: Option<&[crate::Attribute]>,
) {
    if let (Some(name), Some(declared)) = (name, declared) {
        self::fields(index, &name.text, fields, declared, |of, name| Symbol::Field { of, name });
    }
}

fn fields(
    index: &mut Index,
    of: &str,
    fields: &[ast::Field],
    declared: &[crate::Attribute],
    symbol: impl Fn(Arc<str>, Arc<str>) -> Symbol,
) {
    for field in fields {
        let (at, name) = (field.name.span, shared(&field.name.text));
        let holds = declared.iter().find(|a| a.span == Some(at)).map(|a| (a.ty.clone(), a.optional));
        let whole = field.ty.as_ref().map_or(at, |ty| at.to(ty.span));
        let symbol = symbol(of.into(), name.clone());
        index.define(Definition { symbol, at, whole, docs: field.docs.clone(), holds });
        if let Some(ast::TypeRef { kind: TypeKind::Enum { values, .. }, .. }) = &field.ty {
            for value in values {
                let symbol = Symbol::Value { of: name.clone(), name: shared(&value.text) };
                let (at, whole) = (value.span, value.span);
                index.define(Definition { symbol, at, whole, docs: Vec::new(), holds: None });
            }
        }
    }
}
