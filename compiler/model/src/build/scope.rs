//! What names mean inside a template.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use persona_diagnostics::Span;
use persona_template::{Binding, Scope, Wording};
use persona_value::{Field, RecordType, Type};

use super::content::Started;
use crate::Model;
use crate::infer::Unread;
use crate::presence::{Presence, Present, Sender, TRIGGER, common};

/// The values every template can print beside the customer's.
pub(super) const UNSUBSCRIBE_URL: &str = "unsubscribe_url";

/// The customer's values, the brand's, and the event that started the flow. It is made once for all templates of a
/// program; what is known of one of them is added to a clone.
#[derive(Clone)]
pub(super) struct ContentScope<'a> {
    model: &'a Model,
    shared: Arc<Shared>,
    presence: &'a Presence<'a>,
    /// What is sure to be there here.
    present: Present,
    /// Names that only this place has: `event`, `offer`, the parameters of a block.
    own: BTreeMap<String, Binding>,
    /// The texts of its languages, by key; none where they could not be read.
    wordings: Option<Arc<BTreeMap<String, Wording>>>,
    /// All that sends this.
    senders: &'a [Sender],
}

/// What is in scope in every template.
pub(super) struct Shared {
    bindings: BTreeMap<String, Binding>,
    blocks: BTreeMap<String, Vec<Field>>,
    /// Segments by their labels.
    labels: BTreeMap<Arc<str>, Arc<str>>,
    unread: Unread,
}

impl<'a> ContentScope<'a> {
    pub fn new(
        model: &'a Model,
        presence: &'a Presence<'a>,
        blocks: BTreeMap<String, Vec<Field>>,
        unread: Unread,
    ) -> ContentScope<'a> {
        let mut bindings = BTreeMap::new();
        let mut fields = Vec::new();
        let mut add = |name: &Arc<str>, ty: &Type, optional: bool, declared_at: Option<Span>| {
            fields.push(Field { name: name.clone(), ty: ty.clone(), optional });
            bindings.insert(name.to_string(), Binding { ty: ty.clone(), optional, declared_at });
        };
        for a in &model.customer.attributes {
            add(&a.name, &a.ty, a.optional, a.span);
        }
        for t in &model.traits {
            add(&t.name, &t.value.ty, t.value.optional, Some(t.span));
        }
        for l in &model.lifecycles {
            add(&l.name, &l.ty, !l.is_total(), Some(l.span));
        }
        for p in &model.predictions {
            add(&p.name, &p.ty, p.optional, Some(p.span));
        }
        let customer = Type::Record(Arc::new(RecordType { name: "customer".into(), fields }));
        let plain = |ty| Binding { ty, optional: false, declared_at: None };
        // A value of the same name is a mistake that was told: what is meant by it, nobody knows.
        let reserved = |ty, taken: bool| plain(if taken { Type::Unknown } else { ty });
        let taken = bindings.contains_key("customer");
        bindings.insert("customer".into(), reserved(customer, taken));
        let properties = model.brand.properties.iter();
        let fields =
            properties.map(|(n, _)| Field { name: n.clone(), ty: Type::Text, optional: false }).collect();
        let brand = RecordType { name: "brand".into(), fields };
        let brand = if unread.holds("brand") { Type::Unknown } else { Type::Record(Arc::new(brand)) };
        let taken = bindings.contains_key("brand");
        bindings.insert("brand".into(), reserved(brand, taken));
        bindings.entry(UNSUBSCRIBE_URL.into()).or_insert(plain(Type::Url));
        // Chosen from the rows that there are, so that each is whole.
        for r in &model.recommendations {
            let Some(entity) = model.entity(&r.entity) else { continue };
            let rows = Type::List(Box::new(Type::Record(Arc::new(entity.record()))));
            bindings.insert(r.name.to_string(), Binding { declared_at: Some(r.span), ..plain(rows) });
        }
        // Of two segments with one label, which was told, the first.
        let labels = model.segments.iter().rev().map(|s| (s.label.clone(), s.name.clone())).collect();
        ContentScope::over(model, Arc::new(Shared { bindings, blocks, labels, unread }), presence)
    }

    /// What is in scope in every template: more than one thread may look at it.
    pub fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    /// The same with proofs of one's own, as another thread needs them.
    pub fn over(model: &'a Model, shared: Arc<Shared>, presence: &'a Presence<'a>) -> ContentScope<'a> {
        ContentScope {
            model,
            shared,
            presence,
            present: Present::new(),
            own: BTreeMap::new(),
            wordings: Some(Arc::default()),
            senders: &[],
        }
    }

    /// Where all this is there.
    pub fn with_present(mut self, present: Present) -> ContentScope<'a> {
        self.present = present;
        self
    }

    /// Where these send it, and nothing else does.
    pub fn with_senders(mut self, senders: &'a [Sender]) -> ContentScope<'a> {
        let all = senders.iter().map(|s| s.present.clone()).reduce(|a, b| common(&a, &b));
        self.senders = senders;
        self.with_present(all.unwrap_or_default())
    }

    /// With what starts every flow that sends this.
    pub fn with_event(mut self, event: Option<Started>) -> ContentScope<'a> {
        if let Some((record, declared_at)) = event {
            let taken = self.shared.bindings.contains_key("event");
            let ty = if taken { Type::Unknown } else { Type::Record(record) };
            self.own.insert("event".into(), Binding { ty, optional: false, declared_at });
        }
        self
    }

    /// With a name that only this place has: what is known of one of the customer's is not known of it.
    pub fn with_own(mut self, name: &str, binding: Binding) -> ContentScope<'a> {
        self.present.retain(|path| path.split('.').next() != Some(name));
        self.own.insert(name.to_string(), binding);
        self
    }

    /// The names that only this place has.
    pub fn own_names(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// With the texts of its languages.
    pub fn with_wordings(mut self, wordings: BTreeMap<String, Wording>) -> ContentScope<'a> {
        self.wordings = Some(Arc::new(wordings));
        self
    }

    /// Where it has texts, and it is not known which.
    pub fn with_unknown_wordings(mut self) -> ContentScope<'a> {
        self.wordings = None;
        self
    }
}

impl Scope for ContentScope<'_> {
    fn lookup(&self, name: &str) -> Option<Binding> {
        let unread = || Binding { ty: Type::Unknown, optional: false, declared_at: None };
        let found = self.own.get(name).or_else(|| self.shared.bindings.get(name)).cloned();
        found.or_else(|| self.shared.unread.holds(name).then(unread))
    }

    fn names(&self) -> Vec<String> {
        self.shared.bindings.keys().chain(self.own.keys()).cloned().collect()
    }

    fn entity(&self, name: &str) -> Option<Arc<RecordType>> {
        self.model.entity(name).map(|e| Arc::new(e.record()))
    }

    fn entity_must_exist(&self, _name: &str) -> bool {
        false
    }

    fn segment(&self, name_or_label: &str) -> Option<String> {
        let by_name = self.model.segment(name_or_label).map(|s| &s.name);
        let found = by_name.or_else(|| self.shared.labels.get(name_or_label));
        found
            .map(|name| name.to_string())
            .or_else(|| self.shared.unread.holds(name_or_label).then(|| name_or_label.to_string()))
    }

    fn segment_names(&self) -> Vec<String> {
        self.model.segments.iter().flat_map(|s| [s.name.to_string(), s.label.to_string()]).collect()
    }

    fn block(&self, name: &str) -> Option<Vec<Field>> {
        let declared = self.shared.blocks.get(name).cloned();
        declared.or_else(|| self.shared.unread.holds(name).then(Vec::new))
    }

    fn wording(&self, key: &str) -> Option<Option<Wording>> {
        match &self.wordings {
            Some(wordings) => wordings.get(key).cloned().map(Some),
            None => Some(None),
        }
    }

    fn wording_keys(&self) -> Vec<String> {
        self.wordings.iter().flat_map(|w| w.keys().cloned()).collect()
    }

    fn block_names(&self) -> Vec<String> {
        self.shared.blocks.keys().cloned().collect()
    }

    fn present(&self) -> BTreeSet<String> {
        self.present.iter().map(|path| path.to_string()).collect()
    }

    fn members_have(&self, segment: &str) -> BTreeSet<String> {
        self.presence.segment(segment).holds.iter().map(|path| path.to_string()).collect()
    }

    fn sent_without(&self, path: &str) -> Option<(Span, String)> {
        let lacks = |sender: &&Sender| !sender.present.contains(path);
        let sender = self.senders.iter().find(lacks)?;
        // Of a flow that chooses nobody there is nothing to say, unless another sender does choose.
        if sender.present.is_empty() && sender.what == TRIGGER && self.senders.iter().all(|s| lacks(&s)) {
            return None;
        }
        let name = &sender.name;
        let says = match sender.what {
            _ if path.starts_with("event.") => {
                format!("sent by `{name}`, which starts at events without one too")
            }
            TRIGGER => format!("sent by trigger `{name}`, to customers who may have none by then"),
            _ => format!("sent by campaign `{name}`, whose audience has customers without one"),
        };
        Some((sender.at, says))
    }
}
