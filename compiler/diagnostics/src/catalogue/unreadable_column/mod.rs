//! A column is of a type that is never read as what it is put into.

use crate::{Problem, Report, Span};

/// What was found in the target.
pub struct UnreadableColumn {
    /// The table or file, as written.
    pub table: String,
    /// The column.
    pub column: String,
    /// The engine's name for its type.
    pub column_type: String,
    /// What it is read as, with its article: `a bool`.
    pub wanted: &'static str,
    /// What that is read from: `true` and `false`.
    pub form: &'static str,
    /// Where it is read.
    pub at: Span,
    /// The field that is fed with it, and where that is declared.
    pub field: Option<(String, Option<Span>)>,
    /// The remedy that fits these two, if one does.
    pub remedy: Option<Remedy>,
}

/// What makes the two agree.
pub enum Remedy {
    /// Another type for the field.
    Declare {
        /// The type.
        ty: &'static str,
    },
    /// A comparison with 1, where a number stands for yes.
    IsOne,
    /// The column made another one, in a view of the target.
    View,
}

/// Types with all their fields run over lines.
const MAX_TYPE: usize = 30;

impl Problem for UnreadableColumn {
    const CODE: &'static str = "unreadable-column";

    fn tell(&self, to: &mut Report) {
        let UnreadableColumn { table, column, wanted, form, .. } = self;
        let mut ty: String = self.column_type.chars().take(MAX_TYPE).collect();
        if ty.len() < self.column_type.len() {
            ty.push('…');
        }
        to.headline(format!("the column `{column}` can never be read as {wanted}"));
        to.label(self.at, format!("it is {ty} in `{table}`"));
        if let Some((field, declared_at)) = &self.field {
            to.label_maybe(*declared_at, format!("`{field}` is declared here"));
        }
        let field = self.field.as_ref().map(|(field, _)| field);
        match (&self.remedy, field) {
            (Some(Remedy::Declare { ty }), Some(field)) => {
                to.paste("declare the field as what the column is", format!("{field}: {ty}"))
            }
            (Some(Remedy::IsOne), Some(field)) => {
                to.paste("if 1 stands for true", format!("{field} = {column} == 1"))
            }
            _ => {
                to.help(format!("make it {wanted} in a view of the target, and name the view in the source"))
            }
        }
        to.note(format!("{wanted} is read from {form}"));
    }
}
