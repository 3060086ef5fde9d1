//! What may be said only by somebody's leave: blocks that name a consent, offers and recommendations.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_diagnostics::catalogue::uncovered_content::UncoveredContent;

use super::block::BlockShows;
use super::templates::Shown;
use crate::infer::Checker;
use crate::{Content, Email, Leave, Model};

/// A block on the way, and the ways to it: what is shown where.
type Way = Vec<(Span, String)>;

/// Tells of all that an e-mail shows and may not, with the way on which it comes into it: by its own templates or by its
/// layout's. `leave_at` is where it says by whose leave it is sent.
pub(super) fn check(
    checker: &mut Checker,
    email: &Email,
    leave_at: Span,
    templates: &[&Shown],
    blocks: &BlockShows,
    contents: &[Content],
    model: &Model,
) {
    let leave = match &email.leave {
        Leave::Transactional => None,
        Leave::Consent(consent) => Some(consent.clone()),
    };
    let mut tell = |what: String, needs: Option<(Arc<str>, Span)>, way: Way| {
        checker.problems.report(UncoveredContent {
            email: email.name.to_string(),
            leave: leave.as_ref().map(|l| l.to_string()),
            leave_at,
            what,
            needs: needs.map(|(consent, at)| (consent.to_string(), at)),
            way,
        });
    };
    if let (None, Some((offer, at))) = (&leave, &email.offer) {
        tell(format!("the offer `{offer}`"), None, vec![(*at, "offered here".into())]);
    }
    let mut waiting: VecDeque<(&Shown, Way)> = templates.iter().map(|shown| (*shown, Way::new())).collect();
    let mut seen: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut told: BTreeSet<Arc<str>> = BTreeSet::new();
    while let Some((shown, way)) = waiting.pop_front() {
        let on = |at: Span, says: String| way.iter().cloned().chain([(at, says)]).collect::<Way>();
        for (name, at) in &shown.values {
            if leave.is_none() && model.recommendation(name).is_some() && told.insert(name.clone()) {
                tell(format!("the recommendation `{name}`"), None, on(*at, "recommended here".into()));
            }
        }
        for (name, at) in &shown.blocks {
            if !seen.insert(name.clone()) {
                continue;
            }
            let way = on(*at, format!("`{name}` is shown here"));
            let needs = contents.iter().find(|c| c.name == *name).and_then(|c| c.consent.clone());
            if let Some(needs) = needs.filter(|(consent, _)| leave.as_ref() != Some(consent)) {
                tell(format!("the block `{name}`"), Some(needs), way.clone());
            }
            waiting.extend(blocks.get(name).map(|below| (below, way)));
        }
    }
}
