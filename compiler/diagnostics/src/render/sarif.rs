//! SARIF 2.1.0: one document of all problems, as code scanners exchange them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::{Allowed, Severity, Sources, Span, Told};

/// The document of all problems, those that comments allow as suppressed ones. Columns count characters, as
/// `columnKind` says.
///
/// `within` is the project's folder as seen from where paths begin: the checkout.
pub fn sarif(told: &[Told], allowed: &[Allowed], sources: &Sources, within: &Path, version: &str) -> Value {
    let codes: BTreeSet<&str> = told.iter().chain(allowed.iter().map(|a| &a.told)).map(|t| t.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let suppressed = allowed.iter().map(|a| {
        let mut result = result(&a.told, sources, within);
        result["suppressions"] = json!([{ "kind": "inSource", "justification": a.reason }]);
        result
    });
    let results: Vec<Value> = told.iter().map(|t| result(t, sources, within)).chain(suppressed).collect();
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

/// A kind of problem: its name, the first paragraph of its page, and the whole page for the scanner's own help.
fn rule(code: &str) -> Value {
    let page = crate::catalogue::PAGES.iter().find(|(c, _)| *c == code).map_or(code, |(_, page)| page);
    let short = page.split("\n\n").nth(1).unwrap_or(code).replace('\n', " ");
    json!({
        "id": code,
        "shortDescription": { "text": short },
        "help": { "text": page, "markdown": page },
    })
}

fn result(told: &Told, sources: &Sources, within: &Path) -> Value {
    let mut text = told.headline.clone();
    for help in &told.helps {
        text.push_str(&format!("\n{}", help.text));
        if let Some(code) = &help.paste {
            text.push_str(&format!(":\n{code}"));
        }
    }
    let mut labels = told.labels.iter();
    let first = labels.next().map(|l| place(l.span, None, sources, within));
    let others: Vec<Value> =
        labels.enumerate().map(|(i, l)| place(l.span, Some((i + 1, &l.text)), sources, within)).collect();
    let mut result = json!({
        "ruleId": told.code,
        "level": match told.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "message": { "text": text },
        "locations": first.into_iter().collect::<Vec<_>>(),
    });
    if !others.is_empty() {
        result["relatedLocations"] = others.into();
    }
    if let Some(fix) = &told.fix {
        let about = if fix.certain { "mends it" } else { "may mend it" };
        result["fixes"] = json!([{
            "description": { "text": about },
            "artifactChanges": [{
                "artifactLocation": artifact(fix.span, sources, within),
                "replacements": [{
                    "deletedRegion": region(fix.span, sources),
                    "insertedContent": { "text": fix.text },
                }],
            }],
        }]);
    }
    result
}

fn place(span: Span, about: Option<(usize, &str)>, sources: &Sources, within: &Path) -> Value {
    let mut place = json!({
        "physicalLocation": {
            "artifactLocation": artifact(span, sources, within),
            "region": region(span, sources),
        },
    });
    if let Some((id, text)) = about {
        place["id"] = id.into();
        place["message"] = json!({ "text": text });
    }
    place
}

/// The file, as a URI relative to where paths begin: the scanner knows where that is.
fn artifact(span: Span, sources: &Sources, within: &Path) -> Value {
    let path = within.join(&sources.file(span.file).path).to_string_lossy().replace('\\', "/");
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(byte.into())
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    json!({ "uri": uri })
}

fn region(span: Span, sources: &Sources) -> Value {
    let file = sources.file(span.file);
    let (start, end) = (file.locate(span.start), file.locate(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}
