//! What conditions prove present: of the customers for whom `length(first_name) > 2` holds, none lacks a first name.
//!
//! A proof is the path of a value as templates write it: `first_name`, `sku.price`, `event.coupon`.

mod senders;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use persona_value::{Type, Value};

use crate::{Comparison, Expr, ExprKind, Lifecycle, Model};

pub(crate) use senders::{Sender, TRIGGER, senders, start};

/// Paths of values that are there.
pub(crate) type Present = BTreeSet<Arc<str>>;

/// What is present where a condition holds, and where it does not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proof {
    /// Where it holds.
    pub holds: Present,
    /// Where it does not.
    pub fails: Present,
}

impl Proof {
    fn of(holds: Present) -> Proof {
        Proof { holds, fails: Present::new() }
    }

    fn negated(self) -> Proof {
        Proof { holds: self.fails, fails: self.holds }
    }

    /// Both conditions hold, or one of them does not.
    pub fn and(self, other: Proof) -> Proof {
        Proof { holds: united(self.holds, other.holds), fails: common(&self.fails, &other.fails) }
    }

    /// One of the conditions holds, or neither does.
    pub fn or(self, other: Proof) -> Proof {
        self.negated().and(other.negated()).negated()
    }
}

/// Reads proofs off conditions. What is declared is read once.
#[derive(Default)]
pub(crate) struct Presence<'m> {
    /// Without a program a name proves only itself.
    model: Option<&'m Model>,
    segments: RefCell<HashMap<Arc<str>, Rc<Proof>>>,
    stages: RefCell<HashMap<Arc<str>, Rc<Vec<Present>>>>,
    traits: RefCell<HashMap<Arc<str>, Rc<Proof>>>,
}

impl<'m> Presence<'m> {
    /// With all that a program declares.
    pub fn of(model: &'m Model) -> Presence<'m> {
        Presence { model: Some(model), ..Presence::default() }
    }

    /// What a condition proves.
    #[recursive::recursive]
    pub fn proof(&self, condition: &Expr) -> Proof {
        match &condition.kind {
            ExprKind::And(a, b) => self.proof(a).and(self.proof(b)),
            ExprKind::Or(a, b) => self.proof(a).or(self.proof(b)),
            ExprKind::Not(a) => self.proof(a).negated(),
            ExprKind::If(condition, then, otherwise) => {
                let if_so = self.proof(condition);
                let if_not = if_so.clone().negated();
                if_so.and(self.proof(then)).or(if_not.and(self.proof(otherwise)))
            }
            ExprKind::InSegment(segment) => (*self.segment(segment)).clone(),
            ExprKind::Compare(Comparison::Equal, a, b) => match (&a.kind, &b.kind) {
                (ExprKind::Stage(lifecycle), ExprKind::Literal(Value::Text(stage)))
                | (ExprKind::Literal(Value::Text(stage)), ExprKind::Stage(lifecycle)) => {
                    self.one_of(lifecycle, &[stage])
                }
                _ => Proof::of(united(self.needs(a), self.needs(b))),
            },
            ExprKind::Compare(_, a, b) => Proof::of(united(self.needs(a), self.needs(b))),
            ExprKind::OneOf(value, options) => match &value.kind {
                ExprKind::Stage(lifecycle) => {
                    let stages: Vec<&str> = options.iter().filter_map(as_text).collect();
                    self.one_of(lifecycle, &stages)
                }
                _ => Proof::of(self.needs(value)),
            },
            ExprKind::IsPresent(value) | ExprKind::Within(value, _) => Proof::of(self.needs(value)),
            // Functions that give a condition say no to what is missing.
            ExprKind::Call(_, args) if condition.ty == Type::Bool => {
                Proof::of(args.iter().flat_map(|a| self.needs(a)).collect())
            }
            // A trait that is a condition proves what that condition does, and itself where it holds.
            ExprKind::Trait(name) if condition.ty == Type::Bool => {
                let own = Proof::of(self.needs(condition));
                match self.of_trait(name) {
                    Some(below) => {
                        Proof { holds: united(own.holds, below.holds.clone()), fails: below.fails.clone() }
                    }
                    None => own,
                }
            }
            _ => Proof::of(self.needs(condition)),
        }
    }

    /// What must be there for a value to be there.
    #[recursive::recursive]
    pub fn needs(&self, value: &Expr) -> Present {
        let mut found = match &value.kind {
            ExprKind::Field(base, _) => self.needs(base),
            ExprKind::Lookup { key, .. } => self.needs(key),
            ExprKind::Moved { from, .. } => self.needs(from),
            ExprKind::Midnight(date) => self.needs(date),
            ExprKind::Arithmetic(_, a, b) => united(self.needs(a), self.needs(b)),
            ExprKind::Coalesce(a, b) => common(&self.needs(a), &self.needs(b)),
            ExprKind::If(condition, a, b) => {
                let proof = self.proof(condition);
                common(&united(proof.holds, self.needs(a)), &united(proof.fails, self.needs(b)))
            }
            ExprKind::Call(_, args) if value.ty != Type::Bool => {
                args.iter().flat_map(|a| self.needs(a)).collect()
            }
            ExprKind::Trait(name) if value.ty != Type::Bool => {
                self.of_trait(name).map(|proof| proof.holds.clone()).unwrap_or_default()
            }
            _ => Present::new(),
        };
        found.extend(path(value).map(Into::into));
        found
    }

    /// A trait that is a condition: what it proves; another: what it needs, where it holds.
    fn of_trait(&self, name: &str) -> Option<Rc<Proof>> {
        let found = self.model?.trait_(name)?;
        if let Some(known) = self.traits.borrow().get(&*found.name) {
            return Some(known.clone());
        }
        // Who reads itself in a circle, which was told, proves nothing.
        self.traits.borrow_mut().insert(found.name.clone(), Rc::default());
        let proof = match found.value.ty {
            Type::Bool => self.proof(&found.value),
            _ => Proof::of(self.needs(&found.value)),
        };
        let proof = Rc::new(proof);
        self.traits.borrow_mut().insert(found.name.clone(), proof.clone());
        Some(proof)
    }

    /// What being in a segment proves, and not being in it.
    pub fn segment(&self, name: &str) -> Rc<Proof> {
        let Some(found) = self.model.and_then(|m| m.segment(name)) else { return Rc::default() };
        if let Some(known) = self.segments.borrow().get(&*found.name) {
            return known.clone();
        }
        self.segments.borrow_mut().insert(found.name.clone(), Rc::default());
        let proof = Rc::new(self.proof(&found.when));
        self.segments.borrow_mut().insert(found.name.clone(), proof.clone());
        proof
    }

    /// What being in one of these stages proves, and being in none of them.
    pub fn one_of(&self, lifecycle: &str, stages: &[impl AsRef<str>]) -> Proof {
        let own: Present = [Arc::from(lifecycle)].into();
        let Some(found) = self.model.and_then(|m| m.lifecycle(lifecycle)) else { return Proof::of(own) };
        let known = self.stages(found);
        let all = |wanted: bool| {
            let is_named = |name: &str| stages.iter().any(|s| s.as_ref() == name);
            let proofs =
                found.stages.iter().zip(&*known).filter(|(stage, _)| is_named(&stage.name) == wanted);
            proofs.map(|(_, present)| present.clone()).reduce(|a, b| common(&a, &b)).unwrap_or_default()
        };
        // Whoever is in no stage at all is outside as well.
        let outside = if found.is_total() { all(false) } else { Present::new() };
        let inside = all(true);
        Proof { holds: united(inside, own), fails: outside }
    }

    /// What each stage of a lifecycle proves: its own condition, and that those before it do not hold.
    fn stages(&self, lifecycle: &Lifecycle) -> Rc<Vec<Present>> {
        if let Some(known) = self.stages.borrow().get(&*lifecycle.name) {
            return known.clone();
        }
        self.stages
            .borrow_mut()
            .insert(lifecycle.name.clone(), Rc::new(vec![Present::new(); lifecycle.stages.len()]));
        let mut passed = Present::new();
        let proofs = lifecycle.stages.iter().map(|stage| match &stage.when {
            Some(when) => {
                let proof = self.proof(when);
                let here = united(passed.clone(), proof.holds);
                passed.extend(proof.fails);
                here
            }
            None => passed.clone(),
        });
        let proofs = Rc::new(proofs.collect::<Vec<_>>());
        self.stages.borrow_mut().insert(lifecycle.name.clone(), proofs.clone());
        proofs
    }
}

/// The path of a value as templates write it; none of what is worked out on the spot.
pub(crate) fn path(value: &Expr) -> Option<String> {
    match &value.kind {
        // `event.x` is the event's.
        ExprKind::Attribute(name) if &**name == "event" => None,
        ExprKind::Attribute(name) | ExprKind::Trait(name) | ExprKind::Stage(name) | ExprKind::Model(name) => {
            Some(name.to_string())
        }
        ExprKind::EventField(name) => Some(format!("{EVENT}{name}")),
        ExprKind::StartField(name) => Some(format!("{START}{name}")),
        ExprKind::ItemField(name) => Some(format!("{ITEM}{name}")),
        ExprKind::It => Some("it".into()),
        ExprKind::Lookup { key, field, .. } => path(key).map(|key| format!("{key}.{field}")),
        ExprKind::Field(base, field) => path(base).map(|base| format!("{base}.{field}")),
        _ => None,
    }
}

const EVENT: &str = "event.";
/// Of what started the flow, which a condition reads beside the event at hand.
const START: &str = "started by ";
const ITEM: &str = "it.";

/// Whether a path leads to a value of the event at hand.
pub(crate) fn is_of_event(path: &str) -> bool {
    path.starts_with(EVENT)
}

/// What a step's condition proves, as the templates behind it write it: `event` is there what started the flow.
pub(crate) fn in_templates(present: Present) -> Present {
    let path =
        |path: Arc<str>| path.strip_prefix(START).map(|name| format!("{EVENT}{name}").into()).unwrap_or(path);
    present.into_iter().map(path).collect()
}

/// What is proved of the event that starts a flow, as the flow's own conditions read it.
pub(crate) fn in_steps(present: &Present) -> Present {
    let path = |path: &Arc<str>| match path.strip_prefix(EVENT) {
        Some(name) => format!("{START}{name}").into(),
        None => path.clone(),
    };
    present.iter().map(path).collect()
}

/// Whether a path leads to a value of the customer, which is the same in every row.
pub(crate) fn is_of_customer(path: &str) -> bool {
    !is_of_event(path) && !path.starts_with(ITEM) && path != "it"
}

pub(crate) fn united(mut a: Present, b: Present) -> Present {
    a.extend(b);
    a
}

pub(crate) fn common(a: &Present, b: &Present) -> Present {
    a.intersection(b).cloned().collect()
}

fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
