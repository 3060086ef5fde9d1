//! The watched events of a run, by customer.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{Occurrence, World};

/// Watched events that happened and arrived by now, by watch and customer.
pub(crate) struct History<'w> {
    watches: HashMap<&'w str, HashMap<&'w str, Vec<Timestamp>>>,
    world: &'w World<'w>,
}

impl<'w> History<'w> {
    pub fn new(world: &'w World<'w>) -> History<'w> {
        let mut watches: HashMap<&str, HashMap<&str, Vec<Timestamp>>> = HashMap::new();
        for watch in world.occurrences.keys() {
            let customers = watches.entry(watch).or_default();
            for seen in known(world, watch) {
                customers.entry(&seen.customer).or_default().push(seen.at);
            }
        }
        History { watches, world }
    }

    /// Whether something this watch looks for happened in `(since, now]`.
    pub fn came(&self, watch: &str, customer: &str, since: Timestamp) -> bool {
        let times = self.watches.get(watch).and_then(|customers| customers.get(customer));
        times.is_some_and(|times| times.iter().any(|at| *at > since))
    }

    /// What arrived in `(from, now]`, in the order of arrival.
    pub fn arrivals(&self, watch: &str) -> Vec<&'w Occurrence> {
        let mut new: Vec<_> =
            known(self.world, watch).filter(|seen| seen.arrived() > self.world.from).collect();
        new.sort_by(|a, b| {
            let order = |o: &Occurrence| (o.arrived(), o.at);
            order(a).cmp(&order(b)).then_with(|| (&a.customer, &a.id).cmp(&(&b.customer, &b.id)))
        });
        new
    }
}

fn known<'w>(world: &'w World, watch: &str) -> impl Iterator<Item = &'w Occurrence> {
    let all = world.occurrences.get(watch).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|seen| seen.arrived() <= world.now)
}
