//! E-mails as they would be sent, without sending any: the same customers, the same renderer, the same messages.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use persona_engine::{Occurrence, Origin, Send, Withheld, World};
use persona_engine::{address_of, questions, render_noting, sender, starts, unreachable};
use persona_message::{Body, Draft};
use persona_model::{Email, Model};
use persona_target::stage;
use persona_template::{Fallback, Stop};
use persona_value::Value;
use persona_warehouse::Transaction;

use crate::deliver::{self, Writer};
use crate::reached::Reached;
use crate::{Error, Progress, facts};

/// No event of a preview is older.
const EARLIEST: &str = "1900-01-01T00:00:00Z";
/// The id of every preview, as long as that of a message.
const ID: &str = "preview0preview0preview0preview0";
/// Stands where a customer has no address, so that the rest can be seen.
const NOBODY: &str = "nobody@example.invalid";

/// A project's customers as they are known at an instant, and what makes messages for them.
pub struct Preview<'m> {
    world: World<'m>,
    writer: Writer,
}

/// An e-mail as a customer would get it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The message before it is written; its date is the instant of the preview, its id says that it is one.
    pub draft: Draft,
    /// The message as it is sent.
    pub bytes: Vec<u8>,
    /// Why it would be withheld now, as far as what is known of the customer tells.
    pub withheld: Option<Withheld>,
    /// When the event happened that it was rendered for, and its id; none where nothing of an event is in it.
    pub event: Option<(Timestamp, Arc<str>)>,
    /// What stands in the place of values that the customer does not have.
    pub fallbacks: Vec<Fallback>,
}

/// Why an e-mail cannot be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Unshown {
    /// There is no such e-mail.
    NoEmail(Arc<str>),
    /// There is no such customer.
    NoCustomer(Arc<str>),
    /// Nothing happened to the customer that sends it; some to whom it did.
    NoEvent {
        /// The customer.
        customer: Arc<str>,
        /// The events that send it.
        events: Vec<Arc<str>>,
        /// A few customers who had one.
        others: Vec<Arc<str>>,
    },
    /// It is withheld before there is anything to show: by `skip`, or since it cannot be made.
    Withheld(Withheld),
}

impl std::fmt::Display for Unshown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unshown::NoEmail(name) => write!(f, "there is no e-mail `{name}`"),
            Unshown::NoCustomer(id) => write!(f, "there is no customer `{id}`"),
            Unshown::NoEvent { customer, events, others } => {
                write!(f, "`{customer}` had no `{}` that sends it", events.join("` or `"))?;
                match &others[..] {
                    [] => f.write_str("; nobody had"),
                    some => write!(f, "; these had: {}", some.join(", ")),
                }
            }
            Unshown::Withheld(why) => write!(f, "there is nothing to show; withheld: {why}"),
        }
    }
}

impl<'m> Preview<'m> {
    /// Looks at a target as a run at this instant would, and leaves it as it was, but for files it loads.
    pub fn open(
        model: &'m Model,
        folder: &Path,
        target: Option<&str>,
        at: Timestamp,
        progress: &mut dyn Progress,
    ) -> Result<Preview<'m>, Error> {
        let reached = Reached::of(model, folder, target)?;
        let writer = Writer::new(model, folder)?;
        let mut warehouse = reached.loaded(model, folder, at, progress)?;
        // Never committed: what a run left stays.
        let mut transaction = Transaction::begin(&mut *warehouse)?;
        let mut session = reached.session(model, folder, &mut *transaction, at);
        stage(&mut session, progress)?;
        let asked = questions(model);
        facts::compute(&mut session, &asked)?;
        let known = facts::read(&mut session, &asked)?;
        let earliest = EARLIEST.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let reading = model.emails.iter().filter(|e| e.reads.contains("event"));
        let mut watches: Vec<_> = reading.flat_map(|email| starts(model, &email.name)).collect();
        watches.sort_by(|a, b| a.name.cmp(&b.name));
        watches.dedup_by(|a, b| a.name == b.name);
        let occurrences = facts::occurrences(&mut session, &watches, earliest)?;
        let entities = facts::entities(&mut session)?;
        let world = World {
            model,
            from: at.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN),
            now: at,
            facts: known,
            occurrences,
            grants: Vec::new(),
            before: BTreeMap::new(),
            entities,
            seal: writer.seal(),
        };
        Ok(Preview { world, writer })
    }

    /// The instant.
    pub fn at(&self) -> Timestamp {
        self.world.now
    }

    /// How many customers there are.
    pub fn size(&self) -> usize {
        self.world.facts.len()
    }

    /// The segments, and how many customers are in each.
    pub fn segments(&self) -> Vec<(Arc<str>, usize)> {
        let size = |name: &Arc<str>| self.world.facts.values().filter(|f| f.segments.contains(name)).count();
        self.world.model.segments.iter().map(|s| (s.name.clone(), size(&s.name))).collect()
    }

    /// Customers by id, with their addresses: in a segment if one is named, those whose id or address holds a text in
    /// any case, at most so many.
    pub fn customers(
        &self,
        segment: Option<&str>,
        like: &str,
        most: usize,
    ) -> Vec<(Arc<str>, Option<Arc<str>>)> {
        let like = like.to_lowercase();
        let inside = self.world.facts.iter().filter(|(_, f)| segment.is_none_or(|s| f.segments.contains(s)));
        let known = inside.map(|(id, _)| (id.clone(), address_of(&self.world, id)));
        let holds = |text: &str| text.to_lowercase().contains(&like);
        known.filter(|(id, to)| holds(id) || to.as_deref().is_some_and(holds)).take(most).collect()
    }

    /// An e-mail for a customer; where an event is in it, for the latest that sends it.
    pub fn show(&mut self, email: &str, customer: &str) -> Result<Shown, Unshown> {
        let world = &self.world;
        let model = world.model;
        let email = model.email(email).ok_or_else(|| Unshown::NoEmail(email.into()))?;
        let (customer, _) =
            world.facts.get_key_value(customer).ok_or_else(|| Unshown::NoCustomer(customer.into()))?;
        let occurrence = match email.reads.contains("event") {
            true => Some(latest(world, email, customer)?),
            false => None,
        };
        let event = occurrence.map_or(Value::Missing, |o| o.event.clone());
        let (rendered, fallbacks) = render_noting(world, email, customer, &event);
        let rendered = rendered.map_err(|stop| {
            Unshown::Withheld(match stop {
                Stop::Skip { reason } => Withheld::Skip(reason.into()),
                Stop::Failed { reason, .. } => Withheld::Unrendered(reason.into()),
            })
        })?;
        let today = world.model.project.zone.to_datetime(world.now).date();
        let nothing = || Origin::Trigger { name: "preview".into(), first: true };
        let send = Send {
            id: ID.into(),
            email: email.name.clone(),
            customer: customer.clone(),
            origin: sender(model, &email.name, today).unwrap_or_else(nothing),
            to: Ok(address_of(world, customer).unwrap_or_else(|| NOBODY.into())),
        };
        let refused = |why: String| Unshown::Withheld(Withheld::Refused(why.into()));
        let draft = deliver::draft(&mut self.writer, model, &send, rendered, world.now).map_err(refused)?;
        let bytes = deliver::written(&self.writer, &draft).map_err(refused)?;
        Ok(Shown {
            withheld: unreachable(world, email, customer),
            event: occurrence.map(|o| (o.at, o.id.clone())),
            draft,
            bytes,
            fallbacks,
        })
    }
}

/// The customer's latest event that sends an e-mail.
fn latest<'w>(world: &'w World, email: &Email, customer: &Arc<str>) -> Result<&'w Occurrence, Unshown> {
    let watches = starts(world.model, &email.name);
    let all = || watches.iter().filter_map(|watch| world.occurrences.get(&watch.name)).flatten();
    let own = all().filter(|occurrence| occurrence.customer == *customer);
    own.max_by_key(|occurrence| (occurrence.at, &occurrence.id)).ok_or_else(|| {
        let mut others: Vec<_> = all().map(|occurrence| occurrence.customer.clone()).collect();
        others.sort();
        others.dedup();
        others.truncate(3);
        let mut events: Vec<_> = watches.iter().map(|watch| watch.filter.event.clone()).collect();
        events.dedup();
        Unshown::NoEvent { customer: customer.clone(), events, others }
    })
}

impl Shown {
    /// The HTML that is read, if there is any.
    pub fn html(&self) -> Option<&str> {
        match &self.draft.body {
            Body::Html(html) | Body::Both { html, .. } => Some(html),
            Body::Text(_) => None,
        }
    }

    /// What is read without HTML.
    pub fn text(&self) -> &str {
        match &self.draft.body {
            Body::Text(text) | Body::Both { text, .. } => text,
            Body::Html(_) => "",
        }
    }
}
