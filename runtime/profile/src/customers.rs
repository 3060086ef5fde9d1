//! Customers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use persona_engine::{Facts, Question};
use persona_model::Model;
use persona_plan::lower::{Output, POSITION};
use persona_value::{Type, Value};

use crate::{NoColumn, Rows};

/// What the engine asks beside what the model declares, as columns of the profile.
pub fn outputs(model: &Model, questions: &[Question]) -> Vec<Output> {
    let output = |(index, question): (usize, &Question)| Output {
        name: answer(model, index),
        value: question.condition.clone(),
    };
    questions.iter().enumerate().map(output).collect()
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

/// The names of the traits that are lists: each has a table of its own.
pub fn list_traits(model: &Model) -> impl Iterator<Item = &Arc<str>> {
    model.traits.iter().filter(|t| matches!(t.value.ty, Type::List(_))).map(|t| &t.name)
}

/// A value's name, its type, and the place of its column.
type Place = (Arc<str>, Type, usize);

/// Every customer by id, out of the profile. Lists are empty yet: see [`items`].
pub fn customers(
    model: &Model,
    questions: &[Question],
    profile: Rows,
) -> Result<BTreeMap<Arc<str>, Facts>, NoColumn> {
    let key = profile.column(model.customer.key())?;
    // Each column's place, looked up once rather than for every customer.
    let mut values: Vec<Place> = Vec::new();
    let mut records: Vec<(Arc<str>, Vec<Place>)> = Vec::new();
    for a in &model.customer.attributes {
        values.push((a.name.clone(), a.ty.clone(), profile.column(&a.name)?));
    }
    for t in &model.traits {
        match &t.value.ty {
            Type::List(_) => {}
            Type::Record(record) => {
                let mut fields = Vec::new();
                for f in &record.fields {
                    let at = profile.column(&format!("{}__{}", t.name, f.name))?;
                    fields.push((f.name.clone(), f.ty.clone(), at));
                }
                records.push((t.name.clone(), fields));
            }
            ty => values.push((t.name.clone(), ty.clone(), profile.column(&t.name)?)),
        }
    }
    for l in &model.lifecycles {
        values.push((l.name.clone(), l.ty.clone(), profile.column(&l.name)?));
    }
    let mut answers = Vec::new();
    for (index, question) in questions.iter().enumerate() {
        let at = profile.column(&answer(model, index))?;
        match &question.condition.ty {
            Type::Bool => answers.push((question.name.clone(), at)),
            ty => values.push((question.name.clone(), ty.clone(), at)),
        }
    }
    let flag = |name: &Arc<str>, kind: &str| Ok((name.clone(), profile.column(&format!("{kind}_{name}"))?));
    let segments = model.segments.iter().map(|s| flag(&s.name, "in"));
    let segments = segments.collect::<Result<Vec<_>, NoColumn>>()?;
    let consents = model.consents.iter().map(|c| flag(&c.name, "consent"));
    let consents = consents.collect::<Result<Vec<_>, NoColumn>>()?;
    let suppressed = profile.column("suppressed")?;

    let mut facts = BTreeMap::new();
    for row in profile.rows {
        let Some(id) = row[key].as_text() else { continue };
        let yes = |flags: &[(Arc<str>, usize)]| -> BTreeSet<Arc<str>> {
            flags.iter().filter(|(_, at)| row[*at].is_true()).map(|(name, _)| name.clone()).collect()
        };
        let mut known: HashMap<Arc<str>, Value> =
            values.iter().map(|(name, ty, at)| (name.clone(), row[*at].shaped(ty))).collect();
        for (name, fields) in &records {
            let fields = fields.iter().map(|(f, ty, at)| (f.clone(), row[*at].shaped(ty)));
            let fields: Vec<(Arc<str>, Value)> = fields.collect();
            // Of nothing there is no last event and there are no scores.
            let missing = fields.iter().all(|(_, value)| value.is_missing());
            let value = if missing { Value::Missing } else { Value::Record(fields.into()) };
            known.insert(name.clone(), value);
        }
        for name in list_traits(model) {
            known.insert(name.clone(), Value::List(vec![]));
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
    Ok(facts)
}

/// The items of a list trait, in their order.
pub fn items(
    model: &Model,
    name: &Arc<str>,
    table: Rows,
    facts: &mut BTreeMap<Arc<str>, Facts>,
) -> Result<(), NoColumn> {
    let Some(Type::List(item)) = model.trait_(name).map(|t| &t.value.ty) else { return Ok(()) };
    let (customer, position) = (table.column("customer")?, table.column(POSITION)?);
    let mut items: Vec<(Arc<str>, i64, Value)> = Vec::with_capacity(table.rows.len());
    for row in table.rows {
        let Some(id) = row[customer].as_text() else { continue };
        let value = match &**item {
            Type::Record(record) => {
                let fields = record.fields.iter().map(|f| {
                    let at = table.column(&f.name);
                    (f.name.clone(), at.map_or(Value::Missing, |at| row[at].shaped(&f.ty)))
                });
                Value::Record(fields.collect())
            }
            ty => table.column("value").map_or(Value::Missing, |at| row[at].shaped(ty)),
        };
        items.push((id.into(), row[position].whole(), value));
    }
    items.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for (id, _, value) in items {
        if let Some(Value::List(list)) = facts.get_mut(&id).and_then(|f| f.values.get_mut(name)) {
            list.push(value);
        }
    }
    Ok(())
}
