//! Conditions, and what they prove present.

use persona_diagnostics::catalogue::always_true::AlwaysTrue;

use super::Checker;
use super::flow::Proofs;
use super::value::Typed;
use crate::code::Code;
use crate::kind::Kind;
use crate::tree::*;

/// A condition, and what is proved present where it holds and where it does not.
pub(super) struct Condition {
    pub code: Code,
    pub holds: Proofs,
    pub fails: Proofs,
}

impl Condition {
    /// A condition that proves nothing.
    pub fn plain(code: Code) -> Condition {
        Condition { code, holds: Proofs::new(), fails: Proofs::new() }
    }

    pub fn negated(self) -> Condition {
        Condition { code: Code::Not(Box::new(self.code)), holds: self.fails, fails: self.holds }
    }
}

impl Checker<'_> {
    pub(super) fn condition(&mut self, expr: &Expr) -> Condition {
        match &expr.kind {
            ExprKind::Logic(first, rest) => self.logic(first, rest),
            ExprKind::Compare(operator, left, right) => self.comparison(*operator, left, right, expr.span),
            _ => {
                let typed = self.operand(expr);
                self.truth(typed)
            }
        }
    }

    /// A value as a condition: it is there, and is not `false`.
    fn truth(&mut self, typed: Typed) -> Condition {
        if typed.kind.item().is_some() && typed.missing.is_none() {
            self.report(AlwaysTrue { name: typed.text.clone(), span: typed.span });
        }
        Condition { holds: typed.key.into_iter().collect(), fails: Proofs::new(), code: typed.code }
    }

    /// `a and b or c` is `a and (b or c)`: the last two belong together first.
    fn logic(&mut self, first: &Expr, rest: &[(Junction, Expr)]) -> Condition {
        let first = self.condition(first);
        let mut parts: Vec<(Junction, Condition)> = Vec::with_capacity(rest.len());
        for (junction, expr) in rest {
            parts.push((*junction, self.condition(expr)));
        }
        let codes = parts.iter().map(|(j, c)| (*j == Junction::And, c.code.clone())).collect();
        let code = Code::Logic(Box::new(first.code.clone()), codes);

        let mut conditions = vec![(first.holds, first.fails)];
        let mut junctions = Vec::with_capacity(parts.len());
        for (junction, condition) in parts {
            junctions.push(junction);
            conditions.push((condition.holds, condition.fails));
        }
        let mut whole = conditions.pop().unwrap_or_default();
        while let (Some(junction), Some(left)) = (junctions.pop(), conditions.pop()) {
            whole = match junction {
                Junction::And => (united(left.0, whole.0), shared(&left.1, &whole.1)),
                Junction::Or => (shared(&left.0, &whole.0), united(left.1, whole.1)),
            };
        }
        Condition { code, holds: whole.0, fails: whole.1 }
    }

    /// `x == nil`, `x == blank`, `x == empty`: whether there is anything.
    pub(super) fn emptiness(&mut self, typed: Typed, than: &Kind) -> Condition {
        let is_list = typed.kind.item().is_some();
        let own: Proofs = typed.key.iter().cloned().collect();
        // A list that is not empty has a first and a last item.
        let ends: Proofs = match &typed.key {
            Some(key) if is_list => {
                [format!("{key}.first"), format!("{key}.last"), format!("{key}.[0]")].into()
            }
            _ => Proofs::new(),
        };
        let value = Box::new(typed.code);
        match than {
            Kind::Nil => Condition {
                code: Code::Not(Box::new(Code::Present(value))),
                holds: Proofs::new(),
                fails: own,
            },
            Kind::Blank => {
                Condition { code: Code::Blank(value), holds: Proofs::new(), fails: united(own, ends) }
            }
            // Nothing is not empty: only what is there can be.
            _ => Condition { code: Code::Empty(value), holds: own, fails: ends },
        }
    }
}

pub(super) fn united(mut left: Proofs, right: Proofs) -> Proofs {
    left.extend(right);
    left
}

fn shared(left: &Proofs, right: &Proofs) -> Proofs {
    left.intersection(right).cloned().collect()
}
