//! List traits: a table of their own, a row an item, newest first.

use std::sync::Arc;

use persona_model::{ExprKind, Query, Subject};
use persona_value::Type;

use super::customer::Profiles;
use super::feature::only;
use super::row::Rows;
use super::tables::{POSITION, trait_table};
use crate::{Aggregate, Comparison, Join, Order, Rel, Scalar, Schema};

/// A list trait on its way to a step.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub name: Arc<str>,
    pub rows: Rows,
    pub shape: ListShape,
    /// Known once it is built; steps before it do not read it.
    pub schema: Schema,
}

#[derive(Clone, Debug)]
pub(super) enum ListShape {
    /// Every event: these of its fields.
    Events(Vec<Arc<str>>),
    /// One value of each event.
    Values(Scalar),
    /// What one event adds less what another takes away, matched by a field.
    Net { fields: Vec<Arc<str>>, by: Arc<str>, netted: Vec<(Arc<str>, Type)>, less: Rows },
}

impl Profiles<'_> {
    /// Makes a list trait a step; gives the round it belongs to.
    pub(super) fn list(&mut self, name: &Arc<str>) -> u32 {
        if let Some(list) = self.lists.iter().find(|l| l.name == *name) {
            return list.rows.level;
        }
        let query = self.model.trait_(name).map(|t| &t.value.kind);
        let Some(ExprKind::Query(query)) = query else { return 0 };
        let (rows, value) = self.query_rows(query);
        let shape = match (&query.subject, value) {
            (Subject::Event, _) => self.events_shape(query),
            (_, Some(value)) => ListShape::Values(value),
            (_, None) => return 0,
        };
        let level = match &shape {
            ListShape::Net { less, .. } => rows.level.max(less.level),
            _ => rows.level,
        };
        let mut list = List { name: name.clone(), rows, shape, schema: Schema::default() };
        list.rows.level = level;
        self.lists.push(list);
        level
    }

    fn events_shape(&mut self, query: &Query) -> ListShape {
        let fields: Vec<(Arc<str>, Type)> = self
            .model
            .event(&query.event)
            .map(|e| e.record().fields)
            .unwrap_or_default()
            .into_iter()
            .filter(|f| !matches!(f.ty, Type::List(_)) && &*f.name != "customer")
            .map(|f| (f.name, f.ty))
            .collect();
        let names = fields.iter().map(|(name, _)| name.clone()).collect();
        let Some((event, by)) = &query.less else { return ListShape::Events(names) };
        let other = self.model.event(event);
        let netted = fields
            .into_iter()
            .filter(|(name, ty)| {
                matches!(ty, Type::Int | Type::Decimal)
                    && name != by
                    && other.is_some_and(|o| o.field(name).is_some_and(|(other, _)| other == *ty))
            })
            .collect();
        let less = Query {
            event: event.clone(),
            subject: Subject::Event,
            filter: None,
            sequence: None,
            less: None,
            ..query.clone()
        };
        let (less, _) = self.query_rows(&less);
        ListShape::Net { fields: names, by: by.clone(), netted, less }
    }

    /// `customer`, `position` and the items' fields.
    pub(super) fn build_list(&self, list: &List, customers: Option<&Rel>) -> Rel {
        let rows = self.build_rows(&list.rows, customers);
        let same = |name: &Arc<str>| (name.clone(), Scalar::Column(name.clone()));
        let customer: Arc<str> = "customer".into();
        let (items, fields, order) = match &list.shape {
            ListShape::Events(fields) => {
                let columns = std::iter::once(&customer).chain(fields).map(same).collect();
                let order = vec![Order::down("at"), Order::down("id")];
                (rows.project(columns), fields.clone(), order)
            }
            ListShape::Values(value) => {
                let columns = vec![
                    same(&customer),
                    ("value".into(), value.clone()),
                    ("event_at".into(), Scalar::column("at")),
                    ("event_id".into(), Scalar::column("id")),
                ];
                let order = vec![Order::down("event_at"), Order::down("event_id")];
                let present = Scalar::Not(Box::new(Scalar::IsMissing(Box::new(Scalar::column("value")))));
                (rows.project(columns).filter(present), vec!["value".into()], order)
            }
            ListShape::Net { fields, by, netted, less } => {
                let less = self.build_rows(less, customers);
                let order = vec![Order::down("at"), Order::up(by.clone())];
                (net(rows, less, &customer, fields, by, netted), fields.clone(), order)
            }
        };
        let position: Arc<str> = POSITION.into();
        let numbered = Rel::Number {
            input: Box::new(items),
            per: vec![customer.clone()],
            order,
            name: position.clone(),
        };
        let columns: Vec<Arc<str>> = [customer, position].into_iter().chain(fields).collect();
        only(numbered, &columns)
    }

    /// The step a list trait is.
    pub(super) fn list_step(&self, list: &List) -> Arc<str> {
        trait_table(&list.name)
    }
}

/// The latest event of each key with what is left of it: numbers that both events have are what was added less what
/// was taken away, and an item stays while all of them are above 0. Of events without such a number, their counts are
/// compared.
fn net(
    added: Rel,
    taken: Rel,
    customer: &Arc<str>,
    fields: &[Arc<str>],
    by: &Arc<str>,
    netted: &[(Arc<str>, Type)],
) -> Rel {
    let sums = |rel: Rel, prefix: &str| {
        let key = |name: &Arc<str>| -> Arc<str> { format!("{prefix}_{name}").into() };
        let mut columns =
            vec![(key(customer), Scalar::Column(customer.clone())), (key(by), Scalar::Column(by.clone()))];
        columns
            .extend(netted.iter().map(|(n, _)| (Arc::from(format!("{n}_value")), Scalar::Column(n.clone()))));
        let mut values: Vec<(Arc<str>, Aggregate)> =
            netted.iter().map(|(n, _)| (key(n), Aggregate::Sum(format!("{n}_value").into()))).collect();
        if netted.is_empty() {
            values.push((format!("{prefix}_times").into(), Aggregate::Count));
        }
        let rel = Rel::Aggregate {
            input: Box::new(rel.project(columns)),
            keys: vec![key(customer), key(by)],
            values,
        };
        (rel, vec![(customer.clone(), key(customer)), (by.clone(), key(by))])
    };
    let columns = std::iter::once(customer).chain(fields).map(|n| (n.clone(), Scalar::Column(n.clone())));
    let latest = added
        .clone()
        .project(columns.collect())
        .first_per(vec![customer.clone(), by.clone()], vec![Order::down("at"), Order::down("id")]);
    let (added, on_added) = sums(added, "added");
    let (taken, on_taken) = sums(taken, "taken");
    let joined = latest.join(Join::Inner, added, on_added).join(Join::Left, taken, on_taken);
    let left = |name: &str, ty: &Type| {
        let taken = Scalar::Coalesce(vec![Scalar::column(format!("taken_{name}")), super::row::zero(ty)]);
        let added = Scalar::column(format!("added_{name}"));
        super::scalar::arithmetic(persona_model::Operation::Subtract, added, taken, ty.clone())
    };
    let positive =
        |value: Scalar, ty: &Type| Scalar::compare(Comparison::Greater, value, super::row::zero(ty));
    let keep: Vec<Scalar> = match netted {
        [] => vec![positive(left("times", &Type::Int), &Type::Int)],
        netted => netted.iter().map(|(n, ty)| positive(left(n, ty), ty)).collect(),
    };
    let columns = std::iter::once(customer).chain(fields).map(|name| {
        let value = match netted.iter().find(|(n, _)| n == name) {
            Some((n, ty)) => left(n, ty),
            None => Scalar::Column(name.clone()),
        };
        (name.clone(), value)
    });
    joined.filter(Scalar::And(keep)).project(columns.collect())
}
