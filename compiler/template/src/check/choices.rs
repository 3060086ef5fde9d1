//! Conditions as they are handed to those who ask what is ever printed.

use persona_diagnostics::Span;
use persona_value::Value;

use super::Checker;
use crate::cell::Cell;
use crate::choice::{Choice, Condition, ConditionKind, Operand, Order, Way};
use crate::code::{ATTRIBUTE, Code};
use crate::tree::{Expr, ExprKind, Junction, Operator};

impl Checker<'_> {
    /// A condition as it was written and compiled.
    pub(super) fn asked(&self, expr: &Expr, code: &Code) -> Condition {
        let (ExprKind::Logic(first, rest), Code::Logic(first_code, rest_codes)) = (&expr.kind, code) else {
            return self.question(code, expr.span);
        };
        let mut parts = vec![self.asked(first, first_code)];
        parts.extend(rest.iter().zip(rest_codes).map(|((_, expr), (_, code))| self.asked(expr, code)));
        // The last two belong together first.
        let last = parts.pop();
        let grouped = last.map(|last| {
            parts.into_iter().zip(rest).rev().fold(last, |behind, (part, (junction, _))| {
                let span = part.span.to(behind.span);
                let and = *junction == Junction::And;
                let kind = match (behind.kind, and) {
                    (ConditionKind::All(parts), true) => {
                        ConditionKind::All([part].into_iter().chain(parts).collect())
                    }
                    (ConditionKind::Any(parts), false) => {
                        ConditionKind::Any([part].into_iter().chain(parts).collect())
                    }
                    (kind, and) => {
                        let both = vec![part, Condition { kind, span: behind.span }];
                        if and { ConditionKind::All(both) } else { ConditionKind::Any(both) }
                    }
                };
                Condition { kind, span }
            })
        });
        grouped.unwrap_or(Condition { kind: ConditionKind::Unknown, span: expr.span })
    }

    fn question(&self, code: &Code, at: Span) -> Condition {
        let (kind, span) = match code {
            Code::Constant(Cell::Value(Value::Bool(truth))) => (ConditionKind::Constant(*truth), at),
            Code::Not(inner) => (ConditionKind::Not(Box::new(self.question(inner, at))), at),
            Code::Segment(name) => (ConditionKind::Segment(name.clone()), at),
            Code::Present(value) => (ConditionKind::Present(self.value_asked(value)), at),
            Code::Blank(value) => (ConditionKind::Blank(self.value_asked(value)), at),
            Code::Empty(value) => (ConditionKind::Empty(self.value_asked(value)), at),
            Code::Compare(operator, left, right, span) => {
                (self.compared_values(*operator, left, right, *span), *span)
            }
            other => match self.value_asked(other) {
                path @ Operand::Path { .. } => (ConditionKind::Holds(path), at),
                _ => (ConditionKind::Unknown, at),
            },
        };
        Condition { kind, span }
    }

    /// That a value equals another: what a `when` asks.
    pub(super) fn equal_values(&self, subject: &Code, value: &Code, at: Span) -> Condition {
        let kind = match value {
            Code::Constant(Cell::Blank) => ConditionKind::Blank(self.value_asked(subject)),
            Code::Constant(Cell::Empty) => ConditionKind::Empty(self.value_asked(subject)),
            value => self.compared_values(Operator::Equal, subject, value, at),
        };
        Condition { kind, span: at }
    }

    fn compared_values(&self, operator: Operator, left: &Code, right: &Code, at: Span) -> ConditionKind {
        if operator == Operator::NotEqual {
            let kind = self.compared_values(Operator::Equal, left, right, at);
            return ConditionKind::Not(Box::new(Condition { kind, span: at }));
        }
        match Order::of(operator) {
            Some(order) => ConditionKind::Compare(order, self.value_asked(left), self.value_asked(right)),
            None => ConditionKind::Unknown,
        }
    }

    fn value_asked(&self, code: &Code) -> Operand {
        match code {
            Code::Constant(Cell::Value(Value::Missing)) => Operand::Unknown,
            Code::Constant(Cell::Value(value)) => Operand::Constant(value.clone()),
            Code::Root(root) => {
                let name = &self.roots[*root];
                match name.strip_prefix(ATTRIBUTE) {
                    Some(attribute) => Operand::Path { names: vec![attribute.into()], of_customer: true },
                    None => Operand::Path { names: vec![name.clone()], of_customer: false },
                }
            }
            Code::Row(_, key) => self.value_asked(key),
            Code::Rank(value, _) => self.value_asked(value),
            Code::Field(from, name) => match self.value_asked(from) {
                Operand::Path { mut names, of_customer } => {
                    names.push(name.clone());
                    Operand::Path { names, of_customer }
                }
                _ => Operand::Unknown,
            },
            _ => Operand::Unknown,
        }
    }

    /// Walks a part; gives what is decided within it beside it.
    pub(super) fn within<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> (T, Vec<Choice>) {
        let around = std::mem::take(&mut self.choices);
        let walked = walk(self);
        (walked, std::mem::replace(&mut self.choices, around))
    }

    /// Whether a way ends the message here: `break` and `continue` only end a round.
    pub(super) fn ends(&self, way: &super::flow::Flow) -> bool {
        way.dead && self.loops.is_empty()
    }

    /// Keeps what is decided here, once however often it is walked, and only where somebody comes.
    pub(super) fn choose(&mut self, ways: Vec<Way>, dead: bool) {
        if self.quiet == 0 && !dead {
            self.choices.push(Choice { ways });
        }
    }
}
