//! Which consents are in force, and which addresses are suppressed.

use std::sync::Arc;

use persona_model::{Consent, FeedTarget, Length};
use persona_value::{Type, Value};

use super::customer::Profiles;
use super::feature::{customer_of, only};
use super::tables;
use crate::{Aggregate, Comparison, Function, Order, Rel, Scalar};

/// A consent on its way to a column.
#[derive(Clone, Debug)]
pub(super) struct ConsentFeature {
    pub name: Arc<str>,
    pub consent: Arc<str>,
    /// Which rows of the log count: all, or those since the last run.
    pub given: Arc<str>,
    pub at: Arc<str>,
}

impl<'m> Profiles<'m> {
    /// Whether a consent is in force: its latest word is a grant, no unsubscription came after it, it has not expired.
    /// Of a grant and a withdrawal at one instant the withdrawal counts.
    pub(super) fn consent(&mut self, consent: &'m Consent) -> Scalar {
        let endings = ["", "_customer", "_given", "_at"];
        let name = self.names.family(&format!("consent_{}_log", consent.name), &endings);
        let (given, at): (Arc<str>, Arc<str>) = (format!("{name}_given").into(), format!("{name}_at").into());
        let mut all = vec![Scalar::compare(
            Comparison::Equal,
            Scalar::Column(given.clone()),
            Scalar::literal(Value::Bool(true), Type::Bool),
        )];
        let granted_at = Scalar::Column(at.clone());
        self.consents.push(ConsentFeature { name, consent: consent.name.clone(), given, at });
        if self.is_fed("unsubscribe") {
            let last = self.latest("unsubscribe");
            let before = Scalar::compare(Comparison::Less, last.clone(), granted_at.clone());
            all.push(Scalar::Or(vec![Scalar::IsMissing(Box::new(last)), before]));
        }
        if let Some(length) = &consent.expires {
            let mut alive = vec![self.recent(granted_at, length)];
            if consent.without_engagement {
                for event in ["email_open", "email_click"] {
                    if self.is_fed(event) {
                        let last = self.latest(event);
                        alive.push(self.recent(last, length));
                    }
                }
            }
            all.push(Scalar::Or(alive));
        }
        if let [only] = &all[..] { only.clone() } else { Scalar::And(all) }
    }

    fn recent(&self, at: Scalar, length: &Length) -> Scalar {
        super::scalar::last(at, length, &self.model.project.timezone)
    }

    /// When the last event of a kind happened.
    fn latest(&mut self, event: &str) -> Scalar {
        self.query(&persona_model::Query {
            summary: persona_model::Summary::Last,
            event: event.into(),
            subject: persona_model::Subject::Event,
            filter: None,
            sequence: None,
            less: None,
            window: None,
            field: Some("at".into()),
        })
    }

    fn is_fed(&self, event: &str) -> bool {
        let mut feeds = self.model.sources.iter().flat_map(|s| &s.feeds);
        feeds.any(|f| f.target == FeedTarget::Event(event.into()))
    }

    /// The latest word of each customer.
    pub(super) fn build_consent(&self, feature: &ConsentFeature) -> Rel {
        let customer = customer_of(&feature.name);
        let rel = Rel::from(tables::consent_log()).filter(Scalar::And(vec![
            Scalar::compare(
                Comparison::Equal,
                Scalar::column("consent"),
                Scalar::text(feature.consent.clone()),
            ),
            Scalar::compare(Comparison::AtMost, Scalar::column("at"), Scalar::Now),
        ]));
        let columns = vec![
            (customer.clone(), Scalar::column("customer")),
            (feature.given.clone(), Scalar::column("given")),
            (feature.at.clone(), Scalar::column("at")),
        ];
        // false before true: the withdrawal counts.
        let order = vec![Order::down(feature.at.clone()), Order::up(feature.given.clone())];
        rel.project(columns).first_per(vec![customer], order)
    }

    /// Suppressed addresses with a reason each.
    pub(super) fn build_suppression(&self, address: &str, reason: &str) -> Rel {
        let text = Scalar::Coalesce(vec![Scalar::column("reason"), Scalar::text("suppressed")]);
        let lower = Scalar::call(Function::Lower, vec![Scalar::column("email")]);
        let columns = vec![(Arc::from(address), lower), (Arc::from("why"), text)];
        let rel = Rel::Aggregate {
            input: Box::new(Rel::from(tables::suppression()).project(columns)),
            keys: vec![address.into()],
            values: vec![(reason.into(), Aggregate::Min("why".into()))],
        };
        only(rel, &[address.into(), reason.into()])
    }
}
