//! What one feed makes of its source: columns read as types, rows grouped, what cannot be read set aside.

use std::collections::BTreeSet;
use std::sync::Arc;

use persona_model::{Attribute, Expr, ExprKind, Feed, Location, Model, Source, Summary};
use persona_value::{EnumType, Type, Value};

use super::names::Names;
use super::row::zero;
use super::scalar::{Leaves, scalar};
use super::tables;
use crate::{Aggregate, Column, Function, Place, Plan, Rel, Scalar, Table, prune};

/// What one feed gives: its fields as columns, and which rows are good.
pub(super) struct Part {
    source: Arc<str>,
    rows: Rel,
    pub fields: Vec<Attribute>,
    /// Field and whether its value is good.
    tests: Vec<(Arc<str>, Scalar)>,
    /// The column that holds what a field was read from, as text.
    written: Vec<(Arc<str>, Arc<str>)>,
}

impl Part {
    pub fn new(model: &Model, source: &Source, feed: &Feed, fields: &[Attribute]) -> Part {
        let zone = model.project.timezone.clone();
        let raw = raw(source, feed);
        let rows = match &source.filter {
            Some(filter) => raw.filter(scalar(filter, &mut Columns { zone: zone.clone(), groups: None })),
            None => raw,
        };
        let value =
            |field: &Attribute| feed.fields.iter().find(|(name, _)| *name == field.name).map(|(_, e)| e);
        let mut groups = Groups::default();
        groups.names.take(&source.group_by);
        let mut names: Names = Names::default();
        names.take(fields.iter().map(|f| &f.name));
        let mut scope = Columns { zone: zone.clone(), groups: Some(&mut groups) };
        let mut columns = Vec::new();
        let mut written = Vec::new();
        for field in fields {
            let Some(expr) = value(field) else {
                columns.push((field.name.clone(), Scalar::literal(Value::Missing, field.ty.clone())));
                continue;
            };
            let value = scalar(expr, &mut scope);
            let value = match &field.ty {
                Type::Enum(values) if !is_read(expr) => listed(value, values),
                _ => value,
            };
            columns.push((field.name.clone(), value));
            if let Some(column) = columns_of(expr).into_iter().next() {
                let raw = Box::new(Scalar::Column(column));
                let text = Scalar::Read { raw, ty: Type::Text, zone: None };
                let text = match &mut scope.groups {
                    Some(groups) if !source.group_by.is_empty() => {
                        Scalar::Column(groups.add(Summary::Min, Some(text)))
                    }
                    _ => text,
                };
                let name = names.fresh(&format!("written_{}", field.name));
                columns.push((name.clone(), text));
                written.push((field.name.clone(), name));
            }
        }
        let rows = if source.group_by.is_empty() { rows } else { groups.rows(rows, &source.group_by) };
        let rows = rows.project(columns);
        let tests = fields.iter().flat_map(|f| tests(f, &zone)).collect();
        Part { source: source.name.clone(), rows, fields: fields.to_vec(), tests, written }
    }

    pub fn good(&self) -> Rel {
        let tests: Vec<Scalar> = self.tests.iter().map(|(_, test)| test.clone()).collect();
        if tests.is_empty() { self.rows.clone() } else { self.rows.clone().filter(Scalar::And(tests)) }
    }

    /// What is not good, counted by the first field that is not.
    pub fn set_aside(&self) -> Option<(Arc<str>, Plan)> {
        let tests = self.tests.iter().map(|(_, test)| test.clone()).collect::<Vec<_>>();
        if tests.is_empty() {
            return None;
        }
        let bad = Scalar::Not(Box::new(Scalar::And(tests)));
        let mut field = Scalar::text("");
        let mut value = Scalar::literal(Value::Missing, Type::Text);
        for (name, test) in self.tests.iter().rev() {
            let choose = |then, otherwise| Scalar::If {
                condition: Box::new(Scalar::Not(Box::new(test.clone()))),
                then: Box::new(then),
                otherwise: Box::new(otherwise),
            };
            field = choose(Scalar::text(name.clone()), field);
            let written = self.written.iter().find(|(field, _)| field == name);
            if let Some((_, column)) = written {
                value = choose(Scalar::Column(column.clone()), value);
            }
        }
        let rows =
            self.rows.clone().filter(bad).project(vec![("field".into(), field), ("value".into(), value)]);
        let result = Rel::Aggregate {
            input: Box::new(rows),
            keys: vec!["field".into()],
            values: vec![
                ("rows".into(), Aggregate::Count),
                ("example".into(), Aggregate::Min("value".into())),
            ],
        };
        Some((self.source.clone(), prune(Plan { steps: vec![], result })))
    }
}

/// Whether it is a column, which is read as a value of its enum by itself.
fn is_read(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Read { .. } => true,
        ExprKind::Group(_, Some(inner)) => is_read(inner),
        _ => false,
    }
}

/// A text as a value of an enum. One that is not listed is `other`, if that is; else it is missing.
fn listed(value: Scalar, values: &Arc<EnumType>) -> Scalar {
    let ty = Type::Enum(values.clone());
    let other = values.values.iter().find(|v| &***v == "other");
    let other = other.map_or(Value::Missing, |other| Value::Text(other.clone()));
    let otherwise = Scalar::If {
        condition: Box::new(Scalar::IsMissing(Box::new(value.clone()))),
        then: Box::new(Scalar::literal(Value::Missing, ty.clone())),
        otherwise: Box::new(Scalar::literal(other, ty)),
    };
    let options = values.values.iter().cloned().map(Value::Text).collect();
    Scalar::If {
        condition: Box::new(Scalar::OneOf { value: Box::new(value.clone()), options }),
        then: Box::new(value),
        otherwise: Box::new(otherwise),
    }
}

/// What every value of a field must meet.
fn tests(field: &Attribute, zone: &Arc<str>) -> Vec<(Arc<str>, Scalar)> {
    let column = Scalar::Column(field.name.clone());
    let missing = Scalar::IsMissing(Box::new(column.clone()));
    let mut tests = Vec::new();
    if !field.optional {
        tests.push((field.name.clone(), Scalar::Not(Box::new(missing.clone()))));
    }
    // A value that may be missing is tested where it is there.
    let unless_missing = |test| if field.optional { Scalar::Or(vec![missing.clone(), test]) } else { test };
    if let Some(check) = &field.check {
        let test = scalar(check, &mut It { column: column.clone(), zone: zone.clone() });
        tests.push((field.name.clone(), unless_missing(test)));
    }
    if let Some(pattern) = &field.pattern {
        let test = Scalar::call(Function::Matches { pattern: pattern.clone() }, vec![column]);
        tests.push((field.name.clone(), unless_missing(test)));
    }
    tests
}

/// A source's rows as they lie there: the columns that are read.
fn raw(source: &Source, feed: &Feed) -> Rel {
    let mut names: BTreeSet<Arc<str>> = source.group_by.iter().cloned().collect();
    let lists = feed.lists.iter().flat_map(|(_, fields)| fields);
    for (_, expr) in feed.fields.iter().chain(lists) {
        names.extend(columns_of(expr));
    }
    names.extend(source.filter.iter().flat_map(columns_of));
    let place = match &source.location {
        Location::Table(path) => Place::Users(path.clone()),
        _ => Place::Own(tables::raw_table(&source.name)),
    };
    Rel::Table(Table { place, schema: names.into_iter().map(|n| Column::new(n, Type::Raw, true)).collect() })
}

/// The columns an expression reads.
fn columns_of(expr: &Expr) -> BTreeSet<Arc<str>> {
    let mut names = BTreeSet::new();
    expr.walk(&mut |e| {
        if let ExprKind::Column(name) = &e.kind {
            names.insert(name.clone());
        }
    });
    names
}

/// Columns of a source's row, and summaries of its group.
struct Columns<'g> {
    zone: Arc<str>,
    groups: Option<&'g mut Groups>,
}

/// What is summarised of each group.
#[derive(Default)]
struct Groups {
    names: Names,
    values: Vec<(Arc<str>, Scalar)>,
    aggregates: Vec<(Arc<str>, Aggregate)>,
}

impl Groups {
    fn add(&mut self, summary: Summary, value: Option<Scalar>) -> Arc<str> {
        let column: Arc<str> = match value {
            None => "".into(),
            Some(value) => match self.values.iter().find(|(_, v)| *v == value) {
                Some((name, _)) => name.clone(),
                None => {
                    let name = self.names.fresh(&format!("value_{}", self.values.len() + 1));
                    self.values.push((name.clone(), value));
                    name
                }
            },
        };
        let aggregate = super::row::aggregate(summary)(column);
        match self.aggregates.iter().find(|(_, a)| *a == aggregate) {
            Some((name, _)) => name.clone(),
            None => {
                let name = self.names.fresh(&format!("of_group_{}", self.aggregates.len() + 1));
                self.aggregates.push((name.clone(), aggregate));
                name
            }
        }
    }

    fn rows(self, rel: Rel, keys: &[Arc<str>]) -> Rel {
        let columns =
            keys.iter().map(|k| (k.clone(), Scalar::Column(k.clone()))).chain(self.values).collect();
        Rel::Aggregate { input: Box::new(rel.project(columns)), keys: keys.to_vec(), values: self.aggregates }
    }
}

impl Leaves for Columns<'_> {
    fn leaf(&mut self, expr: &Expr) -> Scalar {
        match &expr.kind {
            ExprKind::Column(name) => Scalar::Column(name.clone()),
            ExprKind::Group(summary, value) => {
                let inner =
                    value.as_ref().map(|v| scalar(v, &mut Columns { zone: self.zone.clone(), groups: None }));
                match &mut self.groups {
                    Some(groups) => {
                        let column = Scalar::Column(groups.add(*summary, inner));
                        // A sum of nothing is 0.
                        match summary {
                            Summary::Sum => Scalar::Coalesce(vec![column, zero(&expr.ty)]),
                            _ => column,
                        }
                    }
                    None => Scalar::literal(Value::Missing, expr.ty.clone()),
                }
            }
            _ => Scalar::literal(Value::Missing, expr.ty.clone()),
        }
    }

    fn zone(&self) -> Arc<str> {
        self.zone.clone()
    }
}

/// The value a `check` is about.
struct It {
    column: Scalar,
    zone: Arc<str>,
}

impl Leaves for It {
    fn leaf(&mut self, _: &Expr) -> Scalar {
        self.column.clone()
    }

    fn zone(&self) -> Arc<str> {
        self.zone.clone()
    }
}
