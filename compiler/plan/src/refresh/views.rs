//! Views for dashboards: their names and columns are a promise, whatever the tables below become.

use std::sync::Arc;

use persona_model::{FeedTarget, Model};

use super::state::{AUDIENCE_SIZE, EMAIL_DAY, LOG, kept};
use crate::{Aggregate, Comparison, Plan, Rel, Scalar, prune};

/// A view.
#[derive(Clone, Debug)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// Its rows.
    pub plan: Plan,
}

/// All of them, for any program: a dashboard does not break when a segment goes.
pub fn views(model: &Model) -> Vec<View> {
    let is = |column: &str, value: &str| {
        Scalar::compare(Comparison::Equal, Scalar::column(column), Scalar::text(value))
    };
    let same = |names: &[&str]| -> Vec<(Arc<str>, Scalar)> {
        names.iter().map(|n| (Arc::from(*n), Scalar::column(*n))).collect()
    };
    let view = |name, title, result| View { name, title, plan: prune(Plan { steps: vec![], result }) };

    let segments = kept(AUDIENCE_SIZE).filter(is("kind", "segment")).project(vec![
        ("segment".into(), Scalar::column("audience")),
        ("refreshed_at".into(), Scalar::column("refreshed_at")),
        ("size".into(), Scalar::column("size")),
    ]);
    let stages = kept(AUDIENCE_SIZE).filter(is("kind", "lifecycle")).project(vec![
        ("lifecycle".into(), Scalar::column("audience")),
        ("stage".into(), Scalar::column("stage")),
        ("refreshed_at".into(), Scalar::column("refreshed_at")),
        ("size".into(), Scalar::column("size")),
    ]);
    let zone = model.project.timezone.clone();
    let day = Scalar::LocalDate { instant: Box::new(Scalar::column("refreshed_at")), zone };
    let mut flow = vec![(Arc::from("lifecycle"), Scalar::column("audience"))];
    flow.extend(same(&["from_stage", "to_stage"]));
    flow.push(("day".into(), day));
    // Who was put there by a new definition did not flow.
    let moved = Scalar::And(vec![is("kind", "lifecycle"), is("cause", "customer")]);
    let flow = Rel::Aggregate {
        input: Box::new(kept(LOG).filter(moved).project(flow)),
        keys: ["lifecycle", "from_stage", "to_stage", "day"].map(Arc::from).to_vec(),
        values: vec![("people".into(), Aggregate::Count)],
    };
    let engagement = kept(EMAIL_DAY).project(same(&["email", "day", "sent", "opened", "clicked"]));
    vec![
        view("segment_sizes", "The size of each segment at each refresh.", segments),
        view("stage_sizes", "The size of each stage at each refresh.", stages),
        view("stage_flow", "How many customers went from one stage to another, day by day.", flow),
        view("email_engagement", "E-mails sent, opened and clicked, day by day.", engagement),
    ]
}

/// Whether a source feeds an event.
pub(super) fn is_fed(model: &Model, event: &str) -> bool {
    let mut feeds = model.sources.iter().flat_map(|s| &s.feeds);
    feeds.any(|f| matches!(&f.target, FeedTarget::Event(name) if &**name == event))
}
