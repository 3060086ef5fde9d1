//! The flows of one trigger: how they start, start over, go on and end.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use persona_model::Trigger;
use persona_value::Value;

use crate::decide::{Message, Outcome, Run, Update};
use crate::program::{Instruction, Program, Until};
use crate::start::{self, Start};
use crate::{Flow, FlowKey, Origin, Refusal, What, Why, zone};

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
    for start in start::starts(run, trigger, &program) {
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

/// Starts a flow, or starts one over, unless the rules of re-entry forbid it.
fn begin(
    run: &mut Run,
    trigger: &Trigger,
    program: &Program,
    flows: &mut BTreeMap<FlowKey, Flow>,
    start: Start,
) {
    let (at, cause) = (start.at, start.cause.clone());
    let live = flows.get(&start.key);
    let refused = match live {
        // The same event, seen once more, is no news.
        Some(live) if (at, &cause) == (live.started, &live.cause) => return,
        Some(live) => (live.sent || at < live.started).then_some(Refusal::Live),
        None => too_soon(run, trigger, &start.key.customer, start.arrived).then_some(Refusal::OncePer),
    };
    let over = live.is_some();
    let what = match refused {
        Some(why) => What::NotStarted { at, why },
        None if over => What::StartedOver { at, cause },
        None => What::Started { at, cause },
    };
    run.note(&start.key, what);
    if refused.is_none() {
        let flow = Flow {
            definition: program.definition.clone(),
            started: start.at,
            cause: start.cause,
            event: start.event,
            place: 0,
            since: start.at,
            due: start.arrived,
            sent: false,
            expires: None,
            mark: 0,
            marked: start.at,
            done: Vec::new(),
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
        if flow.done.contains(&flow.place) {
            flow.place += 1;
            continue;
        }
        match instruction {
            Instruction::Wait(until, unless) => {
                if let Some(unless) =
                    unless.as_ref().filter(|u| run.history.came(u, &key.customer, flow.since))
                {
                    return Some(Why::Event(program.event(unless)));
                }
                // Behind the wait that a held message comes after, it is no longer of interest.
                flow.expires = flow.expires.filter(|_| flow.place == flow.mark);
                if flow.expires.is_some() && now < flow.due {
                    return None;
                }
                let zone = run.world.zone(&key.customer);
                let due = match until {
                    Until::After(length) => zone::later(flow.since, *length, &zone),
                    Until::TimeOfDay(time) => zone::next(*time, flow.since, &zone),
                };
                if flow.expires.is_none() {
                    if now < due && (flow.due, flow.mark) != (due, flow.place) {
                        run.note(key, What::Waits { until: due });
                    }
                    flow.due = due;
                }
                if (flow.mark, flow.marked) != (flow.place, flow.since) {
                    (flow.mark, flow.marked) = (flow.place, flow.since);
                    flow.done.clear();
                }
                if now < due {
                    return None;
                }
                flow.since = now;
                flow.place += 1;
            }
            _ if flow.expires.is_some() && now < flow.due => return None,
            Instruction::Send(email) => {
                if !flow.sent && too_soon(run, trigger, &key.customer, now) {
                    return Some(Why::OncePer);
                }
                let origin = Origin::Trigger { name: trigger.name.clone(), first: !flow.sent };
                let (started, place) = (flow.started.to_string(), flow.place.to_string());
                let by = key.key.as_deref().map_or_else(String::new, |k| format!("by {k}"));
                let outcome = run.send(Message {
                    email,
                    customer: &key.customer,
                    event: &flow.event,
                    origin,
                    key: key.key.as_ref(),
                    what: &[&by, &started, &flow.cause, &place],
                    due: flow.due,
                    valid: trigger.valid.as_ref().map(|valid| valid.value),
                    expires: flow.expires,
                });
                match outcome {
                    Outcome::Held { until, expires } => {
                        (flow.place, flow.since) = (flow.mark, flow.marked);
                        (flow.due, flow.expires) = (until, Some(expires));
                        return None;
                    }
                    Outcome::Sent => flow.sent = true,
                    Outcome::Withheld => {}
                }
                flow.expires = None;
                did(flow, now);
            }
            Instruction::Update(attribute, question) => {
                let facts = run.world.facts.get(&key.customer);
                let value = facts.and_then(|facts| facts.values.get(question)).cloned();
                let value = value.unwrap_or(Value::Missing);
                let (customer, name) = (key.customer.clone(), attribute.clone());
                run.note(key, What::Updated { attribute: name.clone(), value: value.clone() });
                run.decisions.updates.push(Update { customer, attribute: name, value });
                did(flow, now);
            }
            Instruction::Branch(question, otherwise) => {
                let yes = run.world.facts.get(&key.customer).is_some_and(|f| f.answers.contains(question));
                run.note(key, What::Answered { question: question.clone(), yes });
                flow.place = if yes { flow.place + 1 } else { *otherwise };
            }
            Instruction::Jump(to) => flow.place = *to,
        }
    }
    Some(Why::Finished)
}

/// The step a flow is at is done.
fn did(flow: &mut Flow, now: Timestamp) {
    flow.done.push(flow.place);
    flow.since = now;
    flow.place += 1;
}
