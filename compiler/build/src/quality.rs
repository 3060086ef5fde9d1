//! What is expected of data, as queries that give a row for whatever is not so: the form of a source's rows, and that
//! sources are fresh.

use persona_model::{FeedTarget, Length, Model};
use persona_plan::lower::{Origin, OwnTable, newest};
use persona_plan::{Comparison, Plan, Rel, Scalar};

/// A query that has no rows when all is well.
pub struct Test {
    /// Unique in a build, and fit for a file's name.
    pub name: String,
    /// What it is about, in the manifest's words: `rows` or `freshness`.
    pub kind: &'static str,
    /// The source it is about.
    pub source: String,
    /// What its rows tell.
    pub title: String,
    /// The query.
    pub plan: Plan,
}

/// All tests of a program, by the tables that are made of its sources.
pub fn tests(model: &Model, made: &[OwnTable]) -> Vec<Test> {
    let mut tests: Vec<Test> = Vec::new();
    for table in made {
        let Origin::Sources(aside) = &table.origin else { continue };
        for (source, plan) in aside {
            let title = format!(
                "Rows of `{source}` that do not fit `{}`, by the first field that is wrong.",
                table.name
            );
            let name = format!("{}_set_aside_from_{source}", table.name);
            tests.push(Test { name, kind: "rows", source: source.to_string(), title, plan: plan.clone() });
        }
    }
    for source in &model.sources {
        let Some(fresh) = source.fresh else { continue };
        let events = source.feeds.iter().filter_map(|feed| match &feed.target {
            FeedTarget::Event(event) => Some(event),
            _ => None,
        });
        for event in events {
            tests.push(Test {
                name: format!("{}_is_fresh_with_{event}", source.name),
                kind: "freshness",
                source: source.name.to_string(),
                title: format!(
                    "The newest `{event}`, if it is older than `{}` says it may be; a row without a value if there is none.",
                    source.name
                ),
                plan: stale(model, event, fresh),
            });
        }
    }
    // One source may feed one table several times over.
    for at in 0..tests.len() {
        let earlier = tests[..at].iter().filter(|t| t.name == tests[at].name).count();
        if earlier > 0 {
            tests[at].name = format!("{}_{}", tests[at].name, earlier + 1);
        }
    }
    tests
}

/// When the newest event of a kind happened, where that is too long ago.
fn stale(model: &Model, event: &str, fresh: Length) -> Plan {
    let Plan { steps, result } = newest(model, event);
    let when = || Scalar::column("newest");
    let old = match fresh {
        Length::Seconds(seconds) => {
            let oldest = Scalar::Shift { instant: Box::new(Scalar::Now), seconds: -seconds };
            Scalar::compare(Comparison::Less, when(), oldest)
        }
        Length::Months(months) => {
            let zone = &model.project.timezone;
            let day = |instant| Scalar::LocalDate { instant: Box::new(instant), zone: (**zone).into() };
            let oldest = Scalar::AddMonths { date: Box::new(day(Scalar::Now)), months: -months };
            Scalar::compare(Comparison::AtMost, day(when()), oldest)
        }
    };
    let result: Rel = result.filter(Scalar::Or(vec![Scalar::IsMissing(Box::new(when())), old]));
    Plan { steps, result }
}
