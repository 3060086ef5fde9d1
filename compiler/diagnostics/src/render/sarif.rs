//! SARIF 2.1.0: one document of all problems, as code scanners exchange them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{Severity, Sources, Span, Told};

/// The document of all problems. Columns count characters, as `columnKind` says.
pub fn sarif(told: &[Told], sources: &Sources, version: &str) -> Value {
    let codes: BTreeSet<&str> = told.iter().map(|t| t.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code, "help": page(code) })).collect();
    let results: Vec<Value> = told.iter().map(|t| result(t, sources)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "columnKind": "unicodeCodePoints",
            "tool": { "driver": { "name": "persona", "version": version, "rules": rules } },
            "results": results,
        }],
    })
}

/// A problem's page, for the scanner's own help.
fn page(code: &str) -> Value {
    let page = crate::catalogue::PAGES.iter().find(|(c, _)| *c == code).map_or(code, |(_, page)| page);
    json!({ "text": page, "markdown": page })
}

fn result(told: &Told, sources: &Sources) -> Value {
    let mut text = told.headline.clone();
    for help in &told.helps {
        text.push_str(&format!("\n{}", help.text));
        if let Some(code) = &help.paste {
            text.push_str(&format!(":\n{code}"));
        }
    }
    let mut labels = told.labels.iter();
    let first = labels.next().map(|l| place(l.span, None, sources));
    let others: Vec<Value> =
        labels.enumerate().map(|(i, l)| place(l.span, Some((i + 1, &l.text)), sources)).collect();
    let mut result = json!({
        "ruleId": told.code,
        "level": match told.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "message": { "text": text },
        "locations": first.into_iter().collect::<Vec<_>>(),
    });
    if !others.is_empty() {
        result["relatedLocations"] = others.into();
    }
    result
}

fn place(span: Span, about: Option<(usize, &str)>, sources: &Sources) -> Value {
    let file = sources.file(span.file);
    let (start, end) = (file.locate(span.start), file.locate(span.end));
    // Paths are relative to the project: the scanner knows where that is.
    let uri = file.path.to_string_lossy().replace('\\', "/").replace(' ', "%20");
    let mut place = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
    });
    if let Some((id, text)) = about {
        place["id"] = id.into();
        place["message"] = json!({ "text": text });
    }
    place
}
