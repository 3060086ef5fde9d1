//! `persona sql`

use std::path::Path;

use persona_build::comment;
use persona_diagnostics::suggest;
use persona_model::Model;
use persona_plan::Plan;
use persona_plan::lower::{Profiles, entity_table, event_table, staging};
use persona_run::Asked;
use persona_sql::{Options, Target};

use super::{Failure, Outcome, instant, load, print};

/// Prints the query behind a declaration.
pub fn sql(name: &str, dialect: Target, at: Option<&str>, project: &Path) -> Outcome {
    let (_, model) = load(project, Asked::Queries)?;
    let options = Options { schema: schema(&model, dialect), at: instant(at, &model)?, ..Default::default() };
    let Some((title, docs, plan)) = plan(&model, name) else {
        let nearest =
            suggest(name, names(&model)).map_or(String::new(), |n| format!("; did you mean `{n}`?"));
        return Err(Failure::usage(format!(
            "nothing called `{name}` becomes a query: name a segment, trait, lifecycle, event, entity or `customer`{nearest}"
        )));
    };
    let text = persona_sql::query(&plan, dialect, &options).map_err(bug)?;
    print(&format!("{}{text};\n", comment(&title, docs)))
}

/// A plan without a place in SQL is a mistake of ours.
pub fn bug(unsupported: persona_sql::Unsupported) -> Failure {
    Failure::world(format!("this is a bug of persona, please report it: {}", unsupported.reason))
}

/// The schema of the first target that speaks a dialect.
fn schema(model: &Model, dialect: Target) -> Vec<String> {
    let target = model.project.targets.values().find(|t| persona_run::dialect(t) == dialect);
    persona_run::schema(target)
}

fn names(model: &Model) -> Vec<&str> {
    let mut names: Vec<&str> = vec!["customer"];
    names.extend(model.segments.iter().map(|s| &*s.name));
    names.extend(model.traits.iter().map(|t| &*t.name));
    names.extend(model.lifecycles.iter().map(|l| &*l.name));
    names.extend(model.events.iter().filter(|e| e.of.is_empty()).map(|e| &*e.name));
    names.extend(model.entities.iter().map(|e| &*e.name));
    names
}

/// The declaration of this name: its title, its comment, its query.
fn plan<'m>(model: &'m Model, name: &str) -> Option<(String, &'m [String], Plan)> {
    if let Some(segment) = model.segment(name) {
        let title = format!("Segment `{name}` \"{}\": the customers in it.", segment.label);
        return Some((title, &segment.docs, Profiles::segment(model, name)));
    }
    if let Some(found) = model.trait_(name) {
        return Some((
            format!("Trait `{name}` of every customer."),
            &found.docs,
            Profiles::trait_(model, name),
        ));
    }
    if let Some(lifecycle) = model.lifecycle(name) {
        let title = format!("Lifecycle `{name}`: the stage of every customer.");
        return Some((title, &lifecycle.docs, Profiles::lifecycle(model, name)));
    }
    let table = match name {
        "customer" => "customer".into(),
        name if model.entity(name).is_some() => entity_table(name),
        name => event_table(name),
    };
    let staged = staging(model).into_iter().find(|s| s.table == table)?;
    let docs = model
        .event(name)
        .map(|e| &e.docs)
        .or_else(|| model.entity(name).map(|e| &e.docs))
        .map_or(&[][..], |docs| &docs[..]);
    Some((format!("`{name}`, from its sources."), docs, staged.plan))
}
