//! Terms: each value of which something is asked, once, with what is known of it from the start.

use super::*;

impl<'m> Lowering<'m> {
    pub(super) fn term(&mut self, name: String, make: impl FnOnce(&mut Self, TermId) -> Term) -> TermId {
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

    pub(super) fn declared(&mut self, of: Of, attribute: &Attribute, id: TermId) -> Term {
        let limits = attribute.check.as_ref().map(|check| self.truth(check, &Scope::It(id)));
        let ty = attribute.ty.clone();
        Term { of, grain: grain(&ty), ty, optional: attribute.optional, limits }
    }

    pub(super) fn count(&mut self, set: SetId) -> TermId {
        self.term(format!("count {set}"), |_, id| Term {
            of: Of::Count(set),
            ty: Type::Int,
            optional: false,
            grain: Some(ONE),
            limits: Some(Arc::new(Formula::Is(id, at_least(0), true))),
        })
    }

    /// What a query other than a count makes of its events.
    pub(super) fn summary(&mut self, query: &Query, expr: &Expr) -> TermId {
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
    pub(super) fn limits_of_values(&mut self, query: &Query, id: TermId) -> Option<F> {
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
    pub(super) fn may_lack(&self, query: &Query) -> bool {
        let field = |leaf: &Arc<str>| {
            let event = self.model.event(leaf)?;
            Some(event.field(query.field.as_deref()?)?.1)
        };
        self.leaves(&query.event).iter().any(|leaf| field(leaf) != Some(false))
    }

    /// A condition that is not looked into.
    pub(super) fn flag(&mut self, expr: &Expr, scope: &Scope) -> F {
        let term = self.other(expr, scope);
        Arc::new(Formula::Is(term, Test::OneOf(vec![Point::Bool(true)]), true))
    }

    /// A value that is not looked into, but for how large it can be.
    pub(super) fn other(&mut self, expr: &Expr, scope: &Scope) -> TermId {
        let span = span_of(expr);
        self.term(scoped(format!("other {}", key(expr)), scope), |_, id| Term {
            of: Of::Other,
            ty: expr.ty.clone(),
            optional: expr.optional,
            // What is worked out may lie between two units, or beside them.
            grain: matches!(expr.ty, Type::Int | Type::Duration).then_some(ONE),
            limits: span.map(|span| Arc::new(Formula::Is(id, span, true))),
        })
    }
}

/// The numbers that an expression can give, by what it is.
fn span_of(expr: &Expr) -> Option<Test> {
    use persona_model::Function;
    Some(match &expr.kind {
        ExprKind::Items(items) if counts(items.summary) => at_least(0),
        ExprKind::Query(query) if counts(query.summary) => at_least(0),
        ExprKind::Call(function, _) => match function {
            Function::Length | Function::Abs => at_least(0),
            Function::Month => Test::Range(whole(1), whole(12)),
            Function::Day => Test::Range(whole(1), whole(31)),
            Function::Weekday => Test::Range(whole(1), whole(7)),
            Function::Hour => Test::Range(whole(0), whole(23)),
            _ => return None,
        },
        _ => return None,
    })
}

fn counts(summary: Summary) -> bool {
    matches!(summary, Summary::Count | Summary::Distinct)
}

/// A test without the texts that a function never gives: nothing in small letters has a capital.
pub(super) fn attainable(expr: &Expr, test: Test) -> Test {
    use persona_model::Function;
    let (mut trimmed, mut lower, mut upper) = (false, false, false);
    let mut within = expr;
    while let ExprKind::Call(function, inner) = &within.kind {
        match function {
            Function::Trim => trimmed = true,
            // The outer of two changes of case decides.
            Function::Lower => lower |= !upper,
            Function::Upper => upper |= !lower,
            _ => break,
        }
        let Some(inner) = inner.first() else { break };
        within = inner;
    }
    // Which letters of other scripts have a pair is left to the engines.
    let gives = |point: &Point| {
        let Point::Text(text) = point else { return true };
        !(lower && text.contains(|c: char| c.is_ascii_uppercase())
            || upper && text.contains(|c: char| c.is_ascii_lowercase())
            || trimmed && (text.starts_with(' ') || text.ends_with(' ')))
    };
    match test {
        Test::OneOf(points) => Test::OneOf(points.into_iter().filter(gives).collect()),
        Test::Range(Some((low, true)), Some((high, true))) if low == high && !gives(&low) => {
            Test::OneOf(vec![])
        }
        test => test,
    }
}
