//! Rows of a source that cannot be used.

use crate::{Problem, Report, Severity, Span};

/// What was counted in the target.
pub struct SetAside {
    /// The table or file, as written.
    pub table: String,
    /// The word that declares it: `table` or `file`.
    pub keyword: &'static str,
    /// The first field of these rows that has no good value.
    pub field: String,
    /// How many rows.
    pub rows: i64,
    /// What stands there in one of them; none where nothing does.
    pub example: Option<String>,
    /// The column it is read from, where it is one and no more.
    pub column: Option<String>,
    /// Where the field is fed.
    pub at: Span,
    /// Where it is declared.
    pub declared_at: Option<Span>,
}

/// Of what stands in a row no more is shown.
const MAX_SHOWN: usize = 40;

impl Problem for SetAside {
    const CODE: &'static str = "set-aside";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        let SetAside { table, keyword, field, rows, .. } = self;
        let (rows, have) =
            if *rows == 1 { ("1 row".to_string(), "has") } else { (format!("{rows} rows"), "have") };
        let what = if self.example.is_some() { "good" } else { "value for" };
        to.headline(format!("{rows} of `{table}` {have} no {what} `{field}` and would be set aside"));
        to.label(
            self.at,
            match &self.example {
                None => "nothing stands there".to_string(),
                Some(example) => {
                    let shown: String = example.chars().take(MAX_SHOWN).collect();
                    let more = if shown.len() < example.len() { "…" } else { "" };
                    format!("one of them has `{shown}{more}`")
                }
            },
        );
        to.label_maybe(self.declared_at, format!("`{field}` is declared here"));
        if self.example.is_none() {
            if let Some(column) = &self.column {
                let place = format!("{keyword} \"{table}\" where {column} is present");
                to.paste("if such rows are not meant, leave them out", place);
            }
            if self.declared_at.is_some() {
                to.help("or declare it optional, with `?` behind its type");
            }
        }
    }
}
