//! A source names a column that its table or file does not have.

use crate::{Problem, Report, Span};

/// What was found in the target.
pub struct UnknownColumn {
    /// The table or file, as written.
    pub table: String,
    /// The column as written.
    pub column: String,
    /// Where it is written.
    pub at: Span,
    /// The field that is fed with it, and where that is declared; none where rows are only chosen or grouped by it.
    pub field: Option<(String, Option<Span>)>,
    /// The nearest column there is.
    pub nearest: Option<String>,
    /// The columns there are.
    pub available: Vec<String>,
}

/// A table with more columns than this is not listed.
const MAX_LISTED: usize = 12;

impl Problem for UnknownColumn {
    const CODE: &'static str = "unknown-column";

    fn tell(&self, to: &mut Report) {
        let UnknownColumn { table, column, .. } = self;
        to.headline(format!("`{table}` has no column `{column}`"));
        to.cause(format!("column {table} {column}"));
        to.label(self.at, "no column of this name");
        if let Some((field, declared_at)) = &self.field {
            to.label_maybe(*declared_at, format!("`{field}`, which it feeds, is declared here"));
        }
        if let Some(nearest) = &self.nearest {
            to.did_you_mean(self.at, Some(nearest));
            return;
        }
        if let Some((field, _)) = &self.field {
            to.paste("say which column it is", format!("{field} = …"));
        }
        let listed: Vec<String> = self.available.iter().take(MAX_LISTED).map(|c| format!("`{c}`")).collect();
        let more = self.available.len().saturating_sub(MAX_LISTED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        to.note(format!("its columns are {}{more}", listed.join(", ")));
    }
}
