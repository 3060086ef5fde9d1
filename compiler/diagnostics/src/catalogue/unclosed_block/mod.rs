//! A block of a template, `{% if %}` or another, without its end.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub struct UnclosedBlock {
    /// The tag that opens it: `if`.
    pub name: String,
    /// The whole of that tag.
    pub span: Span,
}

impl UnclosedBlock {
    /// The block that the tag `name` opens at `span`.
    pub fn new(name: &str, span: Span) -> UnclosedBlock {
        UnclosedBlock { name: name.to_string(), span }
    }
}

impl Problem for UnclosedBlock {
    const CODE: &'static str = "unclosed-block";

    fn tell(&self, to: &mut Report) {
        let name = &self.name;
        to.headline(format!("this `{{% {name} %}}` has no `{{% end{name} %}}`"));
        to.label(self.span, "opened here");
        to.paste("close it where the block ends", format!("{{% end{name} %}}"));
    }
}
