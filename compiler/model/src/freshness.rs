//! How old what a declaration reads may be: as old as the oldest that any source behind it lets it be.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use persona_diagnostics::catalogue::stale_data::{Promise, StaleData};
use persona_diagnostics::{Problems, Span};

use crate::{
    Audience, EventFilter, Expr, ExprKind, FeedTarget, ItemSource, Length, Location, Model, On, Source, Step,
    Trigger,
};

/// How old something may be, and why.
#[derive(Clone, Debug, Default)]
struct Age {
    /// In seconds; none where nothing says so.
    oldest: Option<i64>,
    /// The way to what is oldest, from the reader on.
    path: Vec<(Span, String)>,
    /// What makes it so old.
    promise: Option<Promise>,
}

impl Age {
    fn none() -> Age {
        Age { oldest: Some(0), ..Age::default() }
    }

    fn is_older(&self, than: &Age) -> bool {
        match (self.oldest, than.oldest) {
            (None, None) | (Some(_), None) => false,
            (None, Some(_)) => true,
            (Some(a), Some(b)) => a > b,
        }
    }

    fn worse(self, other: Age) -> Age {
        if other.is_older(&self) { other } else { self }
    }

    fn read_at(mut self, at: Span, says: String) -> Age {
        self.path.insert(0, (at, says));
        self
    }
}

/// What is read, by kind and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Event(Arc<str>),
    Attribute(Arc<str>),
    Entity(Arc<str>),
    Trait(Arc<str>),
    Segment(Arc<str>),
    Lifecycle(Arc<str>),
    Model(Arc<str>),
}

impl Node {
    fn words(&self) -> String {
        match self {
            Node::Event(name) => format!("`{name}`"),
            Node::Attribute(name) => format!("the attribute `{name}`"),
            Node::Entity(name) => format!("rows of `{name}`"),
            Node::Trait(name) => format!("the trait `{name}`"),
            Node::Segment(name) => format!("the segment `{name}`"),
            Node::Lifecycle(name) => format!("the lifecycle `{name}`"),
            Node::Model(name) => format!("the model `{name}`"),
        }
    }
}

/// Tells of triggers that need fresher data than they can get.
pub(crate) fn check(model: &Model, problems: &mut Problems) {
    let ages = Ages { model, known: RefCell::default() };
    for trigger in &model.triggers {
        let Some(needs) = &trigger.needs else { continue };
        let age = ages.of_trigger(trigger);
        let needed = seconds(needs.value);
        if age.oldest.is_some_and(|oldest| oldest <= needed) {
            continue;
        }
        problems.report(StaleData {
            trigger: trigger.name.to_string(),
            needs: words(needed),
            at: needs.span,
            oldest: age.oldest.map(words),
            path: age.path,
            promise: age.promise,
        });
    }
}

struct Ages<'m> {
    model: &'m Model,
    known: RefCell<HashMap<Node, Rc<Age>>>,
}

impl Ages<'_> {
    /// What a trigger is started, held up, ended and decided by.
    fn of_trigger(&self, trigger: &Trigger) -> Age {
        let mut worst = match &trigger.on {
            On::Event { filter, .. } => self.of_filter(filter, trigger.on_span),
            On::Enter(audience) | On::Leave(audience) => {
                let node = match audience {
                    Audience::Segment(name) => Node::Segment(name.clone()),
                    Audience::Stage { lifecycle, .. } => Node::Lifecycle(lifecycle.clone()),
                };
                self.read(node, trigger.on_span)
            }
            On::Date(date) => self.of(&date.of),
            On::Rises(value) => self.of(value),
            On::Reaches(reaches) => self.of(&reaches.of),
            On::Consent(_) | On::Schedule(_) => Age::none(),
        };
        for step in trigger.all_steps() {
            worst = worst.worse(match step {
                Step::If(condition, ..) => self.of(condition),
                Step::Wait(_, Some(unless)) | Step::WaitUntil(_, Some(unless)) => {
                    self.of_filter(unless, trigger.span)
                }
                Step::Update { value, .. } => self.of(value),
                _ => Age::none(),
            });
        }
        trigger.exits.iter().fold(worst, |worst, exit| worst.worse(self.of_filter(exit, trigger.span)))
    }

    fn of_filter(&self, filter: &EventFilter, at: Span) -> Age {
        let event = self.read(Node::Event(filter.event.clone()), at);
        filter.filter.iter().fold(event, |worst, condition| worst.worse(self.of(condition)))
    }

    /// The oldest that an expression reads.
    fn of(&self, expr: &Expr) -> Age {
        let mut worst = Age::none();
        let mut add = |node, at| {
            let age = self.read(node, at);
            if age.is_older(&worst) {
                worst = age;
            }
        };
        expr.walk(&mut |e| match &e.kind {
            ExprKind::Attribute(name) => add(Node::Attribute(name.clone()), e.span),
            ExprKind::Trait(name) => add(Node::Trait(name.clone()), e.span),
            ExprKind::Stage(name) => add(Node::Lifecycle(name.clone()), e.span),
            ExprKind::Model(name) => add(Node::Model(name.clone()), e.span),
            ExprKind::InSegment(name) => add(Node::Segment(name.clone()), e.span),
            ExprKind::Lookup { entity, .. } => add(Node::Entity(entity.clone()), e.span),
            ExprKind::Items(items) => {
                if let ItemSource::Trait(name) = &items.of {
                    add(Node::Trait(name.clone()), e.span);
                }
            }
            ExprKind::Query(query) => {
                add(Node::Event(query.event.clone()), e.span);
                query.sequence.iter().for_each(|s| add(Node::Event(s.event.clone()), e.span));
                query.less.iter().for_each(|(event, _)| add(Node::Event(event.clone()), e.span));
            }
            _ => {}
        });
        worst
    }

    fn read(&self, node: Node, at: Span) -> Age {
        let says = format!("reads {} here", node.words());
        (*self.of_node(node)).clone().read_at(at, says)
    }

    fn of_node(&self, node: Node) -> Rc<Age> {
        if let Some(known) = self.known.borrow().get(&node) {
            return known.clone();
        }
        // Who reads itself in a circle, which was told, is no older for that.
        self.known.borrow_mut().insert(node.clone(), Rc::new(Age::none()));
        let model = self.model;
        let age = match &node {
            Node::Event(name) => self.of_event(name),
            Node::Attribute(name) => self.fed(|source| {
                let gives = |feed: &crate::Feed| feed.fields.iter().any(|(field, _)| field == name);
                source.feeds.iter().any(|feed| feed.target == FeedTarget::Customer && gives(feed))
            }),
            Node::Entity(name) => self.fed(|source| {
                source.feeds.iter().any(|feed| feed.target == FeedTarget::Entity(name.clone()))
            }),
            Node::Trait(name) => model.trait_(name).map_or(Age::none(), |t| self.of(&t.value)),
            Node::Segment(name) => model.segment(name).map_or(Age::none(), |segment| {
                let refresh = segment.refresh.map_or(Age::none(), |length| Age {
                    oldest: Some(seconds(length)),
                    path: vec![(segment.span, format!("refreshed every {}", words(seconds(length))))],
                    promise: Some(Promise::Refresh { segment: name.to_string() }),
                });
                self.of(&segment.when).worse(refresh)
            }),
            Node::Lifecycle(name) => {
                let stages = model.lifecycle(name).map(|l| &l.stages[..]).unwrap_or_default();
                let conditions = stages.iter().filter_map(|stage| stage.when.as_ref());
                conditions.fold(Age::none(), |worst, when| worst.worse(self.of(when)))
            }
            Node::Model(name) => model.prediction(name).map_or(Age::none(), |model| {
                let read = model.features.iter().chain(&model.among);
                read.fold(Age::none(), |worst, feature| worst.worse(self.of(feature)))
            }),
        };
        let age = Rc::new(age);
        self.known.borrow_mut().insert(node, age.clone());
        age
    }

    fn of_event(&self, name: &Arc<str>) -> Age {
        let Some(event) = self.model.event(name) else { return Age::none() };
        // What is told of e-mails is told by persona itself.
        if event.span.is_none() {
            return Age::none();
        }
        if !event.of.is_empty() {
            return event.of.iter().fold(Age::none(), |worst, of| {
                worst.worse((*self.of_node(Node::Event(of.clone()))).clone())
            });
        }
        self.fed(|source| source.feeds.iter().any(|feed| feed.target == FeedTarget::Event(name.clone())))
    }

    /// The oldest of the sources that feed something. What none feeds has no data that could be old.
    fn fed(&self, feeds: impl Fn(&Source) -> bool) -> Age {
        let sources = self.model.sources.iter().filter(|source| feeds(source));
        sources.map(of_source).reduce(Age::worse).unwrap_or(Age::none())
    }
}

/// How old a source lets its data be.
fn of_source(source: &Source) -> Age {
    let oldest = source.fresh.map(seconds).or(match &source.location {
        // What is handed over is there at once.
        Location::Track | Location::Form { .. } | Location::Webhook { .. } => Some(0),
        Location::Http { every, .. } | Location::Feed { every, .. } => Some(*every),
        Location::Table(_) | Location::File(_) => None,
    });
    let says = match oldest {
        Some(oldest) => format!("fed by `{}`, fresh within {}", source.name, words(oldest)),
        None => format!("fed by `{}`, which promises nothing", source.name),
    };
    let promise = Some(Promise::Fresh { source: source.name.to_string() });
    Age { oldest, path: vec![(source.span, says)], promise }
}

/// A length in seconds; months at their longest.
fn seconds(length: Length) -> i64 {
    match length {
        Length::Seconds(seconds) => seconds,
        Length::Months(months) => months.saturating_mul(31 * 86_400),
    }
}

/// A length as it is written: `90 minutes`.
fn words(seconds: i64) -> String {
    const UNITS: &[(i64, &str)] = &[(7 * 86_400, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute")];
    let unit = UNITS.iter().find(|(length, _)| seconds > 0 && seconds % length == 0);
    let (count, unit) = unit.map_or((seconds, "second"), |(length, unit)| (seconds / length, *unit));
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}
