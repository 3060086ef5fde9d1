//! Names of tables, and the statements around a query.

use persona_plan::Schema;
use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::helpers::stmt_create_table::CreateTableBuilder;
use sqlparser::ast::{
    AlterTable, AlterTableOperation, ColumnDef, CreateTableOptions, CreateView, Delete, Expr, FromTable,
    Insert, ObjectName, ObjectType, Query, RefreshModeKind, SchemaName, Statement, TableFactor, TableObject,
    TableWithJoins,
};

use crate::ast::finished;
use crate::dialect::Dialect;
use crate::layout::lay_out;
use crate::scalar::stored;
use crate::select::{self, Block};
use crate::{CLOCK, Clock, Dynamic, Names, Options, Unsupported, ast, templated};

/// The task that sets the clock.
const TASK: &str = "tick";

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
    let drop = (!replaces).then(|| drop(ObjectType::Table, name));
    let create = Statement::CreateTable(create.build());
    drop.into_iter().chain([create]).map(|s| lay_out(&s.to_string(), dialect.parser())).collect()
}

fn drop(object_type: ObjectType, name: ObjectName) -> Statement {
    Statement::Drop {
        object_type,
        if_exists: true,
        names: vec![name],
        cascade: false,
        restrict: false,
        purge: false,
        temporary: false,
        table: None,
    }
}

/// The statement that takes a table away, if it is there.
pub fn drop_table(name: ObjectName) -> String {
    drop(ObjectType::Table, name).to_string()
}

/// The statement that makes an empty table unless it is there.
pub fn make_table(name: ObjectName, schema: &Schema, dialect: &dyn Dialect) -> Result<String, Unsupported> {
    let columns = schema.columns.iter().map(|c| column(&c.name, &c.ty, dialect));
    let columns: Vec<ColumnDef> = columns.collect::<Result<_, _>>()?;
    Ok(CreateTableBuilder::new(name).if_not_exists(true).columns(columns).build().to_string())
}

/// A column's name and type. None is declared to be there always: what holds for rows is the plan's to say.
fn column(name: &str, ty: &persona_value::Type, dialect: &dyn Dialect) -> Result<ColumnDef, Unsupported> {
    let data_type = dialect.data_type(stored(ty, name)?);
    Ok(ColumnDef { name: dialect.name(name), data_type, options: vec![] })
}

/// The statement that gives a table one more column, empty.
pub fn add_column(
    table: ObjectName,
    name: &str,
    ty: &persona_value::Type,
    dialect: &dyn Dialect,
) -> Result<String, Unsupported> {
    let operation = AlterTableOperation::AddColumn {
        column_keyword: true,
        if_not_exists: false,
        column_def: column(name, ty, dialect)?,
        column_position: None,
    };
    Ok(alter(table, operation))
}

/// The statement that calls a column otherwise.
pub fn rename_column(table: ObjectName, from: &str, to: &str, dialect: &dyn Dialect) -> String {
    let operation = AlterTableOperation::RenameColumn {
        old_column_name: dialect.name(from),
        new_column_name: dialect.name(to),
    };
    alter(table, operation)
}

fn alter(name: ObjectName, operation: AlterTableOperation) -> String {
    Statement::AlterTable(AlterTable {
        name,
        if_exists: false,
        only: false,
        operations: vec![operation],
        location: None,
        on_cluster: None,
        table_type: None,
        end_token: AttachedToken::empty(),
    })
    .to_string()
}

/// The statement that adds a query's rows to a table, column by column.
pub fn insert(name: ObjectName, schema: &Schema, query: Query, dialect: &dyn Dialect) -> String {
    let insert = Insert {
        insert_token: AttachedToken::empty(),
        optimizer_hints: vec![],
        or: None,
        ignore: false,
        into: true,
        table: TableObject::TableName(name),
        table_alias: None,
        columns: schema.columns.iter().map(|c| ObjectName::from(vec![dialect.name(&c.name)])).collect(),
        by_name: false,
        overwrite: false,
        source: Some(Box::new(query)),
        assignments: vec![],
        partitioned: None,
        after_columns: vec![],
        overriding: None,
        has_table_keyword: false,
        on: None,
        returning: None,
        output: None,
        replace_into: false,
        priority: None,
        insert_alias: None,
        settings: None,
        format_clause: None,
        multi_table_insert_type: None,
        multi_table_into_clauses: vec![],
        multi_table_when_clauses: vec![],
        multi_table_else_clause: None,
    };
    lay_out(&Statement::Insert(insert).to_string(), dialect.parser())
}

/// What the rows that say what is taken away are called; no table is called that.
const GONE: &str = "gone_rows";

/// The statement that takes away rows which agree in these columns with a row of a query.
pub fn delete(name: ObjectName, called: &str, on: &[&str], query: Query, dialect: &dyn Dialect) -> String {
    let called = dialect.name(&format!("{called}_rows"));
    let gone = dialect.name(GONE);
    let of =
        |table: &sqlparser::ast::Ident, column: &str| ast::column(vec![table.clone(), dialect.name(column)]);
    let agree = on.iter().map(|column| ast::equal(of(&gone, column), of(&called, column)));
    let inner = TableFactor::Derived {
        lateral: false,
        subquery: Box::new(query),
        alias: Some(select::alias(gone.clone())),
        sample: None,
    };
    let mut block = select::Block::over(inner, vec![], GONE);
    block.filters = agree.collect();
    let there = select::query(block.finish(|n| dialect.name(n)));
    let table = TableFactor::Table {
        name,
        alias: Some(select::alias(called)),
        args: None,
        with_hints: vec![],
        version: None,
        with_ordinality: false,
        partitions: vec![],
        json_path: None,
        sample: None,
        index_directives: vec![],
        inheritance: None,
    };
    let delete = Delete {
        delete_token: AttachedToken::empty(),
        optimizer_hints: vec![],
        tables: vec![],
        from: FromTable::WithFromKeyword(vec![TableWithJoins { relation: table, joins: vec![] }]),
        on_cluster: None,
        using: None,
        selection: Some(Expr::Exists { subquery: Box::new(there), negated: false }),
        returning: None,
        output: None,
        order_by: vec![],
        limit: None,
        settings: None,
    };
    lay_out(&Statement::Delete(delete).to_string(), dialect.parser())
}

/// The instant of the evaluation.
pub fn now(dialect: &dyn Dialect, options: &Options) -> Expr {
    match (options.at, &options.clock) {
        (Some(at), _) => dialect.instant(at),
        (None, Clock::Engine) => dialect.now(),
        (None, Clock::Table(table)) => {
            let columns = vec![("now".into(), crate::ast::column(vec![dialect.name("now")]))];
            let relation = select::table(own(table, dialect, options), None);
            let block = Block::over(relation, columns, table);
            Expr::Subquery(Box::new(select::query(block.finish(|n| dialect.name(n)))))
        }
        (None, Clock::Parameter(name)) => finished(format!("@{name}")),
    }
}

/// The statement that makes the own table that is a clock. What SQL has no query for here, a row of nothing but a
/// value, is put together from names and expressions of the dialect's.
pub fn create_clock(dialect: &dyn Dialect, options: &Options) -> String {
    let (clock, now) = (own(CLOCK, dialect, options), dialect.name("now"));
    let create = if dialect.replaces_tables() { "CREATE OR REPLACE TABLE" } else { "CREATE TABLE" };
    format!("{create} {clock} AS\nSELECT {} AS {now}", dialect.now())
}

/// The task that sets the clock, of which sqlparser has no syntax tree.
pub fn tick_clock(warehouse: &str, minutes: i64, dialect: &dyn Dialect, options: &Options) -> [String; 2] {
    let (clock, now) = (own(CLOCK, dialect, options), dialect.name("now"));
    let (task, warehouse) = (own(TASK, dialect, options), dialect.name(warehouse));
    let set = format!("UPDATE {clock}\nSET {now} = {}", dialect.now());
    [
        format!(
            "CREATE OR REPLACE TASK {task}\n  WAREHOUSE = {warehouse}\n  SCHEDULE = '{minutes} MINUTE'\nAS\n{set}"
        ),
        format!("ALTER TASK {task} RESUME"),
    ]
}

/// The statement that replaces a table by a dynamic one. It is never made incrementally: see `persona-build`.
pub fn create_dynamic_table(
    name: ObjectName,
    query: Query,
    dynamic: &Dynamic,
    dialect: &dyn Dialect,
) -> String {
    let create = CreateTableBuilder::new(name)
        .or_replace(true)
        .dynamic(true)
        .target_lag(Some(dynamic.lag.unwrap_or("DOWNSTREAM").to_string()))
        .warehouse(Some(dialect.name(dynamic.warehouse)))
        .refresh_mode(Some(RefreshModeKind::Full))
        .query(Some(Box::new(query)));
    // sqlparser writes this word as a text, which Snowflake's reference does not.
    let text = Statement::CreateTable(create.build()).to_string();
    lay_out(&text.replacen("TARGET_LAG='DOWNSTREAM'", "TARGET_LAG=DOWNSTREAM", 1), dialect.parser())
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
