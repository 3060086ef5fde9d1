//! Every plan that `persona build` and `persona run` make of a program.

use jiff::Timestamp;
use persona_model::{EventFilter, Model, On, Step};
use persona_plan::Plan;
use persona_plan::lower::{Origin, PROFILE, Profiles, own_tables};

/// A plan and what it is for.
pub struct Named {
    /// Unique in the program: `segment loyal`.
    pub name: String,
    /// The own table that holds its rows, if it is stored.
    pub table: Option<String>,
    /// The plan.
    pub plan: Plan,
}

/// Every table of persona's own, in the order they are made, each after the queries of what is set aside from it.
pub fn tables(model: &Model) -> Vec<Named> {
    let mut all = Vec::new();
    for table in own_tables(model, &[]) {
        let name = &table.name;
        let title = match &table.origin {
            Origin::Sources(_) => format!("table {name}"),
            Origin::Values => PROFILE.to_string(),
            Origin::List(of) => format!("list {of}"),
        };
        if let Origin::Sources(aside) = &table.origin {
            all.extend(aside.iter().enumerate().map(|(at, (source, plan))| Named {
                name: format!("set aside {source} {name} {at}"),
                table: None,
                plan: plan.clone(),
            }));
        }
        all.push(Named { name: title, table: Some(name.to_string()), plan: table.plan });
    }
    all
}

/// Each declaration by itself, and the events that flows watch for from an instant on.
pub fn declarations(model: &Model, from: Timestamp) -> Vec<Named> {
    let query = |name: String, plan| Named { name, table: None, plan };
    let traits = model.traits.iter();
    let traits = traits.map(|t| query(format!("trait {}", t.name), Profiles::trait_(model, &t.name)));
    let segments = model.segments.iter();
    let segments = segments.map(|s| query(format!("segment {}", s.name), Profiles::segment(model, &s.name)));
    let lifecycles = model.lifecycles.iter();
    let lifecycles =
        lifecycles.map(|l| query(format!("lifecycle {}", l.name), Profiles::lifecycle(model, &l.name)));
    let watched = watched(model).into_iter().enumerate().map(|(at, filter)| {
        query(format!("occurrences {at} of {}", filter.event), Profiles::occurrences(model, &filter, from))
    });
    traits.chain(segments).chain(lifecycles).chain(watched).collect()
}

/// Every event that a flow starts on, waits for or ends with, and each event by itself.
fn watched(model: &Model) -> Vec<EventFilter> {
    fn of_steps(steps: &[Step], found: &mut Vec<EventFilter>) {
        for step in steps {
            match step {
                Step::Wait(_, unless) | Step::WaitUntil(_, unless) => found.extend(unless.clone()),
                Step::If(_, then, otherwise) => {
                    of_steps(then, found);
                    of_steps(otherwise, found);
                }
                Step::Send { .. } | Step::Call(_) | Step::Update { .. } => {}
            }
        }
    }
    let mut found: Vec<EventFilter> =
        model.events.iter().map(|e| EventFilter { event: e.name.clone(), filter: None }).collect();
    for trigger in &model.triggers {
        if let On::Event { filter, .. } = &trigger.on {
            found.push(filter.clone());
        }
        found.extend(trigger.exits.iter().cloned());
        of_steps(&trigger.steps, &mut found);
    }
    found
}
