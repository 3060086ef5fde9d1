//! What `event` is in the e-mails of a flow.

use std::collections::HashMap;
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_value::{Field, RecordType, Type};

use crate::{Model, On, Step};

/// What `event` is in a template, and where that is declared.
pub(in super::super) type Started = (Arc<RecordType>, Option<Span>);

/// What `event` is in the templates of a flow that starts so.
pub(in super::super) fn started(model: &Model, on: &On) -> Option<Started> {
    let declared_at = match on {
        On::Event { filter, .. } => model.event(&filter.event).and_then(|event| event.span),
        _ => None,
    };
    Some((Arc::new(on.record(model)?), declared_at))
}

/// E-mails with what `event` is in them: what all flows that send them start with.
pub(super) fn senders_events(model: &Model) -> HashMap<Arc<str>, Option<Started>> {
    let mut events: HashMap<Arc<str>, Option<Started>> = HashMap::new();
    for trigger in &model.triggers {
        let started = started(model, &trigger.on);
        for step in trigger.all_steps() {
            let Step::Send { email, .. } = step else { continue };
            match events.get(email) {
                None => drop(events.insert(email.clone(), started.clone())),
                Some(known) if *known == started => {}
                Some(known) => {
                    let both = known.as_ref().zip(started.as_ref()).and_then(|(a, b)| common(&a.0, &b.0));
                    events.insert(email.clone(), both.map(|record| (Arc::new(record), None)));
                }
            }
        }
    }
    for campaign in &model.campaigns {
        events.insert(campaign.email.clone(), None);
    }
    events
}

/// The fields that two records have with one type. The items of a list belong to one event.
fn common(a: &RecordType, b: &RecordType) -> Option<RecordType> {
    let fields: Vec<Field> = a
        .fields
        .iter()
        .filter(|field| !matches!(field.ty, Type::List(_)))
        .filter_map(|field| {
            let other = b.field(&field.name).filter(|other| other.ty == field.ty)?;
            Some(Field { optional: field.optional || other.optional, ..field.clone() })
        })
        .collect();
    (!fields.is_empty()).then(|| RecordType { name: "event".into(), fields })
}
