//! Values of an enum that has no order are compared by order.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct UnorderedEnum {
    /// The enum: `country`.
    pub of: String,
    /// The comparison.
    pub at: Span,
    /// Where the enum is declared.
    pub declared_at: Option<Span>,
    /// Its values.
    pub values: Vec<String>,
}

impl Problem for UnorderedEnum {
    const CODE: &'static str = "unordered-enum";

    fn tell(&self, to: &mut Report) {
        let of = &self.of;
        to.headline(format!("the values of `{of}` have no order"));
        to.label(self.at, "compared by order here");
        to.label_maybe(self.declared_at, "declared with `,` between its values");
        to.paste("declare the order with `<`", format!("enum {{ {} }}", self.values.join(" < ")));
    }
}
