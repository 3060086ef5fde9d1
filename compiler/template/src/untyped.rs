//! Liquid as it is elsewhere, without types: the same parser, filters and renderer, with Liquid's own rules for
//! what does not fit. For judging the engine against Liquid's conformance suite, and content that lies elsewhere.

mod json;
mod lower;

use std::collections::BTreeMap;

use persona_diagnostics::{FileId, Problems, Severity, Sources};

use crate::code::Compiled;
use crate::data::Stop;
use crate::parse::parse_elsewhere;
use crate::tree::Template;
use crate::{Source, render};

/// Renders Liquid without types or escaping. `templates` are the partials by name that `render` and `include` name.
///
/// Filters and tags are those of the typed language. `Err` is the first error: of form, of a filter or tag that does
/// not exist, or of values that a filter refuses.
pub fn render_untyped(
    template: &str,
    templates: &BTreeMap<String, String>,
    data: &serde_json::Value,
) -> Result<String, String> {
    let mut parsed = BTreeMap::new();
    for (name, text) in templates {
        parsed.insert(name.as_str(), parse_one(text)?);
    }
    let program = lower::lower(&parse_one(template)?, &parsed)?;
    render(&Compiled { program }, &json::Json::new(data)).map_err(|stop| match stop {
        Stop::Skip { reason } => format!("withheld: {reason}"),
        Stop::Failed { reason, .. } => reason,
    })
}

fn parse_one(text: &str) -> Result<Template, String> {
    let mut problems = Problems::default();
    let mut sources = Sources::default();
    let file: FileId = sources.add("template", text);
    let template = parse_elsewhere(Source { file, offset: 0, text, escapes: false }, &mut problems);
    match problems.sorted(&sources).iter().find(|told| told.severity == Severity::Error) {
        Some(told) => Err(told.headline.clone()),
        None => Ok(template),
    }
}
