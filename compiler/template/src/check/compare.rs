//! Comparisons between values of types that go together.

use std::sync::Arc;

use persona_diagnostics::catalogue::missing_currency::MissingCurrency;
use persona_diagnostics::catalogue::type_mismatch::TypeMismatch;
use persona_diagnostics::catalogue::unknown_name::UnknownName;
use persona_diagnostics::catalogue::unknown_value::UnknownValue;
use persona_diagnostics::catalogue::unordered_enum::UnorderedEnum;
use persona_diagnostics::{Span, suggest};
use persona_value::{EnumType, Type, Value};

use super::Checker;
use super::condition::Condition;
use super::flow::Proofs;
use super::value::Typed;
use crate::cell::Cell;
use crate::code::Code;
use crate::filter::written_date;
use crate::kind::{Kind, Unit};
use crate::scope::Mentioned;
use crate::tree::*;

impl Checker<'_> {
    pub(super) fn comparison(
        &mut self,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Condition {
        if let Some(condition) = self.membership(operator, left, right) {
            return condition;
        }
        let (left, right) = self.sides(left, right);
        match operator {
            Operator::Contains => self.contains(left, right, span),
            Operator::In => self.contains(right, left, span),
            _ => self.compared(operator, left, right, span),
        }
    }

    /// `customer in high_value`, `customer.segment == "High-Value"`
    fn membership(&mut self, operator: Operator, left: &Expr, right: &Expr) -> Option<Condition> {
        let name = match (operator, path_of(left)?.as_slice()) {
            (Operator::In, ["customer"]) => match &right.kind {
                ExprKind::Literal(Literal::Text(label)) => label.clone(),
                _ => match path_of(right)?.as_slice() {
                    [name] => Arc::from(*name),
                    _ => return None,
                },
            },
            (Operator::Equal | Operator::NotEqual, ["customer", "segment"]) => match &right.kind {
                ExprKind::Literal(Literal::Text(label)) => label.clone(),
                _ => return None,
            },
            _ => return None,
        };
        let mut holds = Proofs::new();
        let code = match self.scope.segment(&name) {
            Some(segment) => {
                self.uses.segments.insert(segment.clone());
                let customer = Span { end: left.span.start + "customer".len() as u32, ..left.span };
                self.mention(customer, Mentioned::Root("customer".into()), None);
                self.mention(right.span, Mentioned::Segment(segment.as_str().into()), None);
                holds = self.scope.members_have(&segment);
                Code::Segment(segment.into())
            }
            None => {
                let names = self.scope.segment_names();
                let nearest = suggest(&name, names.iter().map(String::as_str)).map(|n| (n.to_string(), None));
                let (what, name) = ("segment".to_string(), name.to_string());
                self.report(UnknownName { what, name, at: right.span, nearest, available: Vec::new() });
                Code::Constant(Cell::bool(false))
            }
        };
        let condition = Condition { code, holds, fails: Proofs::new() };
        Some(if operator == Operator::NotEqual { condition.negated() } else { condition })
    }

    /// Both sides. Beside an enum a bare name is its value first.
    fn sides(&mut self, left: &Expr, right: &Expr) -> (Typed, Typed) {
        if let Some(name) = bare(left)
            && self.scope.lookup(name).is_none()
            && bare(right).is_none_or(|r| self.scope.lookup(r).is_some())
        {
            let typed = self.operand(right);
            if let Kind::Data(Type::Enum(values)) = &typed.kind {
                let values = values.clone();
                return (self.enum_value(left, name, &values, &typed), typed);
            }
            return (self.operand(left), typed);
        }
        let typed = self.operand(left);
        let other = self.beside(&typed, right);
        (typed, other)
    }

    /// A value to stand beside a checked one, by the same rule for bare names.
    pub(super) fn beside(&mut self, typed: &Typed, value: &Expr) -> Typed {
        match (&typed.kind, bare(value)) {
            (Kind::Data(Type::Enum(values)), Some(name))
                if values.rank(name).is_some()
                    || (self.scope.lookup(name).is_none() && !self.is_known(name)) =>
            {
                let values = values.clone();
                self.enum_value(value, name, &values, typed)
            }
            _ => self.operand(value),
        }
    }

    fn is_known(&self, name: &str) -> bool {
        self.loops.iter().any(|l| &*l.name == name) || self.flow.variables.contains_key(name)
    }

    /// A value of an enum, written as a bare name or in quotes.
    fn enum_value(&mut self, expr: &Expr, name: &str, of: &Arc<EnumType>, beside: &Typed) -> Typed {
        if of.rank(name).is_none() {
            self.report(UnknownValue {
                name: name.to_string(),
                at: expr.span,
                of: beside.text.clone(),
                values: of.values.iter().map(|v| v.to_string()).collect(),
                declared_at: beside.declared_at,
            });
            return Typed::unknown(expr.span, name.to_string());
        }
        self.mention(expr.span, Mentioned::Value { of: of.clone(), name: name.into() }, None);
        let kind = Kind::Data(Type::Enum(of.clone()));
        Typed::new(Code::Constant(Cell::text(name)), kind, expr.span, name.to_string())
    }

    pub(super) fn compared(
        &mut self,
        operator: Operator,
        left: Typed,
        right: Typed,
        span: Span,
    ) -> Condition {
        let nothing = |kind: &Kind| matches!(kind, Kind::Nil | Kind::Blank | Kind::Empty);
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        if equality && (nothing(&left.kind) || nothing(&right.kind)) {
            let (value, than) = if nothing(&right.kind) { (left, right.kind) } else { (right, left.kind) };
            let condition = self.emptiness(value, &than);
            return if operator == Operator::NotEqual { condition.negated() } else { condition };
        }
        let (left, right) = match self.matched(operator, left, right, span) {
            Some(sides) => sides,
            None => return Condition::plain(Code::Constant(Cell::bool(false))),
        };
        // A comparison with nothing is false: where it holds, both sides are there.
        let mut both: Proofs = left.key.iter().chain(&right.key).cloned().collect();
        both.extend(ends_proved(operator, &left, &right));
        let code = |operator| Code::Compare(operator, Box::new(left.code), Box::new(right.code), span);
        match operator {
            Operator::NotEqual => {
                Condition { code: code(Operator::NotEqual), holds: Proofs::new(), fails: both }
            }
            operator => Condition { code: code(operator), holds: both, fails: Proofs::new() },
        }
    }

    /// Both sides made comparable; `None` where they are not, which is then told.
    fn matched(
        &mut self,
        operator: Operator,
        left: Typed,
        right: Typed,
        span: Span,
    ) -> Option<(Typed, Typed)> {
        let ordering = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if left.kind.is_unknown() || right.kind.is_unknown() {
            return None;
        }
        if let (Some(l), Some(r)) = (left.kind.unit(), right.kind.unit()) {
            return self.matched_numbers(left, right, l, r);
        }
        match (&left.kind, &right.kind) {
            (Kind::Data(Type::Enum(of)), other) if other.is_text() => {
                let of = of.clone();
                let right = self.matched_enum(right, &of, &left)?;
                self.ordered(ordering, left, right, &of, span)
            }
            (other, Kind::Data(Type::Enum(of))) if other.is_text() => {
                let of = of.clone();
                let left = self.matched_enum(left, &of, &right)?;
                let (right, left) = self.ordered(ordering, right, left, &of, span)?;
                Some((left, right))
            }
            (l, r) if l.is_text() && r.is_text() => Some((left, right)),
            (Kind::Data(Type::Date | Type::Timestamp), Kind::Data(Type::Date | Type::Timestamp)) => {
                Some((left, right))
            }
            (Kind::Data(Type::Date | Type::Timestamp), Kind::Data(Type::Text)) => {
                let right = self.matched_date(&left, right)?;
                Some((left, right))
            }
            (Kind::Data(Type::Text), Kind::Data(Type::Date | Type::Timestamp)) => {
                let left = self.matched_date(&right, left)?;
                Some((left, right))
            }
            (Kind::Data(Type::Time), Kind::Data(Type::Time)) => Some((left, right)),
            (Kind::Data(Type::Bool), Kind::Data(Type::Bool)) if !ordering => Some((left, right)),
            (l, r) if l == r && !ordering && l.ty().is_some() => Some((left, right)),
            _ => {
                self.mismatch(&left, &right, None);
                None
            }
        }
    }

    /// A value made comparable with another for equality; `None` where it is not, which is then told.
    pub(super) fn comparable(&mut self, beside: Typed, value: Typed, span: Span) -> Option<Typed> {
        self.matched(Operator::Equal, beside, value, span).map(|(_, value)| value)
    }

    fn matched_numbers(&mut self, left: Typed, right: Typed, l: Unit, r: Unit) -> Option<(Typed, Typed)> {
        let (money, number) = match (l, r) {
            (l, r) if l == r || (l.is_plain() && r.is_plain()) => return Some((left, right)),
            (Unit::Money(currency), r) if r.is_plain() => (Some((&left, currency)), &right),
            (l, Unit::Money(currency)) if l.is_plain() => (Some((&right, currency)), &left),
            _ => (None, &right),
        };
        match money {
            Some((money, currency)) if number.is_constant() => self.report(MissingCurrency {
                money: money.text.clone(),
                money_at: money.span,
                number: number.text.clone(),
                number_at: number.span,
                currency: currency.to_string(),
            }),
            _ => {
                let percent = match (l, r) {
                    (Unit::Percent, r) if r.is_plain() && right.is_constant() => Some(&right),
                    (l, Unit::Percent) if l.is_plain() && left.is_constant() => Some(&left),
                    _ => None,
                };
                let help = percent.map(|p| ("write a percentage".to_string(), format!("{}%", p.text)));
                self.mismatch(&left, &right, help);
            }
        }
        None
    }

    /// Text beside an enum: where it is written out, it must be one of the values.
    fn matched_enum(&mut self, text: Typed, of: &Arc<EnumType>, beside: &Typed) -> Option<Typed> {
        if let Kind::Data(Type::Enum(other)) = &text.kind {
            if other.values.iter().any(|v| of.rank(v).is_some()) {
                return Some(text);
            }
            self.mismatch(beside, &text, None);
            return None;
        }
        match text.literal_text().cloned() {
            None => Some(text),
            Some(value) => {
                let expr = Expr { kind: ExprKind::Broken, span: text.span };
                let typed = self.enum_value(&expr, &value, of, beside);
                (!typed.kind.is_unknown()).then_some(typed)
            }
        }
    }

    /// Comparison by order goes by the order of the values; there must be one.
    fn ordered(
        &mut self,
        ordering: bool,
        value: Typed,
        other: Typed,
        of: &Arc<EnumType>,
        span: Span,
    ) -> Option<(Typed, Typed)> {
        if !ordering {
            return Some((value, other));
        }
        if !of.ordered {
            self.report(UnorderedEnum {
                of: value.text.clone(),
                at: span,
                declared_at: value.declared_at,
                values: of.values.iter().map(|v| v.to_string()).collect(),
            });
            return None;
        }
        let rank = |typed: Typed| Typed { code: Code::Rank(Box::new(typed.code), of.clone()), ..typed };
        Some((rank(value), rank(other)))
    }

    /// Text beside a date must be a date written out.
    fn matched_date(&mut self, date: &Typed, text: Typed) -> Option<Typed> {
        let written = text.literal_text().cloned();
        match written.as_deref() {
            Some("now" | "today") => {
                Some(Typed { code: Code::Now, kind: Kind::Data(Type::Timestamp), ..text })
            }
            Some(written) if written_date(written).is_some() => {
                let value = written_date(written).unwrap_or(Value::Missing);
                Some(Typed { code: Code::Constant(value.into()), kind: date.kind.clone(), ..text })
            }
            _ => {
                let help =
                    written.map(|_| ("write a date like this".to_string(), "\"2026-03-01\"".to_string()));
                self.mismatch(date, &text, help);
                None
            }
        }
    }

    fn mismatch(&mut self, left: &Typed, right: &Typed, help: Option<(String, String)>) {
        let (l, r) = (left.kind.words(), right.kind.words());
        let headline = if l == r {
            format!("`{}` and `{}` cannot be compared like this", left.text, right.text)
        } else {
            format!("{l} cannot be compared with {r}")
        };
        let labels = vec![(right.span, format!("this is {r}")), (left.span, format!("this is {l}"))];
        self.report(TypeMismatch { headline, labels, help });
    }

    /// `text contains part`, `list contains item`
    fn contains(&mut self, whole: Typed, part: Typed, span: Span) -> Condition {
        let mut proofs: Proofs = whole.key.iter().chain(&part.key).cloned().collect();
        if whole.kind.is_unknown() || part.kind.is_unknown() {
            return Condition::plain(Code::Constant(Cell::bool(false)));
        }
        let part = match whole.kind.item() {
            Some(item) => {
                if let Some(key) = &whole.key {
                    proofs.extend([format!("{key}.first"), format!("{key}.last")]);
                }
                let beside = Typed { kind: item.into(), ..whole.clone() };
                match self.matched(Operator::Equal, beside, part, span) {
                    Some((_, part)) => part,
                    None => return Condition::plain(Code::Constant(Cell::bool(false))),
                }
            }
            None if whole.kind.is_text() && part.kind.is_text() => part,
            None => {
                let headline = if whole.kind.is_text() {
                    format!("text can only contain text, and `{}` is {}", part.text, part.kind.words())
                } else {
                    format!(
                        "`{}` is {}: only text and lists contain something",
                        whole.text,
                        whole.kind.words()
                    )
                };
                let at = if whole.kind.is_text() { part.span } else { whole.span };
                self.report(TypeMismatch { headline, labels: vec![(at, "here".into())], help: None });
                return Condition::plain(Code::Constant(Cell::bool(false)));
            }
        };
        let code = Code::Compare(Operator::Contains, Box::new(whole.code), Box::new(part.code), span);
        Condition { code, holds: proofs, fails: Proofs::new() }
    }
}

/// `cart.size > 0` proves that there is a first item.
fn ends_proved(operator: Operator, left: &Typed, right: &Typed) -> Proofs {
    let (Some(list), Code::Constant(Cell::Value(Value::Int(bound)))) =
        (left.key.as_ref().and_then(|k| k.strip_suffix(".size")), &right.code)
    else {
        return Proofs::new();
    };
    let some = match operator {
        Operator::Greater => *bound >= 0,
        Operator::GreaterOrEqual | Operator::Equal => *bound >= 1,
        _ => false,
    };
    if some {
        [format!("{list}.first"), format!("{list}.last"), format!("{list}.[0]")].into()
    } else {
        Proofs::new()
    }
}

/// The names of a path of fields.
fn path_of(expr: &Expr) -> Option<Vec<&str>> {
    let ExprKind::Path(path) = &expr.kind else { return None };
    let Root::Name(root) = &path.root else { return None };
    let mut names = vec![&*root.text];
    for step in &path.steps {
        let Step::Field(name) = step else { return None };
        names.push(&name.text);
    }
    Some(names)
}

/// A name alone.
fn bare(expr: &Expr) -> Option<&str> {
    match path_of(expr)?.as_slice() {
        [name] => Some(*name),
        _ => None,
    }
}
