//! `}}` or `%}` without the braces that open it.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub struct UnopenedTag {
    /// The braces that close nothing: `}}` or `%}`.
    pub braces: &'static str,
    /// Where they stand.
    pub span: Span,
    /// What the tag was most likely to say, if that can be told.
    pub inside: Option<String>,
}

impl Problem for UnopenedTag {
    const CODE: &'static str = "unopened-tag";

    fn tell(&self, to: &mut Report) {
        let (open, close) = (if self.braces == "}}" { "{{" } else { "{%" }, self.braces);
        to.headline(format!("no `{open}` is open for this `{close}`"));
        to.label(self.span, "this would be sent as it stands");
        match &self.inside {
            Some(inside) => to.paste("open it", format!("{open} {inside} {close}")),
            None => to.help(format!("write `{open}` where it begins, or remove this")),
        };
    }
}
