//! Who can be where: what only a compiler can say that sees the whole program.
//!
//! Every answer is *proved*, *shown* by a made-up customer whom the plan's own evaluator confirms, or *unknown*; of what
//! is unknown nothing is told. Four steps lead there:
//!
//! 1. Expressions become formulas over terms: attributes, counts of events, what is made of events ([`lower`]). What is
//!    not looked into becomes a term of which nothing is known. So a formula may hold of customers who do not exist,
//!    and one that never holds is proved to be empty.
//! 2. The constants that a term is compared with cut its values into cells; missing is one cell more ([`cells`]).
//! 3. A search narrows the cells ([`solve`]) and asks whether events can be counted so ([`family`]).
//! 4. From the cells that are left a customer is made ([`witness`]), and is believed only when the plan's evaluator
//!    gives the same answer ([`replay`]).
//!
//! Proofs hold at every instant; a witness lives at one. Every search has a budget, after which nobody knows.

mod arrivals;
mod ask;
mod branches;
mod caps;
mod cells;
mod describe;
mod edges;
mod family;
mod journeys;
mod key;
mod lifecycles;
mod lower;
mod messages;
mod point;
mod quiet;
mod repeats;
mod replay;
mod segments;
mod senders;
mod solve;
mod templates;
mod term;
mod updates;
mod witness;

use persona_diagnostics::catalogue::negated_missing::NegatedMissing;
use persona_diagnostics::{Problem, Problems, Told};
use persona_model::{Loaded, Model};

/// Tells what the conditions of a program mean together, as far as no mistake puts them in doubt.
pub fn check(model: &Model, problems: &mut Problems) {
    let Some(sound) = model.sound() else { return };
    let model = &*sound;
    let mut logic = ask::Logic::new(model);
    segments::check(&mut logic, problems);
    lifecycles::check(&mut logic, problems);
    // What was told of segments and stages is looked at no further; the rest know nothing of each other.
    let told = logic.lowering.told.clone();
    let part = |checks: &[Check]| {
        let mut logic = ask::Logic::new(model);
        logic.lowering.told = told.clone();
        let mut problems = Problems::default();
        checks.iter().for_each(|check| check(&mut logic, &mut problems));
        (problems, logic.either)
    };
    let (first, second) = persona_model::both(
        || part(&[branches::contents, templates::check]),
        || {
            part(&[
                journeys::check,
                messages::check,
                repeats::check,
                caps::check,
                quiet::check,
                arrivals::check,
            ])
        },
    );
    let mut either = logic.either;
    for (found, more) in [first, second] {
        problems.extend(found);
        either.extend(more);
    }
    if !either.is_empty() {
        let within = |told: &Told| told.span().is_some_and(|at| either.iter().any(|either| either.holds(at)));
        problems.retain(|_, told| told.code != NegatedMissing::CODE || !within(told));
    }
}

/// One kind of question about a program.
type Check = fn(&mut ask::Logic, &mut Problems);

/// Tells the same of a project that was read.
pub fn check_loaded(loaded: &mut Loaded) {
    if let Some(model) = &loaded.model {
        check(model, &mut loaded.problems);
    }
}
