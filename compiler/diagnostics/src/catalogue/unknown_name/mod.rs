//! A name that nothing declares.

use crate::{Problem, Report, Span};

/// What the checker knows.
pub struct UnknownName {
    /// What was looked for: "attribute or trait", "event", "segment".
    pub what: String,
    /// The name as written.
    pub name: String,
    /// Where it stands.
    pub at: Span,
    /// The nearest name there is, and where that is declared.
    pub nearest: Option<(String, Option<Span>)>,
    /// What there is, for a short list; empty where it is long.
    pub available: Vec<String>,
}

impl Problem for UnknownName {
    const CODE: &'static str = "unknown-name";

    fn tell(&self, to: &mut Report) {
        let UnknownName { what, name, .. } = self;
        to.headline(format!("there is no {what} called `{name}`"));
        // The same is looked for under several names: where it is read, and where it is fed.
        let same = match what.as_str() {
            "field of `customer`" => "attribute",
            what => what
                .split([' ', ','])
                .next()
                .filter(|first| matches!(*first, "attribute" | "event"))
                .unwrap_or(what),
        };
        to.cause(format!("{same} {name}"));
        to.label(self.at, format!("no {what} of this name"));
        if let Some((nearest, declared_at)) = &self.nearest {
            to.label_maybe(*declared_at, format!("`{nearest}` is declared here"));
            to.did_you_mean(self.at, Some(nearest));
        } else if !self.available.is_empty() {
            to.note(format!("there is {}", self.available.join(", ")));
        }
    }
}
