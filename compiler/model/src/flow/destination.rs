//! What another system may be sent.

use std::collections::BTreeSet;

use persona_diagnostics::Problems;
use persona_diagnostics::catalogue::uncovered_purpose::{Sink, UncoveredPurpose};

use super::mail::SERVICE;
use super::{Flows, Kind};
use crate::{Audience, Destination, Occasion};

/// Tells of values that are sent to a system which no consent names beside their purpose.
pub(super) fn check(flows: &Flows, problems: &mut Problems) {
    for destination in &flows.model.destinations {
        let mut told = BTreeSet::new();
        let values = destination.sends.iter().map(|(name, at)| (*at, "sent here", flows.of_name(name)));
        let occasions = destination.on.iter().map(|(occasion, at)| {
            let labels = match occasion {
                Occasion::Enter(Audience::Segment(name)) | Occasion::Leave(Audience::Segment(name)) => {
                    (*flows.of_segment(name)).clone()
                }
                Occasion::Enter(Audience::Stage { lifecycle, .. })
                | Occasion::Leave(Audience::Stage { lifecycle, .. }) => {
                    (*flows.of_lifecycle(lifecycle)).clone()
                }
                Occasion::Event(event) => flows.of_event(event),
                Occasion::Changes | Occasion::Consent(_) => Default::default(),
            };
            (*at, "tells it here", labels)
        });
        for (at, says, labels) in values.chain(occasions) {
            for (label, path) in labels {
                let Kind::Purpose(purpose) = &label.kind else { continue };
                if **purpose == *SERVICE
                    || covered(flows, destination, purpose)
                    || !told.insert(label.of.clone())
                {
                    continue;
                }
                problems.report(UncoveredPurpose {
                    name: label.of.to_string(),
                    purpose: purpose.to_string(),
                    at,
                    says: says.to_string(),
                    path,
                    sink: Sink::Destination { name: destination.name.to_string(), at: destination.span },
                });
            }
        }
    }
}

/// Whether people agreed that what is for a purpose goes there.
fn covered(flows: &Flows, destination: &Destination, purpose: &str) -> bool {
    flows.model.consents.iter().any(|consent| {
        let covers = |what: &str| consent.covers.iter().any(|c| **c == *what);
        covers(purpose) && covers(&destination.name)
    })
}
