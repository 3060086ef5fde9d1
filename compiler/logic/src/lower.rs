//! Expressions to formulas. What is not looked into becomes a value of which nothing is known: formulas may then hold
//! for customers who do not exist, never the other way round.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use persona_model::{
    Attribute, Comparison, Expr, ExprKind, Items, Length, Model, Query, Subject, Summary, Window,
};
use persona_value::{EnumType, Type, Value};

use crate::key::{key, rows_key};
use crate::point::{ONE, Point, Test};
use crate::term::{EventSet, Formula, Of, SetId, Term, TermId, all, any, not, truth};

mod events;
mod terms;
mod values;

type F = Arc<Formula>;

/// Whose fields an expression reads beside the customer's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scope {
    Customer,
    /// An event that is no union.
    Event(Arc<str>),
    /// The value of a `check`.
    It(TermId),
}

/// Every term of a program, and what its conditions say of them.
pub(crate) struct Lowering<'m> {
    pub model: &'m Model,
    pub terms: Vec<Term>,
    index: HashMap<String, TermId>,
    pub sets: Vec<EventSet>,
    set_index: HashMap<String, SetId>,
    segments: HashMap<Arc<str>, F>,
    stages: HashMap<Arc<str>, Arc<[F]>>,
    members: HashMap<(SetId, Arc<str>), F>,
    /// Segments and stages of which something was told: what follows from that is not told again.
    pub told: HashSet<String>,
    /// Whether what segments and stages ask for is looked into.
    pub by_name: bool,
}

impl<'m> Lowering<'m> {
    pub fn new(model: &'m Model) -> Lowering<'m> {
        Lowering {
            model,
            terms: Vec::new(),
            index: HashMap::new(),
            sets: Vec::new(),
            set_index: HashMap::new(),
            segments: HashMap::new(),
            stages: HashMap::new(),
            members: HashMap::new(),
            told: HashSet::new(),
            by_name: false,
        }
    }

    /// Looks no further into this segment or stage from here on.
    pub fn tell(&mut self, what: String) {
        self.told.insert(what);
        self.segments.clear();
        self.stages.clear();
        self.members.clear();
    }

    // Conditions

    /// When a condition is true.
    pub fn truth(&mut self, expr: &Expr, scope: &Scope) -> F {
        match &expr.kind {
            ExprKind::Literal(value) => truth(value.is_true()),
            ExprKind::Not(inner) => not(&self.truth(inner, scope)),
            ExprKind::And(a, b) => all([self.truth(a, scope), self.truth(b, scope)]),
            ExprKind::Or(a, b) => any([self.truth(a, scope), self.truth(b, scope)]),
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b, scope),
            ExprKind::OneOf(value, options) => {
                let points = options.iter().map(Point::of).collect::<Option<Vec<_>>>();
                match points {
                    Some(points) => self.test(value, Test::OneOf(points), scope),
                    None => self.flag(expr, scope),
                }
            }
            ExprKind::IsPresent(value) => self.test(value, Test::Present, scope),
            ExprKind::Within(value, window) => match within(value, window) {
                Some(test) => self.test(value, test, scope),
                None => self.flag(expr, scope),
            },
            ExprKind::InSegment(name) => self.in_segment(name, expr),
            ExprKind::If(condition, then, otherwise) => {
                let condition = self.truth(condition, scope);
                let then = all([condition.clone(), self.truth(then, scope)]);
                any([then, all([not(&condition), self.truth(otherwise, scope)])])
            }
            ExprKind::Trait(name) => match self.model.trait_(name) {
                Some(declared) => self.truth(&declared.value, &Scope::Customer),
                None => self.flag(expr, scope),
            },
            ExprKind::Query(query) if matches!(query.summary, Summary::Any | Summary::None) => {
                let test = if query.summary == Summary::Any { at_least(1) } else { no_more_than(0) };
                self.query_test(query, expr, test, scope)
            }
            ExprKind::Items(items) if matches!(items.summary, Summary::Any | Summary::None) => {
                let counted = Items { summary: Summary::Count, ..(**items).clone() };
                let count = Expr {
                    kind: ExprKind::Items(Box::new(counted)),
                    ty: Type::Int,
                    optional: false,
                    span: expr.span,
                };
                let test = if items.summary == Summary::Any { at_least(1) } else { no_more_than(0) };
                self.test(&count, test, scope)
            }
            _ => self.test(expr, Test::OneOf(vec![Point::Bool(true)]), scope),
        }
    }

    /// Being in a segment is meeting its condition.
    fn in_segment(&mut self, name: &Arc<str>, expr: &Expr) -> F {
        if self.by_name || self.told.contains(&format!("segment {name}")) {
            return self.flag(expr, &Scope::Customer);
        }
        if let Some(known) = self.segments.get(name) {
            return known.clone();
        }
        let Some(segment) = self.model.segment(name) else { return self.flag(expr, &Scope::Customer) };
        let when = self.truth(&segment.when, &Scope::Customer);
        self.segments.insert(name.clone(), when.clone());
        when
    }

    /// When a customer is in each stage of a lifecycle: its condition holds and none before it.
    pub fn stages(&mut self, lifecycle: &str) -> Arc<[F]> {
        if let Some(known) = self.stages.get(lifecycle) {
            return known.clone();
        }
        let Some(lifecycle) = self.model.lifecycle(lifecycle) else { return Arc::new([]) };
        let mut earlier: Vec<F> = Vec::new();
        let mut stages = Vec::new();
        for stage in &lifecycle.stages {
            let when = match &stage.when {
                Some(when) => self.truth(when, &Scope::Customer),
                None => truth(true),
            };
            stages.push(all(earlier.iter().cloned().chain([when.clone()])));
            earlier.push(not(&when));
        }
        let stages: Arc<[F]> = stages.into();
        self.stages.insert(lifecycle.name.clone(), stages.clone());
        stages
    }

    fn compare(&mut self, op: Comparison, a: &Expr, b: &Expr, scope: &Scope) -> F {
        match (Point::of_expr(a), Point::of_expr(b)) {
            (_, Some(point)) if a.ty != Type::Bool => self.test(a, compared(op, point, &a.ty), scope),
            (Some(point), _) if a.ty != Type::Bool => {
                self.test(b, compared(flipped(op), point, &a.ty), scope)
            }
            (_, Some(point)) => self.test(a, Test::OneOf(vec![point]), scope),
            (Some(point), _) => self.test(b, Test::OneOf(vec![point]), scope),
            _ => self.order(op, a, b, scope),
        }
    }

    /// Two values of the customer compared: a value of its own, one of less, equal, greater.
    fn order(&mut self, op: Comparison, a: &Expr, b: &Expr, scope: &Scope) -> F {
        let (key_a, key_b) = (key(a), key(b));
        let (op, a, b) = if key_a <= key_b { (op, a, b) } else { (flipped(op), b, a) };
        if key_a == key_b {
            let same = matches!(op, Comparison::Equal | Comparison::AtMost | Comparison::AtLeast);
            return if same { self.test(a, Test::Present, scope) } else { truth(false) };
        }
        let words: &[&str] = match op {
            Comparison::Equal => &["equal"],
            Comparison::Less => &["less"],
            Comparison::AtMost => &["less", "equal"],
            Comparison::Greater => &["greater"],
            Comparison::AtLeast => &["greater", "equal"],
        };
        let values = ["less", "equal", "greater"].map(Arc::from).to_vec();
        let ty = Type::Enum(Arc::new(EnumType { name: "order".into(), values, ordered: false }));
        let name = format!("order {} {}", key(a), key(b));
        let term = self.term(scoped(name, scope), |_, _| Term {
            of: Of::Other,
            ty,
            optional: true,
            grain: None,
            limits: None,
        });
        let points = words.iter().map(|w| Point::Text(Arc::from(*w))).collect();
        Arc::new(Formula::Is(term, Test::OneOf(points), true))
    }
}

/// A value of an event is another one for every kind of event.
fn scoped(name: String, scope: &Scope) -> String {
    match scope {
        Scope::Customer => name,
        Scope::Event(event) => format!("{event}: {name}"),
        Scope::It(term) => format!("{term}: {name}"),
    }
}

pub(crate) fn at_least(count: u32) -> Test {
    Test::Range(whole(count), None)
}

pub(crate) fn no_more_than(count: u32) -> Test {
    Test::Range(None, whole(count))
}

fn whole(number: u32) -> Option<(Point, bool)> {
    Some((Point::Number(i128::from(number) * ONE), true))
}

/// Whether a summary is true or false.
fn is_question(summary: Summary) -> bool {
    matches!(summary, Summary::Any | Summary::None)
}

fn implies_at_least_zero(formula: &Formula, id: TermId) -> bool {
    match formula {
        Formula::Is(term, Test::Range(Some((Point::Number(low), _)), _), true) => *term == id && *low >= 0,
        Formula::All(parts) => parts.iter().any(|p| implies_at_least_zero(p, id)),
        _ => false,
    }
}

/// How far apart values of a type are at least.
fn grain(ty: &Type) -> Option<i128> {
    match ty {
        Type::Int | Type::Duration => Some(ONE),
        Type::Decimal | Type::Money(_) | Type::Percent => Some(1),
        _ => None,
    }
}

fn flipped(op: Comparison) -> Comparison {
    match op {
        Comparison::Equal => Comparison::Equal,
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    }
}

/// A comparison with a constant as a test; the values of an ordered enum by their order.
fn compared(op: Comparison, point: Point, ty: &Type) -> Test {
    if let (Type::Enum(values), Point::Text(text)) = (ty, &point) {
        let Some(rank) = values.rank(text) else { return Test::OneOf(vec![]) };
        let fits = |at: usize| match op {
            Comparison::Equal => at == rank,
            Comparison::Less => at < rank,
            Comparison::AtMost => at <= rank,
            Comparison::Greater => at > rank,
            Comparison::AtLeast => at >= rank,
        };
        let wanted = values.values.iter().enumerate().filter(|(at, _)| fits(*at));
        return Test::OneOf(wanted.map(|(_, v)| Point::Text(v.clone())).collect());
    }
    match op {
        Comparison::Equal => Test::equal(point),
        Comparison::Less => Test::Range(None, Some((point, false))),
        Comparison::AtMost => Test::Range(None, Some((point, true))),
        Comparison::Greater => Test::Range(Some((point, false)), None),
        Comparison::AtLeast => Test::Range(Some((point, true)), None),
    }
}

/// Lying in a window as a test, where its bounds are the same for every customer.
pub(crate) fn within(value: &Expr, window: &Window) -> Option<Test> {
    let date = value.ty == Type::Date;
    // Days compare with midnights as with the days themselves.
    let bound = |expr: &Expr| match (&expr.kind, date) {
        (ExprKind::Midnight(day), true) => Point::of_expr(day),
        (_, true) => None,
        (_, false) => Point::of_expr(expr),
    };
    Some(match window {
        Window::Last(Length::Seconds(seconds)) if date => {
            if seconds % 86_400 != 0 {
                return None;
            }
            let from = Point::Day { months: 0, days: -seconds / 86_400 };
            Test::Range(Some((from, false)), Some((Point::Day { months: 0, days: 0 }, true)))
        }
        Window::Last(Length::Months(months)) if date => {
            let from = Point::Day { months: *months, days: 0 };
            Test::Range(Some((from, false)), Some((Point::Day { months: 0, days: 0 }, true)))
        }
        Window::Last(Length::Seconds(seconds)) => {
            Test::Range(Some((Point::Ago(*seconds), false)), Some((Point::Ago(0), true)))
        }
        Window::Last(Length::Months(months)) => {
            let from = Point::Start { months: *months, days: 1 };
            Test::Range(Some((from, true)), Some((Point::Ago(0), true)))
        }
        Window::Since(from) => Test::Range(Some((bound(from)?, true)), None),
        Window::Before(until) => Test::Range(None, Some((bound(until)?, false))),
        Window::Between(from, until) => Test::Range(Some((bound(from)?, true)), Some((bound(until)?, false))),
    })
}
