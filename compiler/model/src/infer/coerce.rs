//! Columns of sources, and values put into fields.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{type_mismatch::TypeMismatch, unknown_value::UnknownValue};
use persona_syntax::ast;
use persona_value::{Decimal, Type, Value};

use super::{Checker, Row, describe};
use crate::{Expr, ExprKind, Operation, Summary};

impl Checker<'_> {
    /// A column, or what is made of columns, read as a type.
    pub(crate) fn read(&mut self, raw: Expr, ty: Type) -> Expr {
        self.reread(raw, &ty, "a column", None)
    }

    /// A value as a field's type, or a problem.
    pub(crate) fn assign(&mut self, value: Expr, ty: &Type, field: &str, declared_at: Option<Span>) -> Expr {
        let span = value.span;
        let value = match (&value.ty, ty) {
            (Type::Unknown, _) | (_, Type::Unknown) => return Expr::unknown(span),
            (Type::Raw, _) => return self.reread(value, ty, field, declared_at),
            (a, b) if a == b => return value,
            // Amounts worked out of columns have no currency of their own: the field's is meant.
            (Type::Decimal, Type::Money(_) | Type::Percent) => return Expr { ty: ty.clone(), ..value },
            (Type::Int, Type::Decimal | Type::Money(_) | Type::Percent) => return fraction(value, ty),
            (Type::Decimal, Type::Int) => match whole(value) {
                Ok(whole) => return whole,
                Err(value) => value,
            },
            (Type::Date, Type::Timestamp) => return super::operator::midnight(value),
            (a, b) if a.is_text() && b.is_text() => return self.text(value, ty),
            _ => value,
        };
        let mut headline = format!("`{field}` is {}, and this gives {}", describe(ty), describe(&value.ty));
        if let (Type::Money(given), Type::Money(wanted)) = (&value.ty, ty) {
            headline = format!("`{field}` is an amount in {wanted}, and this is one in {given}");
        }
        if let (Type::Decimal, Type::Int) = (&value.ty, ty) {
            headline = format!("`{field}` is a whole number, and this may have a fraction");
        }
        let mut labels = vec![(span, format!("this is {}", describe(&value.ty)))];
        labels.extend(declared_at.map(|at| (at, format!("declared as `{ty}` here"))));
        self.problems.report(TypeMismatch { headline, labels, help: None });
        Expr::unknown(span)
    }

    /// An expression over these rows as a field's value: of an enum, also one of its names by itself.
    pub(crate) fn value_of(
        &mut self,
        ast: &ast::Expr,
        ty: &Type,
        field: &str,
        declared_at: Option<Span>,
        rows: &[Row],
    ) -> Expr {
        let outer = self.enter(rows);
        let expected = Expr { kind: ExprKind::Unknown, ty: ty.clone(), optional: false, span: ast.span() };
        let value = self.beside(ast, &expected);
        // A number by itself stands for no amount, here as little as in a comparison.
        if rows.is_empty()
            && let (Type::Money(_), Type::Int | Type::Decimal) = (ty, &value.ty)
            && let Some(money_at) = declared_at
        {
            let money = Expr { span: money_at, ..expected };
            self.leave(outer);
            self.without_currency(field, &money, &value);
            return Expr::unknown(value.span);
        }
        let value = self.assign(value, ty, field, declared_at);
        self.leave(outer);
        value
    }

    /// A text as another kind of text; a constant beside an enum is one of its values.
    fn text(&mut self, value: Expr, ty: &Type) -> Expr {
        if let (ExprKind::Literal(Value::Text(text)), Type::Enum(values)) = (&value.kind, ty)
            && values.rank(text).is_none()
        {
            self.problems.report(UnknownValue {
                name: text.to_string(),
                at: value.span,
                of: values.name.to_string(),
                values: values.values.iter().map(|v| v.to_string()).collect(),
                declared_at: None,
            });
            return Expr::unknown(value.span);
        }
        Expr { ty: ty.clone(), ..value }
    }

    /// A raw value as a type: a column, what a group makes of one, which is read before it is summarised, or one of
    /// two, of which each is.
    fn reread(&mut self, value: Expr, ty: &Type, field: &str, declared_at: Option<Span>) -> Expr {
        let span = value.span;
        if value.ty != Type::Raw {
            return self.assign(value, ty, field, declared_at);
        }
        let mut side = |side: Box<Expr>| Box::new(self.reread(*side, ty, field, declared_at));
        let (kind, optional) = match value.kind {
            ExprKind::Group(summary, Some(inner)) => (ExprKind::Group(summary, Some(side(inner))), true),
            ExprKind::Coalesce(a, b) => {
                let (a, b) = (side(a), side(b));
                let optional = b.optional;
                (ExprKind::Coalesce(a, b), optional)
            }
            ExprKind::If(condition, a, b) => {
                let (a, b) = (side(a), side(b));
                let optional = a.optional || b.optional;
                (ExprKind::If(condition, a, b), optional)
            }
            kind => {
                let raw = Box::new(Expr { kind, ..value });
                (ExprKind::Read { raw, zone: None }, true)
            }
        };
        let mut unknown = false;
        let expr = Expr { kind, ty: ty.clone(), optional, span };
        expr.walk(&mut |e| unknown |= e.is_unknown());
        if unknown { Expr::unknown(span) } else { expr }
    }
}

/// The value of an expression that is the same whenever it is asked; none of any other.
pub(crate) fn constant(value: &Expr, zone: &jiff::tz::TimeZone) -> Option<Value> {
    match &value.kind {
        ExprKind::Literal(Value::Int(n)) if !matches!(value.ty, Type::Int | Type::Duration) => {
            Some(Value::Decimal((*n).into()))
        }
        ExprKind::Literal(literal) => Some(literal.clone()),
        ExprKind::Midnight(date) => match constant(date, zone)? {
            Value::Date(date) => {
                let midnight = date.to_datetime(jiff::civil::Time::midnight());
                zone.to_ambiguous_timestamp(midnight).compatible().ok().map(Value::Instant)
            }
            _ => None,
        },
        // `-5` is written as what is left of nothing.
        ExprKind::Arithmetic(op, a, b) => match (op, constant(a, zone)?, constant(b, zone)?) {
            (Operation::Add, Value::Int(a), Value::Int(b)) => a.checked_add(b).map(Value::Int),
            (Operation::Subtract, Value::Int(a), Value::Int(b)) => a.checked_sub(b).map(Value::Int),
            (Operation::Add, Value::Decimal(a), Value::Decimal(b)) => a.add(b).ok().map(Value::Decimal),
            (Operation::Add, Value::Int(a), Value::Decimal(b)) => {
                Decimal::from(a).add(b).ok().map(Value::Decimal)
            }
            (Operation::Subtract, Value::Decimal(a), Value::Decimal(b)) => a.sub(b).ok().map(Value::Decimal),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number as one with places.
fn fraction(value: Expr, ty: &Type) -> Expr {
    let (optional, span) = (value.optional, value.span);
    if let ExprKind::Literal(_) = value.kind {
        return Expr { ty: ty.clone(), ..value };
    }
    let zero = Expr {
        kind: ExprKind::Literal(Value::Decimal(Decimal::ZERO)),
        ty: ty.clone(),
        optional: false,
        span,
    };
    let kind = ExprKind::Arithmetic(Operation::Add, Box::new(value), Box::new(zero));
    Expr { kind, ty: ty.clone(), optional, span }
}

/// What is worked out of columns in whole numbers alone, as one: its columns are then read as such.
fn whole(value: Expr) -> Result<Expr, Expr> {
    fn fits(value: &Expr) -> bool {
        match &value.kind {
            _ if value.ty == Type::Int => true,
            ExprKind::Read { .. } => true,
            ExprKind::Arithmetic(op, a, b) => *op != Operation::Divide && fits(a) && fits(b),
            ExprKind::Coalesce(a, b) | ExprKind::If(_, a, b) => fits(a) && fits(b),
            ExprKind::Group(Summary::Sum | Summary::Min | Summary::Max, Some(inner)) => fits(inner),
            _ => false,
        }
    }
    fn made(mut value: Expr) -> Expr {
        let inner = |e: Box<Expr>| Box::new(made(*e));
        value.kind = match value.kind {
            ExprKind::Arithmetic(op, a, b) => ExprKind::Arithmetic(op, inner(a), inner(b)),
            ExprKind::Coalesce(a, b) => ExprKind::Coalesce(inner(a), inner(b)),
            ExprKind::If(condition, a, b) => ExprKind::If(condition, inner(a), inner(b)),
            ExprKind::Group(summary, Some(e)) => ExprKind::Group(summary, Some(inner(e))),
            other => other,
        };
        value.ty = Type::Int;
        value
    }
    if fits(&value) { Ok(made(value)) } else { Err(value) }
}
