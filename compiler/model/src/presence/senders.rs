//! Who sends an e-mail, and what is sure to be there then.

use std::collections::HashMap;
use std::sync::Arc;

use persona_diagnostics::Span;

use super::{Presence, Present, Proof, common, in_templates, is_of_event, united};
use crate::{Audience, Model, On, Step};

/// What a flow's [`Sender`] is called.
pub(crate) const TRIGGER: &str = "trigger";

/// One `send`, or a campaign.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    /// `trigger` or `campaign`.
    pub what: &'static str,
    /// Its name.
    pub name: Arc<str>,
    /// Where it says to whom it sends.
    pub at: Span,
    /// What is there of every customer it sends to.
    pub present: Present,
}

/// All that sends each e-mail.
pub(crate) fn senders(model: &Model, presence: &Presence) -> HashMap<Arc<str>, Vec<Sender>> {
    let mut senders: HashMap<Arc<str>, Vec<Sender>> = HashMap::new();
    for campaign in &model.campaigns {
        let sender = Sender {
            what: "campaign",
            name: campaign.name.clone(),
            at: campaign.to.as_ref().map_or(campaign.span, |to| to.span),
            present: campaign.to.as_ref().map(|to| presence.proof(to).holds).unwrap_or_default(),
        };
        senders.entry(campaign.email.clone()).or_default().push(sender);
    }
    for trigger in &model.triggers {
        let start = start(presence, &trigger.on);
        steps(presence, &trigger.steps, start, &mut |email, present| {
            let sender = Sender {
                what: TRIGGER,
                name: trigger.name.clone(),
                at: trigger.span,
                present: present.clone(),
            };
            senders.entry(email.clone()).or_default().push(sender);
        });
    }
    senders
}

/// What is there of a customer whose flow starts.
pub(crate) fn start(presence: &Presence, on: &On) -> Present {
    match on {
        On::Event { filter, .. } => {
            filter.filter.as_ref().map(|f| presence.proof(f).holds).unwrap_or_default()
        }
        On::Enter(audience) => of_audience(presence, audience).0,
        On::Leave(audience) => of_audience(presence, audience).1,
        // What changed, what came and what came round is there.
        On::Rises(of) => presence.needs(of),
        On::Reaches(reaches) => presence.needs(&reaches.of),
        On::Date(date) => presence.needs(&date.of),
        On::Consent(_) | On::Schedule(_) => Present::new(),
    }
}

/// What being in an audience proves, and not being in it.
fn of_audience(presence: &Presence, audience: &Audience) -> (Present, Present) {
    let proof = match audience {
        Audience::Segment(segment) => (*presence.segment(segment)).clone(),
        Audience::Stage { lifecycle, stage } => presence.one_of(lifecycle, &[&**stage]),
    };
    (proof.holds, proof.fails)
}

/// Tells of every `send` what is there then; gives what is there at the end.
///
/// What a condition proves holds until the next wait: all steps up to there are decided at one instant. After a wait
/// the customer may be another; only the event stays as it was.
fn steps(
    presence: &Presence,
    steps: &[Step],
    mut present: Present,
    tell: &mut dyn FnMut(&Arc<str>, &Present),
) -> Present {
    for step in steps {
        match step {
            Step::Send { email, .. } => tell(email, &present),
            Step::If(condition, then, otherwise) => {
                let Proof { holds, fails } = presence.proof(condition);
                let (holds, fails) = (in_templates(holds), in_templates(fails));
                let yes = self::steps(presence, then, united(present.clone(), holds), tell);
                let no = self::steps(presence, otherwise, united(present, fails), tell);
                present = common(&yes, &no);
            }
            // A wait lets time pass, and what else there may be could change the customer.
            _ => present.retain(|path| is_of_event(path)),
        }
    }
    present
}
