//! Names of tables, and the statements around a query.

use sqlparser::ast::helpers::stmt_create_table::CreateTableBuilder;
use sqlparser::ast::{CreateTableOptions, CreateView, ObjectName, ObjectType, Query, SchemaName, Statement};

use crate::dialect::Dialect;
use crate::layout::lay_out;
use crate::{Names, Options, templated};

/// One of persona's own tables.
pub fn own(name: &str, dialect: &dyn Dialect, options: &Options) -> ObjectName {
    if options.names == Names::Dbt {
        return templated::own(name);
    }
    let parts = options.schema.iter().map(String::as_str).chain([name]);
    ObjectName::from(parts.map(|p| dialect.name(p)).collect::<Vec<_>>())
}

/// A user's table, its name split at dots.
pub fn users(name: &str, dialect: &dyn Dialect, options: &Options) -> ObjectName {
    if options.names == Names::Dbt {
        return templated::users(name);
    }
    ObjectName::from(name.split('.').map(|p| dialect.name(p)).collect::<Vec<_>>())
}

/// The statements that replace a table.
pub fn create_table(name: ObjectName, query: Query, dialect: &dyn Dialect) -> Vec<String> {
    let replaces = dialect.replaces_tables();
    let create = CreateTableBuilder::new(name.clone()).or_replace(replaces).query(Some(Box::new(query)));
    let drop = (!replaces).then(|| Statement::Drop {
        object_type: ObjectType::Table,
        if_exists: true,
        names: vec![name],
        cascade: false,
        restrict: false,
        purge: false,
        temporary: false,
        table: None,
    });
    let create = Statement::CreateTable(create.build());
    drop.into_iter().chain([create]).map(|s| lay_out(&s.to_string(), dialect.parser())).collect()
}

/// The statements that replace a view. Not by dropping it first, even in PostgreSQL, which refuses to replace a
/// view by one with other columns: a drop would fail, or cascade, wherever another view reads this one.
pub fn create_view(name: ObjectName, query: Query, dialect: &dyn Dialect) -> Vec<String> {
    let create = CreateView {
        or_alter: false,
        or_replace: true,
        materialized: false,
        secure: false,
        name,
        name_before_not_exists: false,
        columns: vec![],
        query: Box::new(query),
        options: CreateTableOptions::None,
        cluster_by: vec![],
        comment: None,
        with_no_schema_binding: false,
        if_not_exists: false,
        temporary: false,
        copy_grants: false,
        to: None,
        params: None,
    };
    vec![lay_out(&Statement::from(create).to_string(), dialect.parser())]
}

/// The statement that creates persona's schema, if it has one of its own.
pub fn create_schema(dialect: &dyn Dialect, options: &Options) -> Option<String> {
    let parts: Vec<_> = options.schema.iter().map(|p| dialect.name(p)).collect();
    if parts.is_empty() {
        return None;
    }
    let create = Statement::CreateSchema {
        schema_name: SchemaName::Simple(ObjectName::from(parts)),
        or_replace: false,
        if_not_exists: true,
        with: None,
        options: None,
        default_collate_spec: None,
        clone: None,
    };
    Some(create.to_string())
}
