//! What a run did, for people and programs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::{Decisions, Members, Withheld};
use persona_model::{Audience, Model};

use crate::{SetAside, Stale, all_audiences};

/// What a run did.
#[derive(Clone, Debug)]
pub struct Report {
    /// The instant it decided for.
    pub at: Timestamp,
    /// The instant up to which was decided before; a day earlier on the first run.
    pub from: Timestamp,
    /// Whether no run came before.
    pub first: bool,
    /// How many customers there are.
    pub customers: usize,
    /// Every segment and stage.
    pub audiences: Vec<AudienceSize>,
    /// What was decided.
    pub decisions: Decisions,
    /// Rows of sources that could not be used.
    pub set_aside: Vec<SetAside>,
    /// Sources that are older than they say they may be.
    pub stale: Vec<Stale>,
    /// Messages put into the outbox, those of an interrupted run too.
    pub delivered: u64,
    /// The outbox.
    pub outbox: PathBuf,
}

/// A segment's or stage's size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceSize {
    /// Which.
    pub audience: Audience,
    /// What people call it.
    pub label: Arc<str>,
    /// How many customers are in it.
    pub size: usize,
    /// How many came since the last run; none where that is not known: on the first run, or when it was not the same
    /// audience then.
    pub entered: Option<usize>,
    /// How many went.
    pub left: Option<usize>,
}

impl Report {
    /// Sent messages by e-mail.
    pub fn sent(&self) -> BTreeMap<Arc<str>, usize> {
        let mut sent = BTreeMap::new();
        for send in self.decisions.sends.iter().filter(|s| s.to.is_ok()) {
            *sent.entry(send.email.clone()).or_default() += 1;
        }
        sent
    }

    /// Withheld messages by e-mail and reason.
    pub fn withheld(&self) -> BTreeMap<(Arc<str>, String), usize> {
        let mut withheld = BTreeMap::new();
        for send in &self.decisions.sends {
            if let Err(why) = &send.to {
                *withheld.entry((send.email.clone(), why.to_string())).or_default() += 1;
            }
        }
        withheld
    }

    /// Messages that are withheld because they could not be made: by a mistake of the program or of ours, not by a rule.
    pub fn broken(&self) -> usize {
        let broken = |why: &Withheld| matches!(why, Withheld::Unrendered(_) | Withheld::Refused(_));
        self.decisions.sends.iter().filter(|s| s.to.as_ref().is_err_and(broken)).count()
    }

    /// Flows that wait for a later run.
    pub fn waiting(&self) -> usize {
        self.decisions.live.len()
    }
}

pub(crate) fn sizes(
    model: &Model,
    before: &BTreeMap<Arc<str>, Members>,
    decisions: &Decisions,
    first: bool,
) -> Vec<AudienceSize> {
    let mut sizes = Vec::new();
    for (key, audience) in all_audiences(model) {
        let Some(now) = decisions.members.get(&key) else { continue };
        let then = before.get(&key).filter(|then| !first && then.definition == now.definition);
        let label = match &audience {
            Audience::Segment(name) => model.segment(name).map(|s| s.label.clone()),
            Audience::Stage { lifecycle, stage } => model
                .lifecycle(lifecycle)
                .and_then(|l| l.stages.iter().find(|s| s.name == *stage))
                .map(|s| s.label.clone()),
        };
        sizes.push(AudienceSize {
            label: label.unwrap_or_else(|| key.clone()),
            audience,
            size: now.customers.len(),
            entered: then.map(|then| now.customers.difference(&then.customers).count()),
            left: then.map(|then| then.customers.difference(&now.customers).count()),
        });
    }
    sizes
}
