//! A program's own tests.

mod failure;
mod given;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_engine::Note;
use persona_model::{Expectation, Expected, Test};
use persona_plan::EvalError;
use persona_value::Value;

use crate::{Program, Simulation};
use given::Given;

pub use failure::problem;

/// What came of a test.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The expectations that were not met, by their places in the test; each with what was instead.
    pub failures: Vec<(usize, Instead)>,
    /// What was decided, in order.
    pub decided: Vec<(Timestamp, Note)>,
    /// Values that the test leaves out and that may not be missing: whose, of which attribute, what.
    pub assumed: Vec<(Arc<str>, Arc<str>, Value)>,
    /// How often the engine decided.
    pub steps: usize,
}

/// What was, instead of what was expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Instead {
    /// The message was never sent or withheld.
    Nothing,
    /// It was sent then.
    Sent(Timestamp),
    /// It was withheld then, for this reason.
    Withheld(Timestamp, Arc<str>),
    /// The condition did not hold.
    False,
}

/// How long a test goes on after its last line.
const AFTER: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Runs a test. Fails only by a mistake of ours.
pub fn run(program: &Program, test: &Test) -> Result<Outcome, EvalError> {
    let given = Given::of(&program.model, test);
    let mut simulation = Simulation::new(program, &given.history, given.start)?;
    let end = given.end.checked_add(AFTER).unwrap_or(Timestamp::MAX);
    let mut asked: Vec<(Timestamp, usize)> = Vec::new();
    for (index, expectation) in test.expectations.iter().enumerate() {
        if let Expected::Holds(_, at) = &expectation.what {
            asked.push((*at, index));
        }
    }
    asked.sort();
    let mut asked = asked.into_iter().peekable();
    let (mut holds, mut decided, mut steps) = (vec![None; test.expectations.len()], Vec::new(), 0);
    let mut sends: Vec<(Timestamp, persona_engine::Send)> = Vec::new();
    loop {
        let question = asked.peek().map(|(at, _)| *at);
        let Some(now) = simulation.next().into_iter().chain(question).min().filter(|now| *now <= end) else {
            break;
        };
        let decisions = simulation.step(now)?;
        steps += 1;
        decided.extend(decisions.trail.into_iter().map(|note| (now, note)));
        sends.extend(decisions.sends.into_iter().map(|send| (now, send)));
        while let Some((_, index)) = asked.next_if(|(at, _)| *at <= now) {
            if let Expectation { who, what: Expected::Holds(condition, _), .. } = &test.expectations[index] {
                let answers = simulation.ask(condition)?;
                holds[index] = answers.get(&given.keys[*who]).cloned();
            }
        }
    }
    let judge = |index: usize, expectation: &Expectation| {
        let customer = &given.keys[expectation.who];
        let of = |message: &Arc<str>| {
            let own = sends.iter().filter(|(_, send)| send.customer == *customer && send.email == *message);
            own.collect::<Vec<_>>()
        };
        let sent = |message: &Arc<str>| {
            let went = of(message).into_iter().filter(|(_, send)| send.to.is_ok());
            went.map(|(at, _)| *at).collect::<Vec<_>>()
        };
        match &expectation.what {
            Expected::Gets(message, at) => {
                let sent = sent(message);
                let met = at.map_or(!sent.is_empty(), |at| sent.contains(&at));
                (!met).then(|| match (sent.first(), of(message).first()) {
                    (Some(at), _) => Instead::Sent(*at),
                    (None, Some((at, send))) => match &send.to {
                        Err(why) => Instead::Withheld(*at, why.to_string().into()),
                        Ok(_) => Instead::Sent(*at),
                    },
                    (None, None) => Instead::Nothing,
                })
            }
            Expected::Never(message) => sent(message).first().map(|at| Instead::Sent(*at)),
            Expected::Holds(..) => {
                let held = holds[index].as_ref().is_some_and(Value::is_true);
                (!held).then_some(Instead::False)
            }
        }
    };
    let failures = test.expectations.iter().enumerate();
    let failures = failures.filter_map(|(index, e)| Some((index, judge(index, e)?))).collect();
    Ok(Outcome { failures, decided, assumed: given.assumed, steps })
}
