//! Scalars to expressions.
//!
//! SQL's logic has three values, the language's has two. A comparison whose operand may be missing is therefore
//! wrapped in `COALESCE(…, FALSE)`, but only where it matters: not where a filter drops the row either way.

use persona_plan::{Arithmetic, Comparison, Function, Scalar, Schema};
use persona_value::{Decimal, Type, Value};
use sqlparser::ast::{BinaryOperator, Expr, Value as Literal};

use crate::ast;
use crate::dialect::{DatePart, Dialect, Number, Stored};
use crate::select::Block;
use crate::{Unsupported, read};

/// 1,900 years in seconds: a longer shift is cut to this, so that a window longer than history stays within every
/// engine's calendar.
const LONGEST: i64 = 59_958_144_000;

/// How values of a type are stored.
pub fn stored(ty: &Type, column: &str) -> Result<Stored, Unsupported> {
    Ok(match ty {
        Type::Bool => Stored::Bool,
        Type::Int | Type::Duration => Stored::Int,
        Type::Decimal | Type::Money(_) | Type::Percent => Stored::Decimal,
        Type::Date => Stored::Date,
        Type::Time => Stored::Time,
        Type::Timestamp => Stored::Instant,
        ty if ty.is_text() => Stored::Text,
        ty => return Err(Unsupported::new(format!("`{column}` of type {ty}"))),
    })
}

/// Whether a type is calculated with as an int.
pub fn is_int(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Duration)
}

/// The columns in sight: their types, and what they are in the `SELECT` at hand.
pub struct Scope<'a> {
    schema: &'a Schema,
    blocks: Vec<&'a Block>,
}

impl<'a> Scope<'a> {
    /// The columns of one block.
    pub fn new(schema: &'a Schema, block: &'a Block) -> Scope<'a> {
        Scope { schema, blocks: vec![block] }
    }

    /// And those of another, beside it.
    pub fn and(mut self, block: &'a Block) -> Scope<'a> {
        self.blocks.push(block);
        self
    }

    fn column(&self, name: &str) -> Result<Expr, Unsupported> {
        let found = self.blocks.iter().find_map(|b| b.column(name));
        found
            .cloned()
            .ok_or_else(|| Unsupported::new(format!("the column `{name}`, which its relation lacks,")))
    }

    fn typed(&self, scalar: &Scalar) -> (Type, bool) {
        scalar.typed(self.schema)
    }

    fn stored(&self, scalar: &Scalar) -> Result<Stored, Unsupported> {
        stored(&self.typed(scalar).0, "a value")
    }

    fn optional(&self, scalar: &Scalar) -> bool {
        self.typed(scalar).1
    }
}

/// Writes scalars in one dialect at one instant.
#[derive(Clone, Copy)]
pub struct Scalars<'a> {
    /// For this engine.
    pub dialect: &'a dyn Dialect,
    /// The instant of the evaluation.
    pub now: &'a Expr,
}

impl Scalars<'_> {
    /// Where only true counts: missing is as good as false.
    pub fn condition(&self, scalar: &Scalar, scope: &Scope) -> Result<Expr, Unsupported> {
        let each =
            |parts: &[Scalar]| parts.iter().map(|p| self.condition(p, scope)).collect::<Result<Vec<_>, _>>();
        match scalar {
            Scalar::And(parts) => Ok(ast::all(each(parts)?)),
            Scalar::Or(parts) => Ok(ast::any(each(parts)?)),
            Scalar::Compare { op, left, right } => self.compare(*op, left, right, scope),
            Scalar::OneOf { value, options } => self.one_of(value, options, scope),
            Scalar::Call { function, args } => self.call(function, args, scope),
            other => self.value(other, scope),
        }
    }

    /// As a truth value that is never missing.
    fn truth(&self, scalar: &Scalar, scope: &Scope) -> Result<Expr, Unsupported> {
        let value = self.value(scalar, scope)?;
        Ok(if scope.optional(scalar) { ast::coalesce(value, ast::boolean(false)) } else { value })
    }

    /// As a value, which may be missing where its type says so.
    pub fn value(&self, scalar: &Scalar, scope: &Scope) -> Result<Expr, Unsupported> {
        let dialect = self.dialect;
        let truths =
            |parts: &[Scalar]| parts.iter().map(|p| self.truth(p, scope)).collect::<Result<Vec<_>, _>>();
        let values =
            |parts: &[Scalar]| parts.iter().map(|p| self.value(p, scope)).collect::<Result<Vec<_>, _>>();
        Ok(match scalar {
            Scalar::Column(name) => scope.column(name)?,
            Scalar::Literal { value, ty } => self.literal(value, ty)?,
            Scalar::Now => self.now.clone(),
            Scalar::And(parts) => ast::all(truths(parts)?),
            Scalar::Or(parts) => ast::any(truths(parts)?),
            Scalar::Not(inner) => ast::not(self.truth(inner, scope)?),
            Scalar::Compare { op, left, right } => {
                let optional = scope.optional(left) || scope.optional(right);
                two_valued(self.compare(*op, left, right, scope)?, optional)
            }
            Scalar::IsMissing(inner) => ast::is_null(self.value(inner, scope)?),
            Scalar::OneOf { value, options } => {
                two_valued(self.one_of(value, options, scope)?, scope.optional(value) && !options.is_empty())
            }
            Scalar::Coalesce(options) => match &options[..] {
                [] => ast::null(),
                [only] => self.value(only, scope)?,
                _ => ast::call("COALESCE", values(options)?),
            },
            Scalar::If { condition, then, otherwise } => {
                let when = (self.condition(condition, scope)?, self.value(then, scope)?);
                let otherwise = match &**otherwise {
                    Scalar::Literal { value: Value::Missing, .. } => None,
                    other => Some(self.value(other, scope)?),
                };
                ast::case(vec![when], otherwise)
            }
            Scalar::Arithmetic { op, left, right, .. } => self.arithmetic(*op, left, right, scope)?,
            Scalar::Shift { instant, seconds } => {
                dialect.shift(self.value(instant, scope)?, (*seconds).clamp(-LONGEST, LONGEST))
            }
            Scalar::AddDays { date, days } => dialect.add_days(self.value(date, scope)?, *days),
            Scalar::AddMonths { date, months } => dialect.add_months(self.value(date, scope)?, *months),
            Scalar::LocalDate { instant, zone } => dialect.local_date(self.value(instant, scope)?, zone),
            Scalar::LocalHour { instant, zone } => dialect.local_hour(self.value(instant, scope)?, zone),
            Scalar::StartOfDay { date, zone } => dialect.midnight(self.value(date, scope)?, zone)?,
            Scalar::Read { raw, ty, zone } => {
                read::read(self.value(raw, scope)?, ty, zone.as_deref(), dialect)?
            }
            Scalar::Rank { value, order } => {
                let whens = order.iter().enumerate();
                let whens = whens.map(|(rank, name)| (dialect.text(name), ast::number(rank))).collect();
                ast::case_of(Some(self.value(value, scope)?), whens, None)
            }
            Scalar::Call { function, args } => {
                let expr = self.call(function, args, scope)?;
                let says_false = matches!(
                    function,
                    Function::Contains | Function::StartsWith | Function::EndsWith | Function::Matches { .. }
                );
                two_valued(expr, says_false && args.iter().any(|a| scope.optional(a)))
            }
        })
    }

    fn literal(&self, value: &Value, ty: &Type) -> Result<Expr, Unsupported> {
        let dialect = self.dialect;
        Ok(match value {
            Value::Missing => ast::cast(ast::null(), dialect.data_type(stored(ty, "a missing value")?)),
            Value::Bool(truth) => ast::boolean(*truth),
            Value::Int(int) if stored(ty, "a number") == Ok(Stored::Decimal) => {
                dialect.decimal(Decimal::from(*int))
            }
            Value::Int(int) => ast::number(int),
            Value::Decimal(decimal) => dialect.decimal(*decimal),
            Value::Text(text) => dialect.text(text),
            Value::Date(date) => dialect.date(*date),
            Value::Time(time) => dialect.time(*time),
            Value::Instant(instant) => dialect.instant(*instant),
            Value::List(_) | Value::Record(_) => {
                return Err(Unsupported::new(format!("a constant of type {ty}")));
            }
        })
    }

    /// Three-valued: missing where an operand is.
    fn compare(
        &self,
        op: Comparison,
        left: &Scalar,
        right: &Scalar,
        scope: &Scope,
    ) -> Result<Expr, Unsupported> {
        let operator = match op {
            Comparison::Equal => BinaryOperator::Eq,
            Comparison::Less => BinaryOperator::Lt,
            Comparison::AtMost => BinaryOperator::LtEq,
            Comparison::Greater => BinaryOperator::Gt,
            Comparison::AtLeast => BinaryOperator::GtEq,
        };
        let mut value = self.value(left, scope)?;
        if op != Comparison::Equal && scope.typed(left).0.is_text() {
            value = self.dialect.by_code_point(value);
        }
        Ok(ast::compare(value, operator, self.value(right, scope)?))
    }

    fn one_of(&self, value: &Scalar, options: &[Value], scope: &Scope) -> Result<Expr, Unsupported> {
        if options.is_empty() {
            return Ok(ast::boolean(false));
        }
        let ty = scope.typed(value).0;
        let options = options.iter().map(|o| self.literal(o, &ty)).collect::<Result<_, _>>()?;
        Ok(ast::one_of(self.value(value, scope)?, options))
    }

    fn arithmetic(
        &self,
        op: Arithmetic,
        left: &Scalar,
        right: &Scalar,
        scope: &Scope,
    ) -> Result<Expr, Unsupported> {
        let operand = |scalar: &Scalar| {
            let expr = self.value(scalar, scope)?;
            let literal = match scalar {
                Scalar::Literal { value: Value::Int(int), .. } => Some(Decimal::from(*int)),
                Scalar::Literal { value: Value::Decimal(decimal), .. } => Some(*decimal),
                _ => None,
            };
            let expr = match literal {
                None if self.is_untyped(&expr) => {
                    ast::cast(expr, self.dialect.data_type(scope.stored(scalar)?))
                }
                _ => expr,
            };
            let mut constant = literal.is_none();
            scalar.columns(&mut |_| constant = false);
            Ok::<_, Unsupported>(Number { expr, int: is_int(&scope.typed(scalar).0), literal, constant })
        };
        Ok(self.dialect.arithmetic(op, operand(left)?, operand(right)?))
    }

    fn call(&self, function: &Function, args: &[Scalar], scope: &Scope) -> Result<Expr, Unsupported> {
        let dialect = self.dialect;
        if *function == Function::Concat {
            let texts = args.iter().map(|a| self.value(a, scope)).collect::<Result<_, _>>()?;
            return Ok(dialect.concat(texts));
        }
        let arg = |index: usize| match args.get(index) {
            Some(arg) => self.value(arg, scope),
            None => Err(Unsupported::new(format!("{function:?} of {} arguments", args.len()))),
        };
        let x = arg(0)?;
        let int = || args.first().is_some_and(|a| is_int(&scope.typed(a).0));
        Ok(match function {
            Function::Concat => x,
            Function::Lower => dialect.lower(x),
            Function::Upper => dialect.upper(x),
            Function::Trim => dialect.trim(x),
            Function::Length => dialect.length(x),
            Function::Contains => dialect.contains(x, arg(1)?),
            Function::StartsWith => dialect.starts_with(x, arg(1)?),
            Function::EndsWith => dialect.ends_with(x, arg(1)?),
            Function::Matches { pattern } => dialect.matches(x, pattern),
            Function::Round { .. } | Function::Floor | Function::Ceil if int() => x,
            Function::Round { places } if *places >= 9 => x,
            Function::Round { places } => dialect.round(x, *places),
            Function::Floor => dialect.floor(x),
            Function::Ceil => dialect.ceil(x),
            Function::Abs => dialect.absolute(Number { expr: x, int: int(), literal: None, constant: false }),
            Function::Year => dialect.date_part(DatePart::Year, x),
            Function::Month => dialect.date_part(DatePart::Month, x),
            Function::Day => dialect.date_part(DatePart::Day, x),
            Function::Weekday => dialect.date_part(DatePart::Weekday, x),
            Function::DaysBetween => dialect.days_between(x, arg(1)?),
            Function::Canonical => match args.first().map(|a| scope.stored(a)).transpose()? {
                None | Some(Stored::Text) => x,
                Some(Stored::Decimal) => dialect.units(x),
                Some(Stored::Instant) => dialect.as_text(dialect.microseconds(x), Stored::Int),
                Some(Stored::Time) => dialect.as_text(dialect.since_midnight(x), Stored::Int),
                Some(stored) => dialect.as_text(x, stored),
            },
            Function::Md5 => dialect.md5(x),
            Function::Masked => {
                let first = ast::call("SUBSTR", vec![x, ast::number(1), ast::number(1)]);
                dialect.concat(vec![first, dialect.text(persona_value::MASK)])
            }
            Function::Bucket { salt } => {
                dialect.bucket(dialect.concat(vec![dialect.text(&format!("{salt}:")), x]))
            }
        })
    }

    /// Whether an engine would give an expression of numbers a narrower type than its column has: it is made of
    /// literals only.
    pub fn is_untyped(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Value(v) => matches!(v.value, Literal::Number(..) | Literal::Null),
            Expr::Nested(inner) => self.is_untyped(inner),
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|c| &c.result);
                results.chain(else_result.as_deref()).all(|e| self.is_untyped(e))
            }
            Expr::Function(_) => {
                let args = ast::arguments(expr);
                !args.is_empty() && args.into_iter().all(|e| self.is_untyped(e))
            }
            _ => false,
        }
    }

    /// Whether one of the values that a choice is made of is [untyped](Self::is_untyped).
    pub fn has_untyped(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Nested(inner) => self.has_untyped(inner),
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|c| &c.result);
                results.chain(else_result.as_deref()).any(|e| self.has_untyped(e))
            }
            Expr::Function(_) => ast::arguments(expr).into_iter().any(|e| self.has_untyped(e)),
            _ => self.is_untyped(expr),
        }
    }
}

fn two_valued(expr: Expr, optional: bool) -> Expr {
    if optional { ast::coalesce(expr, ast::boolean(false)) } else { expr }
}
