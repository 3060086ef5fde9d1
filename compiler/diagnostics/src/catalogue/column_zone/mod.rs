//! Whose clock a column shows: it is read as another one than it seems to be.

use crate::{Problem, Report, Severity, Span};

/// What was found in the target.
pub struct ColumnZone {
    /// The table, as written.
    pub table: String,
    /// The column.
    pub column: String,
    /// The engine's name for its type.
    pub column_type: String,
    /// Where it is read.
    pub at: Span,
    /// The field that is fed with it, and where that is declared.
    pub field: Option<(String, Option<Span>)>,
    /// How the two differ.
    pub clock: Clock,
}

/// How a column and its reading differ.
pub enum Clock {
    /// The column is a date or a clock without a zone, and is read as UTC.
    Wall {
        /// The project's zone, whose clock it may be.
        zone: String,
    },
    /// The column is an instant already, and is read as somebody's clock.
    Instant {
        /// Whose.
        zone: String,
    },
}

impl Problem for ColumnZone {
    const CODE: &'static str = "column-zone";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let ColumnZone { table, column, column_type, .. } = self;
        to.headline(match &self.clock {
            Clock::Wall { .. } => format!("the clock that `{column}` shows is taken for UTC's"),
            Clock::Instant { zone } => format!("`{column}` is an instant, and `local` moves it to {zone}"),
        });
        to.label(self.at, format!("{column_type} in `{table}`"));
        let field = self.field.as_ref();
        if let Some((field, declared_at)) = field {
            to.label_maybe(*declared_at, format!("`{field}` is declared here"));
        }
        let fed = field.map_or_else(String::new, |(field, _)| format!("{field} = "));
        match &self.clock {
            Clock::Wall { zone } => {
                to.paste("if it is the project's clock", format!("{fed}local({column}, \"{zone}\")"));
                to.paste("if it is UTC's, say so", format!("{fed}local({column}, \"UTC\")"));
            }
            Clock::Instant { .. } => to.paste("take it as it is", format!("{fed}{column}")),
        }
    }
}
