//! One line a problem, as editors and `grep` read it.

use super::text::line;
use crate::{Severity, Sources, Told};

/// `path:line:column: error[code]: headline`.
pub fn concise(told: &Told, sources: &Sources) -> String {
    let severity = match told.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = told.span().map_or(String::new(), |span| {
        let file = sources.file(span.file);
        let at = file.locate(span.start);
        format!("{}:{}:{}: ", line(&file.path.display().to_string()), at.line, at.column)
    });
    format!("{place}{severity}[{}]: {}", told.code, line(&told.headline))
}
