//! Elements of HTML that are not closed, not opened, or cross: what follows would look other than meant.

use crate::{Problem, Report, Severity, Span};

/// What the template's reader knows.
pub enum UnclosedElement {
    /// An element is opened and never closed.
    Never {
        /// Its name: `b`.
        element: String,
        /// Its opening tag.
        opened: Span,
        /// What closes around it, and where.
        before: Option<(String, Span)>,
    },
    /// It is closed after what it stands in.
    Crossed {
        /// Its name.
        element: String,
        /// Its opening tag.
        opened: Span,
        /// What it stands in, and where that is closed.
        around: (String, Span),
        /// Where it is closed itself.
        closed: Span,
    },
    /// An end that nothing is open for.
    Unopened {
        /// Its name.
        element: String,
        /// Where it stands.
        span: Span,
        /// What is open there and closed nowhere, and where it opens.
        open: Option<(String, Span)>,
    },
}

impl Problem for UnclosedElement {
    const CODE: &'static str = "unclosed-element";
    const SEVERITY: Severity = Severity::Warning;

    fn tell(&self, to: &mut Report) {
        match self {
            UnclosedElement::Never { element, opened, before } => {
                to.headline(format!("this `<{element}>` is never closed"));
                to.label(*opened, "opened here");
                let before = before.as_ref().map(|(_, at)| *at);
                to.label_maybe(before, format!("`</{element}>` is missing before this"));
                to.help(format!("close it where it ends: </{element}>"));
            }
            UnclosedElement::Crossed { element, opened, around: (around, ends), closed } => {
                to.headline(format!("`<{element}>` is closed after the `<{around}>` around it"));
                to.label(*opened, format!("opened within `<{around}>`"));
                to.label(*ends, format!("`<{around}>` is closed here"));
                to.label(*closed, "and this only here");
                to.help(format!("write `</{element}>` before `</{around}>`"));
            }
            UnclosedElement::Unopened { element, span, open: Some((open, opened)) } => {
                to.headline(format!("no `<{element}>` is open for this `</{element}>`"));
                to.label(*span, "nothing of this name to close here");
                to.label(*opened, "this is open, and never closed");
                to.help(format!("write `</{open}>`, or open `<{element}>` before it"));
            }
            UnclosedElement::Unopened { element, span, open: None } => {
                to.headline(format!("no `<{element}>` is open for this `</{element}>`"));
                to.label(*span, "nothing to close here");
                to.help(format!("remove it, or open `<{element}>` before it"));
            }
        }
    }
}
