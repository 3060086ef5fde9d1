//! A tag that closes or continues a block which is not open there.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub struct UnexpectedTag {
    /// The tag: `endif`, `else`, `when`.
    pub name: String,
    /// The whole of it.
    pub span: Span,
    /// The tag that would have to stand before: `if`.
    pub opener: &'static str,
    /// The innermost block that is open there, and where it opens.
    pub inside: Option<(String, Span)>,
}

impl Problem for UnexpectedTag {
    const CODE: &'static str = "unexpected-tag";

    fn tell(&self, to: &mut Report) {
        let (name, opener) = (&self.name, self.opener);
        match &self.inside {
            Some((block, opened)) => {
                to.headline(format!("`{{% {name} %}}` does not belong inside `{{% {block} %}}`"));
                to.label(self.span, "this tag");
                to.label(*opened, "stands inside this");
            }
            None => {
                to.headline(format!("no `{{% {opener} %}}` is open for this `{{% {name} %}}`"));
                to.label(self.span, "nothing to end or continue here");
            }
        }
        match &self.inside {
            Some((block, _)) if name.starts_with("end") => {
                to.help(format!("`{{% {block} … %}}` is closed by `{{% end{block} %}}`"));
            }
            _ => to.help(format!("remove it, or open `{{% {opener} … %}}` before it")),
        }
    }
}
