//! A value that some customers lack is printed without saying what to print then.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct MissingFallback {
    /// The value as it is written in the template: `first_name`.
    pub name: String,
    /// Where it is printed.
    pub printed_at: Span,
    /// Where it is declared optional, if that lies in the program.
    pub declared_at: Option<Span>,
}

impl Problem for MissingFallback {
    const CODE: &'static str = "missing-fallback";

    fn tell(&self, to: &mut Report) {
        let name = &self.name;
        to.headline(format!("`{name}` may be missing, and nothing says what to print then"));
        to.label(self.printed_at, "printed here");
        to.label_maybe(self.declared_at, "declared optional here: some customers have none");
        to.paste("say what to print instead", format!("{{{{ {name} | default: \"friend\" }}}}"));
        to.paste(
            "or print this part only where it is present",
            format!("{{% if {name} %}}…{{{{ {name} }}}}…{{% endif %}}"),
        );
    }
}
