//! GitHub's workflow commands: each problem becomes an annotation of a pull request.

use std::path::Path;

use crate::{Severity, Sources, Told};

/// `::error file=…,line=…,col=…,title=…::headline`, help on lines of its own inside the message.
/// `within` is the project's folder as seen from where paths begin: the checkout.
pub fn github(told: &Told, sources: &Sources, within: &Path) -> String {
    let severity = match told.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(span) = told.span() {
        let file = sources.file(span.file);
        let (start, end) = (file.locate(span.start), file.locate(span.end));
        properties.push(format!("file={}", property(&within.join(&file.path).display().to_string())));
        properties.push(format!("line={}", start.line));
        properties.push(format!("endLine={}", end.line));
        // Columns mean something to GitHub only within one line.
        if start.line == end.line {
            properties.push(format!("col={}", start.column));
            properties.push(format!("endColumn={}", end.column));
        }
    }
    properties.push(format!("title={}", property(told.code)));
    let mut message = told.headline.clone();
    for help in &told.helps {
        message.push_str(&format!("\n{}", help.text));
        if let Some(code) = &help.paste {
            message.push_str(&format!(":\n{code}"));
        }
    }
    format!("::{severity} {}::{}", properties.join(","), data(&message))
}

/// What a message escapes, as GitHub's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What a property escapes beside.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
