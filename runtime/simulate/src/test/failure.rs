//! A test that fails, as the facts of a problem.

use std::sync::Arc;

use jiff::Timestamp;
use persona_diagnostics::Sources;
use persona_diagnostics::catalogue::failed_test::{FailedTest, Line, Missed};
use persona_model::{Expected, Happens, Model, Test};
use persona_value::Value;

use super::{Instead, Outcome};

/// The facts of one expectation that was not met: what was expected, what was instead, and what happened.
pub fn problem(
    model: &Model,
    test: &Test,
    outcome: &Outcome,
    (index, instead): &(usize, Instead),
    sources: &Sources,
) -> Option<FailedTest> {
    let expectation = test.expectations.get(*index)?;
    let customer = test.customers.get(expectation.who)?;
    let clock = |at: Timestamp| local(model, at);
    let missed = match &expectation.what {
        Expected::Gets(message, at) => Missed::Gets { message: message.to_string(), at: at.map(clock) },
        Expected::Never(message) => Missed::Never { message: message.to_string() },
        Expected::Holds(_, at) => Missed::Holds { at: clock(*at) },
    };
    let instead = match instead {
        Instead::Nothing => "it is never due".to_string(),
        Instead::Sent(at) => format!("it is sent at {}", clock(*at)),
        Instead::Withheld(at, why) => format!("it is withheld at {}: {why}", clock(*at)),
        Instead::False => "this is false then".to_string(),
    };
    let own = |whose: &Arc<str>| {
        let key = customer.values.iter().find(|(name, _)| **name == *model.customer.key());
        let key = key.and_then(|(_, value)| value.as_text()).unwrap_or(&customer.name);
        **whose == *key
    };
    let mut lines: Vec<(Timestamp, u8, Line)> = Vec::new();
    for happening in test.happenings.iter().filter(|happening| happening.who == expectation.who) {
        let what = match &happening.what {
            Happens::Event(event, _) => event.to_string(),
            Happens::Change(values) => {
                let values = values.iter().map(|(name, value)| format!("{name}: {}", written(model, value)));
                format!("customer {{ {} }}", values.collect::<Vec<_>>().join("  "))
            }
            Happens::Gives(consent) => format!("gives {consent}"),
            Happens::Withdraws(consent) => format!("withdraws {consent}"),
        };
        lines.push((happening.at, 0, Line { at: clock(happening.at), by: None, what }));
    }
    for (at, note) in outcome.decided.iter().filter(|(_, note)| own(&note.customer)) {
        let question = |name: &str| {
            let questions = persona_engine::questions(model);
            let found = questions.iter().find(|question| *question.name == *name);
            found.map_or_else(|| name.to_string(), |q| excerpt(sources, q.condition.span))
        };
        let mut what = note.what.told(&question, &clock);
        let saw: Vec<String> = note.what.saw().iter().map(|saw| saw.told(&clock)).collect();
        if !saw.is_empty() {
            what.push_str(&format!(" ({})", saw.join("; ")));
        }
        lines.push((*at, 1, Line { at: clock(*at), by: Some(note.origin.to_string()), what }));
    }
    lines.sort_by_key(|(at, kind, _)| (*at, *kind));
    let assumed = outcome.assumed.iter().filter(|(whose, ..)| *whose == customer.name);
    let assumed = assumed.map(|(_, name, value)| format!("{name}: {}", written(model, value))).collect();
    Some(FailedTest {
        test: test.label.to_string(),
        test_at: test.span,
        customer: customer.name.to_string(),
        missed,
        at: expectation.span,
        instead,
        happened: lines.into_iter().map(|(.., line)| line).collect(),
        assumed,
    })
}

/// What a person's clock shows at an instant, by the project's zone.
fn local(model: &Model, at: Timestamp) -> String {
    let shown = model.project.zone.to_datetime(at);
    let format = if shown.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    shown.strftime(format).to_string()
}

fn excerpt(sources: &Sources, span: persona_diagnostics::Span) -> String {
    sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value as it is written in a program, nearly.
fn written(model: &Model, value: &Value) -> String {
    match value {
        Value::Missing => "missing".to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Text(value) => value.to_string(),
        Value::Date(value) => value.to_string(),
        Value::Time(value) => value.strftime("%H:%M").to_string(),
        Value::Instant(at) => local(model, *at),
        Value::List(items) => format!("[{} items]", items.len()),
        Value::Record(_) => "{ … }".to_string(),
    }
}
