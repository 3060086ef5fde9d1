//! Comparisons, arithmetic, choices.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::{
    implied_condition::ImpliedCondition, misplaced::Misplaced, missing_currency::MissingCurrency,
    type_mismatch::TypeMismatch, unknown_value::UnknownValue, unordered_enum::UnorderedEnum,
};
use persona_syntax::ast::{self, Op};
use persona_value::{Decimal, Type, Value};

use super::{Checker, describe};
use crate::presence::Proof;
use crate::{Comparison, Expr, ExprKind, Length, Operation};

impl Checker<'_> {
    pub(super) fn binary(&mut self, op: Op, left: &ast::Expr, right: &ast::Expr, at: Span) -> Expr {
        let span = left.span().to(right.span());
        let condition = |kind| Expr { kind, ty: Type::Bool, optional: false, span };
        match op {
            Op::And | Op::Or => self.junction(op, left, right),
            Op::Equal => self.comparison(Comparison::Equal, left, right, at),
            Op::Less => self.comparison(Comparison::Less, left, right, at),
            Op::AtMost => self.comparison(Comparison::AtMost, left, right, at),
            Op::Greater => self.comparison(Comparison::Greater, left, right, at),
            Op::AtLeast => self.comparison(Comparison::AtLeast, left, right, at),
            Op::NotEqual => {
                let equal = self.comparison(Comparison::Equal, left, right, at);
                if equal.is_unknown() { equal } else { condition(ExprKind::Not(Box::new(equal))) }
            }
            Op::Coalesce => {
                let (left, right) = self.sides(left, right);
                self.coalesce(left, right, span)
            }
            Op::Add => self.arithmetic(Operation::Add, left, right),
            Op::Subtract => self.arithmetic(Operation::Subtract, left, right),
            Op::Multiply => self.arithmetic(Operation::Multiply, left, right),
            Op::Divide => self.arithmetic(Operation::Divide, left, right),
        }
    }

    /// Both sides; beside an enum a bare name or a text is one of its values.
    pub(super) fn sides(&mut self, left: &ast::Expr, right: &ast::Expr) -> (Expr, Expr) {
        self.sides_where(left, right, &Proof::default())
    }

    /// The same where the left one is read if a condition holds, and the right one if it does not.
    pub(super) fn sides_where(&mut self, left: &ast::Expr, right: &ast::Expr, proof: &Proof) -> (Expr, Expr) {
        // The side that cannot be a value's name says what the other is; of two names, the left one does.
        let loose = |e: &ast::Expr| match e {
            ast::Expr::Text(_) => 2,
            ast::Expr::Name(_) => 1,
            _ => 0,
        };
        if loose(left) > loose(right) || self.is_value_of(left, right) {
            let right = self.given(&proof.fails, |this| this.infer(right));
            let left = self.given(&proof.holds, |this| this.beside(left, &right));
            return (left, right);
        }
        let left = self.given(&proof.holds, |this| this.infer(left));
        let right = self.given(&proof.fails, |this| this.beside(right, &left));
        (left, right)
    }

    /// Whether a name is a value of the enum that another name stands for: `gold == tier`.
    fn is_value_of(&mut self, value: &ast::Expr, of: &ast::Expr) -> bool {
        let (ast::Expr::Name(value), ast::Expr::Name(of)) = (value, of) else { return false };
        let mut has = |of: &ast::Name, value: &ast::Name| match self.resolve(of).map(|e| e.ty) {
            Some(Type::Enum(values)) => values.rank(&value.text).is_some(),
            _ => false,
        };
        // The left one first: what it names the value of may be the very trait that is being worked out.
        !has(value, of) && has(of, value)
    }

    /// An expression beside another: a value of the other's enum, if it is one.
    pub(super) fn beside(&mut self, ast: &ast::Expr, other: &Expr) -> Expr {
        // Beside what is not known, a name that stands for nothing may be one of its values.
        if let (Type::Unknown, ast::Expr::Name(name)) = (&other.ty, ast)
            && self.resolve(name).is_none()
        {
            return Expr::unknown(name.span);
        }
        let Type::Enum(values) = &other.ty else { return self.infer(ast) };
        let (name, span) = match ast {
            ast::Expr::Name(name) => (name.text.clone(), name.span),
            ast::Expr::Text(text) => (text.value(), text.span),
            _ => return self.infer(ast),
        };
        if let Some(rank) = values.rank(&name) {
            self.refer_choice(span, values, &name);
            if let ast::Expr::Name(name) = ast {
                self.shadows_attribute(name, values);
            }
            let kind = ExprKind::Literal(Value::Text(values.values[rank].clone()));
            return Expr { kind, ty: other.ty.clone(), optional: false, span };
        }
        // A name that is no value may still stand for one of the same kind.
        if let ast::Expr::Name(name) = ast
            && self.resolve(name).is_some_and(|e| matches!(e.ty, Type::Enum(_) | Type::Unknown))
        {
            return self.infer(ast);
        }
        if self.unread.holds(&name) {
            return Expr::unknown(span);
        }
        self.problems.report(UnknownValue {
            name,
            at: span,
            of: values.name.to_string(),
            values: values.values.iter().map(|v| v.to_string()).collect(),
            declared_at: self.declared_at(&values.name),
        });
        Expr::unknown(span)
    }

    /// Where an attribute or lifecycle of this name is declared.
    pub(super) fn declared_at(&self, name: &str) -> Option<Span> {
        let attribute = self.customer.attribute(name).and_then(|a| a.span);
        attribute.or_else(|| self.lifecycles.iter().find(|(l, _)| *l.name == *name).map(|(l, _)| l.span))
    }

    fn comparison(&mut self, op: Comparison, left: &ast::Expr, right: &ast::Expr, at: Span) -> Expr {
        let span = left.span().to(right.span());
        let (left, right) = self.sides(left, right);
        if left.is_unknown() || right.is_unknown() {
            return Expr::unknown(span);
        }
        let Some((left, right)) = self.matched(left, right, "compared") else { return Expr::unknown(span) };
        if op != Comparison::Equal && !self.ordered(&left, at) {
            return Expr::unknown(span);
        }
        let kind = ExprKind::Compare(op, Box::new(left), Box::new(right));
        Expr { kind, ty: Type::Bool, optional: false, span }
    }

    /// Whether values of this type come one after another.
    pub(crate) fn ordered(&mut self, left: &Expr, at: Span) -> bool {
        match &left.ty {
            Type::Enum(values) if !values.ordered => {
                let problem = UnorderedEnum {
                    of: values.name.to_string(),
                    at,
                    declared_at: self.declared_at(&values.name),
                    values: values.values.iter().map(|v| v.to_string()).collect(),
                };
                self.problems.report(problem);
                false
            }
            Type::Bool | Type::Record(_) | Type::List(_) | Type::Entity(_) => {
                let headline = format!("{} has no order", describe(&left.ty));
                let why = "compared by order here".to_string();
                self.problems.report(Misplaced { headline, at, why, help: None });
                false
            }
            _ => true,
        }
    }

    /// Two expressions brought to one type, or a problem. `done` says what is done with them: "compared".
    pub(super) fn matched(&mut self, left: Expr, right: Expr, done: &str) -> Option<(Expr, Expr)> {
        let same = match (&left.ty, &right.ty) {
            (Type::Raw, Type::Raw) => {
                return Some((self.read(left, Type::Text), self.read(right, Type::Text)));
            }
            (Type::Raw, ty) => {
                let ty = column_beside(ty);
                return Some((self.read(left, ty), right));
            }
            (ty, Type::Raw) => {
                let ty = column_beside(ty);
                return Some((left, self.read(right, ty)));
            }
            (a, b) if a == b => !matches!(a, Type::Record(_) | Type::List(_)),
            (Type::Int | Type::Decimal, Type::Int | Type::Decimal) => true,
            (Type::Percent, Type::Decimal) | (Type::Decimal, Type::Percent) => true,
            (Type::Timestamp, Type::Date) => return Some((left, midnight(right))),
            (Type::Date, Type::Timestamp) => return Some((midnight(left), right)),
            (Type::Enum(a), Type::Enum(b)) => a.values == b.values,
            (a, b) => {
                a.is_text() && b.is_text() && !matches!((a, b), (Type::Enum(_), _) | (_, Type::Enum(_)))
            }
        };
        if same {
            return Some((left, right));
        }
        self.mismatch(&left, &right, done);
        None
    }

    /// A number where an amount is meant.
    pub(super) fn without_currency(&mut self, name: &str, money: &Expr, number: &Expr) {
        let Type::Money(currency) = money.ty else { return };
        self.problems.report(MissingCurrency {
            money: name.to_string(),
            money_at: money.span,
            number: self.written(number.span),
            number_at: number.span,
            currency: currency.to_string(),
        });
    }

    fn mismatch(&mut self, left: &Expr, right: &Expr, done: &str) {
        let number = |e: &Expr| matches!(e.ty, Type::Int | Type::Decimal);
        for (money, other) in [(left, right), (right, left)] {
            if matches!(money.ty, Type::Money(_)) && number(other) {
                return self.without_currency(&self.written(money.span), money, other);
            }
        }
        let say = |e: &Expr| format!("this is {}", describe(&e.ty));
        let (headline, labels) = match (&left.ty, &right.ty) {
            (Type::Money(a), Type::Money(b)) if a != b => (
                format!("{a} and {b} cannot be {done}: they are different currencies"),
                vec![(right.span, format!("this is in {b}")), (left.span, format!("this is in {a}"))],
            ),
            (a, b) if describe(a) == describe(b) => (
                format!("these two cannot be {done}"),
                vec![(right.span, format!("this is a `{b}`")), (left.span, format!("this is a `{a}`"))],
            ),
            (a, b) => (
                format!("{} and {} cannot be {done}", describe(a), describe(b)),
                vec![(right.span, say(right)), (left.span, say(left))],
            ),
        };
        let help = self.remedy(left, right, done);
        self.problems.report(TypeMismatch { headline, labels, help });
    }

    pub(super) fn in_list(&mut self, value: &ast::Expr, list: &ast::Expr, negated: bool, span: Span) -> Expr {
        let value = self.infer(value);
        let ast::Expr::List(items, _) = list else { return Expr::unknown(span) };
        if value.is_unknown() {
            return Expr::unknown(span);
        }
        let mut options = Vec::new();
        let mut places = Vec::new();
        let mut bad = false;
        let mut typed = value;
        for item in items {
            // What does not fit one will not fit the others: it is told once.
            if bad {
                break;
            }
            let item = self.beside(item, &typed);
            if typed.is_unknown() || item.is_unknown() {
                bad = true;
                continue;
            }
            if typed.ty == Type::Raw {
                typed = self.read(typed, column_beside(&item.ty));
            }
            if matches!((&typed.ty, &item.ty), (Type::Date, Type::Timestamp) | (Type::Timestamp, Type::Date))
            {
                self.mismatch(&typed, &item, "compared in a list");
                bad = true;
                continue;
            }
            match self.matched(typed.clone(), item, "compared") {
                Some((_, Expr { kind: ExprKind::Literal(constant), span: at, .. })) => {
                    let Some(constant) = option(constant, &typed.ty) else { continue };
                    match options.iter().position(|known| *known == constant) {
                        Some(first) => self.problems.report(ImpliedCondition {
                            at,
                            by: vec![places[first]],
                            and: false,
                            joined: vec![],
                        }),
                        None => {
                            options.push(constant);
                            places.push(at);
                        }
                    }
                }
                Some((_, other)) => {
                    bad = true;
                    let headline = "a list after `in` holds constants".to_string();
                    let why = "this is worked out for each customer".to_string();
                    let help = Some("compare with `==`, joined by `or`".to_string());
                    self.problems.report(Misplaced { headline, at: other.span, why, help });
                }
                None => bad = true,
            }
        }
        if bad {
            return Expr::unknown(span);
        }
        let typed = if typed.ty == Type::Raw { self.read(typed, Type::Text) } else { typed };
        let condition = |kind| Expr { kind, ty: Type::Bool, optional: false, span };
        let one_of = condition(ExprKind::OneOf(Box::new(typed), options));
        if negated { condition(ExprKind::Not(Box::new(one_of))) } else { one_of }
    }

    pub(super) fn misplaced_list(&mut self, at: Span) -> Expr {
        let headline = "a list can only stand after `in`".to_string();
        let why = "no list is expected here".to_string();
        let help = Some("write `country in [UK, DE]`".to_string());
        self.problems.report(Misplaced { headline, at, why, help });
        Expr::unknown(at)
    }

    pub(super) fn coalesce(&mut self, left: Expr, right: Expr, span: Span) -> Expr {
        if left.is_unknown() || right.is_unknown() {
            return Expr::unknown(span);
        }
        let optional = right.optional;
        // What a column is read as is known where it goes.
        if left.ty == Type::Raw || right.ty == Type::Raw {
            let kind = ExprKind::Coalesce(Box::new(left), Box::new(right));
            return Expr { kind, ty: Type::Raw, optional, span };
        }
        match self.matched(left, right, "used for each other") {
            Some((left, right)) => {
                let ty = wider(&left.ty, &right.ty);
                Expr { kind: ExprKind::Coalesce(Box::new(left), Box::new(right)), ty, optional, span }
            }
            None => Expr::unknown(span),
        }
    }

    pub(super) fn choice(&mut self, condition: Expr, then: Expr, otherwise: Expr, span: Span) -> Expr {
        if then.is_unknown() || otherwise.is_unknown() {
            return Expr::unknown(span);
        }
        let optional = then.optional || otherwise.optional;
        if then.ty == Type::Raw || otherwise.ty == Type::Raw {
            let kind = ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
            return Expr { kind, ty: Type::Raw, optional, span };
        }
        match self.matched(then, otherwise, "used for each other") {
            Some((then, otherwise)) => {
                let ty = wider(&then.ty, &otherwise.ty);
                let kind = ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise));
                Expr { kind, ty, optional, span }
            }
            None => Expr::unknown(span),
        }
    }

    pub(super) fn negate(&mut self, inner: &ast::Expr, span: Span) -> Expr {
        let inner = self.infer(inner);
        let inner = if inner.ty == Type::Raw { self.read(inner, Type::Decimal) } else { inner };
        match inner.ty.clone() {
            Type::Unknown => Expr::unknown(span),
            ty @ (Type::Int | Type::Decimal | Type::Money(_) | Type::Percent) => {
                let optional = inner.optional;
                let zero = match ty {
                    Type::Int => Value::Int(0),
                    _ => Value::Decimal(Decimal::ZERO),
                };
                let zero = Expr { kind: ExprKind::Literal(zero), ty: ty.clone(), optional: false, span };
                let kind = ExprKind::Arithmetic(Operation::Subtract, Box::new(zero), Box::new(inner));
                Expr { kind, ty, optional, span }
            }
            ty => {
                let headline = format!("`-` needs a number, not {}", describe(&ty));
                let labels = vec![(inner.span, format!("this is {}", describe(&ty)))];
                self.problems.report(TypeMismatch { headline, labels, help: None });
                Expr::unknown(span)
            }
        }
    }

    fn arithmetic(&mut self, op: Operation, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let span = left.span().to(right.span());
        // A length beside a moment moves it; months have no number of seconds, so this is looked at first.
        if let (Operation::Add | Operation::Subtract, ast::Expr::Length(length)) = (op, right) {
            let from = self.infer(left);
            if matches!(from.ty, Type::Timestamp | Type::Date) {
                return self.moved(from, length, op == Operation::Subtract, span);
            }
        }
        let (left, right) = (self.infer(left), self.infer(right));
        if left.is_unknown() || right.is_unknown() {
            return Expr::unknown(span);
        }
        // Columns in arithmetic are numbers.
        let number =
            |this: &mut Self, e: Expr| if e.ty == Type::Raw { this.read(e, Type::Decimal) } else { e };
        let (left, right) = (number(self, left), number(self, right));
        use Operation::*;
        let plain = |ty: &Type| matches!(ty, Type::Int | Type::Decimal | Type::Percent);
        let ty = match (op, &left.ty, &right.ty) {
            (Add | Subtract | Multiply, Type::Int, Type::Int) => Type::Int,
            (Add | Subtract, Type::Percent, Type::Percent) => Type::Percent,
            (Add | Subtract, Type::Money(a), Type::Money(b)) if a == b => left.ty.clone(),
            (Multiply | Divide, Type::Money(_), b) if plain(b) => left.ty.clone(),
            (Multiply, a, Type::Money(_)) if plain(a) => right.ty.clone(),
            (Divide, Type::Money(a), Type::Money(b)) if a == b => Type::Decimal,
            (Add | Subtract, Type::Duration, Type::Duration) => Type::Duration,
            (Multiply, Type::Duration, Type::Int) | (Multiply, Type::Int, Type::Duration) => Type::Duration,
            (Divide, Type::Duration, Type::Duration) => Type::Decimal,
            (_, a, b) if plain(a) && plain(b) => Type::Decimal,
            _ => {
                let done = match op {
                    Add => "added",
                    Subtract => "subtracted",
                    Multiply => "multiplied",
                    Divide => "divided",
                };
                self.mismatch(&left, &right, done);
                return Expr::unknown(span);
            }
        };
        if op == Divide && is_zero(&right) {
            self.problems.report(Misplaced {
                headline: "nothing can be divided by 0".into(),
                at: right.span,
                why: "the result is always missing".into(),
                help: None,
            });
            return Expr::unknown(span);
        }
        // Only a division by what may be 0 may have no result.
        let never_zero = match &right.kind {
            ExprKind::Literal(Value::Int(n)) => *n != 0,
            ExprKind::Literal(Value::Decimal(d)) => *d != Decimal::ZERO,
            _ => false,
        };
        let optional = left.optional || right.optional || (op == Divide && !never_zero);
        Expr { kind: ExprKind::Arithmetic(op, Box::new(left), Box::new(right)), ty, optional, span }
    }

    fn moved(&mut self, from: Expr, length: &ast::Length, back: bool, span: Span) -> Expr {
        let Some(by) = self.length(length) else { return Expr::unknown(span) };
        let whole_days =
            matches!(by, Length::Months(_)) || matches!(by, Length::Seconds(s) if s % 86_400 == 0);
        let fits = match from.ty {
            Type::Date => whole_days,
            _ => matches!(by, Length::Seconds(_)),
        };
        if !fits {
            let headline = match from.ty {
                Type::Date => "a date moves by days, weeks, months or years".to_string(),
                _ => "a point in time moves by seconds up to weeks".to_string(),
            };
            let why = "this does not fit".to_string();
            self.problems.report(Misplaced { headline, at: length.span, why, help: None });
            return Expr::unknown(span);
        }
        let (ty, optional) = (from.ty.clone(), from.optional);
        Expr { kind: ExprKind::Moved { from: Box::new(from), by, back }, ty, optional, span }
    }
}

/// What a column is read as beside a value of this type: whole numbers may have columns with fractions beside them.
fn column_beside(ty: &Type) -> Type {
    if *ty == Type::Int { Type::Decimal } else { ty.clone() }
}

/// A constant of a list as a value of this type; none that no value of it equals.
fn option(constant: Value, ty: &Type) -> Option<Value> {
    match (constant, ty) {
        (Value::Int(whole), Type::Decimal | Type::Money(_) | Type::Percent) => {
            Some(Value::Decimal(whole.into()))
        }
        (Value::Decimal(d), Type::Int) => {
            i64::try_from(d.trunc()).ok().filter(|whole| Decimal::from(*whole) == d).map(Value::Int)
        }
        (constant, _) => Some(constant),
    }
}

/// A date as an instant: its midnight.
pub(super) fn midnight(date: Expr) -> Expr {
    let (optional, span) = (date.optional, date.span);
    Expr { kind: ExprKind::Midnight(Box::new(date)), ty: Type::Timestamp, optional, span }
}

/// Of two types that may stand for each other, the one that holds both.
fn wider(a: &Type, b: &Type) -> Type {
    match (a, b) {
        (Type::Int, Type::Decimal) | (Type::Percent, Type::Decimal) => Type::Decimal,
        (a, b) if a == b => a.clone(),
        (a, _) if a.is_text() => Type::Text,
        (a, _) => a.clone(),
    }
}

fn is_zero(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Literal(Value::Int(n)) => *n == 0,
        ExprKind::Literal(Value::Decimal(d)) => *d == Decimal::ZERO,
        _ => false,
    }
}
