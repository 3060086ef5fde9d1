//! Columns of sources, and values put into fields.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::type_mismatch::TypeMismatch;
use persona_value::Type;

use super::{Checker, describe};
use crate::{Expr, ExprKind};

impl Checker<'_> {
    /// A column read as a type.
    pub(crate) fn read(&mut self, raw: Expr, ty: Type) -> Expr {
        let span = raw.span;
        Expr { kind: ExprKind::Read { raw: Box::new(raw), zone: None }, ty, optional: true, span }
    }

    /// A value as a field's type, or a problem.
    pub(crate) fn assign(&mut self, value: Expr, ty: &Type, field: &str, declared_at: Option<Span>) -> Expr {
        let span = value.span;
        let fits = match (&value.ty, ty) {
            (Type::Unknown, _) | (_, Type::Unknown) => return Expr::unknown(span),
            (Type::Raw, _) => return self.reread(value, ty),
            (a, b) if a == b => true,
            // Amounts worked out of columns have no currency of their own: the field's is meant.
            (Type::Int | Type::Decimal, Type::Decimal | Type::Money(_) | Type::Percent) => {
                return Expr { ty: ty.clone(), ..value };
            }
            (Type::Date, Type::Timestamp) => return super::operator::midnight(value),
            (a, b) if a.is_text() && b.is_text() => return Expr { ty: ty.clone(), ..value },
            _ => false,
        };
        if fits {
            return value;
        }
        let headline = format!("`{field}` is {}, and this gives {}", describe(ty), describe(&value.ty));
        let mut labels = vec![(span, format!("this is {}", describe(&value.ty)))];
        labels.extend(declared_at.map(|at| (at, format!("declared as `{ty}` here"))));
        self.problems.report(TypeMismatch { headline, labels, help: None });
        Expr::unknown(span)
    }

    /// A raw value as a type: a column, or what a group makes of one, which is read before it is summarised.
    fn reread(&mut self, value: Expr, ty: &Type) -> Expr {
        match value.kind {
            ExprKind::Group(summary, Some(inner)) => {
                let inner = self.reread(*inner, ty);
                Expr {
                    kind: ExprKind::Group(summary, Some(Box::new(inner))),
                    ty: ty.clone(),
                    optional: true,
                    span: value.span,
                }
            }
            kind => self.read(Expr { kind, ..value }, ty.clone()),
        }
    }
}
