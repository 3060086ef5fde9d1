//! What the warehouse knows, as the engine reads it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use persona_engine::{Facts, Grant, Members, Occurrence, Question, Watch};
use persona_model::Audience;
use persona_plan::lower::{PROFILE, Profiles, computed, entity_table, staging, trait_table};
use persona_plan::{Comparison, Plan, Scalar};
use persona_profile::Rows;
use persona_target::Session;
use persona_value::{Type, Value};

use crate::Error;

/// Makes the profile of every customer, and the tables of list traits.
pub fn compute(session: &mut Session, questions: &[Question]) -> Result<(), Error> {
    let outputs = persona_profile::outputs(session.model, questions);
    computed(session.model, &outputs)
        .iter()
        .try_for_each(|table| Ok(session.make_table(&table.name, &table.plan).map(drop)?))
}

/// Every customer, by id.
pub fn read(session: &mut Session, questions: &[Question]) -> Result<BTreeMap<Arc<str>, Facts>, Error> {
    let model = session.model;
    let outputs = persona_profile::outputs(model, questions);
    let tables = computed(model, &outputs);
    let schema = |name: &str| {
        let table = tables.iter().find(|table| *table.name == *name);
        table.map(|table| table.plan.result.schema()).unwrap_or_default()
    };
    let rows = session.rows_of(PROFILE, schema(PROFILE))?;
    let profile = Rows { columns: &rows.columns, rows: &rows.rows };
    let mut facts = persona_profile::customers(model, questions, profile)?;
    for name in persona_profile::list_traits(model) {
        let table = trait_table(name);
        let rows = session.rows_of(&table, schema(&table))?;
        let items = Rows { columns: &rows.columns, rows: &rows.rows };
        persona_profile::items(model, name, items, &mut facts)?;
    }
    Ok(facts)
}

/// What happened of each watched event, from an instant on.
pub fn occurrences(
    session: &mut Session,
    watches: &[Watch],
    since: Timestamp,
) -> Result<BTreeMap<Arc<str>, Vec<Occurrence>>, Error> {
    let model = session.model;
    let mut all = BTreeMap::new();
    // Lists of events are read only for e-mails that may print them.
    let printed = model.emails.iter().any(|e| e.reads.contains("event"));
    for watch in watches {
        let mut lists = Vec::new();
        for (field, record) in persona_profile::list_fields(model, watch).into_iter().filter(|_| printed) {
            let items = Profiles::occurrence_items(model, &watch.filter, since, &field.name);
            let rows = session.query(&items)?;
            let items = Rows { columns: &rows.columns, rows: &rows.rows };
            lists.push((field.name.clone(), persona_profile::items_by_event(record, items)?));
        }
        let plan = Profiles::occurrences(model, &watch.filter, since);
        let rows = session.query(&plan)?.rows;
        let schema = plan.result.schema();
        all.insert(watch.name.clone(), persona_profile::occurrences(watch, &schema, &rows, &lists));
    }
    Ok(all)
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
    let staged = staging(session.model);
    for name in names {
        let Some(entity) = session.model.entity(&name) else { continue };
        let table = entity_table(&name);
        let made = staged.iter().find(|staged| staged.table == table);
        let schema = made.map(|staged| staged.plan.result.schema()).unwrap_or_default();
        let rows = session.rows_of(&table, schema)?;
        let column = |name: &str| rows.columns.iter().position(|c| c == name);
        let mut by_key = HashMap::new();
        for row in &rows.rows {
            let fields: Vec<(Arc<str>, Value)> = entity
                .fields
                .iter()
                .map(|f| (f.name.clone(), column(&f.name).map_or(Value::Missing, |at| row[at].shaped(&f.ty))))
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
