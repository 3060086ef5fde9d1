//! One `SELECT` while it is being put together.

use std::sync::Arc;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    Expr, GroupByExpr, Ident, ObjectName, Query, Select, SelectFlavor, SelectItem, SetExpr, SetOperator,
    SetQuantifier, TableAlias, TableFactor, TableWithJoins,
};

use crate::ast;

/// How far a `SELECT` has come, in the order SQL evaluates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Rows of `FROM`, filtered.
    Rows,
    /// One row a group.
    Groups,
    /// Rows with window functions beside them.
    Windows,
    /// Rows of several `SELECT`s, or filtered by window functions: nothing more fits in.
    Closed,
}

/// A `SELECT` to which more can be added.
#[derive(Clone, Debug)]
pub struct Block {
    /// How far it has come.
    pub stage: Stage,
    /// `FROM`, with joins.
    pub from: TableWithJoins,
    /// `WHERE`, all of them.
    pub filters: Vec<Expr>,
    /// `GROUP BY`.
    pub keys: Vec<Expr>,
    /// `HAVING`, all of them.
    pub having: Vec<Expr>,
    /// `QUALIFY`, all of them.
    pub qualify: Vec<Expr>,
    /// What it gives: name and expression over `from`.
    pub columns: Vec<(Arc<str>, Expr)>,
    /// Further `SELECT`s whose rows are added.
    pub union: Vec<SetExpr>,
    /// What to call it when it stands in another's `FROM`.
    pub called: String,
}

impl Block {
    /// All rows of a table or a step.
    pub fn over(relation: TableFactor, columns: Vec<(Arc<str>, Expr)>, called: &str) -> Block {
        Block {
            stage: Stage::Rows,
            from: TableWithJoins { relation, joins: vec![] },
            filters: vec![],
            keys: vec![],
            having: vec![],
            qualify: vec![],
            columns,
            union: vec![],
            called: called.to_owned(),
        }
    }

    /// The expression of a column.
    pub fn column(&self, name: &str) -> Option<&Expr> {
        self.columns.iter().find(|(n, _)| &**n == name).map(|(_, e)| e)
    }

    /// The finished `SELECT`, or several with `UNION ALL`.
    pub fn finish(self, name: impl Fn(&str) -> Ident) -> SetExpr {
        let item = |(column, expr): (Arc<str>, Expr)| {
            let alias = name(&column);
            match &expr {
                Expr::Identifier(own) if *own == alias => SelectItem::UnnamedExpr(expr),
                Expr::CompoundIdentifier(parts) if parts.last() == Some(&alias) => {
                    SelectItem::UnnamedExpr(expr)
                }
                _ => SelectItem::ExprWithAlias { expr, alias },
            }
        };
        // A `SELECT` without columns is not SQL; a relation without columns has still rows.
        let mut projection: Vec<_> = self.columns.into_iter().map(item).collect();
        if projection.is_empty() {
            projection.push(SelectItem::UnnamedExpr(ast::number(1)));
        }
        let every = |parts: Vec<Expr>| (!parts.is_empty()).then(|| ast::all(parts));
        let select = Select {
            select_token: AttachedToken::empty(),
            optimizer_hints: vec![],
            distinct: None,
            select_modifiers: None,
            top: None,
            top_before_distinct: false,
            projection,
            exclude: None,
            into: None,
            from: vec![self.from],
            lateral_views: vec![],
            prewhere: None,
            selection: every(self.filters),
            connect_by: vec![],
            group_by: GroupByExpr::Expressions(self.keys, vec![]),
            cluster_by: vec![],
            distribute_by: vec![],
            sort_by: vec![],
            having: every(self.having),
            named_window: vec![],
            qualify: every(self.qualify),
            window_before_qualify: false,
            value_table_mode: None,
            flavor: SelectFlavor::Standard,
        };
        let first = SetExpr::Select(Box::new(select));
        self.union.into_iter().fold(first, |left, right| SetExpr::SetOperation {
            left: Box::new(left),
            op: SetOperator::Union,
            set_quantifier: SetQuantifier::All,
            right: Box::new(right),
        })
    }
}

/// A query of this body.
pub fn query(body: SetExpr) -> Query {
    Query {
        with: None,
        body: Box::new(body),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: vec![],
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: vec![],
    }
}

/// `AS name`
pub fn alias(name: Ident) -> TableAlias {
    TableAlias { explicit: true, name, columns: vec![], at: None }
}

/// A table in a `FROM`.
pub fn table(name: ObjectName, alias: Option<TableAlias>) -> TableFactor {
    TableFactor::Table {
        name,
        alias,
        args: None,
        with_hints: vec![],
        version: None,
        with_ordinality: false,
        partitions: vec![],
        json_path: None,
        sample: None,
        index_directives: vec![],
        inheritance: None,
    }
}
