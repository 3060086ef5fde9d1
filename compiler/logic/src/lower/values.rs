//! What is asked of values: when they pass a test.

use persona_model::Function;

use super::*;

impl<'m> Lowering<'m> {
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
            ExprKind::Call(Function::Lower | Function::Upper | Function::Trim, _) => {
                is(self.other(expr, scope), terms::attainable(expr, test))
            }
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
    pub(super) fn scores<'e>(&self, expr: &'e Expr) -> Option<&'e Query>
    where
        'm: 'e,
    {
        match &expr.kind {
            ExprKind::Query(query) => Some(query),
            ExprKind::Trait(name) => self.scores(&self.model.trait_(name)?.value),
            _ => None,
        }
    }

    pub(super) fn in_stage(&mut self, name: &Arc<str>, expr: &Expr, test: &Test) -> F {
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
    pub(super) fn query_test(&mut self, query: &Query, expr: &Expr, test: Test, scope: &Scope) -> F {
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
    pub(super) fn moment_test(&mut self, query: &Query, expr: &Expr, test: Test, scope: &Scope) -> F {
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
}
