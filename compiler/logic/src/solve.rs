//! Whether the variables of a question can be so that its formulas are true.
//!
//! Own code rather than a library for satisfiability: the conditions of a shop are small, what makes them hard is what
//! their values can be together (events in nested stretches of time, averages, days), and a search that narrows sets of
//! cells hears of that at every step. It learns nothing from what fails, so it is given a budget; when that is used up
//! the answer is that nobody knows.

use crate::cells::{Cells, Node, Question};

/// What a search found.
#[derive(Clone, Debug)]
pub(crate) enum Found<M> {
    /// There is none, for certain.
    Nothing,
    /// This fits, as far as is known.
    Model(M),
    /// Nobody knows.
    Unknown,
}

/// What terms can be together, beyond what formulas say of them.
pub(crate) trait Theory {
    type Model;
    /// Whether values can be found in these cells.
    fn check(&mut self, domains: &[Cells]) -> Found<Self::Model>;
}

/// No theory: every cell stands for itself.
pub(crate) struct Free;

impl Theory for Free {
    type Model = Vec<Cells>;
    fn check(&mut self, domains: &[Cells]) -> Found<Vec<Cells>> {
        Found::Model(domains.to_vec())
    }
}

/// Looks for values that make these nodes true, within the question's limits.
pub(crate) fn search<T: Theory>(
    question: &Question,
    nodes: &[&Node],
    theory: &mut T,
    budget: &mut usize,
) -> Found<T::Model> {
    let pending = question.limits.iter().chain(nodes.iter().copied()).collect();
    Search { theory, budget }.go(question.domains.clone(), pending)
}

struct Search<'s, T> {
    theory: &'s mut T,
    budget: &'s mut usize,
}

impl<T: Theory> Search<'_, T> {
    fn go(&mut self, mut domains: Vec<Cells>, mut pending: Vec<&Node>) -> Found<T::Model> {
        if *self.budget == 0 {
            return Found::Unknown;
        }
        *self.budget -= 1;
        // What must be true narrows the cells, until nothing new follows.
        let mut open: Vec<&Node>;
        loop {
            let before = domains.clone();
            open = Vec::new();
            while let Some(node) = pending.pop() {
                match node {
                    Node::True => {}
                    Node::False => return Found::Nothing,
                    Node::Is(place, cells) => {
                        domains[*place] &= cells;
                        if domains[*place] == 0 {
                            return Found::Nothing;
                        }
                    }
                    Node::All(parts) => pending.extend(parts),
                    Node::Any(parts) => {
                        let mut alive = parts.iter().filter(|p| value(p, &domains) != Some(false));
                        match (alive.next(), alive.next()) {
                            (None, _) => return Found::Nothing,
                            (Some(only), None) => pending.push(only),
                            _ if parts.iter().any(|p| value(p, &domains) == Some(true)) => {}
                            _ => open.push(node),
                        }
                    }
                }
            }
            if before == domains {
                break;
            }
            pending = open;
        }
        let found = self.theory.check(&domains);
        if matches!(found, Found::Nothing) || open.is_empty() {
            return found;
        }
        // The choice with the fewest ways first.
        let ways = |node: &Node| match node {
            Node::Any(parts) => parts.iter().filter(|p| value(p, &domains) != Some(false)).count(),
            _ => 0,
        };
        let Some(at) = (0..open.len()).min_by_key(|at| ways(open[*at])) else { return found };
        let Node::Any(parts) = open.swap_remove(at) else { return found };
        let mut unknown = false;
        for part in parts {
            if value(part, &domains) == Some(false) {
                continue;
            }
            let mut pending = open.clone();
            pending.push(part);
            match self.go(domains.clone(), pending) {
                Found::Nothing => {}
                Found::Unknown => unknown = true,
                model => return model,
            }
        }
        if unknown { Found::Unknown } else { Found::Nothing }
    }
}

/// Whether a node is true, or false, for all that the cells leave open.
fn value(node: &Node, domains: &[Cells]) -> Option<bool> {
    match node {
        Node::True => Some(true),
        Node::False => Some(false),
        Node::Is(place, cells) => match domains[*place] {
            domain if domain & cells == 0 => Some(false),
            domain if domain & !cells == 0 => Some(true),
            _ => None,
        },
        Node::All(parts) => {
            let mut all = Some(true);
            for part in parts {
                match value(part, domains) {
                    Some(false) => return Some(false),
                    Some(true) => {}
                    None => all = None,
                }
            }
            all
        }
        Node::Any(parts) => {
            let mut any = Some(false);
            for part in parts {
                match value(part, domains) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => any = None,
                }
            }
            any
        }
    }
}
