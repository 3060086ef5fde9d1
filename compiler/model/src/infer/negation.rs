//! Negations that are true for those who lack the value they ask about.

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::negated_missing::{Lacking, NegatedMissing};
use persona_value::Type;

use super::{Checker, Row};
use crate::presence::{self, Presence, Present, united};
use crate::{Expr, ExprKind, Window};

/// A condition as it is gone through.
struct Walk<'e> {
    /// Paths that the condition asks about by themselves, on whichever side.
    asked: Present,
    /// What was found, negation by negation.
    found: Vec<(&'e Expr, bool, Vec<&'e Expr>)>,
}

/// Where in the condition.
#[derive(Clone)]
struct Place<'e> {
    /// The outermost negation that turns this round, if one does.
    negation: Option<&'e Expr>,
    /// What is present wherever this counts.
    known: Present,
    /// Whether `and` joins it to more.
    within_and: bool,
}

impl Checker<'_> {
    /// Tells of the negations in an expression that take in those with no value. What a query asks of its events is a
    /// condition of its own, looked at with them.
    pub(super) fn negations(&mut self, expr: &Expr) {
        // A check passes what is missing, and of a source's columns nobody says which may be empty.
        if matches!(self.rows.last(), Some(Row::It(..) | Row::Source { .. }) | None) {
            return;
        }
        let mut conditions = Vec::new();
        conditions_in(expr, &mut conditions);
        for condition in conditions {
            let mut walk = Walk { asked: Present::new(), found: Vec::new() };
            self.asked(condition, &mut walk.asked);
            let top = Place { negation: None, known: self.proved.clone(), within_and: false };
            self.look(condition, &top, &mut walk);
            for (negation, within_and, values) in walk.found {
                self.tell_negation(negation, within_and, &values);
            }
        }
    }

    fn asked(&self, condition: &Expr, asked: &mut Present) {
        match &condition.kind {
            ExprKind::IsPresent(value) => drop(asked.insert(self.key(value).into())),
            ExprKind::Query(_) | ExprKind::Items(_) => {}
            _ => condition.children().into_iter().for_each(|child| self.asked(child, asked)),
        }
    }

    /// How a value is told from others: its path, else as it is written.
    fn key(&self, value: &Expr) -> String {
        presence::path(value).unwrap_or_else(|| self.on_one_line(value.span))
    }

    fn on_one_line(&self, at: Span) -> String {
        self.sources.text(at).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// With the parentheses that an operand at either end stands in: `(a + b) != c`.
    fn balanced(&self, at: Span) -> Span {
        let count = |c| self.sources.text(at).matches(c).count();
        let (opened, closed) = (count('('), count(')'));
        let whole = &self.sources.file(at.file).text;
        let (mut start, mut end) = (at.start as usize, at.end as usize);
        for _ in opened..closed {
            start = whole[..start].rfind('(').unwrap_or(start);
        }
        for _ in closed..opened {
            end = whole[end..].find(')').map_or(end, |found| end + found + 1);
        }
        Span::new(at.file, start, end)
    }

    fn look<'e>(&self, expr: &'e Expr, place: &Place<'e>, walk: &mut Walk<'e>) {
        let presence = Presence::default();
        let negated = place.negation.is_some();
        match &expr.kind {
            ExprKind::Not(inner) => {
                let negation = if negated { None } else { Some(expr) };
                self.look(inner, &Place { negation, ..place.clone() }, walk);
            }
            ExprKind::And(..) | ExprKind::Or(..) => {
                let mut parts = Vec::new();
                flat(expr, matches!(expr.kind, ExprKind::And(..)), &mut parts);
                // Parts that must hold together tell what there is for each other.
                let together = matches!(expr.kind, ExprKind::And(..)) != negated;
                let proofs = parts.iter().map(|part| presence.proof(part));
                let known = proofs.map(|proof| if negated { proof.fails } else { proof.holds });
                let known = known.filter(|_| together).reduce(united).unwrap_or_default();
                let inside = Place {
                    known: united(place.known.clone(), known),
                    within_and: place.within_and || (together && !negated),
                    ..place.clone()
                };
                parts.into_iter().for_each(|part| self.look(part, &inside, walk));
            }
            ExprKind::If(condition, then, otherwise) if expr.ty == Type::Bool => {
                let proof = presence.proof(condition);
                for (side, more) in [(then, proof.holds), (otherwise, proof.fails)] {
                    let known = united(place.known.clone(), more);
                    self.look(side, &Place { known, ..place.clone() }, walk);
                }
            }
            _ => {
                let Some(negation) = place.negation else { return };
                let mut lacking = Vec::new();
                self.atom(expr, &mut lacking);
                lacking.retain(|value: &&Expr| {
                    let key = self.key(value);
                    !walk.asked.contains(key.as_str()) && !place.known.contains(key.as_str())
                });
                if lacking.is_empty() {
                    return;
                }
                match walk.found.iter_mut().find(|(found, ..)| std::ptr::eq(*found, negation)) {
                    Some((.., values)) => values.extend(lacking),
                    None => walk.found.push((negation, place.within_and, lacking)),
                }
            }
        }
    }

    /// Values without which a condition is false.
    fn atom<'e>(&self, condition: &'e Expr, lacking: &mut Vec<&'e Expr>) {
        match &condition.kind {
            ExprKind::Compare(_, a, b) => [a, b].into_iter().for_each(|side| self.lacking(side, lacking)),
            ExprKind::OneOf(value, _) => self.lacking(value, lacking),
            ExprKind::Within(value, window) => {
                self.lacking(value, lacking);
                match &**window {
                    Window::Last(_) | Window::Since(_) => {}
                    Window::Before(to) | Window::Between(_, to) => self.lacking(to, lacking),
                }
            }
            ExprKind::Call(_, args) => args.iter().for_each(|arg| self.lacking(arg, lacking)),
            ExprKind::IsPresent(_) => {}
            _ => self.lacking(condition, lacking),
        }
    }

    /// The values that may be missing and without which another is.
    fn lacking<'e>(&self, value: &'e Expr, lacking: &mut Vec<&'e Expr>) {
        if !value.optional {
            return;
        }
        match &value.kind {
            ExprKind::Attribute(_)
            | ExprKind::Trait(_)
            | ExprKind::Model(_)
            | ExprKind::EventField(_)
            | ExprKind::ItemField(_) => {
                lacking.push(value);
            }
            // Of an exclusive lifecycle it is proved that every customer has a stage.
            ExprKind::Stage(name) if self.lifecycles.iter().any(|(l, _)| l.name == *name && !l.exclusive) => {
                lacking.push(value);
            }
            ExprKind::Field(..) | ExprKind::Query(_) | ExprKind::Items(_) => lacking.push(value),
            // That a row is there is a matter of the data: only what rows lack is told.
            ExprKind::Lookup { key, entity, field } => {
                match self.entity(entity).and_then(|e| e.field(field)) {
                    Some(field) if field.optional => lacking.push(value),
                    _ => self.lacking(key, lacking),
                }
            }
            ExprKind::Coalesce(_, last) => self.lacking(last, lacking),
            ExprKind::Arithmetic(..)
            | ExprKind::Call(..)
            | ExprKind::Moved { .. }
            | ExprKind::Midnight(_) => {
                value.children().into_iter().for_each(|child| self.lacking(child, lacking));
            }
            _ => {}
        }
    }

    fn tell_negation(&mut self, negation: &Expr, within_and: bool, values: &[&Expr]) {
        let mut lacking: Vec<Lacking> = Vec::new();
        for value in values {
            let name = self.on_one_line(value.span);
            if lacking.iter().all(|l| l.name != name) {
                lacking.push(Lacking { name, because: self.why_missing(value) });
            }
        }
        let whom = match self.rows.last() {
            Some(Row::Event(event)) if values.iter().all(|v| matches!(v.kind, ExprKind::EventField(_))) => {
                format!("a `{event}`")
            }
            Some(Row::Item(_)) if values.iter().all(|v| matches!(v.kind, ExprKind::ItemField(_))) => {
                "items".into()
            }
            _ => "customers".into(),
        };
        let at = self.balanced(negation.span);
        let written = self.on_one_line(at);
        self.problems.report(NegatedMissing { whom, at, written, lacking, within_and });
    }

    /// Where it is decided that a value may be missing.
    fn why_missing(&self, value: &Expr) -> Option<(Span, String)> {
        let optional = |at: Option<Span>| at.map(|at| (at, "declared optional here".to_string()));
        match &value.kind {
            ExprKind::Attribute(name) => optional(self.customer.attribute(name).and_then(|a| a.span)),
            ExprKind::Trait(name) => {
                let (at, _) = self.traits.get(name)?;
                Some((*at, "worked out here: some customers have none".to_string()))
            }
            ExprKind::Stage(name) => {
                let (lifecycle, _) = self.lifecycles.iter().find(|(l, _)| l.name == *name)?;
                Some((lifecycle.span, "without `otherwise`: some customers are in no stage".to_string()))
            }
            ExprKind::EventField(name) => {
                let Some(Row::Event(event)) = self.rows.last() else { return None };
                let event = self.events.get(event)?;
                optional(event.fields.iter().find(|f| f.name == *name)?.span)
            }
            ExprKind::ItemField(name) => {
                let Some(Row::Item(record)) = self.rows.last() else { return None };
                let record = self.records.iter().find(|r| r.name == record.name)?;
                optional(record.fields.iter().find(|f| f.name == *name)?.span)
            }
            ExprKind::Lookup { entity, field, .. } => optional(self.entity(entity)?.field(field)?.span),
            ExprKind::Field(base, _) => self.why_missing(base),
            _ => None,
        }
    }
}

/// The outermost conditions of an expression.
fn conditions_in<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Not(_) | ExprKind::And(..) | ExprKind::Or(..) => found.push(expr),
        ExprKind::Query(_) | ExprKind::Items(_) => {}
        _ => expr.children().into_iter().for_each(|child| conditions_in(child, found)),
    }
}

/// The parts of `a and b and c`, or of `a or b or c`.
fn flat<'e>(expr: &'e Expr, and: bool, parts: &mut Vec<&'e Expr>) {
    match (&expr.kind, and) {
        (ExprKind::And(a, b), true) | (ExprKind::Or(a, b), false) => {
            flat(a, and, parts);
            flat(b, and, parts);
        }
        _ => parts.push(expr),
    }
}
