//! Values that the conditions around them prove present.

use persona_syntax::ast::{self, Op};
use persona_value::Type;

use super::{Checker, Row};
use crate::presence::{self, Presence, Present, Proof};
use crate::{Expr, ExprKind};

impl Checker<'_> {
    /// Goes to other rows; gives those left, and what was proved there. What was proved of the customer stays.
    pub(super) fn enter(&mut self, rows: &[Row]) -> (Vec<Row>, Present) {
        let stays = self.proved.iter().filter(|path| presence::is_of_customer(path)).cloned().collect();
        (std::mem::replace(&mut self.rows, rows.to_vec()), std::mem::replace(&mut self.proved, stays))
    }

    /// Comes back.
    pub(super) fn leave(&mut self, (rows, proved): (Vec<Row>, Present)) {
        self.rows = rows;
        self.proved = proved;
    }

    /// Does something where all this is there.
    pub(crate) fn given<T>(&mut self, present: &Present, work: impl FnOnce(&mut Self) -> T) -> T {
        let mut more = self.proved.clone();
        more.extend(present.iter().cloned());
        let before = std::mem::replace(&mut self.proved, more);
        let done = work(self);
        self.proved = before;
        done
    }

    /// A value as it is here: not optional where a condition around it proves it present.
    pub(super) fn narrowed(&self, value: Expr) -> Expr {
        if !value.optional || self.proved.is_empty() {
            return value;
        }
        let Some(path) = presence::path(&value) else { return value };
        Expr { optional: !self.proved.contains(path.as_str()) && !self.has_row(&value), ..value }
    }

    /// Whether a field that every row of an entity has is read from a row that was proved to be there.
    fn has_row(&self, value: &Expr) -> bool {
        let ExprKind::Lookup { key, entity, field } = &value.kind else { return false };
        let declared = self.entity(entity).and_then(|e| e.field(field));
        let Some(key) = presence::path(key).filter(|_| declared.is_some_and(|f| !f.optional)) else {
            return false;
        };
        self.proved.iter().any(|path| path.strip_prefix(&*key).is_some_and(|rest| rest.starts_with('.')))
    }

    /// `a and b and c`: each is read where those before it hold; with `or`, where they do not.
    pub(super) fn junction(&mut self, op: Op, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let mut operands = vec![right];
        let mut first = left;
        while let ast::Expr::Binary { op: inner, left, right, .. } = first
            && *inner == op
        {
            operands.push(right);
            first = left;
        }
        let before = self.proved.clone();
        let mut whole = self.operand(op, first);
        for operand in operands.into_iter().rev() {
            let next = self.operand(op, operand);
            let span = first.span().to(operand.span());
            let (left, right) = (Box::new(whole), Box::new(next));
            let kind = if op == Op::And { ExprKind::And(left, right) } else { ExprKind::Or(left, right) };
            whole = Expr { kind, ty: Type::Bool, optional: false, span };
        }
        self.proved = before;
        whole
    }

    fn operand(&mut self, op: Op, ast: &ast::Expr) -> Expr {
        let condition = self.truth(ast);
        let Proof { holds, fails } = Presence::default().proof(&condition);
        self.proved.extend(if op == Op::And { holds } else { fails });
        condition
    }
}
