//! Declarations that have a query of their own, each with what it takes to keep it up to date.

use persona_model::Model;
use persona_plan::lower::Profiles;
use persona_plan::{Cost, Plan};

/// A declaration that has a query of its own.
pub struct Declared<'m> {
    /// `trait`, `segment` or `lifecycle`.
    pub kind: &'static str,
    /// Its name.
    pub name: &'m str,
    /// What it is, for people.
    pub title: String,
    /// Its comment.
    pub docs: &'m [String],
    /// Its query.
    pub plan: Plan,
}

impl Declared<'_> {
    /// What it takes to keep it up to date.
    pub fn cost(&self) -> Cost {
        persona_plan::cost(&self.plan)
    }
}

/// Every declaration that has a query of its own, in the order of the program: traits, segments, lifecycles.
pub fn declarations(model: &Model) -> impl Iterator<Item = Declared<'_>> {
    let traits = model.traits.iter().map(|t| Declared {
        kind: "trait",
        name: &t.name,
        title: format!("Trait `{}` of every customer.", t.name),
        docs: &t.docs,
        plan: Profiles::trait_(model, &t.name),
    });
    let segments = model.segments.iter().map(|s| Declared {
        kind: "segment",
        name: &s.name,
        title: format!("Segment `{}` \"{}\": the customers in it.", s.name, s.label),
        docs: &s.docs,
        plan: Profiles::segment(model, &s.name),
    });
    let lifecycles = model.lifecycles.iter().map(|l| Declared {
        kind: "lifecycle",
        name: &l.name,
        title: format!("Lifecycle `{}`: the stage of every customer.", l.name),
        docs: &l.docs,
        plan: Profiles::lifecycle(model, &l.name),
    });
    traits.chain(segments).chain(lifecycles)
}
