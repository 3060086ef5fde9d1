//! The flows of one trigger: how they start, start over, go on and end.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use persona_model::{Audience, On, Trigger};
use persona_value::Value;

use crate::decide::Run;
use crate::program::{Instruction, Program, Until};
use crate::{Flow, FlowKey, Origin, Why, zone};

/// What starts a flow.
struct Start {
    key: FlowKey,
    /// When it happened.
    at: Timestamp,
    /// When it can be acted on.
    arrived: Timestamp,
    /// The event's id; empty if it is none.
    cause: Arc<str>,
    event: Value,
}

/// Starts what starts and moves what is due.
pub(crate) fn run(run: &mut Run, trigger: &Trigger) {
    let program = Program::of(trigger);
    let first = FlowKey { trigger: trigger.name.clone(), customer: "".into(), key: None };
    let state = run.state;
    let mut flows: BTreeMap<FlowKey, Flow> = BTreeMap::new();
    for (key, flow) in state.flows.range(first..).take_while(|(key, _)| key.trigger == trigger.name) {
        if flow.definition == program.definition {
            flows.insert(key.clone(), flow.clone());
        } else {
            run.end(key.clone(), flow.started, Why::Changed);
        }
    }
    for start in starts(run, trigger, &program) {
        begin(run, trigger, &program, &mut flows, start);
    }
    let mut order: Vec<(FlowKey, Flow)> = flows.into_iter().collect();
    // Of one customer's flows the older goes first: it is the one that `once per` lets through.
    order.sort_by(|(a, x), (b, y)| {
        (&a.customer, x.started, &x.cause, &a.key).cmp(&(&b.customer, y.started, &y.cause, &b.key))
    });
    for (key, mut flow) in order {
        match advance(run, trigger, &program, &key, &mut flow) {
            Some(why) => run.end(key, flow.started, why),
            None if state.flows.get(&key) != Some(&flow) => {
                run.decisions.live.insert(key, flow);
            }
            None => {}
        }
    }
}

/// What starts flows in this run, in the order in which it can be acted on.
fn starts(run: &Run, trigger: &Trigger, program: &Program) -> Vec<Start> {
    let (from, now) = (run.world.from, run.world.now);
    let start = |customer: &Arc<str>, at| Start {
        key: FlowKey { trigger: trigger.name.clone(), customer: customer.clone(), key: None },
        at,
        arrived: at,
        cause: "".into(),
        event: Value::Missing,
    };
    match &trigger.on {
        On::Event { .. } => {
            let arrivals = run.history.arrivals(&program.start).into_iter().filter(|seen| !seen.is_late());
            let starts = arrivals.map(|seen| {
                let mut start = start(&seen.customer, seen.at);
                start.key.key = seen.key.clone();
                Start { arrived: seen.arrived(), cause: seen.id.clone(), event: seen.event.clone(), ..start }
            });
            starts.collect()
        }
        On::Enter(audience) => {
            moved(run, audience, true).iter().map(|customer| start(customer, now)).collect()
        }
        On::Leave(audience) => {
            moved(run, audience, false).iter().map(|customer| start(customer, now)).collect()
        }
        On::Consent(consent) => {
            let mut starts: Vec<Start> = Vec::new();
            for grant in
                run.world.grants.iter().filter(|g| g.consent == *consent && g.at > from && g.at <= now)
            {
                let stands =
                    run.world.facts.get(&grant.customer).is_some_and(|f| f.consents.contains(consent));
                if stands {
                    starts.push(start(&grant.customer, grant.at));
                }
            }
            starts.sort_by(|a, b| (a.at, &a.key.customer).cmp(&(b.at, &b.key.customer)));
            starts
        }
        // Not carried out yet: a program that has them is refused before.
        On::Schedule(_) | On::Date(_) | On::Rises(_) | On::Reaches(_) => Vec::new(),
    }
}

/// The customers who came into an audience since the run before, or left it and are customers still.
fn moved(run: &Run, audience: &Audience, inward: bool) -> Vec<Arc<str>> {
    let key: Arc<str> = audience.key().into();
    let (Some(before), Some(now)) = (run.world.before.get(&key), run.decisions.members.get(&key)) else {
        return Vec::new();
    };
    if before.definition != now.definition {
        return Vec::new();
    }
    let (inside, outside) = if inward { (now, before) } else { (before, now) };
    let moved = inside.customers.difference(&outside.customers);
    moved.filter(|customer| run.world.facts.contains_key(*customer)).cloned().collect()
}

/// Starts a flow, or starts one over, unless the rules of re-entry forbid it.
fn begin(run: &Run, trigger: &Trigger, program: &Program, flows: &mut BTreeMap<FlowKey, Flow>, start: Start) {
    let forbidden = match flows.get(&start.key) {
        Some(live) => {
            let newer = (start.at, &start.cause) != (live.started, &live.cause) && start.at >= live.started;
            live.sent || !newer
        }
        None => too_soon(run, trigger, &start.key.customer, start.arrived),
    };
    if !forbidden {
        let flow = Flow {
            definition: program.definition.clone(),
            started: start.at,
            cause: start.cause,
            event: start.event,
            place: 0,
            since: start.at,
            due: start.at,
            sent: false,
        };
        flows.insert(start.key, flow);
    }
}

/// Whether `once per` forbids a flow that would send its first e-mail now.
fn too_soon(run: &Run, trigger: &Trigger, customer: &Arc<str>, now: Timestamp) -> bool {
    let (Some(length), Some(sent)) = (trigger.once_per, run.first_send(&trigger.name, customer)) else {
        return false;
    };
    zone::in_last(length, sent, now, &run.world.model.project.zone)
}

/// Takes a flow as far as it goes now; why it ended, if it did.
fn advance(
    run: &mut Run,
    trigger: &Trigger,
    program: &Program,
    key: &FlowKey,
    flow: &mut Flow,
) -> Option<Why> {
    let now = run.world.now;
    for exit in &program.exits {
        if run.history.came(exit, &key.customer, flow.started) {
            return Some(Why::Event(program.event(exit)));
        }
    }
    while let Some(instruction) = program.instructions.get(flow.place) {
        match instruction {
            Instruction::Wait(until, unless) => {
                if let Some(unless) =
                    unless.as_ref().filter(|u| run.history.came(u, &key.customer, flow.since))
                {
                    return Some(Why::Event(program.event(unless)));
                }
                let zone = run.world.zone(&key.customer);
                flow.due = match until {
                    Until::After(length) => zone::later(flow.since, *length, &zone),
                    Until::TimeOfDay(time) => zone::next(*time, flow.since, &zone),
                };
                if now < flow.due {
                    return None;
                }
                flow.since = now;
                flow.place += 1;
            }
            Instruction::Send(email) => {
                if !flow.sent && too_soon(run, trigger, &key.customer, now) {
                    return Some(Why::OncePer);
                }
                let origin = Origin::Trigger { name: trigger.name.clone(), first: !flow.sent };
                let (started, place) = (flow.started.to_string(), flow.place.to_string());
                let by = key.key.as_deref().map_or_else(String::new, |k| format!("by {k}"));
                flow.sent |= run.send(
                    email,
                    &key.customer,
                    &flow.event,
                    origin,
                    &[&by, &started, &flow.cause, &place],
                );
                flow.since = now;
                flow.place += 1;
            }
            Instruction::Branch(question, otherwise) => {
                let yes = run.world.facts.get(&key.customer).is_some_and(|f| f.answers.contains(question));
                flow.place = if yes { flow.place + 1 } else { *otherwise };
            }
            Instruction::Jump(to) => flow.place = *to,
        }
    }
    Some(Why::Finished)
}
