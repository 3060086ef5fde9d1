//! An address that leads nowhere from a mail.

use crate::{Problem, Report, Span};

/// What is wrong with it.
pub enum Why {
    /// It says no scheme and no host, or no scheme: as written.
    Relative(String),
    /// A value that is no address: as written, and what it is.
    Value(String, String),
    /// A value that has a scheme of its own stands behind one.
    Twice(String),
}

/// What the template's checker knows.
pub struct BadAddress {
    /// Where it stands.
    pub at: Span,
    /// What is wrong with it.
    pub why: Why,
}

impl Problem for BadAddress {
    const CODE: &'static str = "bad-address";

    fn tell(&self, to: &mut Report) {
        match &self.why {
            Why::Relative(address) => {
                let short: String = address.chars().take(32).collect();
                to.headline(format!("`{short}` leads nowhere from a mail"));
                to.label(self.at, "a mail has no page that this could belong to");
                let whole = match address.strip_prefix("www.") {
                    Some(_) => format!("https://{address}"),
                    None => format!("https://www.example.com{address}"),
                };
                to.paste("write all of it", whole);
            }
            Why::Value(name, words) => {
                to.headline(format!("`{name}` is {words} and no address"));
                to.label(self.at, "an address begins here");
                to.paste("say where it lies", format!("https://www.example.com/{{{{ {name} }}}}"));
            }
            Why::Twice(name) => {
                to.headline(format!("`{name}` says its own `https://`"));
                to.label(self.at, "it would stand here twice");
                to.paste("print it alone", format!("{{{{ {name} }}}}"));
            }
        }
    }
}
