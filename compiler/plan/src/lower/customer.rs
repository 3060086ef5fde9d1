//! Every customer's values: attributes, traits, segments, stages, consents.
//!
//! Values come in rounds. A round joins to the customers the features that are ready (event queries, look-ups) and
//! then works out, layer by layer, the traits, segments and stages that read them. A query whose bounds are
//! themselves values of the customer (`since last(purchase).at`) belongs to the next round. Nothing is worked out
//! twice, and what is not asked for not at all.

use std::sync::Arc;

use persona_model::{EventFilter, Expr, ExprKind, Model};
use persona_value::{Type, Value};

use super::consent::ConsentFeature;
use super::feature::{Feature, customer_of, only};
use super::list::List;
use super::names::{Names, ProfileNames};
use super::row::{From, RowScope};
use super::scalar::{Leaves, scalar};
use super::tables;
use crate::{Comparison, Join, Plan, Rel, Scalar, Step};

/// A value asked for beside those the model declares: a condition of a flow or a campaign.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its column.
    pub name: Arc<str>,
    /// What it is.
    pub value: Expr,
}

/// A value of the customer.
#[derive(Clone, Debug)]
struct Item {
    column: Arc<str>,
    of: Of,
    value: Scalar,
    /// Round and layer.
    level: (u32, u32),
}

/// What a value is of.
#[derive(Clone, Debug, PartialEq)]
enum Of {
    Trait(Arc<str>, Option<Arc<str>>),
    Segment(Arc<str>),
    Lifecycle(Arc<str>),
    Consent(Arc<str>),
    /// What a query needs of the customer.
    Hoisted,
    Output,
}

/// A row of an entity that a value of the customer refers to.
#[derive(Clone, Debug)]
struct LookUp {
    key: Arc<str>,
    entity: Arc<str>,
    prefix: Arc<str>,
    fields: Vec<Arc<str>>,
    level: u32,
}

/// So many layers of values stand in one query, each in the one around it; then a step begins.
const LAYERS: u32 = 8;

/// Builds plans over persona's own tables.
pub struct Profiles<'m> {
    pub(super) model: &'m Model,
    pub(super) features: Vec<Feature>,
    pub(super) lists: Vec<List>,
    pub(super) consents: Vec<ConsentFeature>,
    look_ups: Vec<LookUp>,
    items: Vec<Item>,
    suppression: Option<Arc<str>>,
    pub(super) names: Names<ProfileNames<'m>>,
    /// The round and layer of what is being lowered: the highest of all it reads.
    reached: (u32, u32),
}

impl<'m> Profiles<'m> {
    /// For one plan over this model.
    fn new(model: &'m Model) -> Profiles<'m> {
        Profiles {
            model,
            features: vec![],
            lists: vec![],
            consents: vec![],
            look_ups: vec![],
            items: vec![],
            suppression: None,
            // What the result is called is known from the start; all else makes way for it.
            names: Names::of_profile(model),
            reached: (0, 0),
        }
    }

    // Plans

    /// Everything of every customer: attributes; traits (fields of record traits as `trait__field`; list traits have
    /// tables of their own); `in_SEGMENT`; lifecycles by name; `consent_NAME`; `suppressed`, the reason if any; and
    /// these outputs.
    pub fn everything(model: &'m Model, outputs: &[Output]) -> Plan {
        let mut this = Profiles::new(model);
        this.names.take(outputs.iter().map(|o| &o.name));
        let mut columns: Vec<Arc<str>> = model.customer.attributes.iter().map(|a| a.name.clone()).collect();
        for t in &model.traits {
            match &t.value.ty {
                Type::List(_) => {}
                Type::Record(record) => {
                    columns.extend(record.fields.iter().map(|f| this.trait_value(&t.name, Some(&f.name))));
                }
                _ => columns.push(this.trait_value(&t.name, None)),
            }
        }
        columns.extend(model.segments.iter().map(|s| this.segment_value(&s.name)));
        columns.extend(model.lifecycles.iter().map(|l| this.lifecycle_value(&l.name)));
        for consent in &model.consents {
            let column: Arc<str> = format!("consent_{}", consent.name).into();
            columns.push(this.item(Of::Consent(consent.name.clone()), column, |this| this.consent(consent)));
        }
        columns.push(this.suppressed());
        for output in outputs {
            let column = output.name.clone();
            columns.push(this.item(Of::Output, column, |this| scalar(&output.value, this)));
        }
        this.finish(None, &columns)
    }

    /// Who is in which segment and stage: of every customer the key, `in_SEGMENT`, and lifecycles by name.
    pub fn audiences(model: &'m Model) -> Plan {
        let mut this = Profiles::new(model);
        let mut columns: Vec<Arc<str>> = vec![model.customer.key().into()];
        columns.extend(model.segments.iter().map(|s| this.segment_value(&s.name)));
        columns.extend(model.lifecycles.iter().map(|l| this.lifecycle_value(&l.name)));
        this.finish(None, &columns)
    }

    /// Only these outputs of every customer, beside the key.
    pub fn outputs(model: &'m Model, outputs: &[Output]) -> Plan {
        let mut this = Profiles::new(model);
        this.names.take(outputs.iter().map(|o| &o.name));
        let mut columns: Vec<Arc<str>> = vec![model.customer.key().into()];
        for output in outputs {
            let column = output.name.clone();
            columns.push(this.item(Of::Output, column, |this| scalar(&output.value, this)));
        }
        this.finish(None, &columns)
    }

    /// The customers in a segment: their key.
    pub fn segment(model: &'m Model, name: &str) -> Plan {
        let mut this = Profiles::new(model);
        let column = this.segment_value(&name.into());
        this.finish(Some(Scalar::Column(column)), &[model.customer.key().into()])
    }

    /// A trait of every customer: key and value; of a list trait the items: `customer`, `position` and fields.
    pub fn trait_(model: &'m Model, name: &str) -> Plan {
        let mut this = Profiles::new(model);
        let key: Arc<str> = model.customer.key().into();
        let name: Arc<str> = name.into();
        match model.trait_(&name).map(|t| &t.value.ty) {
            Some(Type::List(_)) => this.list_plan(&name),
            Some(Type::Record(record)) => {
                let mut columns = vec![key];
                columns.extend(record.fields.iter().map(|f| this.trait_value(&name, Some(&f.name))));
                this.finish(None, &columns)
            }
            _ => {
                let value = this.trait_value(&name, None);
                this.finish(None, &[key, value])
            }
        }
    }

    /// A list's items: the steps before it, and it.
    fn list_plan(mut self, name: &Arc<str>) -> Plan {
        let round = self.list(name);
        let (mut steps, customers) = self.rounds(round);
        self.round(round, customers.as_ref(), &mut steps);
        let step = tables::trait_table(name);
        let at = steps.iter().position(|s| s.name == step).unwrap_or(0);
        steps.truncate(at + 1);
        match steps.pop() {
            Some(step) => Plan { steps, result: step.rel },
            None => Plan { steps, result: Rel::Union(vec![]) },
        }
    }

    /// A lifecycle's stage of every customer: key and stage.
    pub fn lifecycle(model: &'m Model, name: &str) -> Plan {
        let mut this = Profiles::new(model);
        let value = this.lifecycle_value(&name.into());
        this.finish(None, &[model.customer.key().into(), value])
    }

    /// The events that a filter takes, from an instant on (without it) up to now: their columns.
    pub fn occurrences(model: &'m Model, filter: &EventFilter, from: jiff::Timestamp) -> Plan {
        let mut this = Profiles::new(model);
        let mut rows = this.rows_of(From::Event(filter.event.clone()));
        let at = Scalar::column("at");
        let from = Scalar::literal(Value::Instant(from), Type::Timestamp);
        rows.keep.push(Scalar::compare(Comparison::Greater, at.clone(), from));
        rows.keep.push(Scalar::compare(Comparison::AtMost, at, Scalar::Now));
        let keep =
            filter.filter.as_ref().map(|f| RowScope { rows: &mut rows, profiles: &mut this }.scalar(f));
        rows.keep.extend(keep);
        let (steps, customers) = this.rounds(rows.level);
        let columns: Vec<Arc<str>> = match model.event(&filter.event) {
            Some(event) => tables::event(event).schema.columns.into_iter().map(|c| c.name).collect(),
            None => vec![],
        };
        let result = only(this.build_rows(&rows, customers.as_ref()), &columns);
        Plan { steps, result }
    }

    /// The items of a list field of those events: `event` (its id), `position` and the items' fields.
    pub fn occurrence_items(
        model: &'m Model,
        filter: &EventFilter,
        from: jiff::Timestamp,
        field: &str,
    ) -> Plan {
        let Plan { steps, result } = Profiles::occurrences(model, filter, from);
        let ids = result.project(vec![("wanted_event".into(), Scalar::column("id"))]);
        let items = Profiles::new(model).list_rel(&filter.event, field);
        let on = vec![(tables::ITEM_EVENT.into(), "wanted_event".into())];
        Plan { steps, result: items.join(Join::Semi, ids, on) }
    }

    // Values

    fn trait_value(&mut self, name: &Arc<str>, field: Option<&Arc<str>>) -> Arc<str> {
        let column: Arc<str> = match field {
            None => name.clone(),
            Some(field) => format!("{name}__{field}").into(),
        };
        let of = Of::Trait(name.clone(), field.cloned());
        let Some(declared) = self.model.trait_(name) else { return column };
        self.item(of, column, |this| match field {
            None => scalar(&declared.value, this),
            Some(field) => this.field(&declared.value, field),
        })
    }

    fn segment_value(&mut self, name: &Arc<str>) -> Arc<str> {
        let column: Arc<str> = format!("in_{name}").into();
        let Some(segment) = self.model.segment(name) else { return column };
        self.item(Of::Segment(name.clone()), column, |this| scalar(&segment.when, this))
    }

    /// The first stage whose condition holds.
    fn lifecycle_value(&mut self, name: &Arc<str>) -> Arc<str> {
        let Some(lifecycle) = self.model.lifecycle(name) else { return name.clone() };
        self.item(Of::Lifecycle(name.clone()), name.clone(), |this| {
            let ty = &lifecycle.ty;
            let mut value = Scalar::literal(Value::Missing, ty.clone());
            for stage in lifecycle.stages.iter().rev() {
                let this_stage = Scalar::literal(Value::Text(stage.name.clone()), ty.clone());
                value = match &stage.when {
                    None => this_stage,
                    Some(when) => Scalar::If {
                        condition: Box::new(scalar(when, this)),
                        then: Box::new(this_stage),
                        otherwise: Box::new(value),
                    },
                };
            }
            value
        })
    }

    fn suppressed(&mut self) -> Arc<str> {
        let column: Arc<str> = "suppressed".into();
        self.suppression = suppressed_by(self.model);
        match &self.suppression {
            // The column comes with the join.
            Some(_) => column,
            None => self.item(Of::Hoisted, column, |_| Scalar::literal(Value::Missing, Type::Text)),
        }
    }

    /// What a query needs of the customer, as a column; and the round it is there in.
    pub(super) fn hoist(&mut self, expr: &Expr) -> (Arc<str>, u32) {
        if let ExprKind::Attribute(name) = &expr.kind {
            return (name.clone(), 0);
        }
        let outer = std::mem::take(&mut self.reached);
        let value = scalar(expr, self);
        let level = std::mem::replace(&mut self.reached, outer);
        // A value that is a column already needs no second name.
        if let Scalar::Column(name) = &value {
            let item = self.items.iter().find(|i| i.column == *name);
            return (name.clone(), item.map_or(level.0, |i| i.level.0));
        }
        if let Some(same) = self.items.iter().find(|i| i.value == value) {
            return (same.column.clone(), same.level.0);
        }
        let column = self.names.fresh("bound");
        self.items.push(Item { column: column.clone(), of: Of::Hoisted, value, level });
        (column, level.0)
    }

    /// A value, worked out once, in the first round and layer that has all it reads.
    fn item(&mut self, of: Of, column: Arc<str>, value: impl FnOnce(&mut Self) -> Scalar) -> Arc<str> {
        if let Some(known) = self.items.iter().find(|i| i.of == of && i.column == column) {
            let level = known.level;
            self.needs(level.0, level.1 + 1);
            return column;
        }
        let outer = std::mem::take(&mut self.reached);
        let value = value(self);
        let level = std::mem::replace(&mut self.reached, outer);
        self.items.push(Item { column: column.clone(), of, value, level });
        self.needs(level.0, level.1 + 1);
        column
    }

    /// What is being lowered reads something of this round and layer.
    pub(super) fn needs(&mut self, round: u32, layer: u32) {
        self.reached = self.reached.max((round, layer));
    }

    /// A field of a record value: of a query's scores or event, also through the trait that names it.
    fn field(&mut self, of: &Expr, field: &Arc<str>) -> Scalar {
        match &of.kind {
            ExprKind::Query(query) => {
                let mut query = query.clone();
                query.field = Some(field.clone());
                self.query(&query)
            }
            ExprKind::Trait(name) => Scalar::Column(self.trait_value(name, Some(field))),
            _ => Scalar::literal(Value::Missing, Type::Text),
        }
    }

    fn look_up(&mut self, key: &Expr, entity: &Arc<str>, field: &Arc<str>) -> Scalar {
        let (column, level) = match &key.kind {
            ExprKind::Attribute(name) => (name.clone(), 0),
            ExprKind::Trait(name) => {
                let column = self.trait_value(name, None);
                let level = self.items.iter().find(|i| i.column == column).map_or(0, |i| i.level.0);
                (column, level + 1)
            }
            _ => {
                let (column, level) = self.hoist(key);
                (column, level + 1)
            }
        };
        self.needs(level, 0);
        let known = self.look_ups.iter_mut().find(|l| l.key == column && l.entity == *entity);
        let prefix = match known {
            Some(known) => {
                if !known.fields.contains(field) {
                    known.fields.push(field.clone());
                }
                known.prefix.clone()
            }
            None => {
                let endings = look_up_endings(self.model, entity);
                let prefix = self.names.family(&format!("{column}_{entity}"), &endings);
                let (entity, fields) = (entity.clone(), vec![field.clone()]);
                self.look_ups.push(LookUp { key: column, entity, prefix: prefix.clone(), fields, level });
                prefix
            }
        };
        Scalar::column(format!("{prefix}_{field}"))
    }

    // Assembly

    fn finish(mut self, keep: Option<Scalar>, columns: &[Arc<str>]) -> Plan {
        let last = self.last_round();
        let (mut steps, customers) = self.rounds(last);
        let mut rel = self.round(last, customers.as_ref(), &mut steps);
        if let Some(keep) = keep {
            rel = rel.filter(keep);
        }
        Plan { steps, result: only(rel, columns) }
    }

    fn last_round(&self) -> u32 {
        let items = self.items.iter().map(|i| i.level.0);
        let features = self.features.iter().map(|f| f.rows.level);
        let lists = self.lists.iter().map(|l| l.rows.level);
        items.chain(features).chain(lists).chain(self.look_ups.iter().map(|l| l.level)).max().unwrap_or(0)
    }

    /// The steps of all rounds before this one, and the customers as the last of them leaves them.
    fn rounds(&mut self, before: u32) -> (Vec<Step>, Option<Rel>) {
        let mut steps = Vec::new();
        let mut customers: Option<Rel> = None;
        for round in 0..before {
            let rel = self.round(round, customers.as_ref(), &mut steps);
            let name = self.names.fresh(&format!("customers_{}", round + 1));
            customers = Some(Rel::Step { name: name.clone(), schema: rel.schema() });
            steps.push(Step { name, rel });
        }
        (steps, customers)
    }

    /// One round: its features as steps, joined to the customers, and what is worked out from them.
    fn round(&mut self, round: u32, customers: Option<&Rel>, steps: &mut Vec<Step>) -> Rel {
        for at in 0..self.lists.len() {
            if self.lists[at].rows.level == round {
                let rel = self.build_list(&self.lists[at], customers);
                self.lists[at].schema = rel.schema();
                steps.push(Step { name: self.list_step(&self.lists[at]), rel });
            }
        }
        let key: Arc<str> = self.model.customer.key().into();
        let mut rel = match customers {
            Some(customers) => customers.clone(),
            None => tables::customer(self.model).into(),
        };
        for feature in self.features.iter().filter(|f| f.rows.level == round) {
            let built = self.build_feature(feature, customers);
            let step = Rel::Step { name: feature.name.clone(), schema: built.schema() };
            steps.push(Step { name: feature.name.clone(), rel: built });
            rel = rel.join(Join::Left, step, vec![(key.clone(), customer_of(&feature.name))]);
        }
        if round == 0 {
            for consent in &self.consents {
                let built = self.build_consent(consent);
                let step = Rel::Step { name: consent.name.clone(), schema: built.schema() };
                steps.push(Step { name: consent.name.clone(), rel: built });
                rel = rel.join(Join::Left, step, vec![(key.clone(), customer_of(&consent.name))]);
            }
            if let Some(address) = &self.suppression {
                let lower = crate::Function::Lower;
                let lower = Scalar::call(lower, vec![Scalar::Column(address.clone())]);
                let lowered = self.names.fresh("address_in_lower_case");
                rel = rel.extend(vec![(lowered.clone(), lower)]);
                let listed = self.names.fresh("suppressed_address");
                let list = self.build_suppression(&listed, "suppressed");
                let on = vec![(lowered, listed)];
                rel = rel.join(Join::Left, list, on);
            }
        }
        for look_up in self.look_ups.iter().filter(|l| l.level == round) {
            let (entity, entity_key) = self.entity_rel(&look_up.entity, &look_up.prefix, &look_up.fields);
            rel = rel.join(Join::Left, entity, vec![(look_up.key.clone(), entity_key)]);
        }
        let layers = self.items.iter().filter(|i| i.level.0 == round).map(|i| i.level.1).max();
        for layer in 0..=layers.unwrap_or(0) {
            let ready = self.items.iter().filter(|i| i.level == (round, layer));
            let columns: Vec<_> = ready.map(|i| (i.column.clone(), i.value.clone())).collect();
            if !columns.is_empty() {
                rel = rel.extend(columns);
            }
            // Neither engines nor people read queries in queries without end.
            if layer % LAYERS == LAYERS - 1 {
                let name = self.names.fresh("customers_so_far");
                let step = Rel::Step { name: name.clone(), schema: rel.schema() };
                steps.push(Step { name, rel: std::mem::replace(&mut rel, step) });
            }
        }
        rel
    }
}

/// The attribute that suppressed addresses are looked up by.
pub(crate) fn suppressed_by(model: &Model) -> Option<Arc<str>> {
    let addresses = model.customer.attributes.iter().filter(|a| a.ty == Type::Email);
    addresses.min_by_key(|a| &*a.name != "email").map(|a| a.name.clone())
}

/// What the columns of an entity's rows are called after their prefix.
pub(super) fn look_up_endings(model: &Model, entity: &str) -> Vec<String> {
    let fields = model.entity(entity).map(|e| &e.fields[..]).unwrap_or_default();
    let fields = fields.iter().map(|f| format!("_{}", f.name));
    ["_key", "_ref"].map(str::to_string).into_iter().chain(fields).collect()
}

impl Leaves for Profiles<'_> {
    fn leaf(&mut self, expr: &Expr) -> Scalar {
        match &expr.kind {
            ExprKind::Attribute(name) => Scalar::Column(name.clone()),
            ExprKind::Trait(name) => Scalar::Column(self.trait_value(name, None)),
            ExprKind::Stage(name) => Scalar::Column(self.lifecycle_value(name)),
            ExprKind::InSegment(name) => Scalar::Column(self.segment_value(name)),
            ExprKind::Query(query) => self.query(query),
            ExprKind::Items(items) => self.items(items),
            ExprKind::Field(of, field) => self.field(of, field),
            ExprKind::Lookup { key, entity, field } => self.look_up(key, entity, field),
            // After a model without errors nothing else is a value of a customer.
            _ => Scalar::literal(Value::Missing, expr.ty.clone()),
        }
    }

    fn zone(&self) -> Arc<str> {
        self.model.project.timezone.clone()
    }

    fn comparison(&mut self, op: Comparison, left: &Expr, right: &Expr) -> Option<Scalar> {
        self.compare_averages(op, left, right)
    }
}
