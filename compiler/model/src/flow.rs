//! Where personal data and purposes flow: from the attributes that carry them through traits, segments, lifecycles and
//! blocks to what is sent.
//!
//! `pii` follows values: a trait made of a name holds a name, a count of letters does not. A purpose follows whatever was
//! decided by a value, too: who is in a segment tells what its condition read. `hashed` and `masked` end both.

mod destination;
mod journey;
mod mail;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::Type;

use crate::{
    Attribute, Change, Expr, ExprKind, Function, ItemSource, Model, Query, Subject, Summary, Tested,
};

pub(crate) use mail::check;

/// What an attribute is declared to be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Personal data.
    Personal,
    /// For this purpose alone.
    Purpose(Arc<str>),
}

/// A label: what it is, of which attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Label {
    pub kind: Kind,
    /// The attribute's name.
    pub of: Arc<str>,
}

/// The places that a value came through, from the attribute on, and what is to be said there.
pub(crate) type Path = Vec<(Span, String)>;

/// Labels, each with the way it came first.
pub(crate) type Labels = BTreeMap<Label, Path>;

/// The purpose of what is learnt from personal data.
const PROFILING: &str = "profiling";

/// What carries labels, by kind and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Trait(Arc<str>),
    Segment(Arc<str>),
    Lifecycle(Arc<str>),
    Model(Arc<str>),
}

/// Reads labels off expressions. What is declared is read once.
pub(crate) struct Flows<'m> {
    model: &'m Model,
    known: RefCell<HashMap<Node, Rc<Labels>>>,
    attributes: HashMap<&'m str, &'m Attribute>,
}

/// Where an expression is read.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// Whether its value goes on, and not only what was decided by it.
    value: bool,
    /// The name of the event, record or entity whose fields are at hand.
    row: Option<&'a str>,
    /// The event that started the flow.
    start: Option<&'a str>,
}

impl<'m> Flows<'m> {
    pub fn of(model: &'m Model) -> Flows<'m> {
        let attributes = model.customer.attributes.iter().map(|a| (&*a.name, a)).collect();
        Flows { model, known: RefCell::default(), attributes }
    }

    /// Whether anything of the program is labelled at all.
    pub fn any(&self) -> bool {
        let labelled = |fields: &[Attribute]| fields.iter().any(|f| f.pii || f.purpose.is_some());
        let model = self.model;
        labelled(&model.customer.attributes)
            || model.events.iter().any(|e| labelled(&e.fields))
            || model.records.iter().any(|r| labelled(&r.fields))
            || model.entities.iter().any(|e| labelled(&e.fields))
    }

    /// The labels of a name that a template or a destination reads: an attribute, trait or lifecycle, or `RECORD.FIELD`.
    pub fn of_name(&self, name: &str) -> Labels {
        if let Some(attribute) = name.strip_prefix("customer.") {
            return self.of_name(attribute);
        }
        if let Some((row, field)) = name.split_once('.') {
            return self.field(row, field).map(own).unwrap_or_default();
        }
        if let Some(attribute) = self.attributes.get(name) {
            return own(attribute);
        }
        let node = match (self.model.trait_(name), self.model.prediction(name)) {
            (Some(found), _) => Node::Trait(found.name.clone()),
            (None, Some(found)) => Node::Model(found.name.clone()),
            (None, None) => Node::Lifecycle(name.into()),
        };
        (*self.of_node(node)).clone()
    }

    /// The labels of who is in a segment.
    pub fn of_segment(&self, name: &str) -> Rc<Labels> {
        self.of_node(Node::Segment(name.into()))
    }

    /// The labels of who is in a stage of a lifecycle.
    pub fn of_lifecycle(&self, name: &str) -> Rc<Labels> {
        self.of_node(Node::Lifecycle(name.into()))
    }

    /// The labels of an event's fields.
    pub fn of_event(&self, name: &str) -> Labels {
        self.fields(name).iter().flat_map(own).collect()
    }

    /// The labels of a condition over the customer, and over an event where one is at hand; with where each is read.
    pub fn of_condition(&self, condition: &Expr, event: Option<&str>) -> Vec<(Span, Labels)> {
        let mut found = Vec::new();
        self.read(condition, Place { value: false, row: event, start: event }, &mut found);
        found
    }

    /// The labels of a value, and of what decides it, as those of a condition.
    pub fn of_value(&self, value: &Expr, event: Option<&str>) -> Vec<(Span, Labels)> {
        let mut found = Vec::new();
        self.read(value, Place { value: true, row: event, start: event }, &mut found);
        found
    }

    /// The labels of what a query asks of events, as those of a condition.
    pub fn of_query(&self, query: &Query, at: Span) -> Vec<(Span, Labels)> {
        let mut found = Vec::new();
        self.query(query, Place { value: false, row: None, start: None }, at, &mut found);
        found
    }

    fn of_node(&self, node: Node) -> Rc<Labels> {
        if let Some(known) = self.known.borrow().get(&node) {
            return known.clone();
        }
        // Who reads itself in a circle, which was told, adds nothing.
        self.known.borrow_mut().insert(node.clone(), Rc::default());
        let mut found = Vec::new();
        let decided = Place { value: false, row: None, start: None };
        let what = match &node {
            Node::Trait(name) => {
                if let Some(found_trait) = self.model.trait_(name) {
                    self.read(&found_trait.value, Place { value: true, row: None, start: None }, &mut found);
                }
                format!("the trait `{name}`")
            }
            Node::Segment(name) => {
                if let Some(segment) = self.model.segment(name) {
                    self.read(&segment.when, decided, &mut found);
                }
                format!("the segment `{name}`")
            }
            Node::Lifecycle(name) => {
                let stages = self.model.lifecycle(name).map(|l| &l.stages[..]).unwrap_or_default();
                for when in stages.iter().filter_map(|stage| stage.when.as_ref()) {
                    self.read(when, decided, &mut found);
                }
                format!("the lifecycle `{name}`")
            }
            Node::Model(name) => {
                if let Some(model) = self.model.prediction(name) {
                    model.among.iter().for_each(|among| self.read(among, decided, &mut found));
                    let learnt = Place { value: true, row: None, start: None };
                    model.features.iter().for_each(|feature| self.read(feature, learnt, &mut found));
                    model.fallback.iter().for_each(|value| self.read(value, learnt, &mut found));
                    if let Some(target) = model.target.forecast() {
                        self.query(&target.query, learnt, target.span, &mut found);
                    }
                    self.stand_ins(name, &mut found);
                }
                format!("the model `{name}`")
            }
        };
        let learns = matches!(node, Node::Model(_));
        let mut labels = Labels::new();
        for (at, more) in found {
            for (mut label, mut path) in more {
                // To learn from what is known of a person is to profile them.
                if learns && label.kind == Kind::Personal {
                    label.kind = Kind::Purpose(PROFILING.into());
                }
                labels.entry(label).or_insert_with(|| {
                    path.push((at, format!("read by {what} here")));
                    path
                });
            }
        }
        let labels = Rc::new(labels);
        self.known.borrow_mut().insert(node, labels.clone());
        labels
    }

    /// What the models read that an experiment has stand for one.
    fn stand_ins(&self, name: &Arc<str>, found: &mut Vec<(Span, Labels)>) {
        let tried = self.model.experiments.iter().filter(|e| e.on == Tested::Model(name.clone()));
        for change in tried.flat_map(|e| &e.variants).flat_map(|variant| &variant.changes) {
            let Change::Model(other) = change else { continue };
            let at = self.model.prediction(other).map(|model| model.span);
            let labels = (*self.of_node(Node::Model(other.clone()))).clone();
            found.extend(at.map(|at| (at, labels)));
        }
    }

    /// What an expression reads, with where.
    fn read(&self, expr: &Expr, place: Place, found: &mut Vec<(Span, Labels)>) {
        let decides = Place { value: false, ..place };
        let mut add = |labels: Labels| {
            let kept = labels.into_iter().filter(|(label, _)| place.value || label.kind != Kind::Personal);
            let kept: Labels = kept.collect();
            if !kept.is_empty() {
                found.push((expr.span, kept));
            }
        };
        match &expr.kind {
            ExprKind::Attribute(name) => {
                add(self.attributes.get(&**name).map(|a| own(a)).unwrap_or_default())
            }
            ExprKind::Trait(name) => add((*self.of_node(Node::Trait(name.clone()))).clone()),
            ExprKind::Model(name) => add((*self.of_node(Node::Model(name.clone()))).clone()),
            ExprKind::Stage(name) => add((*self.of_node(Node::Lifecycle(name.clone()))).clone()),
            ExprKind::InSegment(name) => add((*self.of_segment(name)).clone()),
            ExprKind::EventField(name) | ExprKind::ItemField(name) => {
                let field = place.row.and_then(|row| self.field(row, name));
                add(field.map(own).unwrap_or_default());
            }
            ExprKind::StartField(name) => {
                let field = place.start.and_then(|event| self.field(event, name));
                add(field.map(own).unwrap_or_default());
            }
            ExprKind::Lookup { key, entity, field } => {
                self.read(key, decides, found);
                let labels = self.field(entity, field).map(own).unwrap_or_default();
                if !labels.is_empty() {
                    found.push((expr.span, labels));
                }
            }
            ExprKind::Call(Function::Hashed | Function::Masked, _) => {}
            // How long a text is, or what it holds, is not the text.
            ExprKind::Call(
                Function::Length | Function::Contains | Function::StartsWith | Function::EndsWith,
                args,
            ) => args.iter().for_each(|arg| self.read(arg, decides, found)),
            ExprKind::If(condition, then, otherwise) => {
                self.read(condition, decides, found);
                self.read(then, place, found);
                self.read(otherwise, place, found);
            }
            ExprKind::Query(query) => self.query(query, place, expr.span, found),
            ExprKind::Items(items) => {
                let counted = matches!(
                    items.summary,
                    Summary::Count | Summary::Any | Summary::None | Summary::Distinct
                );
                let row = self.items_of(&items.of);
                let inside = Place { value: place.value && !counted, row: row.as_deref(), ..place };
                items.value.iter().for_each(|value| self.read(value, inside, found));
                items
                    .filter
                    .iter()
                    .for_each(|filter| self.read(filter, Place { value: false, ..inside }, found));
                if let ItemSource::Trait(name) = &items.of {
                    let labels = (*self.of_node(Node::Trait(name.clone()))).clone();
                    let purposes = labels.into_iter().filter(|(label, _)| label.kind != Kind::Personal);
                    let purposes: Labels = purposes.collect();
                    if !purposes.is_empty() {
                        found.push((expr.span, purposes));
                    }
                }
            }
            _ if expr.ty == Type::Bool => {
                expr.children().into_iter().for_each(|c| self.read(c, decides, found))
            }
            _ => expr.children().into_iter().for_each(|c| self.read(c, place, found)),
        }
    }

    fn query(&self, query: &Query, place: Place, at: Span, found: &mut Vec<(Span, Labels)>) {
        let row = Place { value: false, row: Some(&query.event), ..place };
        let counted =
            matches!(query.summary, Summary::Count | Summary::Any | Summary::None | Summary::Distinct);
        let value = place.value && !counted;
        match &query.subject {
            // The whole event goes on, or one field of it.
            Subject::Event if value => {
                let fields = self.fields(&query.event).iter();
                let asked = fields.filter(|f| query.field.as_ref().is_none_or(|name| *name == f.name));
                found.extend(asked.map(own).filter(|labels| !labels.is_empty()).map(|labels| (at, labels)));
            }
            Subject::Event => {}
            Subject::Value(subject) => self.read(subject, Place { value, ..row }, found),
            Subject::Items(list, subject) => {
                let of = ItemSource::EventField { event: query.event.clone(), field: list.clone() };
                self.read(subject, Place { value, row: self.items_of(&of).as_deref(), ..place }, found);
            }
        }
        query.filter.iter().for_each(|filter| self.read(filter, row, found));
        if let Some(sequence) = &query.sequence {
            let row = Place { value: false, row: Some(&sequence.event), ..place };
            sequence.filter.iter().for_each(|filter| self.read(filter, row, found));
        }
        match &query.window {
            Some(crate::Window::Since(a) | crate::Window::Before(a)) => self.read(a, row, found),
            Some(crate::Window::Between(a, b)) => [a, b].into_iter().for_each(|e| self.read(e, row, found)),
            Some(crate::Window::Last(_)) | None => {}
        }
    }

    /// The record or event that the items of a list are.
    fn items_of(&self, of: &ItemSource) -> Option<Arc<str>> {
        let ty = match of {
            ItemSource::Trait(name) => self.model.trait_(name)?.value.ty.clone(),
            ItemSource::EventField { event, field } => self.model.event(event)?.field(field)?.0,
        };
        match ty {
            Type::List(item) => match *item {
                Type::Record(record) => Some(record.name.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    fn fields(&self, row: &str) -> &'m [Attribute] {
        let model = self.model;
        let event = model.event(row).map(|e| &e.fields[..]);
        let record = || model.records.iter().find(|r| *r.name == *row).map(|r| &r.fields[..]);
        event.or_else(record).or_else(|| model.entity(row).map(|e| &e.fields[..])).unwrap_or_default()
    }

    fn field(&self, row: &str, name: &str) -> Option<&'m Attribute> {
        self.fields(row).iter().find(|f| *f.name == *name)
    }
}

/// The labels an attribute or field is declared with.
fn own(attribute: &Attribute) -> Labels {
    let mut labels = Labels::new();
    let mut add = |kind, says: String| {
        let path = attribute.span.map(|at| (at, says)).into_iter().collect();
        labels.insert(Label { kind, of: attribute.name.clone() }, path);
    };
    if attribute.pii {
        add(Kind::Personal, "declared as personal data here".into());
    }
    if let Some(purpose) = &attribute.purpose {
        add(Kind::Purpose(purpose.clone()), format!("declared for `{purpose}` here"));
    }
    labels
}
