//! A refresh that looks at some customers again and leaves the others alone: rows that arrived join those that are there,
//! whoever they are of is noted, and what is known of these is worked out anew.

use std::sync::Arc;

use jiff::Timestamp;
use persona_model::{Event, Model};
use persona_value::Type;

use super::merge::fingerprint;
use super::{Act, Deed, passed};
use crate::lower::{
    CONSENT_LOG, CUSTOMER, ITEM_EVENT, Origin, OwnTable, PROFILE, SUPPRESSION, Staged, computed, earliest,
    entity_table, event_table, is_entity_table, list_table, own_tables, suppressed_by,
};
use crate::rewrite::cheapest;
use crate::{Aggregate, Column, Comparison, Function, Join, Place, Plan, Rel, Scalar, Schema, Table, prune};

/// Whom a refresh looks at: one column, `customer`, in which some come more than once and some are no customers. It is gone
/// when the refresh is done.
pub const EXAMINED: &str = "refresh_examined";
/// New rows of an event's table, and rows that were there and have the id of a new one.
const ARRIVED: &str = "refresh_arrived";
const KNOWN: &str = "refresh_known";
/// A table as it was before it was made anew.
const BEFORE: &str = "refresh_before";

/// Every table that a refresh of this kind makes for itself and drops again.
pub const PASSING: [&str; 4] = [EXAMINED, ARRIVED, KNOWN, BEFORE];

/// A fingerprint of all that is computed, and of what computes it.
pub fn compiled(model: &Model) -> String {
    fingerprint(&format!("{} {}", env!("CARGO_PKG_VERSION"), super::program(model)))
}

fn plan(result: Rel) -> Plan {
    prune(Plan { steps: vec![], result })
}

fn own(name: &str, schema: Schema) -> Rel {
    Rel::Table(Table { place: Place::Own(name.into()), schema })
}

fn whose() -> Schema {
    [Column::new("customer", Type::Text, false)].into_iter().collect()
}

/// Who is looked at, as a relation.
pub fn examined() -> Rel {
    own(EXAMINED, whose())
}

fn note(title: &str, who: Rel, column: &str) -> Deed {
    let who = who.project(vec![("customer".into(), Scalar::column(column))]);
    let who = Rel::Aggregate { input: Box::new(who), keys: vec!["customer".into()], values: vec![] };
    Deed::new(title, EXAMINED, Act::Insert(plan(who)))
}

/// Begins the list of those who are looked at: nobody yet.
pub fn begin() -> Deed {
    let none = super::state::kept(super::MEMBERSHIP).filter(Scalar::Or(vec![]));
    let none = none.project(vec![("customer".into(), Scalar::column("customer"))]);
    Deed::new("Who is looked at.", EXAMINED, Act::Replace(plan(none)))
}

/// Whether new rows of an event's sources can join its table without a look at the old ones of the sources: each row makes
/// one event by itself.
pub fn grows(model: &Model, event: &Event) -> bool {
    let feeds = model.sources.iter().filter(|s| s.location.is_at_rest());
    let target = persona_model::FeedTarget::Event(event.name.clone());
    let mut feeding = feeds.filter(|s| s.feeds.iter().any(|f| f.target == target));
    event.of.is_empty()
        && !event.fields.iter().any(|f| matches!(f.ty, Type::List(_)))
        && feeding.all(|s| s.group_by.is_empty())
}

/// The rows of `arrived` (the plan of an event's table over new rows alone) join the table: of events with one id the
/// earliest stays, as if all had come at once. Whose they are, and whose those were that they displaced, is noted.
pub fn join_events(event: &Event, arrived: Plan) -> Vec<Deed> {
    let name = event_table(&event.name);
    let schema = arrived.result.schema();
    let (new, known) = (|| own(ARRIVED, schema.clone()), || own(KNOWN, schema.clone()));
    let ids = new().project(vec![("arrived_id".into(), Scalar::column("id"))]);
    let there = own(&name, schema.clone()).join(Join::Semi, ids, vec![("id".into(), "arrived_id".into())]);
    let id = vec![("id".into(), Scalar::column("id"))];
    let stays = earliest(Rel::Union(vec![new(), known()]), &schema);
    vec![
        Deed::new("What arrived.", ARRIVED, Act::Replace(arrived)),
        Deed::new("What is known by the same id.", KNOWN, Act::Replace(plan(there))),
        Deed::new("It comes again.", &name, Act::Delete(vec!["id".into()], plan(known().project(id)))),
        Deed::new("The first of each.", &name, Act::Insert(plan(stays))),
        note("Whose it is.", Rel::Union(vec![new(), known()]), "customer"),
    ]
}

/// A table of customers, consents, suppressed addresses or entities is made anew, and what differs is told: for customers
/// by noting whose it is. Of an entity's rows nobody can say whose they are: what differs lies in [`differing`].
pub fn make_anew(model: &Model, staged: &Staged) -> Vec<Deed> {
    let schema = staged.plan.result.schema();
    let name = &staged.table;
    let mut deeds = vec![
        Deed::new("As it was.", BEFORE, Act::Replace(plan(own(name, schema.clone())))),
        Deed::new("As it is.", name, Act::Replace(staged.plan.clone())),
    ];
    let rows = differing(name, &schema);
    match &**name {
        CUSTOMER => deeds.push(note("Of whom something else is known.", rows, model.customer.key())),
        CONSENT_LOG => deeds.push(note("Who gave or withdrew a consent.", rows, "customer")),
        SUPPRESSION => {
            let Some(address) = suppressed_by(model) else { return deeds };
            let lower = |column: &str| Scalar::call(Function::Lower, vec![Scalar::column(column)]);
            let listed = rows.project(vec![("listed".into(), lower("email"))]);
            let customers = Rel::from(crate::lower::customer_table(model)).project(vec![
                ("whose".into(), Scalar::column(model.customer.key())),
                ("lowered".into(), lower(&address)),
            ]);
            let who = customers.join(Join::Semi, listed, vec![("lowered".into(), "listed".into())]);
            deeds.push(note("Whose address is suppressed, or is no more.", who, "whose"));
        }
        _ => {}
    }
    deeds
}

/// The rows in which a table differs from what it was before it was made anew.
fn differing(name: &str, schema: &Schema) -> Rel {
    let side = |rel: Rel, before: i64| {
        rel.extend(vec![
            ("rows_before".into(), Scalar::int(before)),
            ("rows_after".into(), Scalar::int(1 - before)),
        ])
    };
    let both = Rel::Union(vec![side(own(BEFORE, schema.clone()), 1), side(own(name, schema.clone()), 0)]);
    let counted = Rel::Aggregate {
        input: Box::new(both),
        keys: schema.columns.iter().map(|c| c.name.clone()).collect(),
        values: vec![
            ("before".into(), Aggregate::Sum("rows_before".into())),
            ("after".into(), Aggregate::Sum("rows_after".into())),
        ],
    };
    let same = Scalar::compare(Comparison::Equal, Scalar::column("before"), Scalar::column("after"));
    counted.filter(Scalar::Not(Box::new(same)))
}

/// How many rows of a table that was just made anew differ from what it was: one row, one column.
pub fn how_many_differ(staged: &Staged) -> Plan {
    let rows = differing(&staged.table, &staged.plan.result.schema());
    let values = vec![("rows".into(), Aggregate::Count)];
    plan(Rel::Aggregate { input: Box::new(rows), keys: vec![], values })
}

/// How many customers are looked at: one row, one column.
pub fn how_many(model: &Model) -> Plan {
    let customers = Rel::from(crate::lower::customer_table(model));
    let on = vec![(model.customer.key().into(), "examined_customer".into())];
    let who = examined().project(vec![("examined_customer".into(), Scalar::column("customer"))]);
    let values = vec![("customers".into(), Aggregate::Count)];
    plan(Rel::Aggregate { input: Box::new(customers.join(Join::Semi, who, on)), keys: vec![], values })
}

/// Notes for whom time alone may have changed something since `then`; without an answer, that may be anybody.
pub fn time_passed(model: &Model, then: Timestamp, now: Timestamp) -> Option<Vec<Deed>> {
    let plans = computed(model, &[]).into_iter().map(|table| {
        let passed = passed(&table.plan, whose_column(model, &table), then, now)?;
        Some(Deed::new("For whom something ends or begins.", EXAMINED, Act::Insert(passed)))
    });
    plans.collect()
}

/// Whether what is computed ranks everybody among all: then it is computed for everybody.
pub fn ranks(model: &Model) -> bool {
    computed(model, &[]).iter().any(|table| crate::cost::ranks(&table.plan))
}

/// Whether what is computed reads this entity.
pub fn reads_entity(model: &Model, name: &str) -> bool {
    let table = Place::Own(name.into());
    is_entity_table(name)
        && computed(model, &[]).iter().any(|c| c.plan.tables().iter().any(|t| t.place == table))
}

fn whose_column<'m>(model: &'m Model, table: &OwnTable) -> &'m str {
    match table.origin {
        Origin::List(_) => "customer",
        _ => model.customer.key(),
    }
}

/// The profile and the list traits of those who are looked at, in the place of what was known of them.
pub fn compute_examined(model: &Model) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for table in computed(model, &[]) {
        let who: Arc<str> = whose_column(model, &table).into();
        let gone = examined().project(vec![(who.clone(), Scalar::column("customer"))]);
        let what = if &*table.name == PROFILE { "What is known of them" } else { "Their items" };
        deeds.push(Deed::new(
            format!("{what} is no longer true."),
            &table.name,
            Act::Delete(vec![who], plan(gone)),
        ));
        let computed = narrowed(model, cheapest(table.plan), &examined());
        deeds.push(Deed::new(format!("{what}, worked out anew."), &table.name, Act::Insert(computed)));
    }
    deeds
}

/// A plan over customers and what is theirs, of these customers alone.
fn narrowed(model: &Model, plan: Plan, only: &Rel) -> Plan {
    let narrow = Narrow { model, only };
    let Plan { steps, result } = plan;
    let steps = steps.into_iter().map(|step| crate::Step { rel: narrow.rel(step.rel), ..step }).collect();
    prune(Plan { steps, result: narrow.rel(result) })
}

struct Narrow<'m, 'r> {
    model: &'m Model,
    only: &'r Rel,
}

impl Narrow<'_, '_> {
    #[recursive::recursive]
    fn rel(&self, rel: Rel) -> Rel {
        let below = |rel: Box<Rel>| Box::new(self.rel(*rel));
        match rel {
            Rel::Table(table) => self.table(table),
            Rel::Step { .. } => rel,
            Rel::Filter { input, keep } => Rel::Filter { input: below(input), keep },
            Rel::Project { input, columns } => Rel::Project { input: below(input), columns },
            Rel::Join { kind, left, right, on, and } => {
                Rel::Join { kind, left: below(left), right: below(right), on, and }
            }
            Rel::Aggregate { input, keys, values } => Rel::Aggregate { input: below(input), keys, values },
            Rel::Number { input, per, order, name } => Rel::Number { input: below(input), per, order, name },
            Rel::Ntile { input, buckets, order, name } => {
                Rel::Ntile { input: below(input), buckets, order, name }
            }
            Rel::Union(parts) => Rel::Union(parts.into_iter().map(|part| self.rel(part)).collect()),
        }
    }

    fn table(&self, table: Table) -> Rel {
        let Place::Own(name) = &table.place else { return table.into() };
        let only = |column: &'static str| {
            self.only.clone().project(vec![(column.into(), Scalar::column("customer"))])
        };
        for event in self.model.events.iter().filter(|e| e.of.is_empty()) {
            if **name == *event_table(&event.name) {
                return semi(table, "customer", only("examined_customer"), "examined_customer");
            }
            for field in event.fields.iter().filter(|f| matches!(f.ty, Type::List(_))) {
                if **name == *list_table(&event.name, &field.name) {
                    let ids = ["customer", "id"].map(|name| Column::new(name, Type::Text, false));
                    let events = own(&event_table(&event.name), ids.into_iter().collect());
                    let on = vec![("customer".into(), "examined_customer".into())];
                    let theirs = events.join(Join::Semi, only("examined_customer"), on);
                    let theirs = theirs.project(vec![("event_of_them".into(), Scalar::column("id"))]);
                    return semi(table, ITEM_EVENT, theirs, "event_of_them");
                }
            }
        }
        match &**name {
            CUSTOMER => {
                semi(table, self.model.customer.key(), only("examined_customer"), "examined_customer")
            }
            CONSENT_LOG => semi(table, "customer", only("examined_customer"), "examined_customer"),
            _ => table.into(),
        }
    }
}

/// The rows of a table that agree with others in a column, which need not be among those that are read.
fn semi(mut table: Table, column: &str, others: Rel, theirs: &str) -> Rel {
    let read = table.schema.clone();
    let more = read.column(column).is_none();
    if more {
        table.schema.columns.push(Column::new(column, Type::Text, false));
    }
    let rel = Rel::from(table).join(Join::Semi, others, vec![(column.into(), theirs.into())]);
    let same = |c: Column| (c.name.clone(), Scalar::Column(c.name));
    if more { rel.project(read.columns.into_iter().map(same).collect()) } else { rel }
}

/// What is left lying when a refresh of this kind is done.
pub fn end() -> Vec<Deed> {
    PASSING.iter().map(|name| Deed::new("Done.", name, Act::Drop)).collect()
}

/// What a staged table is made of.
#[derive(Clone, Copy, Debug)]
pub enum Made<'m> {
    /// An event, each of one row.
    Rows(&'m Event),
    /// An event, or items of one, each of several rows.
    Groups,
    /// Customers, consents, suppressed addresses, entities.
    State,
}

/// What a staged table is made of.
pub fn made_of<'m>(model: &'m Model, table: &str) -> Made<'m> {
    let is_state = [CUSTOMER, CONSENT_LOG, SUPPRESSION].contains(&table)
        || model.entities.iter().any(|e| *entity_table(&e.name) == *table);
    if is_state {
        return Made::State;
    }
    match model.events.iter().find(|e| *event_table(&e.name) == *table) {
        Some(event) if grows(model, event) => Made::Rows(event),
        _ => Made::Groups,
    }
}

/// A plan with other rows in the place of what lies in these places; without any, none.
pub fn over(plan: &Plan, place: &dyn Fn(&Place) -> Option<Option<Place>>) -> Plan {
    #[recursive::recursive]
    fn rel(of: &mut Rel, place: &dyn Fn(&Place) -> Option<Option<Place>>) {
        match of {
            Rel::Table(table) => match place(&table.place) {
                None => {}
                Some(Some(other)) => table.place = other,
                Some(None) => *of = of.clone().filter(Scalar::Or(vec![])),
            },
            Rel::Step { .. } => {}
            Rel::Filter { input, .. }
            | Rel::Project { input, .. }
            | Rel::Aggregate { input, .. }
            | Rel::Number { input, .. }
            | Rel::Ntile { input, .. } => rel(input, place),
            Rel::Join { left, right, .. } => {
                rel(left, place);
                rel(right, place);
            }
            Rel::Union(parts) => parts.iter_mut().for_each(|part| rel(part, place)),
        }
    }
    let mut plan = plan.clone();
    plan.steps.iter_mut().for_each(|step| rel(&mut step.rel, place));
    rel(&mut plan.result, place);
    plan
}

/// Everything a refresh reads of others: the place of each table, and the columns that are read of it.
pub fn read(model: &Model) -> Vec<Table> {
    let raw: Vec<Place> =
        model.sources.iter().map(|s| Place::Own(crate::lower::raw_table(&s.name))).collect();
    let mut found: Vec<Table> = Vec::new();
    for table in own_tables(model, &[]) {
        let Origin::Sources(aside) = &table.origin else { continue };
        let plans = aside.iter().map(|(_, plan)| plan).chain([&table.plan]);
        for read in plans.flat_map(|plan| plan.tables().into_iter().cloned().collect::<Vec<_>>()) {
            if !matches!(read.place, Place::Users(_)) && !raw.contains(&read.place) {
                continue;
            }
            match found.iter_mut().find(|known| known.place == read.place) {
                None => found.push(read),
                Some(known) => {
                    let columns = read.schema.columns.into_iter();
                    let more: Vec<Column> =
                        columns.filter(|c| known.schema.column(&c.name).is_none()).collect();
                    known.schema.columns.extend(more);
                }
            }
        }
    }
    found.iter_mut().for_each(|table| table.schema.columns.sort_by(|a, b| a.name.cmp(&b.name)));
    found
}
