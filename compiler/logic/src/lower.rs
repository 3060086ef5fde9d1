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

    // Values

    /// When a value passes a test. A missing one never does.
    pub fn test(&mut self, expr: &Expr, test: Test, scope: &Scope) -> F {
        let is = |term: TermId, test: Test| Arc::new(Formula::Is(term, test, true));
        match &expr.kind {
            ExprKind::Literal(Value::Missing) => truth(false),
            ExprKind::If(condition, then, otherwise) => {
                let condition = self.truth(condition, scope);
                let then = all([condition.clone(), self.test(then, test.clone(), scope)]);
                any([then, all([not(&condition), self.test(otherwise, test, scope)])])
            }
            ExprKind::Coalesce(first, second) => {
                let absent = not(&self.test(first, Test::Present, scope));
                let second = all([absent, self.test(second, test.clone(), scope)]);
                any([self.test(first, test, scope), second])
            }
            ExprKind::Trait(name) => match self.model.trait_(name) {
                Some(declared) => self.test(&declared.value, test, &Scope::Customer),
                None => truth(false),
            },
            ExprKind::Stage(name) => self.in_stage(name, expr, &test),
            ExprKind::Attribute(name) => {
                let term = self.attribute(name);
                is(term, test)
            }
            ExprKind::EventField(name) => match scope {
                Scope::Event(event) => {
                    let term = self.field(event, name);
                    is(term, test)
                }
                _ => is(self.other(expr, scope), test),
            },
            ExprKind::It => match scope {
                Scope::It(term) => is(*term, test),
                _ => is(self.other(expr, scope), test),
            },
            ExprKind::Query(query) if !is_question(query.summary) => {
                self.query_test(query, expr, test, scope)
            }
            ExprKind::Field(of, field) => match self.scores(of) {
                Some(query) => {
                    let query = Query { field: Some(field.clone()), ..query.clone() };
                    self.query_test(&query, expr, test, scope)
                }
                None => is(self.other(expr, scope), test),
            },
            _ => {
                if let Some(point) = Point::of_expr(expr) {
                    let orders: Option<Vec<_>> =
                        test.points().into_iter().map(|p| Some((p.clone(), point.order(p)?))).collect();
                    if let Some(orders) = orders {
                        let place = |p: &Point| {
                            orders.iter().find(|(q, _)| q == p).map_or(Ordering::Equal, |(_, o)| *o)
                        };
                        return truth(test.passes(place));
                    }
                }
                // A condition as a value.
                let asks = match &test {
                    Test::OneOf(points) => {
                        (points.contains(&Point::Bool(true)), points.contains(&Point::Bool(false)))
                    }
                    Test::Present => (true, true),
                    Test::Range(..) => (false, false),
                };
                let is_condition = match &expr.kind {
                    ExprKind::Not(_) | ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Compare(..) => true,
                    ExprKind::OneOf(..) | ExprKind::IsPresent(_) | ExprKind::Within(..) => true,
                    ExprKind::InSegment(_) => true,
                    ExprKind::Query(query) => is_question(query.summary),
                    ExprKind::Items(items) => is_question(items.summary),
                    _ => false,
                };
                match asks {
                    (true, true) if is_condition => truth(true),
                    (false, false) if is_condition => truth(false),
                    (holds, _) if is_condition => {
                        let condition = self.truth(expr, scope);
                        if holds { condition } else { not(&condition) }
                    }
                    _ => is(self.other(expr, scope), test),
                }
            }
        }
    }

    /// The query whose scores an expression names, also through a trait.
    fn scores<'e>(&self, expr: &'e Expr) -> Option<&'e Query>
    where
        'm: 'e,
    {
        match &expr.kind {
            ExprKind::Query(query) => Some(query),
            ExprKind::Trait(name) => self.scores(&self.model.trait_(name)?.value),
            _ => None,
        }
    }

    fn in_stage(&mut self, name: &Arc<str>, expr: &Expr, test: &Test) -> F {
        let Some(lifecycle) = self.model.lifecycle(name) else { return truth(false) };
        let told = lifecycle.stages.iter().any(|s| self.told.contains(&format!("{name} {}", s.name)));
        if self.by_name || told || self.told.contains(&format!("lifecycle {name}")) {
            return Arc::new(Formula::Is(self.other(expr, &Scope::Customer), test.clone(), true));
        }
        let stages = self.stages(name);
        let wanted = lifecycle.stages.iter().zip(stages.iter()).filter(|(stage, _)| {
            let own = Point::Text(stage.name.clone());
            test.passes(|p| own.order(p).unwrap_or(Ordering::Less))
        });
        any(wanted.map(|(_, when)| when.clone()))
    }

    /// What a query gives passes a test.
    fn query_test(&mut self, query: &Query, expr: &Expr, test: Test, scope: &Scope) -> F {
        let is = |term: TermId, test: Test| Arc::new(Formula::Is(term, test, true));
        // The items of lists are not counted.
        if matches!(query.subject, Subject::Items(..)) || query.less.is_some() {
            if !is_question(query.summary) {
                return is(self.other(expr, scope), test);
            }
            let counted = Query { summary: Summary::Count, ..query.clone() };
            let kind = ExprKind::Query(Box::new(counted));
            let count = Expr { kind, ty: Type::Int, optional: false, span: expr.span };
            return is(self.other(&count, scope), test);
        }
        match query.summary {
            Summary::Count | Summary::Any | Summary::None => {
                let set = self.set(query, vec![], None);
                is(self.count(set), test)
            }
            Summary::First | Summary::Last
                if query.field.as_deref() == Some("at") && matches!(query.subject, Subject::Event) =>
            {
                self.moment_test(query, expr, test, scope)
            }
            _ => is(self.summary(query, expr), test),
        }
    }

    /// When the first or last of some events happened, as a question of how many there are in a stretch of time.
    fn moment_test(&mut self, query: &Query, expr: &Expr, test: Test, scope: &Scope) -> F {
        let last = query.summary == Summary::Last;
        let number = |this: &mut Self, at: Option<Test>, test: Test| {
            let set = this.set(query, at.into_iter().collect(), None);
            Arc::new(Formula::Is(this.count(set), test, true))
        };
        match test {
            Test::Present => number(self, None, at_least(1)),
            Test::Range(low, high) => {
                // One on the near side of the far bound, and none beyond the near one.
                let (far, near) = if last { (&low, &high) } else { (&high, &low) };
                let reach = far.as_ref().map(|_| {
                    if last { Test::Range(low.clone(), None) } else { Test::Range(None, high.clone()) }
                });
                let beyond = near.as_ref().map(|(point, with)| {
                    let bound = Some((point.clone(), !with));
                    if last { Test::Range(bound, None) } else { Test::Range(None, bound) }
                });
                let some = number(self, reach, at_least(1));
                let none = beyond.map(|b| number(self, Some(b), no_more_than(0)));
                all([some].into_iter().chain(none))
            }
            Test::OneOf(_) => Arc::new(Formula::Is(self.other(expr, scope), test, true)),
        }
    }

    // Terms

    fn term(&mut self, name: String, make: impl FnOnce(&mut Self, TermId) -> Term) -> TermId {
        if let Some(known) = self.index.get(&name) {
            return *known;
        }
        let id = self.terms.len();
        // Its place is taken before its limits are worked out, which are about it.
        self.terms.push(Term { of: Of::Other, ty: Type::Unknown, optional: true, grain: None, limits: None });
        self.index.insert(name, id);
        self.terms[id] = make(self, id);
        id
    }

    pub fn attribute(&mut self, name: &Arc<str>) -> TermId {
        let model = self.model;
        self.term(format!("customer.{name}"), |this, id| match model.customer.attribute(name) {
            Some(attribute) => this.declared(Of::Attribute(name.clone()), attribute, id),
            None => Term {
                of: Of::Attribute(name.clone()),
                ty: Type::Unknown,
                optional: true,
                grain: None,
                limits: None,
            },
        })
    }

    pub fn field(&mut self, event: &Arc<str>, field: &Arc<str>) -> TermId {
        let model = self.model;
        self.term(format!("{event}.{field}"), |this, id| {
            let of = Of::Field(field.clone());
            let declared = model.event(event);
            match declared.and_then(|e| e.fields.iter().find(|f| f.name == *field)) {
                Some(attribute) => this.declared(of, attribute, id),
                None => {
                    let (ty, optional) =
                        declared.and_then(|e| e.field(field)).unwrap_or((Type::Unknown, true));
                    Term { of, grain: grain(&ty), ty, optional, limits: None }
                }
            }
        })
    }

    fn declared(&mut self, of: Of, attribute: &Attribute, id: TermId) -> Term {
        let limits = attribute.check.as_ref().map(|check| self.truth(check, &Scope::It(id)));
        let ty = attribute.ty.clone();
        Term { of, grain: grain(&ty), ty, optional: attribute.optional, limits }
    }

    fn count(&mut self, set: SetId) -> TermId {
        self.term(format!("count {set}"), |_, id| Term {
            of: Of::Count(set),
            ty: Type::Int,
            optional: false,
            grain: Some(ONE),
            limits: Some(Arc::new(Formula::Is(id, at_least(0), true))),
        })
    }

    /// What a query other than a count makes of its events.
    fn summary(&mut self, query: &Query, expr: &Expr) -> TermId {
        let (value, own) = match &query.subject {
            Subject::Value(value) => (Some(value.clone()), value.ty.clone()),
            _ => (None, expr.ty.clone()),
        };
        let zero = matches!(query.summary, Summary::Sum | Summary::Distinct);
        let present = value.filter(|v| v.optional && query.summary != Summary::Rfm);
        let set = self.set(query, vec![], present);
        let name = format!(
            "summary {}",
            key(&Expr { kind: ExprKind::Query(Box::new(query.clone())), ..expr.clone() })
        );
        let ty = expr.ty.clone();
        self.term(name, |this, id| {
            let least = match query.summary {
                Summary::Distinct => Some(at_least(0)),
                Summary::Rfm => Some(Test::Range(whole(1), whole(5))),
                _ => None,
            };
            let mut limits: Vec<F> =
                least.into_iter().map(|test| Arc::new(Formula::Is(id, test, true))).collect();
            limits.extend(this.limits_of_values(query, id));
            let grain = match query.summary {
                Summary::Avg => None,
                Summary::Distinct | Summary::Rfm => Some(ONE),
                _ => grain(&own),
            };
            let optional = !zero;
            // A field of the last event may be missing; sums of some events may be 0.
            let of_field = query.field.is_some() && query.summary != Summary::Rfm && this.may_lack(query);
            let exact = query.summary != Summary::Sum && !of_field;
            let of = Of::Summary { set, query: Box::new(query.clone()), zero, exact };
            let limits = (!limits.is_empty()).then(|| all(limits));
            Term { of, ty, optional, grain, limits }
        })
    }

    /// What a field's `check` says of one of its values, or of a mean of them, it says of the summary.
    fn limits_of_values(&mut self, query: &Query, id: TermId) -> Option<F> {
        let Subject::Value(Expr { kind: ExprKind::EventField(name), .. }) = &query.subject else {
            return None;
        };
        let picks = match query.summary {
            Summary::Min | Summary::Max | Summary::First | Summary::Last | Summary::MostFrequent => true,
            Summary::Avg | Summary::Sum => false,
            _ => return None,
        };
        let leaves = self.leaves(&query.event);
        let mut checks = Vec::new();
        for leaf in &leaves {
            let field = self.model.event(leaf).and_then(|e| e.fields.iter().find(|f| f.name == *name))?;
            let check = field.check.as_ref()?;
            checks.push(check.clone());
        }
        if picks {
            let checks: Vec<F> = checks.iter().map(|c| self.truth(c, &Scope::It(id))).collect();
            return Some(any(checks));
        }
        // Sums and means of what is never below 0 are not either.
        let probe = Scope::It(id);
        let never_negative = checks.iter().all(|c| {
            let formula = self.truth(c, &probe);
            implies_at_least_zero(&formula, id)
        });
        never_negative.then(|| Arc::new(Formula::Is(id, at_least(0), true)))
    }

    /// Whether one of the query's events may lack the field that it asks for.
    fn may_lack(&self, query: &Query) -> bool {
        let field = |leaf: &Arc<str>| {
            let event = self.model.event(leaf)?;
            Some(event.field(query.field.as_deref()?)?.1)
        };
        self.leaves(&query.event).iter().any(|leaf| field(leaf) != Some(false))
    }

    /// A condition that is not looked into.
    fn flag(&mut self, expr: &Expr, scope: &Scope) -> F {
        let term = self.other(expr, scope);
        Arc::new(Formula::Is(term, Test::OneOf(vec![Point::Bool(true)]), true))
    }

    /// A value that is not looked into.
    fn other(&mut self, expr: &Expr, scope: &Scope) -> TermId {
        let counts = match &expr.kind {
            ExprKind::Items(items) => matches!(items.summary, Summary::Count | Summary::Distinct),
            ExprKind::Query(query) => matches!(query.summary, Summary::Count | Summary::Distinct),
            ExprKind::Call(persona_model::Function::Length | persona_model::Function::Abs, _) => true,
            _ => false,
        };
        self.term(scoped(format!("other {}", key(expr)), scope), |_, id| Term {
            of: Of::Other,
            ty: expr.ty.clone(),
            optional: expr.optional,
            // What is worked out may lie between two units, or beside them.
            grain: matches!(expr.ty, Type::Int | Type::Duration).then_some(ONE),
            limits: counts.then(|| Arc::new(Formula::Is(id, at_least(0), true))),
        })
    }

    // Events

    /// The events that an event's name stands for.
    pub fn leaves(&self, event: &str) -> Vec<Arc<str>> {
        let mut found = Vec::new();
        let mut waiting: Vec<Arc<str>> = vec![event.into()];
        while let Some(name) = waiting.pop() {
            match self.model.event(&name) {
                Some(event) if !event.of.is_empty() => waiting.extend(event.of.iter().rev().cloned()),
                Some(_) if !found.contains(&name) => found.push(name),
                _ => {}
            }
        }
        found
    }

    fn set(&mut self, query: &Query, at: Vec<Test>, present: Option<Expr>) -> SetId {
        let name = format!("{}|{at:?}|{}", rows_key(query), present.as_ref().map(key).unwrap_or_default());
        if let Some(known) = self.set_index.get(&name) {
            return *known;
        }
        let id = self.sets.len();
        self.sets.push(EventSet {
            event: query.event.clone(),
            leaves: self.leaves(&query.event),
            filter: query.filter.clone(),
            window: query.window.clone(),
            at,
            sequence: query.sequence.clone(),
            present,
        });
        self.set_index.insert(name, id);
        id
    }

    /// That such an event happens just now.
    pub fn just_happened(&mut self, leaf: &Arc<str>, filter: Option<Expr>) -> F {
        let query = Query {
            summary: Summary::Count,
            event: leaf.clone(),
            subject: Subject::Event,
            filter,
            sequence: None,
            less: None,
            window: None,
            field: None,
        };
        let set = self.set(&query, vec![Test::equal(Point::Ago(0))], None);
        Arc::new(Formula::Is(self.count(set), at_least(1), true))
    }

    /// When an event is one of these.
    pub fn member(&mut self, set: SetId, leaf: &Arc<str>) -> F {
        if let Some(known) = self.members.get(&(set, leaf.clone())) {
            return known.clone();
        }
        let of = self.sets[set].clone();
        let scope = Scope::Event(leaf.clone());
        let at = self.field(leaf, &"at".into());
        let on_time = |test: Test| Arc::new(Formula::Is(at, test, true));
        let mut parts = vec![on_time(Test::Range(None, Some((Point::Ago(0), true))))];
        parts.extend(of.at.into_iter().map(on_time));
        if let Some(window) = &of.window {
            let moment = Expr {
                kind: ExprKind::EventField("at".into()),
                ty: Type::Timestamp,
                optional: false,
                span: persona_diagnostics::Span::new(persona_diagnostics::FileId(0), 0, 0),
            };
            parts.push(match within(&moment, window) {
                Some(test) => on_time(test),
                None => {
                    let kind = ExprKind::Within(Box::new(moment.clone()), Box::new(window.clone()));
                    self.flag(&Expr { kind, ty: Type::Bool, ..moment }, &scope)
                }
            });
        }
        parts.extend(of.filter.as_ref().map(|f| self.truth(f, &scope)));
        parts.extend(of.present.as_ref().map(|p| self.test(p, Test::Present, &scope)));
        if let Some(sequence) = &of.sequence {
            let filter = sequence.filter.as_ref().map(key).unwrap_or_default();
            let name = format!("{} {:?} {filter}", sequence.event, sequence.within);
            let term = self.term(scoped(format!("followed by {name}"), &scope), |_, _| Term {
                of: Of::Other,
                ty: Type::Bool,
                optional: false,
                grain: None,
                limits: None,
            });
            let followed = Arc::new(Formula::Is(term, Test::OneOf(vec![Point::Bool(true)]), true));
            if sequence.then {
                parts.push(followed);
            } else {
                // It is known only once the time is over.
                let Length::Seconds(seconds) = sequence.within else { return truth(false) };
                parts.push(not(&followed));
                parts.push(on_time(Test::Range(None, Some((Point::Ago(seconds), true)))));
            }
        }
        let member = all(parts);
        self.members.insert((set, leaf.clone()), member.clone());
        member
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
