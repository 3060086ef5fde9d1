//! Stages that overlap, customers whom no stage takes, stages that nobody reaches.

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::{
    overlapping_stages::OverlappingStages, stage_gap::StageGap, unreachable_stage::UnreachableStage,
};
use persona_model::{Expr, Lifecycle, Stage};

use crate::ask::{Logic, conjuncts};
use crate::branches;
use crate::describe::describe;
use crate::edges;

/// Overlaps that are told of one lifecycle at most.
const MOST_OVERLAPS: usize = 3;

pub(crate) fn check(logic: &mut Logic, problems: &mut Problems) {
    for lifecycle in &logic.model.lifecycles {
        reached(logic, lifecycle, problems);
        if lifecycle.exclusive {
            overlaps(logic, lifecycle, problems);
            gap(logic, lifecycle, problems);
        } else {
            branches::stages(logic, lifecycle, problems);
        }
    }
}

/// Stages whose condition nobody meets, or only customers whom an earlier stage has taken.
fn reached(logic: &mut Logic, lifecycle: &Lifecycle, problems: &mut Problems) {
    let mut earlier: Vec<(&Stage, &Expr)> = Vec::new();
    for stage in &lifecycle.stages {
        let own = stage.when.iter().flat_map(conjuncts).collect::<Vec<_>>();
        let asked: Vec<(&Expr, bool)> = own.iter().map(|c| (*c, true)).collect();
        if logic.never(&asked) {
            let core = logic.core(&own).into_iter().map(|at| own[at].span).collect();
            report(logic, lifecycle, stage, core, vec![], problems);
        } else if !lifecycle.exclusive {
            let mut all = asked.clone();
            all.extend(earlier.iter().map(|(_, when)| (*when, false)));
            if !earlier.is_empty() && logic.never(&all) {
                // The fewest that take everybody.
                let mut taken_by = earlier.clone();
                for at in &earlier {
                    let fewer: Vec<_> =
                        taken_by.iter().copied().filter(|t| !std::ptr::eq(t.0, at.0)).collect();
                    let mut all = asked.clone();
                    all.extend(fewer.iter().map(|(_, when)| (*when, false)));
                    if logic.never(&all) {
                        taken_by = fewer;
                    }
                }
                let by = taken_by.iter().map(|(stage, when)| (stage.name.to_string(), when.span)).collect();
                report(logic, lifecycle, stage, vec![], by, problems);
            }
        }
        earlier.extend(stage.when.as_ref().map(|when| (stage, when)));
    }
}

fn report(
    logic: &mut Logic,
    lifecycle: &Lifecycle,
    stage: &Stage,
    parts: Vec<persona_diagnostics::Span>,
    taken_by: Vec<(String, persona_diagnostics::Span)>,
    problems: &mut Problems,
) {
    problems.report(UnreachableStage { name: stage.name.to_string(), at: stage.span, parts, taken_by });
    logic.lowering.tell(format!("{} {}", lifecycle.name, stage.name));
}

fn overlaps(logic: &mut Logic, lifecycle: &Lifecycle, problems: &mut Problems) {
    let mut told = 0;
    let stages = || lifecycle.stages.iter().filter_map(|s| Some((s, s.when.as_ref()?)));
    for (at, (second, second_when)) in stages().enumerate() {
        for (first, first_when) in stages().take(at) {
            if told == MOST_OVERLAPS {
                return;
            }
            let both = [(first_when, true), (second_when, true)];
            if logic.never(&both) {
                continue;
            }
            let Some(witness) = logic.witness(&both) else { continue };
            told += 1;
            problems.report(OverlappingStages {
                first: first.name.to_string(),
                first_at: first_when.span,
                second: second.name.to_string(),
                second_at: second_when.span,
                witness: describe(&witness),
            });
        }
    }
}

fn gap<'m>(logic: &mut Logic<'m>, lifecycle: &'m Lifecycle, problems: &mut Problems) {
    if lifecycle.stages.is_empty() || lifecycle.stages.iter().any(|s| s.when.is_none()) {
        return;
    }
    let outside: Vec<(&Expr, bool)> =
        lifecycle.stages.iter().filter_map(|s| Some((s.when.as_ref()?, false))).collect();
    if logic.never(&outside) {
        return;
    }
    let Some(witness) = logic.witness(&outside) else { return };
    let cases: Vec<&Expr> = outside.iter().map(|(case, _)| *case).collect();
    let edge = edges::left_out(logic, &cases);
    let instant = edge.is_none() && edges::only_for_an_instant(logic, &outside);
    let last = lifecycle.stages.last().map(|s| s.span);
    problems.report(StageGap {
        name: lifecycle.name.to_string(),
        at: lifecycle.span,
        last_at: last,
        edge,
        instant,
        witness: describe(&witness),
    });
}
