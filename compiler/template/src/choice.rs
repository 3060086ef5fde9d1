//! What a template decides, and by what: for those who ask whether a part of it is ever printed.

use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::Value;

use crate::tree::Operator;

/// An `if`, `unless` or `case`: its first way that fits is taken.
#[derive(Clone, Debug)]
pub struct Choice {
    /// In the order written.
    pub ways: Vec<Way>,
}

/// One part of a [`Choice`].
#[derive(Clone, Debug)]
pub struct Way {
    /// Its condition as it is written; of `else`, the tag.
    pub at: Span,
    /// When it fits; none: where no way before it does.
    pub when: Option<Condition>,
    /// What is decided within it.
    pub inside: Vec<Choice>,
    /// Whether nothing behind the choice is printed for those who go this way: `{% skip %}`.
    pub ends: bool,
}

/// A condition over the names of the data.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it asks.
    pub kind: ConditionKind,
    /// Where.
    pub span: Span,
}

/// What a [`Condition`] asks.
#[derive(Clone, Debug)]
pub enum ConditionKind {
    /// Something about which nothing is said here.
    Unknown,
    /// Always the same.
    Constant(bool),
    /// The condition does not hold.
    Not(Box<Condition>),
    /// Each holds.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
    /// The customer is in this segment.
    Segment(Arc<str>),
    /// The value is there, and is not `false`.
    Holds(Operand),
    /// The value is there.
    Present(Operand),
    /// The value is missing, `false`, or white space.
    Blank(Operand),
    /// The value is a text without a character.
    Empty(Operand),
    /// Two values compare like this. With a missing one nothing does.
    Compare(Order, Operand, Operand),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Order {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// A value in a [`Condition`].
#[derive(Clone, Debug)]
pub enum Operand {
    /// One written out. A value of an enum is its name.
    Constant(Value),
    /// A name of the data and the fields behind it: `tier`, `event.total`, `sku.price`.
    Path {
        /// Name and fields.
        names: Vec<Arc<str>>,
        /// Whether it is written `customer.x`, which is never a name that the place has of its own.
        of_customer: bool,
    },
    /// Something worked out.
    Unknown,
}

impl Order {
    /// Of an operator that orders or equates.
    pub(crate) fn of(operator: Operator) -> Option<Order> {
        Some(match operator {
            Operator::Equal => Order::Equal,
            Operator::Less => Order::Less,
            Operator::LessOrEqual => Order::AtMost,
            Operator::Greater => Order::Greater,
            Operator::GreaterOrEqual => Order::AtLeast,
            Operator::NotEqual | Operator::Contains | Operator::In => return None,
        })
    }
}
