//! Rows for any program: what its sources read, made up so that they hit what the program asks about. Values come
//! from the program's own constants and their neighbours, instants lie at the ends of its windows.

mod pools;

use std::collections::BTreeMap;
use std::sync::Arc;

use fastrand::Rng;
use jiff::Timestamp;
use persona_model::{Expr, ExprKind, Feed, FeedTarget, Location, Model, Source};
use persona_plan::Place;
use persona_plan::lower::raw_table;
use persona_value::{Type, Value};

pub use self::pools::Pools;
use crate::{Raw, RawTable};

/// A column that sources read, and what it should hold.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it is read as, first of all.
    ty: Type,
    /// Texts it is compared with in the source itself.
    words: Vec<Arc<str>>,
    role: Role,
}

/// Which values are the same from table to table.
#[derive(Clone, Debug, PartialEq)]
enum Role {
    Plain,
    /// The key of the table itself.
    Key,
    Customer,
    Entity,
    /// When something happened.
    Moment,
}

/// The columns of a place that several sources may read.
pub fn columns_of(model: &Model, location: &Location) -> Vec<Column> {
    let mut found: BTreeMap<Arc<str>, Column> = BTreeMap::new();
    for source in model.sources.iter().filter(|s| s.location == *location) {
        for column in &source.group_by {
            found.entry(column.clone()).or_insert_with(|| Column::plain(column, Type::Text));
        }
        let filter = source.filter.iter().map(|e| (e, Role::Plain));
        let fields = source
            .feeds
            .iter()
            .flat_map(|feed| feed.fields.iter().map(|(name, e)| (e, role(model, feed, name, &e.ty))));
        let lists = source.feeds.iter().flat_map(|feed| &feed.lists).flat_map(|(_, fields)| fields);
        let lists = lists.map(|(_, e)| (e, reference(&e.ty)));
        for (expr, role) in filter.chain(fields).chain(lists) {
            expr.walk(&mut |e| look(e, &role, &mut found));
        }
    }
    found.into_values().collect()
}

/// Notes the columns directly in an expression, with what they are read as and compared with.
fn look(expr: &Expr, role: &Role, found: &mut BTreeMap<Arc<str>, Column>) {
    match &expr.kind {
        ExprKind::Column(name) => {
            let column = found.entry(name.clone()).or_insert_with(|| Column::plain(name, Type::Text));
            if column.role == Role::Plain {
                column.role = role.clone();
            }
        }
        ExprKind::Read { raw, .. } => {
            if let ExprKind::Column(name) = &raw.kind {
                let ty = expr.ty.clone();
                let column = found.entry(name.clone()).or_insert_with(|| Column::plain(name, ty.clone()));
                if column.ty == Type::Text {
                    column.ty = ty;
                }
            }
        }
        ExprKind::Compare(_, left, right) => {
            for (column, constant) in [(left, right), (right, left)] {
                if let ExprKind::Literal(Value::Text(text)) = &constant.kind {
                    column.walk(&mut |e| {
                        if let ExprKind::Column(name) = &e.kind {
                            let column = found.entry(name.clone());
                            column
                                .or_insert_with(|| Column::plain(name, Type::Text))
                                .words
                                .push(text.clone());
                        }
                    });
                }
            }
        }
        _ => {}
    }
}

impl Column {
    fn plain(name: &str, ty: Type) -> Column {
        Column { name: name.to_string(), ty, words: vec![], role: Role::Plain }
    }
}

fn role(model: &Model, feed: &Feed, field: &str, ty: &Type) -> Role {
    match &feed.target {
        FeedTarget::Customer if field == model.customer.key() => Role::Key,
        FeedTarget::Event(_) | FeedTarget::Consent(_) if field == "customer" => Role::Customer,
        FeedTarget::Event(_) | FeedTarget::Consent(_) if field == "at" || field == "received" => Role::Moment,
        FeedTarget::Event(name)
            if model.event(name).and_then(|e| e.unique()).is_some_and(|u| &*u.name == field) =>
        {
            Role::Key
        }
        FeedTarget::Entity(name) if model.entity(name).is_some_and(|e| e.key() == field) => Role::Key,
        _ => reference(ty),
    }
}

fn reference(ty: &Type) -> Role {
    match ty {
        Type::Entity(_) => Role::Entity,
        _ => Role::Plain,
    }
}

/// Rows of everything that a program's sources read. `customers` is how many there are.
pub fn invent(model: &Model, now: Timestamp, customers: usize, rng: &mut Rng) -> Vec<RawTable> {
    let pools = Pools::of(model, now);
    let mut places: Vec<(&Location, &Source)> = Vec::new();
    for source in &model.sources {
        if !places.iter().any(|(location, _)| *location == &source.location) {
            places.push((&source.location, source));
        }
    }
    let table = |(location, source): (&Location, &Source)| {
        let columns = columns_of(model, location);
        let mut maker =
            Maker { model, pools: &pools, customers, rng, columns: &columns, kinds: vec![], extreme: false };
        maker.extreme = maker.feeds_customers(location);
        maker.kinds = columns.iter().map(|c| maker.kind(c)).collect();
        let rows = maker.rows(source, location);
        // Of files two sources may have a copy each, of one and the same file.
        let copies = model.sources.iter().filter(|s| s.location == *location);
        let places: Vec<Place> = match location {
            Location::Table(path) => vec![Place::Users(path.clone())],
            _ => copies.map(|s| Place::Own(raw_table(&s.name))).collect(),
        };
        let columns: Vec<_> =
            columns.iter().zip(&maker.kinds).map(|(c, kind)| (c.name.clone(), *kind)).collect();
        places
            .into_iter()
            .map(|place| RawTable { place, columns: columns.clone(), rows: rows.clone() })
            .collect::<Vec<_>>()
    };
    places.into_iter().flat_map(table).collect()
}

struct Maker<'a> {
    model: &'a Model,
    pools: &'a Pools,
    customers: usize,
    rng: &'a mut Rng,
    columns: &'a [Column],
    kinds: Vec<Raw>,
    /// Whether numbers may have 38 digits: nothing adds up what customers have.
    extreme: bool,
}

impl Maker<'_> {
    fn feeds_customers(&self, location: &Location) -> bool {
        let sources = self.model.sources.iter().filter(|s| s.location == *location);
        sources.flat_map(|s| &s.feeds).any(|f| f.target == FeedTarget::Customer)
    }

    /// Text, or the type that the column is read as.
    fn kind(&mut self, column: &Column) -> Raw {
        if column.role != Role::Plain && column.role != Role::Moment || self.rng.bool() {
            return Raw::Text;
        }
        match &column.ty {
            Type::Int => Raw::Int,
            Type::Decimal | Type::Money(_) | Type::Percent => Raw::Decimal,
            Type::Bool => Raw::Bool,
            Type::Date => Raw::Date,
            Type::Time => Raw::Time,
            Type::Timestamp => Raw::Instant,
            _ => Raw::Text,
        }
    }

    fn rows(&mut self, source: &Source, location: &Location) -> Vec<Vec<Value>> {
        let targets: Vec<&FeedTarget> = self
            .model
            .sources
            .iter()
            .filter(|s| s.location == *location)
            .flat_map(|s| s.feeds.iter().map(|f| &f.target))
            .collect();
        let keys: Vec<Value> = if targets.contains(&&FeedTarget::Customer) {
            (0..self.customers).map(customer).collect()
        } else if targets.iter().any(|t| matches!(t, FeedTarget::Entity(_))) {
            (0..pools::ENTITIES).map(pools::entity).collect()
        } else {
            (0..self.customers * self.rng.usize(2..6)).map(|n| Value::text(format!("k{n}"))).collect()
        };
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for key in &keys {
            let first = self.row(key);
            if !source.group_by.is_empty() {
                // The rows of one group.
                for _ in 0..self.rng.usize(0..4) {
                    let mut row = self.row(key);
                    for (at, column) in self.columns.iter().enumerate() {
                        if source.group_by.iter().any(|g| **g == *column.name) {
                            row[at] = first[at].clone();
                        }
                    }
                    rows.push(row);
                }
            }
            rows.push(first);
            // The same once more: whole, or with other values under the same key.
            match self.rng.u8(0..30) {
                0 => rows.extend(rows.last().cloned()),
                1 => {
                    let again = self.row(key);
                    rows.push(again);
                }
                _ => {}
            }
        }
        self.rng.shuffle(&mut rows);
        rows
    }

    fn row(&mut self, key: &Value) -> Vec<Value> {
        let columns = self.columns;
        let kinds = self.kinds.clone();
        columns.iter().zip(kinds).map(|(column, kind)| self.value(column, kind, key)).collect()
    }

    fn value(&mut self, column: &Column, kind: Raw, key: &Value) -> Value {
        match &column.role {
            Role::Key => return key.clone(),
            // Half of what happens is done by a few.
            Role::Customer => {
                let crowd = if self.rng.bool() { self.customers } else { self.customers.div_ceil(4) };
                return customer(self.rng.usize(0..crowd + 1));
            }
            Role::Entity => return pools::entity(self.rng.usize(0..pools::ENTITIES + 2)),
            Role::Plain | Role::Moment => {}
        }
        if column.role == Role::Plain && self.rng.u8(0..6) == 0 {
            return Value::Missing;
        }
        if !column.words.is_empty() && self.rng.bool() {
            return Value::Text(self.rng.choice(&column.words).expect("not empty").clone());
        }
        self.pools.value(&column.ty, kind, self.extreme, self.rng)
    }
}

fn customer(number: usize) -> Value {
    Value::text(format!("c{number}"))
}
