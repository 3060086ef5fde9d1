//! The whole job once: sources loaded, traits, segments and stages computed where the data is, what is due decided,
//! rendered and delivered.
//!
//! Order is what makes it safe to be killed. Messages that an earlier run decided and did not deliver go out first.
//! The warehouse is a cache: its tables are replaced in one transaction, and can always be made again. Decisions and
//! finished messages are committed together to the store; only then do files appear in the outbox, each under a name
//! made from what it is.

mod deliver;
mod error;
mod facts;
mod not_yet;
mod preview;
mod reached;
mod report;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_engine::{Decisions, Members, Send, World, audiences, decide, questions, watches};
use persona_model::{Audience, Model};
use persona_store::Store;
use persona_target::{Session, stage, stale};
use persona_warehouse::Transaction;

use reached::Reached;

pub use error::Error;
pub use not_yet::{Asked, not_yet};
pub use persona_target::{Progress, STATE, SetAside, Stale, choose, dialect, schema};
pub use preview::{Preview, Shown, Unshown};
pub use report::{AudienceSize, Report};

/// Runs a project for an instant on a target (by default the embedded one).
pub fn run(
    model: &Model,
    folder: &Path,
    target: Option<&str>,
    at: Timestamp,
    progress: &mut dyn Progress,
) -> Result<Report, Error> {
    let reached = Reached::of(model, folder, target)?;
    let mut store = Store::open(&reached.state.join("state.db"))?;
    let outbox = deliver::outbox(model, folder)?;
    let mut writer = deliver::Writer::new(model, folder)?;
    let mut delivered = deliver::pending(&mut store, &outbox, at, progress)?;

    let loaded = store.load(persona_engine::sends_needed_since(model, at))?;
    if let Some(decided) = loaded.watermark.filter(|w| *w > at) {
        return Err(Error::Past { at, decided });
    }
    let from = loaded.watermark.unwrap_or_else(|| day_before(at));
    let first = loaded.watermark.is_none();

    let mut warehouse = reached.loaded(model, folder, at, progress)?;
    let mut transaction = Transaction::begin(&mut *warehouse)?;
    let mut session = reached.session(model, folder, &mut *transaction, at);
    let (mut world, set_aside, stale) = look(&mut session, from, at, &loaded, first, progress)?;
    transaction.commit()?;
    world.seal = writer.seal();
    let before = loaded.members;
    if !first {
        world.before = before.clone();
    }

    let decisions = {
        let mut commit = store.begin(at)?;
        let mut failed = None;
        let mut written = 0u64;
        progress.start("rendering", 0);
        let mut mail = |send: &Send, rendered| {
            let (name, bytes) = deliver::message(&mut writer, model, send, rendered, at)?;
            written += 1;
            progress.step(&name);
            if failed.is_none() {
                failed = commit.message(&send.id, &name, &bytes).err();
            }
            Ok(())
        };
        let mut decisions = decide(&world, &loaded.state, &mut mail);
        progress.end();
        if let Some(error) = failed {
            return Err(error.into());
        }
        remember_all(&world, &mut decisions);
        commit.commit(&decisions)?;
        decisions
    };
    delivered += deliver::pending(&mut store, &outbox, at, progress)?;
    let sizes = report::sizes(model, &before, &decisions, first);
    Ok(Report {
        at,
        from,
        first,
        customers: world.facts.len(),
        audiences: sizes,
        decisions,
        set_aside,
        stale,
        delivered,
        outbox: folder.join(&model.project.delivery.outbox),
    })
}

fn day_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN)
}

/// Has the warehouse work everything out, and reads what decisions need.
fn look<'m>(
    session: &mut Session<'m, '_>,
    from: Timestamp,
    at: Timestamp,
    loaded: &persona_store::Loaded,
    first: bool,
    progress: &mut dyn Progress,
) -> Result<(World<'m>, Vec<SetAside>, Vec<Stale>), Error> {
    let model = session.model;
    let set_aside = stage(session, progress)?;
    let stale = stale(session, at)?;
    let asked = questions(model);
    progress.start("computing traits, segments and stages", 0);
    facts::compute(session, &asked)?;
    progress.end();
    progress.start("reading customers", 0);
    let known = facts::read(session, &asked)?;
    let since = loaded.state.needed_since(model, from);
    let occurrences = facts::occurrences(session, &watches(model), since)?;
    let grants = facts::grants(session, from)?;
    // Nothing was remembered before the first run: who was where a day earlier is worked out instead.
    let before = match first {
        true => {
            let audiences = audiences(model);
            let definitions = audiences.iter();
            let definitions: BTreeMap<Arc<str>, Arc<str>> =
                definitions.map(|(key, a)| (key.clone(), persona_engine::definition(model, a))).collect();
            facts::with_definitions(facts::members_at(session, &audiences, from)?, &definitions)
        }
        false => BTreeMap::new(),
    };
    let entities = facts::entities(session)?;
    progress.end();
    let world =
        World { model, from, now: at, facts: known, occurrences, grants, before, entities, seal: None };
    Ok((world, set_aside, stale))
}

/// Every segment and stage of a program.
pub(crate) fn all_audiences(model: &Model) -> Vec<(Arc<str>, Audience)> {
    let segments = model.segments.iter().map(|s| Audience::Segment(s.name.clone()));
    let stages = model.lifecycles.iter().flat_map(|l| {
        l.stages.iter().map(|s| Audience::Stage { lifecycle: l.name.clone(), stage: s.name.clone() })
    });
    segments.chain(stages).map(|a| (Arc::from(a.key()), a)).collect()
}

/// Remembers the members of every audience, not only of those that flows start by: the next report says who came.
fn remember_all(world: &World, decisions: &mut Decisions) {
    for (key, audience) in all_audiences(world.model) {
        decisions.members.entry(key).or_insert_with(|| Members {
            definition: persona_engine::definition(world.model, &audience),
            customers: world.members(&audience),
        });
    }
}
