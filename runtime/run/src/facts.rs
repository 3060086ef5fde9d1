//! What the warehouse knows, as the engine reads it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::{Facts, Grant, Members, Occurrence, Question, Watch};
use persona_model::{Audience, Model};
use persona_plan::lower::{
    ITEM_EVENT, Output, POSITION, PROFILE, Profiles, computed, entity_table, trait_table,
};
use persona_plan::{Comparison, Plan, Scalar};
use persona_target::{Session, shaped};
use persona_value::{Type, Value};

use crate::Error;

/// Makes the profile of every customer, and the tables of list traits.
pub fn compute(session: &mut Session, questions: &[Question]) -> Result<(), Error> {
    let outputs: Vec<Output> = questions
        .iter()
        .enumerate()
        .map(|(i, q)| Output { name: answer(session.model, i), value: q.condition.clone() })
        .collect();
    computed(session.model, &outputs)
        .iter()
        .try_for_each(|table| Ok(session.make_table(&table.name, &table.plan)?))
}

/// The column that holds the answer to a question.
fn answer(model: &Model, index: usize) -> Arc<str> {
    let values = model.customer.attributes.iter().map(|a| &a.name);
    let values = values.chain(model.traits.iter().map(|t| &t.name));
    let values = values.chain(model.lifecycles.iter().map(|l| &l.name));
    // A value of the customer may be called like an answer.
    let mut prefix = "answer_".to_string();
    while values.clone().any(|name| name.to_lowercase().starts_with(&prefix)) {
        prefix.push('_');
    }
    format!("{prefix}{}", index + 1).into()
}

fn lists(model: &Model) -> Vec<Arc<str>> {
    let lists = model.traits.iter().filter(|t| matches!(t.value.ty, Type::List(_)));
    lists.map(|t| t.name.clone()).collect()
}

/// A value's name, its type, and the place of its column.
type Place = (Arc<str>, Type, usize);

/// Every customer, by id.
pub fn read(session: &mut Session, questions: &[Question]) -> Result<BTreeMap<Arc<str>, Facts>, Error> {
    let model = session.model;
    let table = session.own(PROFILE);
    let rows = session.warehouse.query(&format!("SELECT * FROM {table}"))?;
    let column = |name: &str| rows.columns.iter().position(|c| c.eq_ignore_ascii_case(name));
    let missing = |name: &str| Error::Bug(format!("the profile has no column `{name}`"));
    let key = column(model.customer.key()).ok_or_else(|| missing(model.customer.key()))?;

    // Each column's place, looked up once rather than for every customer.
    let mut values: Vec<Place> = Vec::new();
    let mut records: Vec<(Arc<str>, Vec<Place>)> = Vec::new();
    for a in &model.customer.attributes {
        values.push((a.name.clone(), a.ty.clone(), column(&a.name).ok_or_else(|| missing(&a.name))?));
    }
    for t in &model.traits {
        match &t.value.ty {
            Type::List(_) => {}
            Type::Record(record) => {
                let mut fields = Vec::new();
                for f in &record.fields {
                    let name = format!("{}__{}", t.name, f.name);
                    let at = column(&name).ok_or_else(|| missing(&name))?;
                    fields.push((f.name.clone(), f.ty.clone(), at));
                }
                records.push((t.name.clone(), fields));
            }
            ty => values.push((t.name.clone(), ty.clone(), column(&t.name).ok_or_else(|| missing(&t.name))?)),
        }
    }
    for l in &model.lifecycles {
        values.push((l.name.clone(), l.ty.clone(), column(&l.name).ok_or_else(|| missing(&l.name))?));
    }
    let flags = |names: Vec<(Arc<str>, String)>| -> Result<Vec<(Arc<str>, usize)>, Error> {
        names.into_iter().map(|(name, c)| Ok((name, column(&c).ok_or_else(|| missing(&c))?))).collect()
    };
    let segments =
        flags(model.segments.iter().map(|s| (s.name.clone(), format!("in_{}", s.name))).collect())?;
    let consents =
        flags(model.consents.iter().map(|c| (c.name.clone(), format!("consent_{}", c.name))).collect())?;
    let asked = questions.iter().enumerate().map(|(i, q)| (q, answer(model, i)));
    let (conditions, asked): (Vec<_>, Vec<_>) = asked.partition(|(q, _)| q.condition.ty == Type::Bool);
    let answers = flags(conditions.into_iter().map(|(q, c)| (q.name.clone(), c.to_string())).collect())?;
    for (question, name) in asked {
        let at = column(&name).ok_or_else(|| missing(&name))?;
        values.push((question.name.clone(), question.condition.ty.clone(), at));
    }
    let suppressed = column("suppressed").ok_or_else(|| missing("suppressed"))?;

    let mut facts = BTreeMap::new();
    for row in &rows.rows {
        let Some(id) = row[key].as_text() else { continue };
        let yes = |flags: &[(Arc<str>, usize)]| -> BTreeSet<Arc<str>> {
            flags.iter().filter(|(_, at)| row[*at].is_true()).map(|(name, _)| name.clone()).collect()
        };
        let mut known: HashMap<Arc<str>, Value> =
            values.iter().map(|(name, ty, at)| (name.clone(), shaped(&row[*at], ty))).collect();
        for (name, fields) in &records {
            let fields = fields.iter().map(|(f, ty, at)| (f.clone(), shaped(&row[*at], ty)));
            let fields: Vec<(Arc<str>, Value)> = fields.collect();
            // Of nothing there is no last event and there are no scores.
            let missing = fields.iter().all(|(_, value)| value.is_missing());
            let value = if missing { Value::Missing } else { Value::Record(fields.into()) };
            known.insert(name.clone(), value);
        }
        facts.insert(
            Arc::from(id),
            Facts {
                values: known,
                segments: yes(&segments),
                consents: yes(&consents),
                suppressed: row[suppressed].as_text().map(Arc::from),
                answers: yes(&answers),
            },
        );
    }
    for name in lists(model) {
        read_list(session, &name, &mut facts)?;
    }
    Ok(facts)
}

/// The items of a list trait, in their order.
fn read_list(
    session: &mut Session,
    name: &Arc<str>,
    facts: &mut BTreeMap<Arc<str>, Facts>,
) -> Result<(), Error> {
    let Some(Type::List(item)) = session.model.trait_(name).map(|t| t.value.ty.clone()) else {
        return Ok(());
    };
    let table = session.own(&trait_table(name));
    let rows = session.warehouse.query(&format!("SELECT * FROM {table}"))?;
    let column = |name: &str| rows.columns.iter().position(|c| c.eq_ignore_ascii_case(name));
    let (Some(customer), Some(position)) = (column("customer"), column(POSITION)) else {
        return Err(Error::Bug(format!("the table of `{name}` lacks its keys")));
    };
    let mut items: Vec<(Arc<str>, i64, Value)> = Vec::with_capacity(rows.rows.len());
    for row in &rows.rows {
        let Some(id) = row[customer].as_text() else { continue };
        let value = match &*item {
            Type::Record(record) => {
                let fields = record.fields.iter().map(|f| {
                    let value = column(&f.name).map_or(Value::Missing, |at| shaped(&row[at], &f.ty));
                    (f.name.clone(), value)
                });
                Value::Record(fields.collect())
            }
            ty => column("value").map_or(Value::Missing, |at| shaped(&row[at], ty)),
        };
        items.push((id.into(), persona_target::whole(&row[position]), value));
    }
    items.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for known in facts.values_mut() {
        known.values.insert(name.clone(), Value::List(vec![]));
    }
    for (id, _, value) in items {
        if let Some(Value::List(list)) = facts.get_mut(&id).and_then(|f| f.values.get_mut(name)) {
            list.push(value);
        }
    }
    Ok(())
}

/// What happened of each watched event, from an instant on.
pub fn occurrences(
    session: &mut Session,
    watches: &[Watch],
    since: Timestamp,
) -> Result<BTreeMap<Arc<str>, Vec<Occurrence>>, Error> {
    let mut all = BTreeMap::new();
    // Lists of events are read only for e-mails that may print them.
    let printed = session.model.emails.iter().any(|e| e.reads.contains("event"));
    for watch in watches {
        let lists = if printed { event_lists(session, watch, since)? } else { vec![] };
        let plan = Profiles::occurrences(session.model, &watch.filter, since);
        let columns = plan.result.schema().columns;
        let rows = session.query(&plan)?;
        let mut found = Vec::with_capacity(rows.rows.len());
        for row in rows.rows {
            let mut fields: Vec<(Arc<str>, Value)> =
                columns.iter().zip(&row).map(|(c, value)| (c.name.clone(), shaped(value, &c.ty))).collect();
            let field = |wanted: &str| fields.iter().find(|(n, _)| **n == *wanted).map(|(_, v)| v.clone());
            let (Some(Value::Text(customer)), Some(Value::Instant(at)), Some(Value::Text(id))) =
                (field("customer"), field("at"), field("id"))
            else {
                continue;
            };
            for (name, items) in &lists {
                fields.push((name.clone(), Value::List(items.get(&id).cloned().unwrap_or_default())));
            }
            let field = |wanted: &str| fields.iter().find(|(n, _)| **n == *wanted).map(|(_, v)| v.clone());
            let key = watch.key.as_ref().and_then(|k| field(k)).and_then(|v| written(&v));
            found.push(Occurrence { customer, key, at, id, event: Value::Record(fields.into()) });
        }
        all.insert(watch.name.clone(), found);
    }
    Ok(all)
}

/// A list field's items by the id of their event, in their order.
type ItemsByEvent = HashMap<Arc<str>, Vec<Value>>;

/// The list fields of a watched event.
fn event_lists(
    session: &mut Session,
    watch: &Watch,
    since: Timestamp,
) -> Result<Vec<(Arc<str>, ItemsByEvent)>, Error> {
    let model = session.model;
    let mut all = Vec::new();
    for field in model.event(&watch.filter.event).map(|e| &e.fields[..]).unwrap_or_default() {
        let Type::List(item) = &field.ty else { continue };
        let Type::Record(record) = &**item else { continue };
        let rows = session.query(&Profiles::occurrence_items(model, &watch.filter, since, &field.name))?;
        let column = |name: &str| rows.columns.iter().position(|c| c.eq_ignore_ascii_case(name));
        let (Some(event), Some(position)) = (column(ITEM_EVENT), column(POSITION)) else {
            return Err(Error::Bug(format!("the items of `{}` lack their keys", field.name)));
        };
        let mut placed: HashMap<Arc<str>, Vec<(i64, Value)>> = HashMap::new();
        for row in &rows.rows {
            let Some(id) = row[event].as_text() else { continue };
            let fields = record.fields.iter().map(|f| {
                (f.name.clone(), column(&f.name).map_or(Value::Missing, |at| shaped(&row[at], &f.ty)))
            });
            placed
                .entry(id.into())
                .or_default()
                .push((persona_target::whole(&row[position]), Value::Record(fields.collect())));
        }
        let in_order = placed.into_iter().map(|(id, mut items)| {
            items.sort_by_key(|(position, _)| *position);
            (id, items.into_iter().map(|(_, item)| item).collect())
        });
        all.push((field.name.clone(), in_order.collect()));
    }
    Ok(all)
}

/// A key's value as text.
fn written(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(n) => Some(n.to_string().into()),
        Value::Decimal(d) => Some(d.to_string().into()),
        Value::Bool(b) => Some(b.to_string().into()),
        Value::Date(d) => Some(d.to_string().into()),
        Value::Instant(t) => Some(t.to_string().into()),
        _ => None,
    }
}

/// Consents given after an instant.
pub fn grants(session: &mut Session, since: Timestamp) -> Result<Vec<Grant>, Error> {
    let log = persona_plan::lower::consent_log();
    let column = |name: &str| Scalar::column(name);
    let since = Scalar::literal(Value::Instant(since), Type::Timestamp);
    let yes = Scalar::literal(Value::Bool(true), Type::Bool);
    let rel = log.filter(Scalar::And(vec![
        Scalar::compare(Comparison::Greater, column("at"), since),
        Scalar::compare(Comparison::AtMost, column("at"), Scalar::Now),
        Scalar::compare(Comparison::Equal, column("given"), yes),
    ]));
    let columns = ["consent", "customer", "at"].map(|c| (Arc::from(c), column(c)));
    let rows = session.query(&Plan { steps: vec![], result: rel.project(columns.to_vec()) })?;
    let grants = rows.rows.iter().filter_map(|row| match &row[..] {
        [Value::Text(consent), Value::Text(customer), Value::Instant(at)] => {
            Some(Grant { consent: consent.clone(), customer: customer.clone(), at: *at })
        }
        _ => None,
    });
    Ok(grants.collect())
}

/// Who was in each audience at an instant.
pub fn members_at(
    session: &mut Session,
    audiences: &BTreeMap<Arc<str>, &Audience>,
    at: Timestamp,
) -> Result<BTreeMap<Arc<str>, BTreeSet<Arc<str>>>, Error> {
    let options = persona_sql::Options { at: Some(at), ..session.options.clone() };
    let mut all = BTreeMap::new();
    for (key, audience) in audiences {
        let (plan, stage) = match audience {
            Audience::Segment(name) => (Profiles::segment(session.model, name), None),
            Audience::Stage { lifecycle, stage } => {
                (Profiles::lifecycle(session.model, lifecycle), Some(stage.clone()))
            }
        };
        let sql = persona_sql::query(&plan, session.dialect, &options)?;
        let rows = session.warehouse.query(&sql)?.rows;
        let inside = rows.iter().filter(|row| match &stage {
            None => true,
            Some(stage) => row.get(1).and_then(Value::as_text) == Some(stage),
        });
        all.insert(key.clone(), inside.filter_map(|row| row[0].as_text().map(Arc::from)).collect());
    }
    Ok(all)
}

/// The rows of the entities that e-mails look into, as records by key.
pub fn entities(session: &mut Session) -> Result<HashMap<Arc<str>, HashMap<Value, Value>>, Error> {
    let names: BTreeSet<Arc<str>> = session.model.emails.iter().flat_map(|e| e.entities.clone()).collect();
    let mut all = HashMap::new();
    for name in names {
        let Some(entity) = session.model.entity(&name) else { continue };
        let table = session.own(&entity_table(&name));
        let rows = session.warehouse.query(&format!("SELECT * FROM {table}"))?;
        let column = |name: &str| rows.columns.iter().position(|c| c.eq_ignore_ascii_case(name));
        let mut by_key = HashMap::new();
        for row in &rows.rows {
            let fields: Vec<(Arc<str>, Value)> = entity
                .fields
                .iter()
                .map(|f| {
                    (f.name.clone(), column(&f.name).map_or(Value::Missing, |at| shaped(&row[at], &f.ty)))
                })
                .collect();
            let record = Value::Record(fields.into());
            by_key.insert(record.field(entity.key()).clone(), record);
        }
        all.insert(name, by_key);
    }
    Ok(all)
}

/// Members with what the audience was when they were found.
pub fn with_definitions(
    found: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    definitions: &BTreeMap<Arc<str>, Arc<str>>,
) -> BTreeMap<Arc<str>, Members> {
    let members = found.into_iter().map(|(key, customers)| {
        let definition = definitions.get(&key).cloned().unwrap_or_else(|| "".into());
        (key, Members { definition, customers })
    });
    members.collect()
}
