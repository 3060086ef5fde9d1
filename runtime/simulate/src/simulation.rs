//! A program over a history.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::{Decisions, Members, Origin, State, World, decide, next};
use persona_model::{Expr, Values};
use persona_plan::{EvalError, Tables};
use persona_value::Value;

use crate::history::instants;
use crate::known::Known;
use crate::{Change, History, Program};

/// A program over a history, at an instant.
#[derive(Debug)]
pub struct Simulation<'p> {
    program: &'p Program,
    known: Known,
    /// What is not known yet, in order.
    ahead: VecDeque<(Timestamp, Change)>,
    /// Instants at which something may change by itself.
    ends: BTreeSet<Timestamp>,
    state: State,
    members: BTreeMap<Arc<str>, Members>,
    entities: HashMap<Arc<str>, HashMap<Value, Value>>,
    now: Timestamp,
    /// When the engine has something to do next.
    due: Option<Timestamp>,
    /// How often it is still looked at this instant, since an attribute was set at it.
    again: u32,
    /// Whether an attribute was set by the last look.
    set: bool,
}

/// So often an instant is looked at: flows that set what starts each other would go on for ever.
const ROUNDS: u32 = 100;

impl<'p> Simulation<'p> {
    /// Begins at an instant: who is where then starts nothing.
    pub fn new(
        program: &'p Program,
        history: &History,
        start: Timestamp,
    ) -> Result<Simulation<'p>, EvalError> {
        let known = Known::new(history);
        let mut ahead: Vec<_> = history.changes.iter().map(|c| (c.known(), c.clone())).collect();
        ahead.sort_by_key(|(at, _)| *at);
        let (mut found, mut ends) = (Vec::new(), BTreeSet::new());
        let values = |values: &Values, found: &mut Vec<Timestamp>| {
            values.iter().for_each(|(_, value)| instants(value, found));
        };
        history.customers.values().for_each(|own| values(own, &mut found));
        history.entities.iter().for_each(|(_, own)| values(own, &mut found));
        for (at, change) in &ahead {
            found.push(*at);
            if let Change::Event(_, own) | Change::Attributes { values: own, .. } = change {
                values(own, &mut found);
            }
        }
        found.into_iter().for_each(|at| program.clock.after(at, &mut ends));
        program.clock.named(&mut ends);
        let entities = known.entities(&program.model);
        let mut simulation = Simulation {
            program,
            known,
            ahead: ahead.into(),
            ends,
            state: State::default(),
            members: BTreeMap::new(),
            entities: entities.into_iter().map(|(name, rows)| (name, rows.into_iter().collect())).collect(),
            now: start,
            due: None,
            again: ROUNDS,
            set: false,
        };
        simulation.step(start)?;
        Ok(simulation)
    }

    /// The next instant at which something can change or is due.
    pub fn next(&self) -> Option<Timestamp> {
        if self.set && self.again > 0 {
            return Some(self.now);
        }
        let ahead = self.ahead.front().map(|(at, _)| *at);
        let later = (std::ops::Bound::Excluded(self.now), std::ops::Bound::Unbounded);
        let end = self.ends.range(later).next().copied();
        let midnight = self.program.clock.midnight(&self.program.model.project.zone, self.now);
        [ahead, end, midnight, self.due].into_iter().flatten().filter(|at| *at > self.now).min()
    }

    /// Goes on to an instant, and decides there.
    pub fn step(&mut self, now: Timestamp) -> Result<Decisions, EvalError> {
        let tables = self.tables(now);
        let seen = self.program.see(&tables, now)?;
        let mut world = World {
            model: &self.program.model,
            from: self.now,
            now,
            facts: seen.facts,
            occurrences: seen.occurrences,
            grants: self.known.grants(self.now, now),
            before: std::mem::take(&mut self.members),
            entities: std::mem::take(&mut self.entities),
            seal: None,
        };
        let decisions = decide(&world, &self.state, &mut |_, _| Ok(()));
        self.state.apply(&decisions);
        self.again = if now > self.now { ROUNDS } else { self.again.saturating_sub(1) };
        self.now = now;
        self.due = next(&world, &self.state);
        self.entities = std::mem::take(&mut world.entities);
        self.members = decisions.members.clone();
        self.note(&decisions);
        Ok(decisions)
    }

    /// What flows did becomes known: mails sent, attributes set.
    fn note(&mut self, decisions: &Decisions) {
        for send in decisions.sends.iter().filter(|send| send.to.is_ok()) {
            let text = |value: &Arc<str>| Value::Text(value.clone());
            let origin = match &send.origin {
                Origin::Trigger { name, .. } => ("trigger", name),
                Origin::Campaign { name, .. } => ("campaign", name),
            };
            let at = Value::Instant(decisions.at);
            let values = [
                ("id", text(&send.id)),
                ("at", at.clone()),
                ("received", at),
                ("customer", text(&send.customer)),
                ("email", text(&send.email)),
                (origin.0, text(origin.1)),
            ];
            let values = values.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
            self.known.learn(&Change::Event("email_sent".into(), values));
            self.program.clock.after(decisions.at, &mut self.ends);
        }
        self.set = !decisions.updates.is_empty();
        for update in &decisions.updates {
            if let Value::Instant(at) = update.value {
                self.program.clock.after(at, &mut self.ends);
            }
            self.known.learn(&Change::Attributes {
                at: decisions.at,
                customer: update.customer.clone(),
                values: vec![(update.attribute.clone(), update.value.clone())],
            });
        }
    }

    /// A value of every customer at the instant that is reached.
    pub fn ask(&mut self, value: &Expr) -> Result<HashMap<Arc<str>, Value>, EvalError> {
        let tables = self.tables(self.now);
        self.program.ask(value, &tables, self.now)
    }

    fn tables(&mut self, now: Timestamp) -> Tables {
        while let Some((_, change)) = self.ahead.pop_front_if(|(at, _)| *at <= now) {
            self.known.learn(&change);
        }
        self.known.tables(&self.program.model)
    }
}
