//! Elements of MJML that do not fit together: an e-mail could not be made of them.

use crate::{Problem, Report, Span};

/// What the template's reader knows.
pub enum BadMarkup {
    /// An element is opened and never closed.
    Unclosed {
        /// Its name: `mj-text`.
        element: String,
        /// Its opening tag.
        opened: Span,
        /// The tag that closes what is around it, if one came.
        closed_around: Option<Span>,
    },
    /// An end that nothing is open for.
    Unopened {
        /// Its name.
        element: String,
        /// Where it stands.
        span: Span,
    },
    /// An element stands in one that cannot hold it.
    Within {
        /// Its name.
        element: String,
        /// Where it stands.
        span: Span,
        /// What it stands in, and where that opens.
        around: (String, Span),
        /// What can hold it.
        belongs: &'static [&'static str],
    },
}

impl Problem for BadMarkup {
    const CODE: &'static str = "bad-markup";

    fn tell(&self, to: &mut Report) {
        match self {
            BadMarkup::Unclosed { element, opened, closed_around } => {
                to.headline(format!("this `<{element}>` is never closed"));
                to.label(*opened, "opened here");
                to.label_maybe(*closed_around, format!("`</{element}>` is missing before this"));
                to.help(format!("close it where it ends: </{element}>"));
            }
            BadMarkup::Unopened { element, span } => {
                to.headline(format!("no `<{element}>` is open for this `</{element}>`"));
                to.label(*span, "nothing to close here");
                to.help(format!("remove it, or open `<{element}>` before it"));
            }
            BadMarkup::Within { element, span, around: (around, opened), belongs } => {
                to.headline(format!("`<{element}>` does not stand in `<{around}>`"));
                to.label(*span, "this would not be shown");
                to.label(*opened, "it stands in this");
                to.help(format!("put it into `<{}>`", belongs.join(">` or `<")));
            }
        }
    }
}
