//! Sets of events, and which events are in them.

use super::*;

impl<'m> Lowering<'m> {
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

    pub(super) fn set(&mut self, query: &Query, at: Vec<Test>, present: Option<Expr>) -> SetId {
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
