//! A program made ready: its plans, once for all instants.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::{Facts, Occurrence, Question, Watch, questions, watches};
use persona_model::{Expr, Model};
use persona_plan::lower::{Output, OwnTable, PROFILE, Profiles, computed, trait_table};
use persona_plan::{EvalError, Plan, Tables, evaluate};
use persona_profile::Rows;
use persona_value::Value;

use crate::clock::Clock;

/// A program that can be run over histories.
#[derive(Debug)]
pub struct Program {
    /// What it means. Nothing is delivered, so nothing says to whom it may be.
    pub model: Model,
    questions: Vec<Question>,
    computed: Vec<OwnTable>,
    watched: Vec<Watched>,
    pub(crate) clock: Clock,
}

/// A watch and the plan of what it looks for; with that of the items of each of its list fields.
#[derive(Debug)]
struct Watched {
    watch: Watch,
    events: Plan,
    items: Vec<(Arc<str>, Plan)>,
}

/// What is known of customers at an instant, and the watched events up to it.
pub(crate) struct Seen {
    pub facts: BTreeMap<Arc<str>, Facts>,
    pub occurrences: BTreeMap<Arc<str>, Vec<Occurrence>>,
}

impl Program {
    /// Makes a model ready.
    pub fn new(model: &Model) -> Program {
        let mut model = model.clone();
        model.project.delivery.only_to.clear();
        let questions = questions(&model);
        let computed = computed(&model, &persona_profile::outputs(&model, &questions));
        let whole = Timestamp::MIN;
        let watched = watches(&model).into_iter().map(|watch| {
            let events = Profiles::occurrences(&model, &watch.filter, whole);
            let items = persona_profile::list_fields(&model, &watch).into_iter().map(|(field, _)| {
                (field.name.clone(), Profiles::occurrence_items(&model, &watch.filter, whole, &field.name))
            });
            let items = items.collect();
            Watched { watch, events, items }
        });
        let watched = watched.collect();
        let clock = Clock::of(&model, &questions);
        Program { questions, computed, watched, clock, model }
    }

    /// What is known at an instant, by these tables.
    pub(crate) fn see(&self, tables: &Tables, now: Timestamp) -> Result<Seen, EvalError> {
        let model = &self.model;
        let mut facts = BTreeMap::new();
        for table in &self.computed {
            let rows = evaluate(&table.plan, tables, now)?;
            let columns: Vec<String> = rows.schema.columns.iter().map(|c| c.name.to_string()).collect();
            let rows = Rows { columns: &columns, rows: &rows.rows };
            let read = match &*table.name {
                PROFILE => persona_profile::customers(model, &self.questions, rows).map(|read| facts = read),
                name => {
                    let mut lists = persona_profile::list_traits(model);
                    match lists.find(|list| *trait_table(list) == *name) {
                        Some(list) => persona_profile::items(model, list, rows, &mut facts),
                        None => Ok(()),
                    }
                }
            };
            read.map_err(|problem| EvalError { step: table.name.clone(), problem: problem.to_string() })?;
        }
        let mut occurrences = BTreeMap::new();
        for Watched { watch, events, items } in &self.watched {
            let found = evaluate(events, tables, now)?;
            let mut lists = Vec::new();
            for ((name, plan), (_, record)) in items.iter().zip(persona_profile::list_fields(model, watch)) {
                let rows = evaluate(plan, tables, now)?;
                let columns: Vec<String> = rows.schema.columns.iter().map(|c| c.name.to_string()).collect();
                let rows = Rows { columns: &columns, rows: &rows.rows };
                let by_event = persona_profile::items_by_event(record, rows)
                    .map_err(|problem| EvalError { step: name.clone(), problem: problem.to_string() })?;
                lists.push((name.clone(), by_event));
            }
            let found = persona_profile::occurrences(watch, &found.schema, &found.rows, &lists);
            occurrences.insert(watch.name.clone(), found);
        }
        Ok(Seen { facts, occurrences })
    }

    /// A value of every customer, by their key.
    pub(crate) fn ask(
        &self,
        value: &Expr,
        tables: &Tables,
        now: Timestamp,
    ) -> Result<HashMap<Arc<str>, Value>, EvalError> {
        let mut name = "asked".to_string();
        while self.model.customer.attribute(&name).is_some() {
            name.push('_');
        }
        let plan = Profiles::outputs(&self.model, &[Output { name: name.into(), value: value.clone() }]);
        let rows = evaluate(&plan, tables, now)?.rows;
        let by_key = rows.into_iter().filter_map(|mut row| {
            let value = row.pop()?;
            Some((Arc::from(row.first()?.as_text()?), value))
        });
        Ok(by_key.collect())
    }
}
