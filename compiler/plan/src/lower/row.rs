//! Rows of events and of their items: what a query filters and measures.
//!
//! An expression is lowered first and says on the way what it needs beside the row itself: rows of entities, summaries
//! of the event's lists, values of the customer. These are joined on when the rows are built.

use std::sync::Arc;

use persona_model::{Expr, ExprKind, ItemSource, Items, Summary};
use persona_value::{Type, Value};

use super::customer::{Profiles, look_up_endings};
use super::names::Names;
use super::scalar::{Leaves, scalar};
use super::{tables, tables::ITEM_EVENT};
use crate::{Aggregate, Join, Rel, Scalar};

/// Rows, what is joined to them, and which are kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rows {
    /// Where they come from.
    pub from: From,
    /// What is joined to each, in order.
    pub attached: Vec<Attached>,
    /// Values of the customer: their column and what it is called here.
    pub customer: Vec<(Arc<str>, Arc<str>)>,
    /// Which are kept.
    pub keep: Vec<Scalar>,
    /// Followed, or not, by other rows of the same customer.
    pub sequence: Option<Box<Sequence>>,
    /// How many rounds of the customers' values must be there before these rows.
    pub level: u32,
    /// What their columns are called.
    names: Names,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum From {
    /// An event, or the events of a union.
    Event(Arc<str>),
    /// An event with the items of one of its lists, whose columns begin with `item_`.
    Items(Arc<str>, Arc<str>),
    /// The items of an event's list alone.
    List(Arc<str>, Arc<str>),
    /// The items of a list trait.
    Trait(Arc<str>),
}

/// What is joined to a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Attached {
    /// A row of an entity.
    Lookup {
        /// Its key.
        key: Scalar,
        entity: Arc<str>,
        /// What its columns are called here: they begin with this, and end as [`look_up_endings`] says.
        prefix: Arc<str>,
        fields: Vec<Arc<str>>,
    },
    /// A summary of one of the event's lists.
    Summary { rows: Rows, value: Option<Scalar>, summary: Summary, name: Arc<str> },
}

/// The second step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sequence {
    pub then: bool,
    pub rows: Rows,
    pub seconds: i64,
}

/// Lowers expressions over rows, and gathers what they need.
pub(super) struct RowScope<'r, 'p, 'm> {
    pub rows: &'r mut Rows,
    pub profiles: &'p mut Profiles<'m>,
}

impl RowScope<'_, '_, '_> {
    pub fn scalar(&mut self, expr: &Expr) -> Scalar {
        scalar(expr, self)
    }

    /// A value of the customer, under a name of its own among the event's columns.
    fn of_customer(&mut self, expr: &Expr) -> Scalar {
        let (column, level) = self.profiles.hoist(expr);
        self.rows.level = self.rows.level.max(level + 1);
        if let Some((_, known)) = self.rows.customer.iter().find(|(c, _)| *c == column) {
            return Scalar::Column(known.clone());
        }
        let name = self.rows.names.fresh(&format!("customer_{column}"));
        self.rows.customer.push((column, name.clone()));
        Scalar::Column(name)
    }

    fn lookup(&mut self, key: &Expr, entity: &Arc<str>, field: &Arc<str>) -> Scalar {
        let key = self.scalar(key);
        let found = self.rows.attached.iter_mut().find_map(|a| match a {
            Attached::Lookup { key: k, entity: e, prefix, fields } if *k == key && e == entity => {
                Some((prefix.clone(), fields))
            }
            _ => None,
        });
        let prefix = match found {
            Some((prefix, fields)) => {
                if !fields.contains(field) {
                    fields.push(field.clone());
                }
                prefix
            }
            None => {
                let base = match &key {
                    Scalar::Column(name) => format!("{name}_"),
                    _ => format!("{entity}_{}_", self.rows.attached.len() + 1),
                };
                let endings = look_up_endings(self.profiles.model, entity);
                let prefix = self.rows.names.family(&base, &endings);
                let fields = vec![field.clone()];
                let (entity, key) = (entity.clone(), key.clone());
                self.rows.attached.push(Attached::Lookup { key, entity, prefix: prefix.clone(), fields });
                prefix
            }
        };
        Scalar::column(format!("{prefix}_{field}"))
    }

    /// A summary of one of the event's lists.
    fn list(&mut self, items: &Items, event: &Arc<str>, field: &Arc<str>) -> Scalar {
        let mut rows = self.profiles.rows_of(From::List(event.clone(), field.clone()));
        let mut inner = RowScope { rows: &mut rows, profiles: self.profiles };
        let keep = items.filter.as_ref().map(|f| inner.scalar(f));
        let value = items.value.as_ref().map(|v| inner.scalar(v));
        rows.keep.extend(keep);
        self.rows.level = self.rows.level.max(rows.level);
        let summary = items.summary;
        let same = self.rows.attached.iter().find_map(|a| match a {
            Attached::Summary { rows: r, value: v, summary: s, name }
                if *r == rows && *v == value && *s == summary =>
            {
                Some(name.clone())
            }
            _ => None,
        });
        let name = same.unwrap_or_else(|| {
            let base = format!("{field}_{}", self.rows.attached.len() + 1);
            let name = self.rows.names.family(&base, &["", "_of"]);
            self.rows.attached.push(Attached::Summary { rows, value, summary, name: name.clone() });
            name
        });
        summarised(items.summary, Scalar::Column(name), items.value.as_ref().map(|v| &v.ty))
    }
}

/// The aggregate behind a summary of items.
pub(super) fn aggregate(summary: Summary) -> fn(Arc<str>) -> Aggregate {
    match summary {
        Summary::Sum => Aggregate::Sum,
        Summary::Avg => Aggregate::Avg,
        Summary::Min => Aggregate::Min,
        Summary::Max => Aggregate::Max,
        Summary::Distinct => Aggregate::CountDistinct,
        _ => |_| Aggregate::Count,
    }
}

/// The value of a summary from its column, which is missing where there are no rows.
pub(super) fn summarised(summary: Summary, column: Scalar, ty: Option<&Type>) -> Scalar {
    match summary {
        Summary::Any => Scalar::Not(Box::new(Scalar::IsMissing(Box::new(column)))),
        Summary::None => Scalar::IsMissing(Box::new(column)),
        Summary::Count | Summary::Distinct => Scalar::Coalesce(vec![column, Scalar::int(0)]),
        Summary::Sum => {
            let ty = ty.cloned().unwrap_or(Type::Int);
            Scalar::Coalesce(vec![column, zero(&ty)])
        }
        _ => column,
    }
}

pub(super) fn zero(ty: &Type) -> Scalar {
    match ty {
        Type::Int | Type::Duration => Scalar::literal(Value::Int(0), ty.clone()),
        _ => Scalar::literal(Value::Decimal(persona_value::Decimal::ZERO), ty.clone()),
    }
}

impl Leaves for RowScope<'_, '_, '_> {
    fn leaf(&mut self, expr: &Expr) -> Scalar {
        match &expr.kind {
            ExprKind::EventField(name) => Scalar::Column(name.clone()),
            ExprKind::ItemField(name) => match &self.rows.from {
                From::Items(event, _) => Scalar::column(self.profiles.item_column(event, name)),
                _ => Scalar::Column(name.clone()),
            },
            ExprKind::Lookup { key, entity, field } => self.lookup(key, entity, field),
            ExprKind::Items(items) => match &items.of {
                ItemSource::EventField { event, field } => self.list(items, event, field),
                ItemSource::Trait(_) => self.of_customer(expr),
            },
            _ => self.of_customer(expr),
        }
    }

    fn zone(&self) -> Arc<str> {
        self.profiles.model.project.timezone.clone()
    }
}

impl Profiles<'_> {
    /// All rows from there.
    pub(super) fn rows_of(&self, from: From) -> Rows {
        let mut names = Names::default();
        match &from {
            // Its step is not made yet.
            From::Trait(list) => {
                names.take(["customer", tables::POSITION, "value"]);
                if let Some(Type::List(item)) = self.model.trait_(list).map(|t| &t.value.ty)
                    && let Type::Record(record) = &**item
                {
                    names.take(record.fields.iter().map(|f| &f.name));
                }
            }
            from => names.take(self.scan(from).schema().columns.iter().map(|c| &c.name)),
        }
        Rows { from, attached: vec![], customer: vec![], keep: vec![], sequence: None, level: 0, names }
    }

    /// What an item's field is called beside the fields of its event.
    fn item_column(&self, event: &str, field: &str) -> Arc<str> {
        let mut prefix = "item_".to_string();
        let fields = self.model.event(event).map(|e| &e.fields[..]).unwrap_or_default();
        while fields.iter().any(|f| f.name.to_lowercase().starts_with(&prefix)) {
            prefix.insert(0, '_');
        }
        format!("{prefix}{field}").into()
    }

    /// Rows as a relation. `customers` are the customers' values of the round before, where they are needed.
    pub(super) fn build_rows(&self, rows: &Rows, customers: Option<&Rel>) -> Rel {
        let mut rel = self.scan(&rows.from);
        let mut names = rows.names.clone();
        if !rows.customer.is_empty() {
            let mut customer: Arc<str> = "customer".into();
            if let From::List(event, _) = &rows.from {
                // Items know their customer through the event they belong to.
                let owned = names.fresh("owner_event");
                customer = names.fresh("owner");
                let owner = self.scan(&From::Event(event.clone())).project(vec![
                    (owned.clone(), Scalar::column("id")),
                    (customer.clone(), Scalar::column("customer")),
                ]);
                rel = rel.join(Join::Inner, owner, vec![(ITEM_EVENT.into(), owned)]);
            }
            if let Some(customers) = customers {
                let key = names.fresh("customer_key");
                let mut columns: Vec<(Arc<str>, Scalar)> =
                    vec![(key.clone(), Scalar::column(self.model.customer.key()))];
                columns
                    .extend(rows.customer.iter().map(|(c, name)| (name.clone(), Scalar::Column(c.clone()))));
                let customers = customers.clone().project(columns);
                rel = rel.join(Join::Inner, customers, vec![(customer, key)]);
            }
        }
        for attached in &rows.attached {
            rel = self.attach(rel, attached, customers);
        }
        if !rows.keep.is_empty() {
            let keep = rows.keep.iter().flat_map(|k| match k {
                Scalar::And(all) => all.clone(),
                other => vec![other.clone()],
            });
            let keep: Vec<Scalar> = keep.collect();
            rel = rel.filter(if let [only] = &keep[..] { only.clone() } else { Scalar::And(keep) });
        }
        if let Some(sequence) = &rows.sequence {
            rel = self.follow(rel, sequence, customers, &mut names);
        }
        rel
    }

    fn scan(&self, from: &From) -> Rel {
        let model = self.model;
        match from {
            From::Event(name) => {
                let Some(event) = model.event(name) else { return Rel::Union(vec![]) };
                if event.of.is_empty() {
                    return tables::event(event).into();
                }
                let columns = tables::names(&tables::event(event).schema);
                let parts = event.of.iter().filter_map(|part| model.event(part));
                Rel::Union(
                    parts.map(|part| Rel::from(tables::event(part)).project(columns.clone())).collect(),
                )
            }
            From::Items(event, field) => {
                let items = self.list_rel(event, field);
                let columns = items.schema().columns.into_iter();
                let columns = columns.map(|c| (self.item_column(event, &c.name), Scalar::Column(c.name)));
                let items = items.project(columns.collect());
                let on = vec![("id".into(), self.item_column(event, ITEM_EVENT))];
                self.scan(&From::Event(event.clone())).join(Join::Inner, items, on)
            }
            From::List(event, field) => self.list_rel(event, field),
            From::Trait(name) => {
                let schema = self.lists.iter().find(|l| l.name == *name).map(|l| l.schema.clone());
                Rel::Step { name: tables::trait_table(name), schema: schema.unwrap_or_default() }
            }
        }
    }

    pub(super) fn list_rel(&self, event: &str, field: &str) -> Rel {
        let ty = self.model.event(event).and_then(|e| e.field(field)).map(|(ty, _)| ty);
        match ty {
            Some(Type::List(item)) => match &*item {
                Type::Record(record) => tables::list(event, field, record).into(),
                _ => Rel::Union(vec![]),
            },
            _ => Rel::Union(vec![]),
        }
    }

    fn attach(&self, mut rel: Rel, attached: &Attached, customers: Option<&Rel>) -> Rel {
        match attached {
            Attached::Lookup { key, entity, prefix, fields } => {
                let on = match key {
                    Scalar::Column(name) => name.clone(),
                    other => {
                        let name: Arc<str> = format!("{prefix}_ref").into();
                        rel = rel.extend(vec![(name.clone(), other.clone())]);
                        name
                    }
                };
                let (entity, key) = self.entity_rel(entity, prefix, fields);
                rel.join(Join::Left, entity, vec![(on, key)])
            }
            Attached::Summary { rows, value, summary, name } => {
                let items = self.build_rows(rows, customers);
                let of: Arc<str> = format!("{name}_of").into();
                let measured: Arc<str> = "measured".into();
                let mut columns = vec![(of.clone(), Scalar::column(ITEM_EVENT))];
                columns.extend(value.iter().map(|v| (measured.clone(), v.clone())));
                let summary = Rel::Aggregate {
                    input: Box::new(items.project(columns)),
                    keys: vec![of.clone()],
                    values: vec![(name.clone(), aggregate(*summary)(measured))],
                };
                rel.join(Join::Left, summary, vec![("id".into(), of)])
            }
        }
    }

    /// An entity's key and fields, their names beginning with `prefix`; and the key's name.
    pub(super) fn entity_rel(&self, entity: &str, prefix: &str, fields: &[Arc<str>]) -> (Rel, Arc<str>) {
        let key: Arc<str> = format!("{prefix}_key").into();
        let Some(entity) = self.model.entity(entity) else { return (Rel::Union(vec![]), key) };
        let mut columns = vec![(key.clone(), Scalar::column(entity.key()))];
        columns
            .extend(fields.iter().map(|f| (Arc::from(format!("{prefix}_{f}")), Scalar::Column(f.clone()))));
        (Rel::from(tables::entity(entity)).project(columns), key)
    }

    fn follow(&self, rel: Rel, sequence: &Sequence, customers: Option<&Rel>, names: &mut Names) -> Rel {
        use crate::Comparison::{AtMost, Greater};
        let (next_customer, next_at) = (names.fresh("next_customer"), names.fresh("next_at"));
        let next = self.build_rows(&sequence.rows, customers).project(vec![
            (next_customer.clone(), Scalar::column("customer")),
            (next_at.clone(), Scalar::column("at")),
        ]);
        let next_at = || Scalar::Column(next_at.clone());
        let end = || Scalar::Shift { instant: Box::new(Scalar::column("at")), seconds: sequence.seconds };
        let within = Scalar::And(vec![
            Scalar::compare(Greater, next_at(), Scalar::column("at")),
            Scalar::compare(AtMost, next_at(), end()),
        ]);
        // That nothing followed is known once the time is over.
        let rel = if sequence.then { rel } else { rel.filter(Scalar::compare(AtMost, end(), Scalar::Now)) };
        Rel::Join {
            kind: if sequence.then { Join::Semi } else { Join::Anti },
            left: Box::new(rel),
            right: Box::new(next),
            on: vec![("customer".into(), next_customer)],
            and: Some(within),
        }
    }
}
