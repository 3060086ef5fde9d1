//! Every plan that `persona build` and `persona run` make of a program.

use jiff::Timestamp;
use persona_model::{EventFilter, Model, On, Step};
use persona_plan::Plan;
use persona_plan::lower::{Profiles, Staged, staging, trait_table};
use persona_value::Type;

/// A plan and what it is for.
pub struct Named {
    /// Unique in the program: `segment loyal`.
    pub name: String,
    /// The own table that holds its rows, if it is stored.
    pub table: Option<String>,
    /// The plan.
    pub plan: Plan,
}

/// The tables that sources feed, in the order they are made, each after the queries of what is set aside from it.
pub fn sources(model: &Model) -> Vec<Named> {
    let named = |staged: Staged| {
        let aside = staged.set_aside.into_iter().enumerate().map({
            let table = staged.table.clone();
            move |(at, (source, plan))| Named {
                name: format!("set aside {source} {table} {at}"),
                table: None,
                plan,
            }
        });
        let table = Named {
            name: format!("table {}", staged.table),
            table: Some(staged.table.to_string()),
            plan: staged.plan,
        };
        aside.chain([table]).collect::<Vec<_>>()
    };
    staging(model).into_iter().flat_map(named).collect()
}

/// The profile and the tables of list traits.
pub fn profile(model: &Model) -> Vec<Named> {
    let plan = Profiles::everything(model, &[]);
    let profile = Named { name: "profile".into(), table: Some("profile".into()), plan };
    let lists = model.traits.iter().filter(|t| matches!(t.value.ty, Type::List(_))).map(|t| Named {
        name: format!("list {}", t.name),
        table: Some(trait_table(&t.name).to_string()),
        plan: Profiles::trait_(model, &t.name),
    });
    std::iter::once(profile).chain(lists).collect()
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
