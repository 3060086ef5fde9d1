//! Relations to `SELECT`s: what is put into one, and where a new one begins.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use persona_plan::{Aggregate, Arithmetic, Join, Order, Place, Plan, Rel, Scalar, Schema, Table, rewrite};
use persona_value::Type;
use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    Cte, Expr, Ident, JoinConstraint, JoinOperator, ObjectName, OrderByExpr, OrderByOptions, OrderBySort,
    Query, TableAlias, TableFactor, With,
};

use crate::ast;
use crate::dialect::{Dialect, Stored};
use crate::scalar::{Scalars, Scope, stored};
use crate::select::{self, Block, Stage};
use crate::{Options, Unsupported, bind, statement};

/// A whole plan, made as cheap as we can: its steps as common table expressions, and the result.
pub fn plan(plan: &Plan, dialect: &dyn Dialect, options: &Options) -> Result<Query, Unsupported> {
    let plan = rewrite::cheapest(plan.clone());
    let now = statement::now(dialect, options);
    let relations = Relations { dialect, options, scalars: Scalars { dialect, now: &now } };
    let mut cte_tables = Vec::new();
    for step in &plan.steps {
        let query = relations.query(&step.rel)?;
        cte_tables.push(Cte {
            alias: TableAlias { explicit: false, ..select::alias(dialect.name(&step.name)) },
            query: Box::new(query),
            from: None,
            materialized: None,
            closing_paren_token: AttachedToken::empty(),
        });
    }
    let mut query = relations.query(&plan.result)?;
    if !cte_tables.is_empty() {
        query.with = Some(With { with_token: AttachedToken::empty(), recursive: false, cte_tables });
    }
    Ok(query)
}

struct Relations<'a> {
    dialect: &'a dyn Dialect,
    options: &'a Options,
    scalars: Scalars<'a>,
}

/// The names tables go by within one query: no two the same, and none that of a column, which BigQuery would take
/// `customer.id` to be a field of.
struct Aliases {
    columns: Rc<HashSet<String>>,
    taken: RefCell<HashSet<String>>,
}

impl Aliases {
    fn beside_columns_of(rel: &Rel) -> Aliases {
        let mut columns = HashSet::new();
        column_names(rel, &mut columns);
        Aliases { columns: Rc::new(columns), taken: RefCell::default() }
    }

    /// Those of a subquery, which may use all names again.
    fn inside(&self) -> Aliases {
        Aliases { columns: self.columns.clone(), taken: RefCell::default() }
    }

    fn take(&self, wish: &str) -> String {
        let mut taken = self.taken.borrow_mut();
        let variants = [wish.to_owned(), format!("{wish}s")].into_iter();
        let mut variants = variants.chain((2..).map(|n| format!("{wish}_{n}")));
        let free = |name: &String| {
            let name = name.to_lowercase();
            !self.columns.contains(&name) && !taken.contains(&name)
        };
        let name = variants.find(free).unwrap_or_else(|| wish.to_owned());
        taken.insert(name.to_lowercase());
        name
    }
}

/// The names of all columns of a relation and of those it is made of, in lower case.
fn column_names(rel: &Rel, names: &mut HashSet<String>) {
    names.extend(rel.schema().columns.iter().map(|c| c.name.to_lowercase()));
    match rel {
        Rel::Table(_) | Rel::Step { .. } => {}
        Rel::Filter { input, .. }
        | Rel::Project { input, .. }
        | Rel::Aggregate { input, .. }
        | Rel::Number { input, .. }
        | Rel::Ntile { input, .. } => column_names(input, names),
        Rel::Join { left, right, .. } => {
            column_names(left, names);
            column_names(right, names);
        }
        Rel::Union(parts) => parts.iter().for_each(|p| column_names(p, names)),
    }
}

/// Longer than this, an expression is not written a second time: a new `SELECT` begins.
const SHORT: usize = 60;

impl Relations<'_> {
    fn query(&self, rel: &Rel) -> Result<Query, Unsupported> {
        let rel = bind::bind(rel, self.dialect);
        let block = self.block(&rel, &Aliases::beside_columns_of(&rel), false)?;
        Ok(select::query(self.finish(block, &rel.schema())?))
    }

    /// The finished block, literals cast to the types of their columns.
    fn finish(&self, mut block: Block, schema: &Schema) -> Result<sqlparser::ast::SetExpr, Unsupported> {
        for ((_, expr), column) in block.columns.iter_mut().zip(&schema.columns) {
            if column.ty != Type::Raw {
                stored(&column.ty, &column.name)?;
            }
            // Of a column made for arithmetic the type is counted on, and an engine may know which way a choice goes.
            let counted_on = bind::is_bound(&column.name) && self.scalars.has_untyped(expr);
            if counted_on || self.scalars.is_untyped(expr) {
                let data_type = self.dialect.data_type(stored(&column.ty, &column.name)?);
                *expr = ast::cast(expr.clone(), data_type);
            }
        }
        Ok(block.finish(|n| self.dialect.name(n)))
    }

    /// A relation as a block. `several`: it will stand beside others, so its columns are named in full.
    #[recursive::recursive]
    fn block(&self, rel: &Rel, aliases: &Aliases, several: bool) -> Result<Block, Unsupported> {
        match rel {
            Rel::Table(Table { place, schema }) => {
                let (name, called) = match place {
                    Place::Own(name) => (statement::own(name, self.dialect, self.options), &**name),
                    Place::Users(name) => (
                        statement::users(name, self.dialect, self.options),
                        name.rsplit('.').next().unwrap_or(name),
                    ),
                };
                Ok(self.table(name, called, schema, aliases, several))
            }
            Rel::Step { name, schema } => {
                let table = ObjectName::from(vec![self.dialect.name(name)]);
                Ok(self.table(table, name, schema, aliases, several))
            }
            Rel::Filter { input, keep } => self.filter(input, keep, aliases, several),
            Rel::Project { input, columns } => self.project(input, columns, aliases, several),
            Rel::Join { kind, left, right, on, and } => {
                self.join(*kind, left, right, on, and.as_ref(), aliases)
            }
            Rel::Aggregate { input, keys, values } => self.aggregate(input, keys, values, aliases, several),
            Rel::Number { input, per, order, name } => {
                self.window("ROW_NUMBER", vec![], input, per, order, name, aliases, several)
            }
            Rel::Ntile { input, buckets, order, name } => {
                let buckets = vec![ast::number(buckets)];
                self.window("NTILE", buckets, input, &[], order, name, aliases, several)
            }
            Rel::Union(parts) => self.union(parts, aliases, several),
        }
    }

    fn table(
        &self,
        name: ObjectName,
        called: &str,
        schema: &Schema,
        aliases: &Aliases,
        several: bool,
    ) -> Block {
        let wish = self.dialect.name(&if several { aliases.take(called) } else { called.to_owned() });
        // A table of a single name goes by it already.
        let same = name.0.len() == 1 && name.to_string() == wish.to_string();
        let relation = select::table(name, (several && !same).then(|| select::alias(wish.clone())));
        Block::over(relation, self.columns(schema, several.then_some(wish)), called)
    }

    fn columns(&self, schema: &Schema, of: Option<Ident>) -> Vec<(Arc<str>, Expr)> {
        let column = |name: &str| ast::column(of.iter().cloned().chain([self.dialect.name(name)]).collect());
        schema.columns.iter().map(|c| (c.name.clone(), column(&c.name))).collect()
    }

    /// The block as a table in another's `FROM`.
    fn derived(
        &self,
        block: Block,
        schema: &Schema,
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        let called = block.called.clone();
        // Alone in its FROM, it shares its name with nobody.
        let name = if several { aliases.take(&called) } else { aliases.inside().take(&called) };
        let name = self.dialect.name(&name);
        let relation = TableFactor::Derived {
            lateral: false,
            subquery: Box::new(select::query(self.finish(block, schema)?)),
            alias: Some(select::alias(name.clone())),
            sample: None,
        };
        Ok(Block::over(relation, self.columns(schema, several.then_some(name)), &called))
    }

    /// A block of this relation that has come no further than `most`.
    fn at_most(
        &self,
        rel: &Rel,
        most: Stage,
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        // Inside a subquery that is certain to come, columns need no table's name.
        let apart = stage(rel, self.dialect) > most;
        if apart {
            let block = self.block(rel, &aliases.inside(), false)?;
            return self.derived(block, &rel.schema(), aliases, several);
        }
        let block = self.block(rel, aliases, several)?;
        if block.stage > most { self.derived(block, &rel.schema(), aliases, several) } else { Ok(block) }
    }

    /// The block, as a subquery if putting these expressions over it would write something long twice.
    fn without_repeats<'s>(
        &self,
        block: Block,
        rel: &Rel,
        uses: impl IntoIterator<Item = &'s Scalar>,
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        let mut count: HashMap<&str, usize> = HashMap::new();
        for scalar in uses {
            // Arithmetic may write its operands more than once.
            let repeats = self.dialect.repeats(Arithmetic::Divide, false, false);
            let times = if repeats && bind::calculates(scalar) { 2 } else { 1 };
            scalar.columns(&mut |name| *count.entry(name).or_insert(0) += times);
        }
        let repeated = block.columns.iter().any(|(name, expr)| {
            let times = count.get(&**name).copied().unwrap_or(0);
            let kept_apart = bind::is_bound(name) && times > 0;
            !ast::is_simple(expr) && (kept_apart || (times > 1 && expr.to_string().len() > SHORT))
        });
        if repeated { self.derived(block, &rel.schema(), aliases, several) } else { Ok(block) }
    }

    /// The block, as a subquery if it has groups or windows over which the dialect cannot calculate.
    fn fit_to_calculate<'s>(
        &self,
        block: Block,
        rel: &Rel,
        scalars: impl IntoIterator<Item = &'s Scalar>,
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        let apart = block.stage > Stage::Rows && !self.dialect.calculates_on_groups();
        if apart && scalars.into_iter().any(bind::calculates) {
            return self.derived(block, &rel.schema(), aliases, several);
        }
        Ok(block)
    }

    fn filter(
        &self,
        input: &Rel,
        keep: &Scalar,
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        let most = if self.dialect.qualifies() { Stage::Windows } else { Stage::Groups };
        let block = self.at_most(input, most, aliases, several)?;
        let mut block = self.fit_to_calculate(block, input, [keep], aliases, several)?;
        let schema = input.schema();
        if block.stage == Stage::Windows {
            // QUALIFY is for conditions on windows; without one, engines refuse it.
            let mut on_window = false;
            keep.columns(&mut |name| on_window |= block.column(name).is_some_and(ast::is_window));
            if !on_window {
                block = self.derived(block, &schema, aliases, several)?;
            }
        } else {
            // A column that is filtered by is, likely, in the result, too.
            block = self.without_repeats(block, input, [keep, keep], aliases, several)?;
        }
        let conditions = keep.conjuncts().into_iter();
        let conditions = conditions.map(|c| self.scalars.condition(c, &Scope::new(&schema, &block)));
        let conditions: Vec<_> = conditions.collect::<Result<_, _>>()?;
        match block.stage {
            Stage::Rows => block.filters.extend(conditions),
            Stage::Groups => block.having.extend(conditions),
            Stage::Windows | Stage::Closed => block.qualify.extend(conditions),
        }
        Ok(block)
    }

    fn project(
        &self,
        input: &Rel,
        columns: &[(Arc<str>, Scalar)],
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        let block = self.at_most(input, Stage::Windows, aliases, several)?;
        let scalars = || columns.iter().map(|(_, s)| s);
        let block = self.fit_to_calculate(block, input, scalars(), aliases, several)?;
        let mut block = self.without_repeats(block, input, scalars(), aliases, several)?;
        // Without its aggregates, a `SELECT` of no keys would give a row a row again.
        let of_one_group = block.stage == Stage::Groups && block.keys.is_empty();
        let mut reads = false;
        columns.iter().for_each(|(_, s)| s.columns(&mut |_| reads = true));
        if of_one_group && !reads {
            block = self.derived(block, &input.schema(), aliases, several)?;
        }
        let schema = input.schema();
        let scope = Scope::new(&schema, &block);
        let column =
            |(name, scalar): &(Arc<str>, Scalar)| Ok((name.clone(), self.scalars.value(scalar, &scope)?));
        let columns = columns.iter().map(column).collect::<Result<_, Unsupported>>()?;
        Ok(Block { columns, ..block })
    }

    fn join(
        &self,
        kind: Join,
        left: &Rel,
        right: &Rel,
        on: &[(Arc<str>, Arc<str>)],
        and: Option<&Scalar>,
        aliases: &Aliases,
    ) -> Result<Block, Unsupported> {
        let mut block = self.at_most(left, Stage::Rows, aliases, true)?;
        let mut other = self.at_most(right, Stage::Rows, aliases, true)?;
        let keeps_pairs = matches!(kind, Join::Inner | Join::Left);
        // Columns computed on the right, or its own joins, would not go missing with the row.
        let plain = other.columns.iter().all(|(_, e)| matches!(e, Expr::CompoundIdentifier(_)));
        // And engines take no subquery in ON.
        let exists = other.filters.iter().any(|e| matches!(e, Expr::Exists { .. }));
        if keeps_pairs && (exists || !other.from.joins.is_empty() || !(kind == Join::Inner || plain)) {
            other = self.derived(other, &right.schema(), aliases, true)?;
        }
        let mut conditions = std::mem::take(&mut other.filters);
        for (l, r) in on {
            let of = |block: &Block, name: &str| block.column(name).cloned().ok_or_else(|| no_column(name));
            conditions.push(ast::equal(of(&other, r)?, of(&block, l)?));
        }
        if let Some(and) = and {
            let mut schema = left.schema();
            schema.columns.extend(right.schema().columns);
            let scope = Scope::new(&schema, &block).and(&other);
            for condition in and.conjuncts() {
                conditions.push(self.scalars.condition(condition, &scope)?);
            }
        }
        match kind {
            Join::Inner | Join::Left => {
                let constraint = JoinConstraint::On(ast::all(conditions));
                let join_operator = match kind {
                    Join::Left => JoinOperator::Left(constraint),
                    _ => JoinOperator::Join(constraint),
                };
                let relation = other.from.relation;
                block.from.joins.push(sqlparser::ast::Join { relation, global: false, join_operator });
                block.columns.extend(other.columns);
            }
            Join::Semi | Join::Anti => {
                other.columns = vec![];
                other.filters = conditions;
                let partner = select::query(other.finish(|n| self.dialect.name(n)));
                block.filters.push(Expr::Exists { subquery: Box::new(partner), negated: kind == Join::Anti });
            }
        }
        Ok(block)
    }

    fn aggregate(
        &self,
        input: &Rel,
        keys: &[Arc<str>],
        values: &[(Arc<str>, Aggregate)],
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        let mut block = self.at_most(input, Stage::Rows, aliases, several)?;
        let schema = input.schema();
        let of = |block: &Block, name: &str| block.column(name).cloned().ok_or_else(|| no_column(name));
        // Engines take a number in GROUP BY for a column's place and refuse other constants; and what is computed
        // is better named first.
        let columns = keys.iter().map(|k| of(&block, k)).collect::<Result<Vec<_>, _>>()?;
        if !columns.iter().all(|e| matches!(e, Expr::Identifier(_) | Expr::CompoundIdentifier(_))) {
            block = self.derived(block, &schema, aliases, several)?;
        }
        let mut columns = Vec::new();
        for key in keys {
            let expr = of(&block, key)?;
            block.keys.push(expr.clone());
            columns.push((key.clone(), expr));
        }
        for (name, value) in values {
            columns.push((name.clone(), self.group_value(value, &schema, &block)?));
        }
        block.called = match keys.first() {
            Some(key) => format!("by_{key}"),
            None => "totals".to_owned(),
        };
        Ok(Block { columns, stage: Stage::Groups, ..block })
    }

    fn group_value(&self, value: &Aggregate, schema: &Schema, block: &Block) -> Result<Expr, Unsupported> {
        let Some(name) = value.column() else { return Ok(ast::call_star("COUNT")) };
        let expr = block.column(name).cloned().ok_or_else(|| no_column(name))?;
        let ty = schema.column(name).map(|c| stored(&c.ty, name)).ok_or_else(|| no_column(name))??;
        let int = ty == Stored::Int;
        let least_or_greatest = |function: &str, expr: Expr| match ty {
            Stored::Text => ast::call(function, vec![self.dialect.by_code_point(expr)]),
            // No engine has an order of truth values in MIN and MAX alike.
            Stored::Bool => {
                let number = ast::case_of(
                    Some(expr),
                    vec![(ast::boolean(true), ast::number(1)), (ast::boolean(false), ast::number(0))],
                    None,
                );
                ast::equal(ast::call(function, vec![number]), ast::number(1))
            }
            _ => ast::call(function, vec![expr]),
        };
        Ok(match value {
            Aggregate::Count => ast::call_star("COUNT"),
            Aggregate::CountPresent(_) => ast::call("COUNT", vec![expr]),
            Aggregate::CountDistinct(_) => ast::call_distinct("COUNT", expr),
            Aggregate::Sum(_) => self.dialect.sum(expr, int),
            Aggregate::Avg(_) => self.dialect.average(expr, int),
            Aggregate::Min(_) => least_or_greatest("MIN", expr),
            Aggregate::Max(_) => least_or_greatest("MAX", expr),
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn window(
        &self,
        function: &str,
        args: Vec<Expr>,
        input: &Rel,
        per: &[Arc<str>],
        order: &[Order],
        name: &Arc<str>,
        aliases: &Aliases,
        several: bool,
    ) -> Result<Block, Unsupported> {
        let mut block = self.at_most(input, Stage::Rows, aliases, several)?;
        let schema = input.schema();
        let of = |name: &str| block.column(name).cloned().ok_or_else(|| no_column(name));
        let per = per.iter().map(|k| of(k)).collect::<Result<Vec<_>, _>>()?;
        let mut order_by = Vec::new();
        for Order { column, descending } in order {
            let found = schema.column(column).ok_or_else(|| no_column(column))?;
            let mut expr = of(column)?;
            if found.ty.is_text() {
                expr = self.dialect.by_code_point(expr);
            }
            let options = OrderByOptions {
                sort: descending.then_some(OrderBySort::Desc),
                nulls_first: found.optional.then_some(false),
            };
            order_by.push(OrderByExpr { expr, options, with_fill: None });
        }
        block.columns.push((name.clone(), ast::call_over(function, args, per, order_by)));
        if !block.called.ends_with("_ranked") {
            block.called.push_str("_ranked");
        }
        Ok(Block { stage: Stage::Windows, ..block })
    }

    fn union(&self, parts: &[Rel], aliases: &Aliases, several: bool) -> Result<Block, Unsupported> {
        let [first, rest @ ..] = parts else { return Err(Unsupported::new("a union of nothing")) };
        let mut block = self.block(first, aliases, several)?;
        if rest.is_empty() {
            return Ok(block);
        }
        for rel in rest {
            let part = self.block(rel, &aliases.inside(), false)?;
            block.union.push(self.finish(part, &rel.schema())?);
        }
        block.called = "together".to_owned();
        Ok(Block { stage: Stage::Closed, ..block })
    }
}

/// How far a relation's block will have come.
fn stage(rel: &Rel, dialect: &dyn Dialect) -> Stage {
    match rel {
        Rel::Table(_) | Rel::Step { .. } | Rel::Join { .. } => Stage::Rows,
        Rel::Filter { input, .. } => match stage(input, dialect) {
            Stage::Windows | Stage::Closed if !dialect.qualifies() => Stage::Rows,
            Stage::Closed => Stage::Rows,
            other => other,
        },
        Rel::Project { input, .. } => match stage(input, dialect) {
            Stage::Closed => Stage::Rows,
            other => other,
        },
        Rel::Aggregate { .. } => Stage::Groups,
        Rel::Number { .. } | Rel::Ntile { .. } => Stage::Windows,
        Rel::Union(_) => Stage::Closed,
    }
}

fn no_column(name: &str) -> Unsupported {
    Unsupported::new(format!("the column `{name}`, which its relation lacks,"))
}
