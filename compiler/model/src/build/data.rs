//! `customer`, `record`, `event`, `entity`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use persona_diagnostics::catalogue::{
    cycle::Cycle, misplaced::Misplaced, no_effect_yet::NoEffectYet, repeated_member::RepeatedMember,
    unknown_name::UnknownName,
};
use persona_diagnostics::{Span, suggest};
use persona_syntax::ast::{self, Declaration, DeclarationKind as Kind, Modifier, TypeKind, TypeRef};
use persona_value::{Currency, EnumType, RecordType, Type};

use super::{Names, shared, source};
use crate::infer::{Checker, Row};
use crate::{Attribute, EVENT_FIELDS, Entity, Event, Record, Symbol, TYPES};

/// Everything that declares data, so that any expression can name it.
pub(super) fn collect(checker: &mut Checker, declarations: &[&Declaration]) {
    let mut names = Names::new("event, entity or record");
    checker.events.iter().for_each(|e| names.built_in(&e.name));
    let mut kinds = Kinds { existing: source::existing_references(declarations), ..Kinds::default() };

    // Names of entities and records first: fields refer to them in any order.
    for declaration in declarations {
        match &declaration.kind {
            Kind::Entity { name: Some(name), .. } => kinds.entities.push((name.text.clone(), name.span)),
            Kind::Record { name: Some(name), fields } => {
                kinds.waiting.insert(name.text.clone(), (name.span, fields.clone()));
            }
            _ => {}
        }
    }
    for declaration in declarations {
        let docs = declaration.docs.clone();
        match &declaration.kind {
            Kind::Customer { keyword, fields } => {
                plain_only(checker, fields, "a customer");
                if let Some(first) = checker.customer.span {
                    checker.repeated("customer", &[first, *keyword]);
                    continue;
                }
                checker.customer.span = Some(*keyword);
                checker.customer.attributes = kinds.fields(checker, fields, Holder::Customer);
                let keys: Vec<_> = checker.customer.attributes.iter().filter(|a| a.key).collect();
                if keys.is_empty() && !fields.is_empty() && !checker.customer.attributes.iter().any(untyped) {
                    checker.missing_member("`customer`".into(), "key", *keyword, "id: string key");
                }
                let attributes = &checker.customer.attributes;
                let reachable = attributes.iter().any(|a| a.ty == Type::Email || untyped(a));
                let mails = |d: &&Declaration| matches!(d.kind, Kind::Email { .. });
                if !reachable && !fields.is_empty() && declarations.iter().any(mails) {
                    checker.missing_member("`customer`".into(), "e-mail address", *keyword, "email: email");
                }
            }
            Kind::Record { name: Some(name), .. } if names.add(name, checker.problems) => {
                kinds.record(checker, &name.text);
            }
            Kind::Entity { name: Some(name), fields } if names.add(name, checker.problems) => {
                plain_only(checker, fields, "an entity");
                let fields = kinds.fields(checker, fields, Holder::Entity);
                if !fields.iter().any(|f| f.key || untyped(f)) && !fields.is_empty() {
                    let what = format!("the entity `{}`", name.text);
                    checker.missing_member(what, "key", name.span, "sku: string key");
                }
                checker.entities.push(Entity { name: shared(&name.text), docs, fields, span: name.span });
            }
            Kind::Event { name: Some(name), fields } if names.add(name, checker.problems) => {
                let fields = kinds.fields(checker, fields, Holder::Event);
                let name_span = Some(name.span);
                checker.events.push(Event {
                    name: shared(&name.text),
                    docs,
                    fields,
                    of: Vec::new(),
                    span: name_span,
                });
            }
            _ => {}
        }
    }
    // Unions last: of any events, other unions too.
    let mut unions: Vec<_> = declarations
        .iter()
        .filter_map(|d| match &d.kind {
            Kind::EventUnion { name: Some(name), of } => Some((name, of, d.docs.clone())),
            _ => None,
        })
        .filter(|(name, ..)| names.add(name, checker.problems))
        .collect();
    while !unions.is_empty() {
        let known = |n: &ast::Name, events: &[Event]| events.iter().any(|e| *e.name == *n.text);
        // One whose parts are all known, or are told to be not. If there is none, the rest go in circles.
        let waiting: Vec<String> = unions.iter().map(|(n, ..)| n.text.clone()).collect();
        let ready = unions.iter().position(|(_, of, _)| {
            of.iter().all(|n| known(n, &checker.events) || !waiting.contains(&n.text))
        });
        if ready.is_none() {
            // Told once; what is left is made of what is known.
            let names = unions.iter().map(|(n, ..)| n.text.clone()).collect();
            let at = unions.iter().map(|(n, ..)| n.span).collect();
            checker.problems.report(Cycle { names, at });
            for (name, of, docs) in unions {
                let of: Vec<_> = of.iter().filter(|n| !waiting.contains(&n.text)).cloned().collect();
                union(checker, name, &of, docs);
            }
            break;
        }
        let (name, of, docs) = unions.remove(ready.unwrap_or(0));
        union(checker, name, of, docs);
    }
}

/// Lists belong to events, and records to lists: tables have columns.
fn plain_only(checker: &mut Checker, fields: &[ast::Field], of: &str) {
    for field in fields {
        if let Some(TypeRef { kind: TypeKind::Named { name, .. }, span, .. }) = &field.ty
            && name.text == "list"
        {
            checker.problems.report(Misplaced {
                headline: format!("{of} has no lists in this version of persona"),
                at: *span,
                why: "a list belongs to an event".into(),
                help: Some("gather it from events with a trait: `list(cart_add)`".into()),
            });
        }
    }
}

fn union(checker: &mut Checker, name: &ast::Name, of: &[ast::Name], docs: Vec<String>) {
    let mut parts: Vec<Arc<str>> = Vec::new();
    for part in of {
        if let Some(event) = checker.event_name(part) {
            let event = checker.events.get(&event);
            match event {
                Some(e) if e.of.is_empty() => parts.push(e.name.clone()),
                Some(e) => parts.extend(e.of.clone()),
                None => {}
            }
        }
    }
    // An event that several unions have is one all the same.
    let mut seen = HashSet::new();
    parts.retain(|part| seen.insert(part.clone()));
    // The fields that all of them have, of one type.
    let events: Vec<&Event> =
        parts.iter().filter_map(|p| checker.events.iter().find(|e| e.name == *p)).collect();
    let mut fields = Vec::new();
    if let Some((first, rest)) = events.split_first() {
        for field in &first.fields {
            let same: Vec<&Attribute> = rest
                .iter()
                .filter_map(|e| e.fields.iter().find(|f| f.name == field.name && f.ty == field.ty))
                .collect();
            if same.len() == rest.len() && !matches!(field.ty, Type::List(_)) {
                let optional = field.optional || same.iter().any(|f| f.optional);
                let must_exist = field.must_exist && same.iter().all(|f| f.must_exist);
                let plain = Attribute { key: false, check: None, pattern: None, ..field.clone() };
                fields.push(Attribute { optional, must_exist, ..plain });
            }
        }
    }
    checker.events.push(Event { name: shared(&name.text), docs, fields, of: parts, span: Some(name.span) });
}

/// Whether a field's type is not known because of a mistake; with it, whether it is the key.
fn untyped(field: &Attribute) -> bool {
    field.ty == Type::Unknown
}

/// Checks and patterns, once every name is known.
pub(super) fn check(checker: &mut Checker, declarations: &[&Declaration]) {
    for declaration in declarations {
        let fields = match &declaration.kind {
            Kind::Customer { fields, .. }
            | Kind::Record { fields, .. }
            | Kind::Entity { fields, .. }
            | Kind::Event { fields, .. } => fields,
            _ => continue,
        };
        for field in fields {
            for modifier in &field.modifiers {
                let Modifier::Check(condition) = modifier else { continue };
                let Some((ty, optional)) = declared_type(checker, field.name.span) else { continue };
                let condition = checker.condition(condition, &[Row::It(ty, optional)]);
                if !condition.is_unknown() {
                    set_check(checker, field.name.span, condition);
                }
            }
        }
    }
}

fn attributes<'a>(checker: &'a mut Checker) -> impl Iterator<Item = &'a mut Attribute> {
    let customer = checker.customer.attributes.iter_mut();
    let events = checker.events.iter_mut().flat_map(|e| e.fields.iter_mut());
    let records = checker.records.iter_mut().flat_map(|r| r.fields.iter_mut());
    let entities = checker.entities.iter_mut().flat_map(|e| e.fields.iter_mut());
    customer.chain(events).chain(records).chain(entities)
}

fn declared_type(checker: &mut Checker, at: Span) -> Option<(Type, bool)> {
    attributes(checker).find(|a| a.span == Some(at)).map(|a| (a.ty.clone(), a.optional))
}

fn set_check(checker: &mut Checker, at: Span, condition: crate::Expr) {
    if let Some(attribute) = attributes(checker).find(|a| a.span == Some(at)) {
        attribute.check = Some(condition);
    }
}

/// What fields belong to.
#[derive(Clone, Copy, PartialEq)]
enum Holder {
    Customer,
    Event,
    Entity,
    Record,
}

impl Holder {
    /// Names that its fields have from the start.
    fn names(self) -> Names {
        let mut names = Names::new(match self {
            Holder::Customer => "attribute",
            Holder::Event => "field of an event",
            Holder::Entity | Holder::Record => "field",
        });
        if self == Holder::Event {
            EVENT_FIELDS.iter().for_each(|(name, _)| names.built_in(name));
        }
        if matches!(self, Holder::Event | Holder::Record) {
            // Columns of the tables that hold lists.
            ["item_event", "item_position"].iter().for_each(|name| names.built_in(name));
        }
        names
    }

    /// Records lie in lists. (Those inside of records are told there.)
    fn check_type(self, checker: &mut Checker, ty: &Type, field: &ast::Field) {
        if self == Holder::Record || !matches!(ty, Type::Record(_)) {
            return;
        }
        checker.problems.report(Misplaced {
            headline: format!("`{}` is a record by itself", field.name.text),
            at: field.ty.as_ref().map_or(field.name.span, |ty| ty.span),
            why: "records are the items of lists".into(),
            help: Some(format!("write `list<{ty}>` in an event, or give its fields here")),
        });
    }
}

/// The type of a parameter, where all that types can name is known.
pub(super) fn parameter_type(checker: &mut Checker, ty: &TypeRef, name: &str) -> Type {
    let entities = checker.entities.iter().map(|e| (e.name.to_string(), e.span)).collect();
    let record = |r: &Record| {
        let fields = r.fields.iter().map(Attribute::field).collect();
        (r.name.to_string(), (r.span, Arc::new(RecordType { name: r.name.clone(), fields })))
    };
    let records = checker.records.iter().map(record).collect();
    Kinds { entities, records, ..Kinds::default() }.type_of(checker, ty, name)
}

/// What a type can name.
#[derive(Default)]
struct Kinds {
    entities: Vec<(String, Span)>,
    /// Fields whose row is there, as every source says.
    existing: Vec<Span>,
    /// Records not looked at yet.
    waiting: HashMap<String, (Span, Vec<ast::Field>)>,
    records: HashMap<String, (Span, Arc<RecordType>)>,
}

impl Kinds {
    fn fields(&mut self, checker: &mut Checker, fields: &[ast::Field], holder: Holder) -> Vec<Attribute> {
        let mut names = holder.names();
        let mut key: Option<Span> = None;
        let mut attributes = Vec::new();
        for field in fields {
            if !names.add(&field.name, checker.problems) {
                continue;
            }
            let (ty, optional) = match &field.ty {
                // What is left of a type that could not be read whole is not the type.
                Some(ty) if checker.is_told_in(ty.span) => (Type::Unknown, ty.optional),
                Some(ty) => (self.type_of(checker, ty, &field.name.text), ty.optional),
                None => (Type::Unknown, false),
            };
            if let (Type::List(_), Some(written)) = (&ty, &field.ty)
                && optional
            {
                checker.problems.report(Misplaced {
                    headline: "a list is never missing: it is empty".into(),
                    at: written.span,
                    why: "`?` means nothing here".into(),
                    help: Some("remove the `?`".into()),
                });
            }
            holder.check_type(checker, &ty, field);
            let mut attribute = Attribute {
                docs: field.docs.clone(),
                span: Some(field.name.span),
                must_exist: self.existing.contains(&field.name.span),
                ..Attribute::built_in(&field.name.text, ty, optional)
            };
            for modifier in &field.modifiers {
                match modifier {
                    Modifier::Key(at) | Modifier::Unique(at) => {
                        let unique = matches!(modifier, Modifier::Unique(_));
                        if holder == Holder::Record || (unique && holder != Holder::Event) {
                            let what = if unique { "unique" } else { "key" }.to_string();
                            checker.problems.report(NoEffectYet { what, at: *at });
                        } else if let Some(first_at) = key.replace(*at) {
                            let what = if unique { "unique" } else { "key" }.to_string();
                            checker.problems.report(RepeatedMember { what, again_at: *at, first_at });
                        } else {
                            attribute.key = true;
                            check_key(checker, &attribute, *at);
                        }
                    }
                    Modifier::Pii(_) => attribute.pii = true,
                    Modifier::Matches(pattern) => {
                        attribute.pattern = Some(pattern.value().into());
                        check_pattern(checker, pattern, &attribute.ty);
                    }
                    Modifier::Purpose(purpose) => attribute.purpose = Some(shared(&purpose.text)),
                    Modifier::Check(_) => {}
                }
            }
            attributes.push(attribute);
        }
        attributes
    }

    /// A record's type, worked out once.
    fn record(&mut self, checker: &mut Checker, name: &str) -> Option<Arc<RecordType>> {
        if let Some((span, fields)) = self.waiting.remove(name) {
            let fields = self.fields(checker, &fields, Holder::Record);
            for field in fields.iter().filter(|f| matches!(f.ty, Type::List(_) | Type::Record(_))) {
                checker.problems.report(Misplaced {
                    headline: format!("`{}`: a record holds plain values only", field.name),
                    at: field.span.unwrap_or(span),
                    why: "neither lists nor records lie inside a record".into(),
                    help: None,
                });
            }
            let record =
                RecordType { name: shared(name), fields: fields.iter().map(Attribute::field).collect() };
            checker.records.push(Record { name: shared(name), fields, span });
            self.records.insert(name.to_string(), (span, Arc::new(record)));
        }
        self.records.get(name).map(|(_, record)| record.clone())
    }

    fn type_of(&mut self, checker: &mut Checker, ty: &TypeRef, field: &str) -> Type {
        let (name, of) = match &ty.kind {
            TypeKind::Enum { values, ordered } => {
                let mut names = Names::exact("value");
                let mut kept = Vec::new();
                for value in values {
                    if names.add(value, checker.problems) {
                        kept.push(shared(&value.text));
                    }
                }
                return Type::Enum(Arc::new(EnumType {
                    name: shared(field),
                    values: kept,
                    ordered: *ordered,
                }));
            }
            TypeKind::Named { name, of } => (name, of),
        };
        if let (Some(of), false) = (of, matches!(name.text.as_str(), "list" | "money")) {
            checker.problems.report(Misplaced {
                headline: format!("`{}` takes nothing in `< >`", name.text),
                at: of.span,
                why: "not expected here".into(),
                help: None,
            });
        }
        match name.text.as_str() {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "decimal" => Type::Decimal,
            "percent" => Type::Percent,
            "string" => Type::Text,
            "email" => Type::Email,
            "url" => Type::Url,
            "locale" => Type::Locale,
            "date" => Type::Date,
            "timestamp" => Type::Timestamp,
            "time" => Type::Time,
            "duration" => Type::Duration,
            "timezone" => Type::Timezone,
            "money" => match of.as_deref() {
                None => Type::Money(checker.project.currency),
                Some(TypeRef { kind: TypeKind::Named { name: code, .. }, span, .. }) => {
                    match Currency::parse(&code.text).filter(|c| crate::project::is_currency(*c)) {
                        Some(currency) => Type::Money(currency),
                        None => {
                            let why = "a currency is three capital letters, such as `GBP`";
                            checker.bad_literal(&code.text, *span, why);
                            Type::Unknown
                        }
                    }
                }
                Some(_) => Type::Unknown,
            },
            "list" => match of {
                Some(of) => match self.type_of(checker, of, field) {
                    Type::Unknown => Type::Unknown,
                    item => Type::List(Box::new(item)),
                },
                None => {
                    checker.problems.report(Misplaced {
                        headline: "a list says what it is a list of".into(),
                        at: ty.span,
                        why: "a list of what?".into(),
                        help: Some("write `list<line>`".into()),
                    });
                    Type::Unknown
                }
            },
            other => {
                if let Some(record) = self.record(checker, other) {
                    checker.refer(name, Symbol::Record);
                    return Type::Record(record);
                }
                if self.entities.iter().any(|(n, _)| n == other) {
                    checker.refer(name, Symbol::Entity);
                    return Type::Entity(other.into());
                }
                self.unknown(checker, name);
                Type::Unknown
            }
        }
    }

    fn unknown(&self, checker: &mut Checker, name: &ast::Name) {
        if checker.is_told(name.span) || checker.unread.holds(&name.text) {
            return;
        }
        let declared = self
            .entities
            .iter()
            .map(|(n, s)| (n.clone(), Some(*s)))
            .chain(self.records.iter().map(|(n, (s, _))| (n.clone(), Some(*s))))
            .chain(self.waiting.iter().map(|(n, (s, _))| (n.clone(), Some(*s))));
        // Words that other languages use for these types.
        let other = match name.text.to_lowercase().as_str() {
            "text" | "str" | "varchar" | "char" => Some("string"),
            "number" | "float" | "double" | "numeric" => Some("decimal"),
            "integer" | "bigint" | "long" => Some("int"),
            "boolean" => Some("bool"),
            "datetime" | "instant" => Some("timestamp"),
            _ => None,
        };
        let mut candidates: Vec<(String, Option<Span>)> =
            TYPES.iter().map(|t| (t.to_string(), None)).collect();
        candidates.extend(declared);
        let near = other.or_else(|| suggest(&name.text, candidates.iter().map(|(n, _)| n.as_str())));
        let nearest = near.and_then(|n| candidates.iter().find(|(c, _)| c == n).cloned());
        let available =
            if nearest.is_some() { Vec::new() } else { TYPES.iter().map(|t| format!("`{t}`")).collect() };
        checker.problems.report(UnknownName {
            what: "type".into(),
            name: name.text.clone(),
            at: name.span,
            nearest,
            available,
        });
    }
}

/// Ids are text, whatever they look like: those of two systems meet in one column.
fn check_key(checker: &mut Checker, attribute: &Attribute, at: Span) {
    let optional = attribute.optional && attribute.ty != Type::Unknown;
    if optional || !(attribute.ty.is_text() || attribute.ty == Type::Unknown) {
        checker.problems.report(Misplaced {
            headline: format!("`{}` tells rows apart: it is text, and never missing", attribute.name),
            at,
            why: match optional {
                true => "this may be missing".into(),
                false => format!("this is {}", crate::infer::describe(&attribute.ty)),
            },
            help: Some(format!("write `{}: string key`; numbers are read as text", attribute.name)),
        });
    }
}

/// Patterns are of the subset that means the same in every target.
fn check_pattern(checker: &mut Checker, pattern: &ast::Text, ty: &Type) {
    let text = pattern.value();
    if let Err(why) = crate::pattern::check(&text) {
        checker.bad_literal(&text, pattern.span, &why);
    } else if !ty.is_text() && *ty != Type::Unknown {
        checker.problems.report(Misplaced {
            headline: "only text matches a pattern".into(),
            at: pattern.span,
            why: format!("this field is {}", crate::infer::describe(ty)),
            help: Some("use `check` for other types".into()),
        });
    }
}
