//! Conditions that ask the events of e-mail for a message that nothing sends.

use std::sync::Arc;

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::unknown_message::UnknownMessage;
use persona_model::{Comparison, EventFilter, Expr, ExprKind, Model, On, Query, Step};
use persona_value::Value;

use crate::ask::Logic;

/// Every condition of the program.
pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    let model = logic.model;
    let mut asked = Asked { model, problems };
    model.traits.iter().for_each(|t| asked.condition(&t.value));
    model.segments.iter().for_each(|s| asked.condition(&s.when));
    let stages = model.lifecycles.iter().flat_map(|l| &l.stages).filter_map(|s| s.when.as_ref());
    stages.for_each(|when| asked.condition(when));
    let cases = model.contents.iter().flat_map(|c| &c.cases).filter_map(|c| c.when.as_ref());
    cases.for_each(|when| asked.condition(when));
    for campaign in &model.campaigns {
        campaign.to.iter().for_each(|to| asked.condition(to));
        campaign.exits.iter().for_each(|exit| asked.filter(exit));
    }
    for trigger in &model.triggers {
        if let On::Event { filter, .. } = &trigger.on {
            asked.filter(filter);
        }
        trigger.exits.iter().for_each(|exit| asked.filter(exit));
        for step in trigger.all_steps() {
            match step {
                Step::If(condition, ..) => asked.condition(condition),
                Step::Wait(_, Some(unless)) | Step::WaitUntil(_, Some(unless)) => asked.filter(unless),
                _ => {}
            }
        }
    }
}

struct Asked<'m, 'p> {
    model: &'m Model,
    problems: &'p mut Problems,
}

impl Asked<'_, '_> {
    fn filter(&mut self, filter: &EventFilter) {
        if let Some(condition) = &filter.filter {
            self.of_events(&filter.event, condition);
            self.condition(condition);
        }
    }

    fn condition(&mut self, condition: &Expr) {
        let mut queries: Vec<&Query> = Vec::new();
        condition.walk(&mut |expr| {
            if let ExprKind::Query(query) = &expr.kind {
                queries.push(query);
            }
        });
        for query in queries {
            let steps = query.sequence.iter().map(|next| (&next.event, &next.filter));
            for (event, filter) in steps.chain([(&query.event, &query.filter)]) {
                filter.iter().for_each(|filter| self.of_events(event, filter));
            }
        }
    }

    /// A condition over the fields of such events.
    fn of_events(&mut self, event: &str, condition: &Expr) {
        let built_in = |name: &str| self.model.event(name).is_some_and(|e| e.span.is_none());
        let of_mail = self.model.event(event).is_some_and(|e| match &e.of[..] {
            [] => e.span.is_none(),
            all => all.iter().all(|one| built_in(one)),
        });
        if !of_mail {
            return;
        }
        let mut found = Vec::new();
        condition.walk(&mut |expr| match &expr.kind {
            ExprKind::Compare(Comparison::Equal, a, b) => {
                for (field, value) in [(a, b), (b, a)] {
                    if let (ExprKind::EventField(field), ExprKind::Literal(text)) = (&field.kind, &value.kind)
                    {
                        found.push((field, text, value.span, true));
                    }
                }
            }
            ExprKind::OneOf(field, values) => {
                if let ExprKind::EventField(field) = &field.kind {
                    found.extend(values.iter().map(|value| (field, value, expr.span, false)));
                }
            }
            _ => {}
        });
        for (field, value, at, alone) in found {
            let Value::Text(name) = value else { continue };
            let Some(known) = self.known(field) else { continue };
            if !known.contains(name) {
                let known = known.iter().map(|name| name.to_string()).collect();
                let (field, name) = (field.to_string(), name.to_string());
                self.problems.report(UnknownMessage { field, name, at, alone, known });
            }
        }
    }

    /// The names that a field of these events may have.
    fn known(&self, field: &str) -> Option<Vec<Arc<str>>> {
        let model = self.model;
        Some(match field {
            "email" => model.emails.iter().map(|e| e.name.clone()).collect(),
            "trigger" => model.triggers.iter().map(|t| t.name.clone()).collect(),
            "campaign" => model.campaigns.iter().map(|c| c.name.clone()).collect(),
            "variant" => model.experiments.iter().flat_map(|e| &e.variants).map(|v| v.name.clone()).collect(),
            _ => return None,
        })
    }
}
