//! What fails, made small.

use std::time::{Duration, Instant};

use crate::{Case, program};

/// The smallest case found in the time that still fails: with fewer declarations, then with fewer rows.
pub fn shrink(case: Case, time: Duration, fails: &mut dyn FnMut(&Case) -> bool) -> Case {
    let end = Instant::now() + time;
    let mut case = case;
    for _ in 0..2 {
        let lines: Vec<String> = case.program.lines().map(str::to_string).collect();
        let kept = fewer(lines, end, &mut |lines| {
            let program = format!("{}\n", lines.join("\n"));
            let smaller = Case { program, ..case.clone() };
            let model = program::compile(&smaller.program, &smaller.zone);
            let fed = |f: &persona_model::Feed| f.target == persona_model::FeedTarget::Customer;
            model.is_ok_and(|m| m.sources.iter().any(|s| s.feeds.iter().any(fed))) && fails(&smaller)
        });
        case.program = format!("{}\n", kept.join("\n"));
        // Tables that no source reads any more may go with the lines that read them.
        for at in 0..case.tables.len() {
            let rows = case.tables[at].rows.clone();
            let with = |rows: Vec<_>| {
                let mut smaller = case.clone();
                smaller.tables[at].rows = rows;
                smaller
            };
            let kept = fewer(rows, end, &mut |rows| fails(&with(rows.to_vec())));
            case = with(kept);
        }
    }
    case
}

/// Leaves out ever smaller runs of items for as long as what is left still fails.
fn fewer<T: Clone>(items: Vec<T>, end: Instant, fails: &mut dyn FnMut(&[T]) -> bool) -> Vec<T> {
    let mut items = items;
    let mut run = items.len();
    while run > 0 {
        let mut start = 0;
        while start < items.len() && Instant::now() < end {
            let rest: Vec<T> = [&items[..start], &items[(start + run).min(items.len())..]].concat();
            if fails(&rest) {
                items = rest;
            } else {
                start += run;
            }
        }
        run /= 2;
    }
    items
}
