//! Sources to persona's own tables: what their feeds give is united, duplicates are dropped.

use std::sync::Arc;

use persona_model::{Attribute, Expr, ExprKind, Feed, FeedTarget, Model, Source};
use persona_value::{Type, Value};

use super::feature::only;
use super::names::Names;
use super::part::Part;
use super::{tables, tables::ITEM_EVENT, tables::POSITION};
use crate::{Aggregate, Comparison, Function, Join, Order, Place, Plan, Rel, Scalar, Schema, Table, prune};

/// A table of persona's own and how it is made.
#[derive(Clone, Debug)]
pub struct Staged {
    /// Its name.
    pub table: Arc<str>,
    /// Its comment.
    pub docs: Vec<String>,
    /// Its rows, over the user's tables and the tables staged before it.
    pub plan: Plan,
    /// For each source that feeds it: what is set aside, a row a reason: `field`, `rows` and an `example` as text.
    pub set_aside: Vec<(Arc<str>, Plan)>,
}

/// Every table of persona's own that sources feed, in an order in which they can be made.
pub fn staging(model: &Model) -> Vec<Staged> {
    let mut staged = vec![customers(model)];
    staged.extend(model.entities.iter().map(|e| {
        let feeds = feeds(model, |t| *t == FeedTarget::Entity(e.name.clone()));
        keyed(model, tables::entity(e), &e.docs, &e.fields, &feeds)
    }));
    for event in model.events.iter().filter(|e| e.of.is_empty()) {
        let feeds = feeds(model, |t| *t == FeedTarget::Event(event.name.clone()));
        staged.push(events(model, event, &feeds));
        for field in event.fields.iter().filter(|f| matches!(f.ty, Type::List(_))) {
            staged.extend(items(model, event, field, &feeds));
        }
    }
    staged.push(log(model));
    let fields = ["email", "reason"].map(|n| Attribute::built_in(n, Type::Text, n == "reason"));
    let suppression = feeds(model, |t| *t == FeedTarget::Suppression);
    let parts = suppression.iter().map(|(s, f)| Part::new(model, s, f, &fields)).collect();
    staged.push(table(model, tables::suppression(), &[], parts, |rel| rel));
    staged
}

/// When the newest event of a kind happened, of those up to now: one row, one column.
pub fn newest(model: &Model, event: &str) -> Plan {
    let Some(event) = model.event(event) else { return Plan { steps: vec![], result: Rel::Union(vec![]) } };
    let happened = Scalar::compare(Comparison::AtMost, Scalar::column("at"), Scalar::Now);
    let rel = Rel::from(tables::event(event)).filter(happened);
    let values = vec![("newest".into(), Aggregate::Max("at".into()))];
    prune(Plan { steps: vec![], result: Rel::Aggregate { input: Box::new(rel), keys: vec![], values } })
}

type Feeds<'m> = Vec<(&'m Source, &'m Feed)>;

fn feeds(model: &Model, wanted: impl Fn(&FeedTarget) -> bool) -> Feeds<'_> {
    // What comes in over time is in these tables already, or will be.
    let at_rest = model.sources.iter().filter(|s| s.location.is_at_rest());
    let all = at_rest.flat_map(|s| s.feeds.iter().map(move |f| (s, f)));
    all.filter(|(_, f)| wanted(&f.target)).collect()
}

/// Customers by their key; then what sources that know them by another attribute add to them.
fn customers(model: &Model) -> Staged {
    let attributes = &model.customer.attributes;
    let feeds = feeds(model, |t| *t == FeedTarget::Customer);
    let (more, known): (Feeds, Feeds) = feeds.into_iter().partition(|(_, feed)| feed.by.is_some());
    let mut staged = keyed(model, tables::customer(model), &[], attributes, &known);
    for (source, feed) in more {
        let Some(by) = &feed.by else { continue };
        let given = |a: &&Attribute| feed.fields.iter().any(|(name, _)| *name == a.name);
        let fields: Vec<Attribute> = attributes
            .iter()
            .filter(given)
            .map(|a| Attribute { optional: a.name != *by, check: a.check.clone(), ..a.clone() })
            .collect();
        let part = Part::new(model, source, feed, &fields);
        staged.set_aside.extend(part.set_aside());
        let names: Vec<Arc<str>> = fields.iter().map(|f| f.name.clone()).collect();
        let rows = only(part.good(), &names);
        let columns = rows.schema();
        let rows = first_by_value(rows, by, &columns);
        staged.plan.result = filled(staged.plan.result, rows, by);
    }
    staged.plan = prune(staged.plan);
    staged
}

/// Rows with what is missing taken from others that have the same value in one column.
fn filled(rel: Rel, more: Rel, by: &Arc<str>) -> Rel {
    let given = more.schema();
    let columns_of_rel = rel.schema().columns;
    let mut names: Names = Names::default();
    names.take(columns_of_rel.iter().map(|c| &c.name));
    let endings: Vec<&Arc<str>> = given.columns.iter().map(|c| &c.name).collect();
    let prefix = names.family("more_", &endings);
    let other = |name: &Arc<str>| -> Arc<str> { format!("{prefix}{name}").into() };
    let columns = given.columns.iter().map(|c| (other(&c.name), Scalar::Column(c.name.clone()))).collect();
    let joined = rel.join(Join::Left, more.project(columns), vec![(by.clone(), other(by))]);
    let columns = columns_of_rel.into_iter().map(|c| {
        let own = Scalar::Column(c.name.clone());
        let value = match given.column(&c.name) {
            Some(_) if c.optional => Scalar::Coalesce(vec![own, Scalar::Column(other(&c.name))]),
            _ => own,
        };
        (c.name, value)
    });
    joined.project(columns.collect())
}

/// A table with one row a key: of several the one whose values come first, the same in every engine.
fn keyed(model: &Model, made: Table, docs: &[String], fields: &[Attribute], feeds: &Feeds) -> Staged {
    let parts = feeds.iter().map(|(s, f)| Part::new(model, s, f, fields)).collect();
    let key: Arc<str> = fields.iter().find(|f| f.key).map_or("id".into(), |f| f.name.clone());
    let columns = made.schema.clone();
    table(model, made, docs, parts, |rel| first_by_value(rel, &key, &columns))
}

/// The first row of each key, by the values of its columns from left to right.
fn first_by_value(rel: Rel, key: &Arc<str>, columns: &Schema) -> Rel {
    let order =
        columns.columns.iter().filter(|c| c.name != *key).map(|c| Order::up(c.name.clone())).collect();
    rel.first_per(vec![key.clone()], order)
}

/// The first event of each id: the earliest, then the one whose content comes first by its hash.
pub(crate) fn first_by_time(rel: Rel, columns: &Schema) -> Rel {
    let mut taken: Names = Names::default();
    taken.take(columns.columns.iter().map(|c| &c.name));
    let hash = taken.fresh("content");
    let hashed = rel.extend(vec![(hash.clone(), hash_of(columns, "row"))]);
    let names: Vec<Arc<str>> = columns.columns.iter().map(|c| c.name.clone()).collect();
    only(hashed.first_per(vec!["id".into()], vec![Order::up("at"), Order::up(hash)]), &names)
}

/// MD5 of a row's values: each as canonical text with its length before it, so that no two rows run together.
fn hash_of(columns: &Schema, kind: &str) -> Scalar {
    let mut parts = vec![Scalar::text(kind)];
    for column in &columns.columns {
        let text = Scalar::call(Function::Canonical, vec![Scalar::Column(column.name.clone())]);
        let length =
            Scalar::call(Function::Canonical, vec![Scalar::call(Function::Length, vec![text.clone()])]);
        let counted =
            Scalar::call(Function::Concat, vec![Scalar::text("|"), length, Scalar::text(":"), text]);
        parts.push(Scalar::Coalesce(vec![counted, Scalar::text("|-")]));
    }
    Scalar::call(Function::Md5, vec![Scalar::call(Function::Concat, parts)])
}

fn events(model: &Model, event: &persona_model::Event, feeds: &Feeds) -> Staged {
    let made = tables::event(event);
    let parts: Vec<Part> = feeds.iter().map(|(s, f)| Part::new(model, s, f, &event_fields(event))).collect();
    // Grouped by its unique field and fed by one source, an event cannot come twice.
    let unique_by_group = || match (&feeds[..], event.unique()) {
        ([(source, feed)], Some(unique)) => {
            let id = feed.fields.iter().find(|(name, _)| *name == unique.name).map(|(_, e)| &e.kind);
            let Some(ExprKind::Read { raw, .. }) = id else { return false };
            matches!((&source.group_by[..], &raw.kind), ([by], ExprKind::Column(name)) if name == by)
        }
        _ => false,
    };
    let schema = made.schema.clone();
    table(model, made, &event.docs, parts, |rel| {
        let rel = with_id(rel, event, &schema);
        if unique_by_group() { rel } else { first_by_time(rel, &schema) }
    })
}

/// What a feed of an event can say: its fields, and those that are built in.
fn event_fields(event: &persona_model::Event) -> Vec<Attribute> {
    let mut fields = vec![
        Attribute::built_in("customer", Type::Text, false),
        Attribute::built_in("at", Type::Timestamp, false),
        Attribute::built_in("received", Type::Timestamp, true),
        Attribute::built_in("id", Type::Text, true),
    ];
    fields.extend(event.fields.iter().filter(|f| !matches!(f.ty, Type::List(_))).cloned());
    fields
}

/// With its id: the unique field, else what the source says, else the hash of kind, customer, time and fields. And
/// with when it arrived: when it happened, unless the source says.
fn with_id(rel: Rel, event: &persona_model::Event, schema: &Schema) -> Rel {
    let content: Schema =
        schema.columns.iter().filter(|c| !matches!(&*c.name, "id" | "received")).cloned().collect();
    let id = match event.unique() {
        Some(unique) => Scalar::call(Function::Canonical, vec![Scalar::Column(unique.name.clone())]),
        None => Scalar::Coalesce(vec![Scalar::column("id"), hash_of(&content, &event.name)]),
    };
    let received = Scalar::Coalesce(vec![Scalar::column("received"), Scalar::column("at")]);
    let columns = schema.columns.iter().map(|c| {
        let value = match &*c.name {
            "id" => id.clone(),
            "received" => received.clone(),
            _ => Scalar::Column(c.name.clone()),
        };
        (c.name.clone(), value)
    });
    rel.project(columns.collect())
}

/// The items of an event's list field, for the events that were kept.
fn items(model: &Model, event: &persona_model::Event, field: &Attribute, feeds: &Feeds) -> Option<Staged> {
    let Type::List(item) = &field.ty else { return None };
    let Type::Record(record) = &**item else { return None };
    let declared: Vec<Attribute> = match model.records.iter().find(|r| r.name == record.name) {
        Some(record) => record.fields.clone(),
        None => vec![],
    };
    let mut parts = Vec::new();
    for (source, feed) in feeds {
        let Some((_, mappings)) = feed.lists.iter().find(|(name, _)| *name == field.name) else { continue };
        let Some(id) = event.unique().and_then(|u| feed.fields.iter().find(|(name, _)| *name == u.name))
        else {
            continue;
        };
        // The id is made of the group's columns, or is the smallest in the group: the same on each of its rows.
        let id = match &id.1.kind {
            ExprKind::Group(_, Some(inner)) => (**inner).clone(),
            _ => id.1.clone(),
        };
        let mut fields = vec![(Arc::from(ITEM_EVENT), id)];
        fields.extend(mappings.iter().cloned());
        let mut wanted = vec![Attribute::built_in(ITEM_EVENT, Type::Text, false)];
        wanted.extend(declared.iter().cloned());
        let feed = Feed { fields, lists: vec![], ..(*feed).clone() };
        let rows = Source { group_by: vec![], ..(*source).clone() };
        parts.push(Part::new(model, &rows, &feed, &wanted));
    }
    let made = tables::list(&event.name, &field.name, record);
    let schema = made.schema.clone();
    let kept = Rel::from(tables::event(event)).project(vec![("kept_event".into(), Scalar::column("id"))]);
    Some(table(model, made, &field.docs, parts, |rel| {
        let rel = rel.join(Join::Semi, kept, vec![(ITEM_EVENT.into(), "kept_event".into())]);
        let order = schema.columns.iter().filter(|c| !matches!(&*c.name, ITEM_EVENT | POSITION));
        let order = order.map(|c| Order::up(c.name.clone())).collect();
        let numbered =
            Rel::Number { input: Box::new(rel), per: vec![ITEM_EVENT.into()], order, name: POSITION.into() };
        let names: Vec<Arc<str>> = schema.columns.iter().map(|c| c.name.clone()).collect();
        only(numbered, &names)
    }))
}

/// The log of all consents.
fn log(model: &Model) -> Staged {
    let fields = [
        Attribute::built_in("customer", Type::Text, false),
        Attribute::built_in("consent", Type::Text, false),
        Attribute::built_in("at", Type::Timestamp, false),
        Attribute::built_in("given", Type::Bool, false),
    ];
    let feeds = feeds(model, |t| matches!(t, FeedTarget::Consent(_)));
    let parts = feeds.iter().map(|(source, feed)| {
        let FeedTarget::Consent(consent) = &feed.target else {
            return Part::new(model, source, feed, &fields);
        };
        let name = Expr {
            kind: ExprKind::Literal(Value::Text(consent.clone())),
            ty: Type::Text,
            optional: false,
            span: feed.span,
        };
        let mut named = (*feed).clone();
        named.fields.push(("consent".into(), name));
        Part::new(model, source, &named, &fields)
    });
    table(model, tables::consent_log(), &[], parts.collect(), |rel| rel)
}

/// The table that these parts make together. Of nothing it is empty.
fn table(
    model: &Model,
    made: Table,
    docs: &[String],
    parts: Vec<Part>,
    finish: impl FnOnce(Rel) -> Rel,
) -> Staged {
    let Place::Own(name) = &made.place else { return unreachable_table(made) };
    let set_aside = parts.iter().filter_map(Part::set_aside).collect();
    let fields: Vec<Arc<str>> =
        parts.first().map(|p| p.fields.iter().map(|f| f.name.clone()).collect()).unwrap_or_default();
    let mut good: Vec<Rel> = parts.iter().map(|p| only(p.good(), &fields)).collect();
    let result = match good.len() {
        0 => {
            let nothing = Scalar::Or(vec![]);
            let columns = made.schema.columns.iter();
            let columns =
                columns.map(|c| (c.name.clone(), Scalar::literal(Value::Missing, c.ty.clone()))).collect();
            Rel::from(tables::customer(model)).filter(nothing).project(columns)
        }
        1 => finish(good.remove(0)),
        _ => finish(Rel::Union(good)),
    };
    let plan = prune(Plan { steps: vec![], result });
    Staged { table: name.clone(), docs: docs.to_vec(), plan, set_aside }
}

/// Own tables are all that are made here; another place would be a bug of ours, and makes an empty plan.
fn unreachable_table(made: Table) -> Staged {
    let plan = Plan { steps: vec![], result: Rel::Table(made) };
    Staged { table: "".into(), docs: vec![], plan, set_aside: vec![] }
}
