//! How many events a customer has of each kind that a question asks about.
//!
//! The sets of events that are counted overlap: purchases of the last week are purchases of the last month, and some of
//! them are of shoes. Cut along all of these sets, events fall into regions; a region that no event can lie in is left
//! out. A customer is then a number of events for each region, and every count is a sum of these numbers.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::cells::{Cell, Cells, Frame, Question, Variable};
use crate::lower::Lowering;
use crate::point::{ONE, Point};
use crate::solve::{Found, Free, Theory, search};
use crate::term::{Of, SetId, not};

/// Sets that are cut along at most; beyond, nothing is known of them.
const MOST_SETS: usize = 12;
/// Regions at most.
const MOST_REGIONS: usize = 160;
/// Steps of one search for numbers.
const STEPS: usize = 3_000;

/// Events that no set tells apart.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// What kind of event.
    pub leaf: Arc<str>,
    /// Which sets it lies in, a bit each.
    pub within: u64,
    /// What its fields can be, of those that are asked about.
    pub fields: Rc<Vec<(Variable, Cells)>>,
}

/// Sets of events that have events in common.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub sets: Vec<SetId>,
    /// None where there are too many to look at.
    pub regions: Option<Rc<Vec<Region>>>,
    /// Of each set the place of its count, and of what is made of its events, with [`Of::Summary`]'s `zero` and `exact`.
    counts: Vec<Option<usize>>,
    summaries: Vec<Vec<(usize, bool, bool)>>,
}

/// Regions that were found before, by their sets and the frame.
pub(crate) type Known = HashMap<(Vec<SetId>, Option<jiff::Timestamp>, bool), Option<Rc<Vec<Region>>>>;

/// The theory of counts.
pub(crate) struct Families<'q> {
    question: &'q Question,
    pub families: Vec<Family>,
}

/// Values that fit a question.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub domains: Vec<Cells>,
    /// For each family a number of events of each of its regions.
    pub events: Vec<Vec<u64>>,
}

impl<'q> Families<'q> {
    pub fn of(
        lowering: &mut Lowering,
        question: &'q Question,
        frame: Frame,
        known: &mut Known,
    ) -> Families<'q> {
        let mut counts: HashMap<SetId, usize> = HashMap::new();
        let mut summaries: HashMap<SetId, Vec<(usize, bool, bool)>> = HashMap::new();
        let mut sets: Vec<SetId> = Vec::new();
        for (place, variable) in question.variables.iter().enumerate() {
            let set = match &lowering.terms[variable.term].of {
                Of::Count(set) => {
                    counts.insert(*set, place);
                    *set
                }
                Of::Summary { set, zero, exact, .. } => {
                    summaries.entry(*set).or_default().push((place, *zero, *exact));
                    *set
                }
                _ => continue,
            };
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        sets.sort_unstable();
        let mut groups: Vec<Vec<SetId>> = Vec::new();
        for set in sets {
            let leaves = &lowering.sets[set].leaves;
            let meets = |group: &Vec<SetId>| {
                group.iter().any(|s| lowering.sets[*s].leaves.iter().any(|l| leaves.contains(l)))
            };
            let (mut joined, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(meets);
            joined.push(vec![set]);
            groups = apart;
            groups.push(joined.concat());
        }
        let mut families = Vec::new();
        for mut sets in groups {
            sets.sort_unstable();
            let key = (sets.clone(), frame.now, frame.apart);
            let regions = match known.get(&key) {
                Some(regions) => regions.clone(),
                None => {
                    let regions = regions(lowering, &sets, frame).map(Rc::new);
                    known.insert(key, regions.clone());
                    regions
                }
            };
            let counts = sets.iter().map(|s| counts.get(s).copied()).collect();
            let summaries = sets.iter().map(|s| summaries.get(s).cloned().unwrap_or_default()).collect();
            families.push(Family { sets, regions, counts, summaries });
        }
        Families { question, families }
    }

    /// How many events a set may have: stretches of numbers, smallest first; an open end has none.
    fn allowed(&self, family: &Family, at: usize, domains: &[Cells]) -> Vec<(u64, Option<u64>)> {
        let mut allowed = match family.counts[at] {
            None => vec![(0, None)],
            Some(place) => {
                let variable = &self.question.variables[place];
                let cells = variable.cells.iter().enumerate().filter(|(c, _)| domains[place] >> c & 1 == 1);
                let mut spans: Vec<_> = cells.filter_map(|(_, cell)| whole_numbers(cell, variable)).collect();
                spans.sort_unstable_by_key(|(low, _)| *low);
                let mut merged: Vec<(u64, Option<u64>)> = Vec::new();
                for (low, high) in spans {
                    match merged.last_mut() {
                        Some((_, end)) if end.is_none_or(|end| low <= end.saturating_add(1)) => *end = high,
                        _ => merged.push((low, high)),
                    }
                }
                merged
            }
        };
        for (place, zero, exact) in &family.summaries[at] {
            let Some((empty, alone)) = empty_cells(&self.question.variables[*place], *zero) else { continue };
            if domains[*place] & empty == 0 {
                allowed.iter_mut().for_each(|(low, _)| *low = (*low).max(1));
            }
            if *exact && alone && domains[*place] & !empty == 0 {
                allowed.iter_mut().for_each(|(_, high)| *high = Some(0));
            }
        }
        allowed.retain(|(low, high)| high.is_none_or(|high| *low <= high));
        allowed
    }

    fn solve(&self, family: &Family, domains: &[Cells]) -> Found<Vec<u64>> {
        let allowed: Vec<_> = (0..family.sets.len()).map(|at| self.allowed(family, at, domains)).collect();
        if allowed.iter().any(Vec::is_empty) {
            return Found::Nothing;
        }
        let Some(regions) = &family.regions else { return Found::Model(vec![]) };
        let mut steps = STEPS;
        let mut chosen = Vec::new();
        choose(&allowed, regions, &mut chosen, &mut steps)
    }
}

impl Theory for Families<'_> {
    type Model = Model;

    fn check(&mut self, domains: &[Cells]) -> Found<Model> {
        let mut events = Vec::new();
        let mut unknown = false;
        for family in &self.families {
            match self.solve(family, domains) {
                Found::Nothing => return Found::Nothing,
                Found::Unknown => unknown = true,
                Found::Model(counts) => events.push(counts),
            }
        }
        if unknown { Found::Unknown } else { Found::Model(Model { domains: domains.to_vec(), events }) }
    }
}

/// One stretch of numbers for each set, then numbers for the regions.
fn choose(
    allowed: &[Vec<(u64, Option<u64>)>],
    regions: &[Region],
    chosen: &mut Vec<(u64, Option<u64>)>,
    steps: &mut usize,
) -> Found<Vec<u64>> {
    if chosen.len() == allowed.len() {
        return fill(regions, chosen, &mut vec![None; regions.len()], steps);
    }
    let mut unknown = false;
    for stretch in &allowed[chosen.len()] {
        chosen.push(*stretch);
        let found = choose(allowed, regions, chosen, steps);
        chosen.pop();
        match found {
            Found::Nothing => {}
            Found::Unknown => unknown = true,
            model => return model,
        }
    }
    if unknown { Found::Unknown } else { Found::Nothing }
}

/// A number for each region, so that the sums over each set lie in its stretch.
fn fill(
    regions: &[Region],
    stretches: &[(u64, Option<u64>)],
    numbers: &mut Vec<Option<u64>>,
    steps: &mut usize,
) -> Found<Vec<u64>> {
    if *steps == 0 {
        return Found::Unknown;
    }
    *steps -= 1;
    let inside = |set: usize, region: &Region| region.within >> set & 1 == 1;
    let sum = |set: usize, numbers: &[Option<u64>]| -> u64 {
        let own = regions.iter().zip(numbers).filter(|(r, _)| inside(set, r));
        own.fold(0u64, |sum, (_, n)| sum.saturating_add(n.unwrap_or(0)))
    };
    let room = |region: &Region, numbers: &[Option<u64>]| -> Option<u64> {
        let bounded = (0..stretches.len()).filter(|set| inside(*set, region));
        bounded.filter_map(|set| Some(stretches[set].1?.saturating_sub(sum(set, numbers)))).min()
    };
    for (set, (_, high)) in stretches.iter().enumerate() {
        if high.is_some_and(|high| sum(set, numbers) > high) {
            return Found::Nothing;
        }
    }
    // The set that lacks the most.
    let lacking = |set: usize| stretches[set].0.saturating_sub(sum(set, numbers));
    let Some(set) = (0..stretches.len()).filter(|s| lacking(*s) > 0).max_by_key(|s| lacking(*s)) else {
        return Found::Model(numbers.iter().map(|n| n.unwrap_or(0)).collect());
    };
    let need = lacking(set);
    let mut open: Vec<usize> =
        (0..regions.len()).filter(|r| numbers[*r].is_none() && inside(set, &regions[*r])).collect();
    let mut rooms = open.iter().map(|r| room(&regions[*r], numbers));
    let total = rooms.try_fold(0u64, |total, room| Some(total.saturating_add(room?)));
    if total.is_some_and(|total| total < need) {
        return Found::Nothing;
    }
    // All of it lies in another set that has no room for so much.
    for (other, (_, high)) in stretches.iter().enumerate() {
        let Some(high) = high else { continue };
        if open.iter().all(|r| inside(other, &regions[*r])) && high.saturating_sub(sum(other, numbers)) < need
        {
            return Found::Nothing;
        }
    }
    // What helps the most sets first.
    let helps =
        |r: usize| (0..stretches.len()).filter(|s| lacking(*s) > 0 && inside(*s, &regions[r])).count();
    open.sort_by_key(|r| std::cmp::Reverse(helps(*r)));
    let Some(region) = open.first().copied() else { return Found::Nothing };
    let most = room(&regions[region], numbers);
    // No set ever needs more of one region than it lacks.
    let own = (0..stretches.len()).filter(|s| inside(*s, &regions[region]));
    let cap = own.map(lacking).max().unwrap_or(0);
    let most = most.map_or(cap, |most| most.min(cap));
    let mut unknown = false;
    let first = most.min(need);
    let order = std::iter::once(first).chain((0..=most).rev().filter(|n| *n != first));
    for number in order {
        numbers[region] = Some(number);
        match fill(regions, stretches, numbers, steps) {
            Found::Nothing => {}
            Found::Unknown => {
                unknown = true;
                break;
            }
            model => return model,
        }
    }
    numbers[region] = None;
    if unknown { Found::Unknown } else { Found::Nothing }
}

/// The whole numbers in a cell, none below 0.
fn whole_numbers(cell: &Cell, variable: &Variable) -> Option<(u64, Option<u64>)> {
    let Cell::Value(orders) = cell else { return None };
    let (mut low, mut high) = (0i128, None::<i128>);
    for (order, point) in orders.iter().zip(&variable.points) {
        let Point::Number(units) = point else { continue };
        match order {
            std::cmp::Ordering::Greater => low = low.max(units.div_euclid(ONE) + 1),
            std::cmp::Ordering::Equal => {
                low = low.max(units / ONE);
                high = Some(high.map_or(units / ONE, |h| h.min(units / ONE)));
            }
            std::cmp::Ordering::Less => {
                let below = -((-units).div_euclid(ONE)) - 1;
                high = Some(high.map_or(below, |h| h.min(below)));
            }
        }
    }
    if high.is_some_and(|high| high < low) {
        return None;
    }
    let clamp = |n: i128| u64::try_from(n).unwrap_or(u64::MAX);
    Some((clamp(low), high.map(clamp)))
}

/// The cell of what is made of no events, and whether that is all that lies in it.
fn empty_cells(variable: &Variable, zero: bool) -> Option<(Cells, bool)> {
    for (at, cell) in variable.cells.iter().enumerate() {
        let (own, alone) = match cell {
            Cell::Missing => (!zero, true),
            Cell::Value(orders) if zero => {
                let mut own = true;
                for (order, point) in orders.iter().zip(&variable.points) {
                    let Point::Number(units) = point else { return None };
                    own &= 0.cmp(units) == *order;
                }
                let span = whole_numbers(cell, variable);
                (own, span == Some((0, Some(0))))
            }
            Cell::Value(_) => (false, false),
        };
        if own {
            return Some((1 << at, alone));
        }
    }
    Some((0, false))
}

/// Every region that an event can lie in.
fn regions(lowering: &mut Lowering, sets: &[SetId], frame: Frame) -> Option<Vec<Region>> {
    if sets.len() > MOST_SETS {
        return None;
    }
    let mut leaves: Vec<Arc<str>> = Vec::new();
    for set in sets {
        for leaf in lowering.sets[*set].leaves.clone() {
            if !leaves.contains(&leaf) {
                leaves.push(leaf);
            }
        }
    }
    let mut found = Vec::new();
    for leaf in leaves {
        let own: Vec<usize> =
            (0..sets.len()).filter(|at| lowering.sets[sets[*at]].leaves.contains(&leaf)).collect();
        let mut formulas = Vec::new();
        for at in &own {
            let member = lowering.member(sets[*at], &leaf);
            formulas.push(not(&member));
            formulas.push(member);
        }
        let at = lowering.field(&leaf, &"at".into());
        let question = Question::new(lowering, &formulas, &[at], Frame { past: false, ..frame })?;
        // Set by set, in or out; what cannot be is cut off where it is found.
        let mut waiting: Vec<Vec<usize>> = vec![vec![]];
        while let Some(chosen) = waiting.pop() {
            let nodes: Vec<_> =
                chosen.iter().enumerate().map(|(i, holds)| &question.nodes[2 * i + holds]).collect();
            let mut budget = 400;
            let fields = match search(&question, &nodes, &mut Free, &mut budget) {
                Found::Nothing => continue,
                Found::Unknown => return None,
                Found::Model(domains) => domains,
            };
            if chosen.len() < own.len() {
                // In first: it is looked at last, and comes last.
                for holds in [1, 0] {
                    waiting.push([&chosen[..], &[holds]].concat());
                }
                continue;
            }
            let within = own.iter().zip(&chosen).filter(|(_, holds)| **holds == 1);
            let within = within.fold(0, |within, (at, _)| within | 1 << at);
            if within != 0 {
                let fields = question.variables.iter().cloned().zip(fields).collect();
                found.push(Region { leaf: leaf.clone(), within, fields: Rc::new(fields) });
            }
            if found.len() > MOST_REGIONS {
                return None;
            }
        }
    }
    // Those that lie in the most sets last: the simplest customer has events that nothing else asks about.
    found.sort_by_key(|r| r.within.count_ones());
    Some(found)
}
