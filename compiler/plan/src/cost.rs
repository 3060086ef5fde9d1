//! What it takes to keep a declaration up to date: a rough class, told to people and used by incremental refreshes.

use std::fmt;

use crate::lower::is_entity_table;
use crate::{Comparison, Place, Plan, Rel, Scalar};

/// What must be looked at again before a value is as it should be, from the cheapest to the dearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// Customers of whom something new is known: nothing else changes for anybody.
    NewEvents,
    /// Those, and customers for whom a window ends or an instant has come.
    Timers,
    /// Everybody: customers are ranked among each other, or a changed row of an entity may be anybody's.
    FullScan,
}

impl Cost {
    /// As `manifest.json` has it.
    pub fn name(self) -> &'static str {
        match self {
            Cost::NewEvents => "new-events",
            Cost::Timers => "timers",
            Cost::FullScan => "full-scan",
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Cost::NewEvents => "new events only",
            Cost::Timers => "timers",
            Cost::FullScan => "full scan",
        })
    }
}

/// The class of a plan over persona's own tables.
pub fn cost(plan: &Plan) -> Cost {
    let rels = plan.steps.iter().map(|step| &step.rel).chain([&plan.result]);
    rels.map(of_rel).max().unwrap_or(Cost::NewEvents)
}

/// Whether a plan ranks customers among each other: then what becomes of one may change another.
pub(crate) fn ranks(plan: &Plan) -> bool {
    let mut waiting: Vec<&Rel> = plan.steps.iter().map(|step| &step.rel).chain([&plan.result]).collect();
    while let Some(rel) = waiting.pop() {
        match rel {
            Rel::Ntile { .. } => return true,
            Rel::Table(_) | Rel::Step { .. } => {}
            Rel::Filter { input, .. }
            | Rel::Project { input, .. }
            | Rel::Aggregate { input, .. }
            | Rel::Number { input, .. } => waiting.push(input),
            Rel::Join { left, right, .. } => waiting.extend([&**left, &**right]),
            Rel::Union(parts) => waiting.extend(parts),
        }
    }
    false
}

#[recursive::recursive]
fn of_rel(rel: &Rel) -> Cost {
    match rel {
        Rel::Table(table) => match &table.place {
            Place::Own(name) if is_entity_table(name) => Cost::FullScan,
            _ => Cost::NewEvents,
        },
        Rel::Step { .. } => Cost::NewEvents,
        Rel::Ntile { .. } => Cost::FullScan,
        Rel::Filter { input, keep } => of_scalar(keep).max(of_rel(input)),
        Rel::Project { input, columns } => {
            columns.iter().map(|(_, scalar)| of_scalar(scalar)).fold(of_rel(input), Cost::max)
        }
        Rel::Join { left, right, and, .. } => {
            let and = and.as_ref().map_or(Cost::NewEvents, of_scalar);
            of_rel(left).max(of_rel(right)).max(and)
        }
        Rel::Aggregate { input, .. } | Rel::Number { input, .. } => of_rel(input),
        Rel::Union(parts) => parts.iter().map(of_rel).max().unwrap_or(Cost::NewEvents),
    }
}

#[recursive::recursive]
fn of_scalar(scalar: &Scalar) -> Cost {
    match scalar {
        Scalar::Now => Cost::Timers,
        // That an event has happened by now is new once: when it arrives, or is due.
        Scalar::Compare { op: Comparison::AtMost, left, right } if **right == Scalar::Now => match &**left {
            Scalar::Column(name) if matches!(&**name, "at" | "received") => Cost::NewEvents,
            _ => Cost::Timers,
        },
        other => other.children().into_iter().map(of_scalar).max().unwrap_or(Cost::NewEvents),
    }
}
