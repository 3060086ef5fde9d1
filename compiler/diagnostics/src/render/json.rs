//! One JSON object a problem, one problem a line.

use serde_json::{Value, json};

use crate::{Severity, Sources, Told};

/// The object described in `docs/reference/commands.md`; lines and columns from 1, columns in characters.
pub fn json(told: &Told, sources: &Sources) -> Value {
    let place = |span: crate::Span| {
        let file = sources.file(span.file);
        (file.path.display().to_string(), file.locate(span.start), file.locate(span.end))
    };
    let mut object = json!({
        "code": told.code,
        "severity": match told.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "message": told.headline,
    });
    if let Some(span) = told.span() {
        let (path, start, end) = place(span);
        object["file"] = path.into();
        object["line"] = start.line.into();
        object["column"] = start.column.into();
        object["end_line"] = end.line.into();
        object["end_column"] = end.column.into();
    }
    object["labels"] = told
        .labels
        .iter()
        .map(|label| {
            let (path, start, _) = place(label.span);
            json!({ "file": path, "line": start.line, "column": start.column, "text": label.text })
        })
        .collect();
    object["help"] = told
        .helps
        .iter()
        .map(|h| h.paste.as_ref().map_or(h.text.clone(), |code| format!("{}: {code}", h.text)))
        .chain(told.notes.iter().cloned())
        .collect();
    object
}
