//! A program's sources beside what is really there: tables, columns and their types.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use persona_diagnostics::catalogue::column_zone::{Clock, ColumnZone};
use persona_diagnostics::catalogue::set_aside::SetAside as SetAsideRows;
use persona_diagnostics::catalogue::unknown_column::UnknownColumn;
use persona_diagnostics::catalogue::unknown_table::UnknownTable;
use persona_diagnostics::catalogue::unreadable_column::UnreadableColumn;
use persona_diagnostics::{Problems, Span, suggest};
use persona_model::{Attribute, Expr, ExprKind, Feed, FeedTarget, Location, Model, Source};
use persona_plan::lower::{CONSENT_LOG, CUSTOMER, SUPPRESSION, entity_table};
use persona_plan::lower::{Staged, event_table, list_table, raw_table, staging};
use persona_value::Type;
use persona_warehouse::{Column, connect};

use crate::shape::{Shape, form, shape, wanted};
use crate::stage::{SetAside, rows_set_aside};
use crate::{Error, Progress, STATE, Session, choose, dialect, load_files, place, schema};

/// What `persona check --target` tells: every source of a program beside a target, and the rows that would be set aside.
/// Nothing is written there; files are read by the embedded engine, in memory.
pub fn check(
    model: &Model,
    folder: &Path,
    target: &str,
    progress: &mut dyn Progress,
) -> Result<Problems, Error> {
    let target = choose(&model.project, Some(target))?;
    let mut problems = Problems::default();
    if model.sources.iter().any(|s| matches!(s.location, Location::File(_))) {
        let mut memory = connect(&persona_warehouse::Target::DuckDb { path: None })?;
        let options = persona_sql::Options { schema: schema(None), ..Default::default() };
        let dialect = persona_sql::Target::DuckDb;
        if let Some(sql) = persona_sql::create_schema(dialect, &options) {
            memory.execute(&sql)?;
        }
        let mut session = Session { model, folder, warehouse: &mut *memory, dialect, options };
        load_files(&mut session, progress)?;
        everything(&mut session, |location| matches!(location, Location::File(_)), &mut problems)?;
    }
    if model.sources.iter().any(|s| matches!(s.location, Location::Table(_))) {
        let mut at = place(&target, folder, &folder.join(STATE))?;
        // To open a file that is not there would make it.
        if let persona_warehouse::Target::DuckDb { path } = &mut at {
            path.take_if(|path| !path.exists());
        }
        let mut warehouse = connect(&at)?;
        let options = persona_sql::Options { schema: schema(Some(&target)), ..Default::default() };
        let dialect = dialect(&target);
        let mut session = Session { model, folder, warehouse: &mut *warehouse, dialect, options };
        everything(&mut session, |location| matches!(location, Location::Table(_)), &mut problems)?;
    }
    Ok(problems)
}

/// Columns, and the rows of those sources whose columns are as they must be.
fn everything(
    session: &mut Session,
    chosen: impl Fn(&Location) -> bool,
    problems: &mut Problems,
) -> Result<(), Error> {
    let mut sound = Vec::new();
    for source in session.model.sources.iter().filter(|s| chosen(&s.location)) {
        let mut own = Problems::default();
        columns(session, source, &mut own)?;
        if !own.any_error() {
            sound.push(source);
        }
        problems.extend(own);
    }
    let mut told: Vec<SetAside> = Vec::new();
    for staged in staging(session.model) {
        for row in rows_set_aside(session, &staged.set_aside, |name| sound.iter().any(|s| &*s.name == name))?
        {
            let Some(source) = sound.iter().find(|s| s.name == row.source) else { continue };
            // One table may be fed by one source twice over.
            if !told.contains(&row) {
                set_aside(session.model, source, &staged, &row, problems);
                told.push(row);
            }
        }
    }
    Ok(())
}

/// Every column that a source names is there and can be read as what it is put into; else a problem where it is named.
pub(crate) fn columns(session: &mut Session, source: &Source, problems: &mut Problems) -> Result<(), Error> {
    let (name, table) = match &source.location {
        Location::Table(path) => (persona_sql::users_name(path, session.dialect), path.to_string()),
        Location::File(path) => (session.own(&raw_table(&source.name)), path.to_string()),
        _ => return Ok(()),
    };
    let Some(columns) = session.warehouse.columns(&name)? else {
        let nearest = nearest_table(session, &table)?;
        problems.report(UnknownTable { table, at: source.location_span, nearest });
        return Ok(());
    };
    let readings = readings(session.model, source);
    for reading in &readings {
        let Some(column) = columns.iter().find(|c| session.is_column(c, &reading.column)) else {
            let nearest = suggest(&reading.column, columns.iter().map(|c| &*c.name)).map(str::to_string);
            problems.report(UnknownColumn {
                table: table.clone(),
                column: reading.column.to_string(),
                at: reading.at,
                field: reading.field.clone(),
                nearest,
                available: columns.iter().map(|c| c.name.clone()).collect(),
            });
            continue;
        };
        let Some((ty, zone)) = &reading.read else { continue };
        let shape = shape(&column.type_name, session.dialect);
        if !shape.reads_as(ty) {
            problems.report(UnreadableColumn {
                table: table.clone(),
                column: column.name.clone(),
                column_type: column.type_name.clone(),
                wanted: wanted(ty),
                form: form(ty),
                at: reading.at,
                field: reading.field.clone(),
                remedy: shape.remedy(ty),
            });
            continue;
        }
        // What a file's text says without an offset was taken for UTC when it was loaded.
        let at_rest = matches!(source.location, Location::Table(_));
        if let Some(clock) = clock(shape, ty, zone.as_deref(), session.model).filter(|_| at_rest) {
            problems.report(ColumnZone {
                table: table.clone(),
                column: column.name.clone(),
                column_type: column.type_name.clone(),
                at: reading.at,
                field: reading.field.clone(),
                clock,
            });
        }
    }
    Ok(())
}

/// How a column's clock and its reading differ, if they do.
fn clock(shape: Shape, ty: &Type, zone: Option<&str>, model: &Model) -> Option<Clock> {
    match (shape, ty, zone) {
        (Shape::Clock | Shape::Date, Type::Timestamp, None) if &*model.project.timezone != "UTC" => {
            Some(Clock::Wall { zone: model.project.timezone.to_string() })
        }
        (Shape::Instant, Type::Timestamp, Some(zone)) if zone != "UTC" => {
            Some(Clock::Instant { zone: zone.to_string() })
        }
        _ => None,
    }
}

/// The nearest table to one that is not there, with as many parts in its name.
fn nearest_table(session: &mut Session, table: &str) -> Result<Option<String>, Error> {
    let parts = table.split('.').count();
    let tables = session.warehouse.tables()?;
    let mut names: Vec<String> =
        tables.iter().map(|parts_of| parts_of[parts_of.len().saturating_sub(parts)..].join(".")).collect();
    names.sort();
    Ok(suggest(table, names.iter().map(String::as_str)).map(str::to_string))
}

/// A column as a source reads it.
struct Reading {
    column: Arc<str>,
    at: Span,
    /// The field that is fed with it, and where that is declared.
    field: Option<(String, Option<Span>)>,
    /// What it is read as, and by whose clock; none where only its presence counts.
    read: Option<(Type, Option<Arc<str>>)>,
}

/// Each column of a source, once a place where it is read.
fn readings(model: &Model, source: &Source) -> Vec<Reading> {
    let mut found = Vec::new();
    let mut add = |expr: &Expr, field: Option<(String, Option<Span>)>| {
        let mut inside = Vec::new();
        expr.walk(&mut |e| match &e.kind {
            ExprKind::Read { raw, zone } => {
                if let ExprKind::Column(column) = &raw.kind {
                    inside.push(raw.span);
                    let read = Some((e.ty.clone(), zone.clone()));
                    found.push(Reading { column: column.clone(), at: raw.span, field: field.clone(), read });
                }
            }
            ExprKind::Column(column) if !inside.contains(&e.span) => {
                found.push(Reading { column: column.clone(), at: e.span, field: field.clone(), read: None });
            }
            _ => {}
        });
    };
    source.filter.iter().for_each(|filter| add(filter, None));
    for feed in &source.feeds {
        for (name, expr) in &feed.fields {
            add(expr, Some((name.to_string(), declared(model, feed, name))));
        }
        for (list, fields) in &feed.lists {
            for (name, expr) in fields {
                add(expr, Some((name.to_string(), declared_item(model, feed, list, name))));
            }
        }
    }
    for name in &source.group_by {
        if !found.iter().any(|reading| reading.column == *name) {
            found.push(Reading { column: name.clone(), at: source.span, field: None, read: None });
        }
    }
    found
}

/// The fields of what is fed.
fn fields<'m>(model: &'m Model, feed: &Feed) -> &'m [Attribute] {
    match &feed.target {
        FeedTarget::Customer => &model.customer.attributes,
        FeedTarget::Event(name) => model.event(name).map_or(&[], |event| &event.fields),
        FeedTarget::Entity(name) => model.entity(name).map_or(&[], |entity| &entity.fields),
        FeedTarget::Consent(_) | FeedTarget::Suppression => &[],
    }
}

fn declared(model: &Model, feed: &Feed, name: &str) -> Option<Span> {
    fields(model, feed).iter().find(|field| &*field.name == name)?.span
}

fn declared_item(model: &Model, feed: &Feed, list: &str, name: &str) -> Option<Span> {
    let list = fields(model, feed).iter().find(|field| &*field.name == list)?;
    let Type::List(item) = &list.ty else { return None };
    let Type::Record(record) = &**item else { return None };
    let record = model.records.iter().find(|r| r.name == record.name)?;
    record.fields.iter().find(|field| &*field.name == name)?.span
}

/// Tells of rows that would be set aside, where the field is fed that lacks a good value in them.
fn set_aside(model: &Model, source: &Source, staged: &Staged, row: &SetAside, problems: &mut Problems) {
    let table = match &source.location {
        Location::Table(path) | Location::File(path) => path.to_string(),
        _ => return,
    };
    let mut places = BTreeMap::new();
    for feed in &source.feeds {
        let own = match &feed.target {
            FeedTarget::Customer => CUSTOMER.into(),
            FeedTarget::Event(name) => event_table(name),
            FeedTarget::Entity(name) => entity_table(name),
            FeedTarget::Consent(_) => CONSENT_LOG.into(),
            FeedTarget::Suppression => SUPPRESSION.into(),
        };
        for (name, expr) in feed.fields.iter().filter(|_| own == staged.table) {
            places.entry(name.clone()).or_insert((expr, declared(model, feed, name)));
        }
        for (list, fields) in &feed.lists {
            let FeedTarget::Event(event) = &feed.target else { continue };
            for (name, expr) in fields.iter().filter(|_| list_table(event, list) == staged.table) {
                places.entry(name.clone()).or_insert((expr, declared_item(model, feed, list, name)));
            }
        }
    }
    let place = places.get(&*row.field);
    problems.report(SetAsideRows {
        table,
        keyword: source.location.keyword(),
        field: row.field.clone(),
        rows: row.rows,
        example: row.example.clone(),
        column: place.and_then(|(expr, _)| only_column(expr)),
        at: place.map_or(source.location_span, |(expr, _)| expr.span),
        declared_at: place.and_then(|(_, declared)| *declared),
    });
}

/// The column that a value is, where it is one and nothing is done with it.
fn only_column(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Column(name) => Some(name.to_string()),
        ExprKind::Read { raw, .. } => only_column(raw),
        _ => None,
    }
}

impl Session<'_, '_> {
    /// Whether a column of the target is the one that a program names. PostgreSQL minds capitals; DuckDB, BigQuery and
    /// names of Snowflake's that were made without quotes do not.
    fn is_column(&self, column: &Column, name: &str) -> bool {
        match self.dialect {
            persona_sql::Target::Postgres => column.name == name,
            _ => column.name.eq_ignore_ascii_case(name),
        }
    }
}
