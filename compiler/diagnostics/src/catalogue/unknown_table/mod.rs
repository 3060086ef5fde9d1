//! A source names a table that its target does not have.

use crate::{Problem, Report, Span};

/// What was found in the target.
pub struct UnknownTable {
    /// The table as written: `raw.ordrs`.
    pub table: String,
    /// Where it is written, with its quotes.
    pub at: Span,
    /// The nearest table there is, written the same way.
    pub nearest: Option<String>,
}

impl Problem for UnknownTable {
    const CODE: &'static str = "unknown-table";

    fn tell(&self, to: &mut Report) {
        let UnknownTable { table, at, nearest } = self;
        to.headline(format!("the target has no table `{table}`"));
        to.cause(format!("table {table}"));
        to.label(*at, "neither a table nor a view of this name can be read");
        match nearest {
            Some(nearest) => {
                to.paste(format!("did you mean `{nearest}`?"), format!("table \"{nearest}\""));
                to.fix(*at, format!("\"{nearest}\""), false);
            }
            None if table.contains('.') => {
                to.help("make it there, or let whom `persona.toml` connects as read it");
            }
            None => to.help("name it with its schema, as the target does: `table \"raw.orders\"`"),
        }
    }
}
