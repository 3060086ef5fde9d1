//! What the language has and this version does not carry out: all of it, a line each.
//!
//! `check` takes the whole language. A command that would have to do what it cannot says so before it does anything:
//! as an error where ignoring the declaration would change who gets what, as a warning where it is harmless.

mod journey;

use persona_diagnostics::catalogue::{no_effect_yet::NoEffectYet, not_yet::NotYet};
use persona_diagnostics::{Problems, Span};
use persona_model::Model;

/// What a command is asked for: each more than the one before, which lacks whatever that lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// The query of one declaration, over tables that are there: `sql`.
    Queries,
    /// All tables: `build`.
    Tables,
    /// The program's own tests: `test`. They have no warehouse, so tables are no part of it.
    Test,
    /// The whole job: `run`.
    Run,
}

/// Tells of each declaration of a program that is not carried out when this is asked for.
///
/// A declaration leaves this list in the commit that carries it out.
pub fn not_yet(model: &Model, asked: Asked, problems: &mut Problems) {
    let mut told = Told { asked, problems };
    for source in model.sources.iter().filter(|s| !s.location.is_at_rest()) {
        told.error(Asked::Tables, source.location.keyword(), [source.span]);
    }
    let feeds = model.sources.iter().flat_map(|s| &s.feeds);
    told.error(Asked::Tables, "must exist", feeds.flat_map(|f| &f.must_exist).map(|(_, at)| *at));
    told.error(Asked::Tables, "identity", model.identity.iter().map(|i| i.span));
    told.error(Asked::Run, "destination", model.destinations.iter().map(|d| d.span));
    told.harmless(Asked::Run, "retain", model.retentions.iter().map(|r| r.span));
    told.error(Asked::Queries, "model", model.predictions.iter().map(|p| p.span));
    told.error(Asked::Queries, "recommend", model.recommendations.iter().map(|r| r.span));
    told.error(Asked::Test, "experiment", model.experiments.iter().map(|e| e.span));
    told.error(Asked::Test, "offer", model.emails.iter().filter_map(|e| e.offer.as_ref()).map(|(_, at)| *at));
    told.harmless(Asked::Run, "track", model.emails.iter().filter_map(|e| e.tracking).map(|t| t.span));
    let variants = model.tests.iter().flat_map(|test| &test.customers).filter(|c| !c.variants.is_empty());
    told.error(Asked::Test, "in variant", variants.map(|customer| customer.span));
    journey::tell(&mut told, model);
}

struct Told<'p> {
    asked: Asked,
    problems: &'p mut Problems,
}

impl Told<'_> {
    /// Whether what is asked for includes this.
    fn includes(&self, first: Asked) -> bool {
        self.asked >= first && (self.asked, first) != (Asked::Test, Asked::Tables)
    }

    /// Declarations without which other people would get other things, when `first` or more is asked for.
    fn error(&mut self, first: Asked, what: &str, at: impl IntoIterator<Item = Span>) {
        if self.includes(first) {
            let what = what.to_string();
            at.into_iter().for_each(|at| self.problems.report(NotYet { what: what.clone(), at }));
        }
    }

    /// Declarations without which the same people get the same things.
    fn harmless(&mut self, first: Asked, what: &str, at: impl IntoIterator<Item = Span>) {
        if self.includes(first) {
            let what = what.to_string();
            at.into_iter().for_each(|at| self.problems.report(NoEffectYet { what: what.clone(), at }));
        }
    }
}
