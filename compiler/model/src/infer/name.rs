//! Names and fields.

use std::sync::Arc;

use persona_diagnostics::catalogue::{cycle::Cycle, misplaced::Misplaced, unknown_name::UnknownName};
use persona_diagnostics::{Span, suggest};
use persona_syntax::ast::{self, Name};
use persona_value::Type;

use super::{Checker, Pending, Reads, Row};
use crate::{EVENT_FIELDS, Expr, ExprKind, Symbol};

/// So many traits, segments and lifecycles read each other in a row, at most.
pub(crate) const DEEPEST: usize = 50;

impl Checker<'_> {
    /// A bare name: of the innermost row that has it.
    pub(super) fn name(&mut self, name: &Name) -> Expr {
        if matches!(name.text.as_str(), "null" | "NULL" | "nil" | "None" | "missing") {
            let headline = format!("`{}` is no value: what is missing compares with nothing", name.text);
            let why = "not a value".to_string();
            let help = Some("write `is present` or `is missing` after what you ask about".to_string());
            self.problems.report(Misplaced { headline, at: name.span, why, help });
            return Expr::unknown(name.span);
        }
        if let Some(found) = self.resolve(name) {
            self.refer_value(name.span, &found);
            self.shadows(name, &found);
            return found;
        }
        // A segment's name where a value should stand is the commonest slip.
        if let Some(segment) = self.segments.get(&name.text) {
            let headline = format!("`{}` is a segment, not a value", name.text);
            let why = "to ask whether the customer is in it, write `in` before it".to_string();
            let help = Some(format!("write `in {}`", segment.name));
            self.problems.report(Misplaced { headline, at: name.span, why, help });
            return Expr::unknown(name.span);
        }
        if let Some(event) = self.event(&name.text).map(|e| e.name.clone()) {
            let headline = format!("`{event}` is an event, not a value");
            let why = "events are counted or asked about".to_string();
            let help =
                Some(format!("write `count({event})`, `any({event} in last 30 days)` or `last({event}).at`"));
            self.problems.report(Misplaced { headline, at: name.span, why, help });
            return Expr::unknown(name.span);
        }
        if self.recommendations.iter().any(|(r, _)| **r == *name.text) && self.knows_customer() {
            let headline = format!("`{}` is a recommendation, not a value to reckon with", name.text);
            let why = "it is a list of rows, made for an e-mail".to_string();
            let help = Some(format!("an e-mail shows it: `{{% for item in {} %}}`", name.text));
            self.problems.report(Misplaced { headline, at: name.span, why, help });
            return Expr::unknown(name.span);
        }
        let (what, candidates) = self.visible();
        self.unknown_name(what, name, candidates)
    }

    /// Every name visible from here, with where it is declared.
    fn visible(&self) -> (&'static str, Vec<(String, Option<Span>)>) {
        let mut what = "attribute or trait";
        let mut all = Vec::new();
        for row in self.rows.iter().rev() {
            match row {
                Row::Customer => {
                    all.extend(self.customer.attributes.iter().map(|a| (a.name.to_string(), a.span)));
                    all.extend(self.traits.iter().map(|(name, (span, _))| (name.to_string(), Some(*span))));
                    all.extend(self.lifecycles.iter().map(|(l, _)| (l.name.to_string(), Some(l.span))));
                    all.extend(self.models.iter().map(|(name, (span, _))| (name.to_string(), Some(*span))));
                }
                Row::Event(event) => {
                    what = "field, attribute or trait";
                    let fields = self.event(event).map(|e| &e.fields[..]).unwrap_or_default();
                    all.extend(fields.iter().map(|f| (f.name.to_string(), f.span)));
                    all.extend(EVENT_FIELDS.iter().map(|(name, _)| (name.to_string(), None)));
                }
                Row::Item(record) | Row::Candidate(record) => {
                    what = "field, attribute or trait";
                    all.extend(record.fields.iter().map(|f| (f.name.to_string(), None)));
                    all.extend(matches!(row, Row::Candidate(_)).then(|| ("bought".to_string(), None)));
                }
                Row::Start(_) | Row::Unstarted => {}
                Row::Source { .. } => what = "column",
                Row::It(..) => {
                    what = "name but `it` here, and none";
                    all.push(("it".to_string(), None));
                }
            }
        }
        all.sort();
        (what, all)
    }

    pub(crate) fn unknown_name(
        &mut self,
        what: &str,
        name: &Name,
        candidates: Vec<(String, Option<Span>)>,
    ) -> Expr {
        let places = || candidates.iter().filter_map(|(_, at)| *at);
        // One of these may be just what could not be read.
        let hidden = places().next().is_some() && places().all(|at| self.is_broken(at));
        if hidden || self.unread.holds(&name.text) || self.is_told(name.span) {
            return Expr::unknown(name.span);
        }
        let nearest = suggest(&name.text, candidates.iter().map(|(n, _)| n.as_str())).map(str::to_string);
        let nearest = nearest.and_then(|n| candidates.iter().find(|(c, _)| *c == n).cloned());
        let available = match candidates.len() {
            1..=8 => candidates.into_iter().map(|(name, _)| format!("`{name}`")).collect(),
            _ => Vec::new(),
        };
        self.problems.report(UnknownName {
            what: what.to_string(),
            name: name.text.clone(),
            at: name.span,
            nearest,
            available,
        });
        Expr::unknown(name.span)
    }

    /// What a bare name means here, told nobody if nothing.
    pub(super) fn resolve(&mut self, name: &Name) -> Option<Expr> {
        let rows = self.rows.clone();
        rows.iter().rev().find_map(|row| self.name_of(row, name))
    }

    /// Whether values of the customer can be read here.
    pub(super) fn knows_customer(&self) -> bool {
        self.rows.iter().any(|row| matches!(row, Row::Customer))
    }

    /// Tells that a check or a source's row knows nothing of any customer.
    pub(super) fn no_customer(&mut self, what: &str, at: Span) -> Expr {
        let headline = format!("{what} cannot be asked for here");
        let why = match self.rows.first() {
            Some(Row::It(..)) => "a `check` looks at its own value, `it`, and at nothing else",
            _ => "a source reads the columns of its rows, and nothing else",
        };
        self.problems.report(Misplaced { headline, at, why: why.to_string(), help: None });
        Expr::unknown(at)
    }

    fn name_of(&mut self, row: &Row, name: &Name) -> Option<Expr> {
        let span = name.span;
        let text = name.text.as_str();
        let of = |kind, ty, optional| Some(Expr { kind, ty, optional, span });
        match row {
            Row::Customer => self.of_customer(name),
            Row::Event(event) => {
                let (ty, optional) = self.event(event)?.field(text)?;
                of(ExprKind::EventField(text.into()), ty, optional)
            }
            Row::Candidate(record) if text == "bought" && record.field(text).is_none() => {
                of(ExprKind::Bought(None), Type::Bool, false)
            }
            Row::Item(record) | Row::Candidate(record) => {
                let field = record.field(text)?;
                of(ExprKind::ItemField(field.name.clone()), field.ty.clone(), field.optional)
            }
            Row::Start(_) | Row::Unstarted => None,
            Row::Source { reads: Reads::Places, .. } => {
                let headline = "this source reads documents, and a place in one begins with `$`".to_string();
                let why = "this would be a column".to_string();
                let help = Some(format!("write `$.{text}`"));
                self.problems.report(Misplaced { headline, at: name.span, why, help });
                Some(Expr::unknown(name.span))
            }
            Row::Source { .. } => of(ExprKind::Column(text.into()), Type::Raw, true),
            Row::It(ty, optional) if text == "it" => of(ExprKind::It, ty.clone(), *optional),
            Row::It(..) => None,
        }
    }

    fn of_customer(&mut self, name: &Name) -> Option<Expr> {
        let span = name.span;
        if let Some(attribute) = self.customer.attribute(&name.text) {
            let kind = ExprKind::Attribute(attribute.name.clone());
            return Some(Expr { kind, ty: attribute.ty.clone(), optional: attribute.optional, span });
        }
        if let Some((lifecycle, ty)) = self.lifecycles.iter().find(|(l, _)| *l.name == *name.text) {
            let kind = ExprKind::Stage(lifecycle.name.clone());
            return Some(Expr { kind, ty: ty.clone(), optional: lifecycle.optional, span });
        }
        if self.traits.contains_key(name.text.as_str()) {
            let name: Arc<str> = name.text.as_str().into();
            let (ty, optional) = self.trait_type(&name);
            return Some(Expr { kind: ExprKind::Trait(name), ty, optional, span });
        }
        if self.models.contains_key(name.text.as_str()) {
            let name: Arc<str> = name.text.as_str().into();
            let (ty, optional) = (self.model_type(&name), self.without_fallback.contains(&name));
            return Some(Expr { kind: ExprKind::Model(name), ty, optional, span });
        }
        None
    }

    /// The type of a trait, working it out if need be.
    pub(crate) fn trait_type(&mut self, name: &Arc<str>) -> (Type, bool) {
        let Some((span, pending)) = self.traits.get_mut(name) else { return (Type::Unknown, false) };
        let span = *span;
        match std::mem::replace(pending, Pending::Busy) {
            Pending::Done(expr) => {
                let typed = (expr.ty.clone(), expr.optional);
                *pending = Pending::Done(expr);
                typed
            }
            Pending::Busy => {
                let from = self.path.iter().position(|n| n == name).unwrap_or(0);
                let names = self.path[from..].iter().map(|n| n.to_string()).collect::<Vec<_>>();
                let at =
                    self.path[from..].iter().filter_map(|n| self.traits.get(n).map(|(s, _)| *s)).collect();
                self.problems.report(Cycle { names, at });
                (Type::Unknown, false)
            }
            Pending::Waiting(ast) if self.path.len() >= DEEPEST => {
                self.traits.insert(name.clone(), (span, Pending::Waiting(ast)));
                self.too_deep(name, span);
                (Type::Unknown, false)
            }
            Pending::Waiting(ast) => {
                self.path.push(name.clone());
                // What is proved where it is read is not proved where it is declared.
                let proved = std::mem::take(&mut self.proved);
                let expr = self.expression(&ast, &[Row::Customer]);
                let expr = self.list_by_itself(expr);
                self.proved = proved;
                self.path.pop();
                let typed = (expr.ty.clone(), expr.optional);
                self.traits.insert(name.clone(), (span, Pending::Done(expr)));
                self.order.push(name.clone());
                typed
            }
        }
    }

    /// Tells that values are read through too many others.
    pub(crate) fn too_deep(&mut self, name: &str, at: Span) {
        // Those further up are as deep and deeper.
        if !std::mem::replace(&mut self.deep, true) {
            let headline = format!("`{name}` is read through more than {DEEPEST} others");
            let why = "each of them needs the one before".to_string();
            self.problems.report(Misplaced { headline, at, why, help: None });
        }
    }

    /// A list trait makes a table: its value is a `list(…)` and no other trait's name.
    fn list_by_itself(&mut self, expr: Expr) -> Expr {
        if !matches!(expr.ty, Type::List(_)) || matches!(expr.kind, ExprKind::Query(_)) {
            return expr;
        }
        let headline = "a list has one name".to_string();
        let why = "this is another trait's list".to_string();
        let help = Some("use that trait, or write its `list(…)` here".to_string());
        self.problems.report(Misplaced { headline, at: expr.span, why, help });
        Expr::unknown(expr.span)
    }

    /// `base.field`.
    pub(super) fn member(&mut self, base: &ast::Expr, field: &Name) -> Expr {
        let span = base.span().to(field.span);
        if let ast::Expr::Name(name) = base
            && name.text == "event"
            && self.rows.iter().any(|row| matches!(row, Row::Unstarted))
        {
            return Expr::unknown(span);
        }
        if let ast::Expr::Name(name) = base
            && name.text == "event"
            && self.customer.attribute("event").is_none()
            && let Some(started) = self.rows.iter().find_map(|row| match row {
                Row::Start(started) => Some(started.clone()),
                _ => None,
            })
        {
            return self.of_start(started, field, span);
        }
        if let ast::Expr::Name(name) = base {
            // `customer.x` is the customer's, whatever row is nearer.
            let in_source = self.rows.iter().any(|r| matches!(r, Row::Source { .. }));
            if name.text == "customer" && !self.knows_customer() && !in_source {
                return self.no_customer("a value of the customer", span);
            }
            if name.text == "customer" && !in_source {
                return match self.of_customer(field) {
                    Some(expr) => {
                        self.refer(name, |_| Symbol::Customer);
                        self.refer_value(field.span, &expr);
                        Expr { span, ..expr }
                    }
                    None => {
                        let outer = std::mem::replace(&mut self.rows, vec![Row::Customer]);
                        let (what, candidates) = self.visible();
                        self.rows = outer;
                        self.unknown_name(what, field, candidates)
                    }
                };
            }
            // `it.x` is the event's or the item's at hand.
            if name.text == "it"
                && let Some(row @ Row::Event(event)) = self.rows.last().cloned().as_ref()
            {
                return match self.name_of(row, field) {
                    Some(expr) => {
                        self.refer_value(field.span, &expr);
                        Expr { span, ..expr }
                    }
                    None => {
                        let record = self.event(event).map(|e| e.record());
                        record.map_or(Expr::unknown(span), |record| self.unknown_field(&record, field))
                    }
                };
            }
            if name.text == "it"
                && let Some(Row::Item(record)) =
                    self.rows.iter().rev().find(|r| matches!(r, Row::Item(_))).cloned()
            {
                return match self.name_of(&Row::Item(record.clone()), field) {
                    Some(expr) => {
                        self.refer_value(field.span, &expr);
                        Expr { span, ..expr }
                    }
                    None => self.unknown_field(&record, field),
                };
            }
        }
        let base = self.infer(base);
        match &base.kind {
            ExprKind::Column(column) if self.reads_inside(column) => {
                let kind = ExprKind::Column(format!("{column}.{}", field.text).into());
                Expr { kind, ty: Type::Raw, optional: true, span }
            }
            _ => self.field_of(base, field, span),
        }
    }

    /// Whether something lies inside of what a source calls by this name.
    fn reads_inside(&self, column: &str) -> bool {
        self.rows.iter().any(|row| match row {
            Row::Source { reads: Reads::Names | Reads::Places, .. } => true,
            Row::Source { reads: Reads::Form, .. } => column == "hidden",
            _ => false,
        })
    }

    /// `$.customer.id`.
    pub(super) fn place(&mut self, text: &str, span: Span) -> Expr {
        let reads = self.rows.iter().find_map(|row| match row {
            Row::Source { reads, .. } => Some(*reads),
            _ => None,
        });
        if reads == Some(Reads::Places) {
            return Expr { kind: ExprKind::Column(text.into()), ty: Type::Raw, optional: true, span };
        }
        let headline = format!("`{text}` is a place in a document, and there is none here");
        let (why, help) = match reads {
            Some(_) => ("this source has names", Some("write the column's name".to_string())),
            None => ("only a `webhook` or `http` source reads documents", None),
        };
        self.problems.report(Misplaced { headline, at: span, why: why.into(), help });
        Expr::unknown(span)
    }

    /// `event.field` in a flow.
    fn of_start(
        &mut self,
        started: Option<Arc<persona_value::RecordType>>,
        field: &Name,
        span: Span,
    ) -> Expr {
        let Some(record) = started else {
            let headline = "what starts this flow has no fields".to_string();
            let why = "there is no event here".to_string();
            let help =
                Some("flows have one that start on an event, a date, or a value that changes".to_string());
            self.problems.report(Misplaced { headline, at: span, why, help });
            return Expr::unknown(span);
        };
        let Some(found) = record.field(&field.text) else { return self.unknown_field(&record, field) };
        if let Type::List(_) = found.ty {
            return self.list_of_one_event(&record.name, field, span);
        }
        self.refer_field(&record.name, field);
        let kind = ExprKind::StartField(found.name.clone());
        Expr { kind, ty: found.ty.clone(), optional: found.optional, span }
    }

    fn unknown_field(&mut self, record: &persona_value::RecordType, field: &Name) -> Expr {
        let candidates = record.fields.iter().map(|f| (f.name.to_string(), None)).collect();
        self.unknown_name(&format!("field of `{}`", record.name), field, candidates)
    }

    fn is_list_of(&self, event: &str, field: &Name) -> bool {
        let found = self.event(event).and_then(|e| e.field(&field.text));
        found.is_some_and(|(ty, _)| matches!(ty, Type::List(_)))
    }

    fn list_of_one_event(&mut self, event: &str, field: &Name, at: Span) -> Expr {
        let list = &field.text;
        let headline = format!("`{list}` is a list of `{event}`: its items are asked for by an event query");
        let why = "one event's list is not a value of the customer".to_string();
        let help = Some(format!("write `list({event})`, or `most_frequent({event}.{list}.FIELD)`"));
        self.problems.report(Misplaced { headline, at, why, help });
        Expr::unknown(at)
    }

    /// A field of a value: of a record, or of the entity it refers to.
    pub(super) fn field_of(&mut self, base: Expr, field: &Name, span: Span) -> Expr {
        match base.ty.clone() {
            Type::Unknown => Expr::unknown(span),
            Type::Entity(entity) => {
                self.refer_field(&entity, field);
                let Some(declared) = self.entity(&entity) else { return Expr::unknown(span) };
                match declared.field(&field.text) {
                    Some(found) => Expr {
                        ty: found.ty.clone(),
                        // The row may not be there, unless the sources say that it must.
                        optional: !self.must_exist(&base) || base.optional || found.optional,
                        kind: ExprKind::Lookup {
                            key: Box::new(base),
                            entity: declared.name.clone(),
                            field: found.name.clone(),
                        },
                        span,
                    },
                    None => {
                        let what = format!("field of `{entity}`");
                        let fields = declared.fields.iter().map(|f| (f.name.to_string(), f.span)).collect();
                        self.unknown_name(&what, field, fields)
                    }
                }
            }
            Type::Record(record) => match record.field(&field.text) {
                Some(found) => {
                    self.refer_field(&record.name, field);
                    let (ty, optional) = (found.ty.clone(), found.optional || base.optional);
                    let name = found.name.clone();
                    match base.kind {
                        // `last(purchase).at` asks one field of one event.
                        ExprKind::Query(mut query) => {
                            query.field = Some(name);
                            Expr { kind: ExprKind::Query(query), ty, optional, span }
                        }
                        _ => Expr { kind: ExprKind::Field(Box::new(base), name), ty, optional, span },
                    }
                }
                None => match &base.kind {
                    ExprKind::Query(query) if self.is_list_of(&query.event, field) => {
                        let event = query.event.clone();
                        self.list_of_one_event(&event, field, span)
                    }
                    _ => self.unknown_field(&record, field),
                },
            },
            ty => {
                let headline = format!("`{}` has no fields", self.written(base.span));
                let why = format!("this is {}", super::describe(&ty));
                self.problems.report(Misplaced { headline, at: span, why, help: None });
                Expr::unknown(span)
            }
        }
    }

    /// Whether the row that a reference names is there, by what every source of it says.
    fn must_exist(&self, key: &Expr) -> bool {
        let says =
            |fields: &[crate::Attribute], name: &str| fields.iter().any(|f| f.must_exist && *f.name == *name);
        match &key.kind {
            ExprKind::Attribute(name) => says(&self.customer.attributes, name),
            ExprKind::EventField(name) => self.rows.iter().rev().any(|row| match row {
                Row::Event(event) => self.event(event).is_some_and(|e| says(&e.fields, name)),
                _ => false,
            }),
            ExprKind::ItemField(name) => self.rows.iter().rev().any(|row| match row {
                Row::Item(of) => self.records.iter().any(|r| r.name == of.name && says(&r.fields, name)),
                _ => false,
            }),
            _ => false,
        }
    }

    pub(super) fn in_segment(&mut self, name: &Name, span: Span) -> Expr {
        if !self.knows_customer() {
            return self.no_customer("a segment", span);
        }
        if let Some(segment) = self.segments.get(&name.text) {
            let kind = ExprKind::InSegment(segment.name.clone());
            self.refer(name, Symbol::Segment);
            return Expr { kind, ty: Type::Bool, optional: false, span };
        }
        if self.unread.holds(&name.text) {
            return Expr::unknown(span);
        }
        // A stage's name after `in`: say how one asks for it.
        for (lifecycle, ty) in &self.lifecycles {
            if let Type::Enum(stages) = ty
                && stages.rank(&name.text).is_some()
            {
                let headline = format!("`{}` is a stage, not a segment", name.text);
                let why = "no segment of this name".to_string();
                let help = Some(format!("write `{} == {}`", lifecycle.name, name.text));
                self.problems.report(Misplaced { headline, at: name.span, why, help });
                return Expr::unknown(span);
            }
        }
        let candidates = self.segments.iter().map(|s| (s.name.to_string(), Some(s.span))).collect();
        self.unknown_name("segment", name, candidates)
    }

    /// An event's name.
    pub(crate) fn event_name(&mut self, name: &Name) -> Option<Arc<str>> {
        if let Some(event) = self.event(&name.text).map(|e| e.name.clone()) {
            self.refer(name, Symbol::Event);
            return Some(event);
        }
        let segment = self.segments.get(&name.text).is_some();
        let stage = |ty: &Type| matches!(ty, Type::Enum(stages) if stages.rank(&name.text).is_some());
        if segment || self.lifecycles.iter().any(|(_, ty)| stage(ty)) {
            let what = if segment { "segment" } else { "stage" };
            let headline = format!("`{}` is a {what}, not an event", name.text);
            let why = "an event is needed here".to_string();
            let help = Some(format!("a flow starts when somebody comes into it: `on enter {}`", name.text));
            self.problems.report(Misplaced { headline, at: name.span, why, help });
            return None;
        }
        let candidates = self.events.iter().map(|e| (e.name.to_string(), e.span)).collect();
        self.unknown_name("event", name, candidates);
        None
    }
}
