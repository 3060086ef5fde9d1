//! A shop whose warehouse is a list: it answers the engine's questions as SQL would.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_diagnostics::{Problems, Sources, render as told};
use persona_engine::*;
use persona_model::{Disk, Model, Project};
use persona_value::Value;

/// What every program of these tests begins with.
const DATA: &str = r#"
customer {
  id:          string key
  first_name:  string?
  email:       email?
  timezone:    timezone?
  tier:        enum { bronze < silver < gold }
  MORE
}
record line { sku: product  quantity: int }
entity product { sku: string key  name: string }
event cart_add { sku: product }
event purchase { order_id: string unique }
event refund { order_id: string }
event activity = purchase or refund
trait cart = list(cart_add)
segment vip { when tier == gold }
lifecycle { stage lapsed when none(activity in last 60 days)  stage active otherwise }
consent marketing "News by e-mail" { covers email }
brand { from "Shop <hello@shop.example>"  reply_to "Care <care@shop.example>"  postal_address "1 High Street, York" }
email reminder { consent marketing  subject "Your cart"  body text """Your cart is waiting.""" }
email tips { consent marketing  subject "Tips"  body text """Tips.""" }
email receipt { transactional  subject "Receipt"  body text """Thank you.""" }
"#;

/// The project file: London, and no limits on delivery.
pub const PROJECT: &str = "[project]\nname = \"shop\"\ntimezone = \"Europe/London\"\ncurrency = \"GBP\"\n";

/// The model of a program that is written after [`DATA`].
pub fn model(project: &str, program: &str) -> Arc<Model> {
    model_with(project, "", program)
}

/// The same, where customers have more attributes.
pub fn model_with(project: &str, attributes: &str, program: &str) -> Arc<Model> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let text = format!("{}{program}", DATA.replace("MORE", attributes));
    let file = sources.add("persona.toml", project);
    let project = Project::parse(file, project, &mut problems);
    let file = sources.add("shop.persona", text.clone());
    let parsed = persona_syntax::parse(file, &text, &mut problems);
    let model = project.map(|project| {
        let files = Disk(std::path::PathBuf::from("."));
        persona_model::build(&project, &[parsed], &files, &mut sources, &mut problems)
    });
    let problems = problems.sorted(&sources);
    let errors: String = problems.iter().map(|p| told::human(p, &sources, told::Style::PLAIN)).collect();
    assert!(!errors.contains("error"), "{errors}");
    Arc::new(model.unwrap())
}

/// Something a customer did.
#[derive(Clone, Debug)]
pub struct Deed {
    pub customer: &'static str,
    pub event: &'static str,
    pub at: Timestamp,
    pub received: Timestamp,
    pub id: String,
    pub key: Option<&'static str>,
}

/// A shop between two runs.
#[derive(Clone)]
pub struct Shop {
    pub model: Arc<Model>,
    pub facts: BTreeMap<Arc<str>, Facts>,
    pub deeds: Vec<Deed>,
    pub grants: Vec<Grant>,
    pub entities: HashMap<Arc<str>, HashMap<Value, Value>>,
    pub state: State,
    pub members: BTreeMap<Arc<str>, Members>,
    pub watermark: Option<Timestamp>,
    /// What `mail` answers; by e-mail's name.
    pub refuses: BTreeMap<&'static str, &'static str>,
    /// The last run's.
    pub ended: Vec<Ended>,
    pub sends: Vec<Send>,
    pub updates: Vec<Update>,
}

/// A short instant: `03-01 10:00` of 2026, UTC.
pub fn at(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').unwrap();
    format!("2026-{day}T{time}:00Z").parse().unwrap()
}

impl Shop {
    /// A shop with this program and the customers Ada and Bob, who consent and have addresses.
    pub fn new(program: &str) -> Shop {
        Shop::of(model(PROJECT, program))
    }

    /// The same, where customers have more attributes.
    pub fn with(attributes: &str, program: &str) -> Shop {
        Shop::of(model_with(PROJECT, attributes, program))
    }

    pub fn of(model: Arc<Model>) -> Shop {
        let mut shop = Shop {
            model,
            facts: BTreeMap::new(),
            deeds: Vec::new(),
            grants: Vec::new(),
            entities: HashMap::new(),
            state: State::default(),
            members: BTreeMap::new(),
            watermark: None,
            refuses: BTreeMap::new(),
            ended: Vec::new(),
            sends: Vec::new(),
            updates: Vec::new(),
        };
        for name in ["ada", "bob"] {
            shop.set(name, "email", Value::text(format!("{name}@example.com")));
            shop.set(name, "stage", Value::text("active"));
            shop.customer(name).consents.insert("marketing".into());
        }
        shop
    }

    pub fn customer(&mut self, name: &str) -> &mut Facts {
        self.facts.entry(name.into()).or_default()
    }

    pub fn set(&mut self, customer: &str, name: &str, value: Value) {
        self.customer(customer).values.insert(name.into(), value);
    }

    /// A customer does something at a [`at`] instant.
    pub fn does(&mut self, when: &str, customer: &'static str, event: &'static str) -> &mut Deed {
        self.deed(at(when), customer, event)
    }

    pub fn deed(&mut self, at: Timestamp, customer: &'static str, event: &'static str) -> &mut Deed {
        let id = format!("{event}-{}", self.deeds.len());
        self.deeds.push(Deed { customer, event, at, received: at, id, key: None });
        self.deeds.last_mut().unwrap()
    }

    pub fn gives(&mut self, when: &str, customer: &str, consent: &str) {
        self.customer(customer).consents.insert(consent.into());
        self.grants.push(Grant { consent: consent.into(), customer: customer.into(), at: at(when) });
    }

    /// The world at an instant, as a warehouse would hand it over.
    pub fn world(&self, now: Timestamp) -> World<'_> {
        let from = self.watermark.unwrap_or(now - SignedDuration::from_hours(24));
        let since = self.state.needed_since(&self.model, from);
        let occurrences = watches(&self.model).into_iter().map(|watch| {
            let event = self.model.event(&watch.filter.event).unwrap();
            let matching = self.deeds.iter().filter(|deed| {
                let named = &*event.name == deed.event || event.of.iter().any(|of| **of == *deed.event);
                named && deed.at > since && deed.at <= now
            });
            let occurrences = matching.map(|deed| Occurrence {
                customer: deed.customer.into(),
                key: watch.key.as_ref().and(deed.key).map(Arc::from),
                at: deed.at,
                id: deed.id.as_str().into(),
                event: Value::Record(
                    vec![
                        (Arc::from("sku"), Value::text("A1")),
                        (Arc::from("received"), Value::Instant(deed.received)),
                    ]
                    .into(),
                ),
            });
            (watch.name, occurrences.collect())
        });
        World {
            model: &self.model,
            from,
            now,
            facts: self.facts.clone(),
            occurrences: occurrences.collect(),
            grants: self.grants.iter().filter(|g| g.at > from && g.at <= now).cloned().collect(),
            before: self.members.clone(),
            entities: self.entities.clone(),
            seal: Some(Arc::new(Spelt)),
        }
    }

    /// A run: what came of it, a line for each send.
    pub fn run(&mut self, when: &str) -> Vec<String> {
        self.run_at(at(when))
    }

    pub fn run_at(&mut self, now: Timestamp) -> Vec<String> {
        let refuses = self.refuses.clone();
        let mut mailed: Vec<Arc<str>> = Vec::new();
        let decisions = decide(&self.world(now), &self.state, &mut |send, rendered| {
            assert!(!rendered.subject.is_empty());
            match refuses.get(&*send.email) {
                Some(why) => Err(why.to_string()),
                None => {
                    mailed.push(send.id.clone());
                    Ok(())
                }
            }
        });
        let sent: Vec<_> = decisions.sends.iter().filter(|s| s.to.is_ok()).map(|s| s.id.clone()).collect();
        assert_eq!(mailed, sent, "what is mailed is what is told");
        self.state.apply(&decisions);
        self.watermark = Some(now);
        self.members = decisions.members;
        self.ended = decisions.ended;
        self.sends = decisions.sends;
        self.updates = decisions.updates;
        let line = |send: &Send| match &send.to {
            Ok(_) => format!("{} gets {}", send.customer, send.email),
            Err(why) => format!("{}: {} withheld, {why}", send.customer, send.email),
        };
        self.sends.iter().map(line).collect()
    }

    /// Why flows ended in the last run.
    pub fn why(&self) -> Vec<String> {
        self.ended.iter().map(|end| end.why.to_string()).collect()
    }

    /// Flows that wait, by customer.
    pub fn live(&self) -> Vec<&str> {
        self.state.flows.keys().map(|key| &*key.customer).collect()
    }

    /// The same history, handed in in another order.
    pub fn backwards(&mut self) {
        self.deeds.reverse();
        self.grants.reverse();
    }
}

pub fn names(names: &[&str]) -> BTreeSet<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

/// A seal that anybody can read.
#[derive(Debug)]
struct Spelt;

impl Seal for Spelt {
    fn token(&self, customer: &str, consent: Option<&str>) -> Option<String> {
        Some(format!(
            "{}-{}",
            customer.replace(|c: char| !c.is_alphanumeric(), "_"),
            consent.unwrap_or("none")
        ))
    }
}
