//! `persona explain send`

use jiff::Timestamp;
use persona_engine::{Note, What};
use persona_model::{Disk, Model};
use persona_store::Store;
use serde_json::json;

use super::{Failure, Outcome, print};
use crate::Format;

/// Which decisions are asked about.
#[derive(Clone, clap::Args)]
pub struct About {
    /// Of `explain send`: the customer's key.
    #[arg(long)]
    pub customer: Option<String>,
    /// Of `explain send`: the trigger.
    #[arg(long, conflicts_with = "campaign")]
    pub trigger: Option<String>,
    /// Of `explain send`: the campaign.
    #[arg(long)]
    pub campaign: Option<String>,
    /// Of `explain send`: the project's folder.
    #[arg(long, default_value = ".")]
    pub project: std::path::PathBuf,
    /// Of `explain send`: for people, or an object a line.
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// Tells what was decided about a customer by a trigger or a campaign, and on what.
pub fn explain_send(about: &About) -> Outcome {
    let (customer, (name, campaign)) = match (&about.customer, &about.trigger, &about.campaign) {
        (Some(customer), Some(trigger), None) => (customer, (trigger, false)),
        (Some(customer), None, Some(campaign)) => (customer, (campaign, true)),
        _ => {
            let usage = "persona explain send --customer KEY --trigger NAME (or --campaign NAME)";
            return Err(Failure::usage(format!("write it as `{usage}`")));
        }
    };
    let folder = &about.project;
    let loaded = super::read(folder, &Disk(folder.clone()));
    let Some(model) = &loaded.model else {
        return Err(Failure::usage(format!("{} has no program that can be read", folder.display())));
    };
    let known = match campaign {
        true => model.campaign(name).is_some(),
        false => model.trigger(name).is_some(),
    };
    let state = folder.join(persona_run::STATE).join("state.db");
    if !state.is_file() {
        let folder = folder.display();
        return Err(Failure::usage(format!("nothing was decided yet: `persona run {folder}` does that")));
    }
    let store = Store::open(&state).map_err(|error| Failure::world(error.to_string()))?;
    let trail = store.trail(customer, campaign, name).map_err(|error| Failure::world(error.to_string()))?;
    if trail.is_empty() && !known {
        let kind = if campaign { "campaign" } else { "trigger" };
        return Err(Failure::usage(format!("there is no {kind} `{name}`")));
    }
    if let Format::Json = about.format {
        return print(&trail.iter().map(|(at, note)| format!("{}\n", object(*at, note))).collect::<String>());
    }
    let question = |name: &str| {
        let questions = persona_engine::questions(model);
        let found = questions.iter().find(|question| *question.name == *name);
        let text = found.map(|question| loaded.sources.text(question.condition.span));
        text.map_or_else(|| name.to_string(), |t| t.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    print(&told(model, customer, name, campaign, &trail, &question))
}

/// A decision as JSON.
fn object(at: Timestamp, note: &Note) -> serde_json::Value {
    json!({
        "at": at,
        "customer": &*note.customer,
        "origin": &*note.origin,
        "campaign": note.campaign,
        "key": note.key.as_deref(),
        "decided": note.what,
    })
}

/// The decisions as a page of text.
fn told(
    model: &Model,
    customer: &str,
    name: &str,
    campaign: bool,
    trail: &[(Timestamp, Note)],
    question: &dyn Fn(&str) -> String,
) -> String {
    let zone = &model.project.zone;
    let clock = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let kind = if campaign { "campaign" } else { "trigger" };
    let mut page = format!("{kind} {name} and {customer}, by the clock of {}\n\n", model.project.timezone);
    if trail.is_empty() {
        let why = match campaign {
            true => "it was never due for them while they were in its audience",
            false => "nothing that starts it came, or it came before it was live",
        };
        page.push_str(&format!("  nothing was decided: {why}\n"));
        return page;
    }
    let mut last = String::new();
    for (at, note) in trail {
        let at = clock(*at);
        let shown = if at == last { " ".repeat(at.len()) } else { at.clone() };
        let by = note.key.as_ref().map_or_else(String::new, |key| format!("[{key}] "));
        page.push_str(&format!("  {shown}  {by}{}\n", note.what.told(question, &clock)));
        if let What::Started { at: happened, cause } | What::StartedOver { at: happened, cause } = &note.what
        {
            let cause = if cause.is_empty() { String::new() } else { format!(", event {cause}") };
            let happened = clock(*happened);
            page.push_str(&format!("  {}    by what happened at {happened}{cause}\n", " ".repeat(at.len())));
        }
        for saw in note.what.saw() {
            page.push_str(&format!("  {}    {}\n", " ".repeat(at.len()), saw.told(&clock)));
        }
        last = at;
    }
    page
}
